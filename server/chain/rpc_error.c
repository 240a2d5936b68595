/* SPDX-License-Identifier: Apache-2.0
 *
 * Clients agree on no codes for refused transactions, only roughly on words (geth, Besu,
 * Nethermind, Erigon, anvil). The first row whose words occur decides, so the more special ones
 * come first.
 */
#include "server/chain/rpc.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *words;
    gw_send_answer answer;
} meanings[] = {
    {"already known", GW_SEND_KNOWN},
    {"already imported", GW_SEND_KNOWN},
    {"known transaction", GW_SEND_KNOWN},
    {"alreadyknown", GW_SEND_KNOWN},
    {"replacement transaction underpriced", GW_SEND_UNDERPRICED},
    {"replacement", GW_SEND_UNDERPRICED},
    {"nonce too low", GW_SEND_NONCE_USED},
    {"nonce_too_low", GW_SEND_NONCE_USED},
    {"oldnonce", GW_SEND_NONCE_USED},
    {"nonce is too low", GW_SEND_NONCE_USED},
    {"less than block base fee", GW_SEND_BELOW_BASE},
    {"fee cap less than", GW_SEND_BELOW_BASE},
    {"below current base fee", GW_SEND_BELOW_BASE},
    {"underpriced", GW_SEND_UNDERPRICED},
    {"insufficient funds", GW_SEND_NO_FUNDS},
    {"insufficient balance", GW_SEND_NO_FUNDS},
    {"upfront cost", GW_SEND_NO_FUNDS},
    {"intrinsic gas", GW_SEND_GAS_TOO_LOW},
    {"gas floor", GW_SEND_GAS_TOO_LOW},
    {"gas limit", GW_SEND_GAS_TOO_LOW},
    {"txpool is full", GW_SEND_POOL_FULL},
    {"pool is full", GW_SEND_POOL_FULL},
};

static bool has_words(gw_text text, const char *words) {
    const size_t length = strlen(words);
    for (size_t at = 0; at + length <= text.length; at++)
        if (strncasecmp(text.at + at, words, length) == 0) return true;
    return false;
}

gw_send_answer gw_send_answer_of(gw_text message) {
    for (size_t at = 0; at < sizeof meanings / sizeof meanings[0]; at++)
        if (has_words(message, meanings[at].words)) return meanings[at].answer;
    return GW_SEND_REFUSED;
}
