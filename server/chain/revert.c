/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/revert.h"

#include "oracle/abi.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 };

static const struct {
    const char *signature;
    const char *sentence;
} known[] = {
#define GW_REVERT(signature, sentence) {signature, sentence},
#include "server/chain/revert.def"
#undef GW_REVERT
};

static bool is_selector(gw_bytes returned, const char *signature) {
    uint8_t selector[GW_ABI_SELECTOR_BYTES];
    gw_abi_selector(gw_text_from_c(signature), selector);
    return memcmp(returned.at, selector, sizeof selector) == 0;
}

/* Error(string): printable characters only, because they end in a log line. */
static bool print_reason(gw_bytes returned, char out[GW_REVERT_TEXT_SIZE]) {
    if (!is_selector(returned, "Error(string)")) return false;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_abi_value value;
    const gw_bytes encoded = {returned.at + GW_ABI_SELECTOR_BYTES,
                              returned.length - GW_ABI_SELECTOR_BYTES};
    if (arena == NULL ||
        !gw_is_ok(gw_abi_decode_as(arena, GW_TEXT("(string)"), encoded, &value, NULL)))
        return false;
    const gw_bytes text = value.items[0].bytes;
    size_t length = 0;
    for (; length < text.length && length + 1 < GW_REVERT_TEXT_SIZE; length++) {
        const uint8_t byte = text.at[length];
        out[length] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '?');
    }
    out[length] = '\0';
    return true;
}

void gw_revert_print(gw_bytes returned, char out[GW_REVERT_TEXT_SIZE]) {
    char selector[2 * GW_ABI_SELECTOR_BYTES + 1];
    if (returned.length < GW_ABI_SELECTOR_BYTES) {
        (void)snprintf(out, GW_REVERT_TEXT_SIZE, "no reason is given");
        return;
    }
    for (size_t at = 0; at < sizeof known / sizeof known[0]; at++) {
        if (!is_selector(returned, known[at].signature)) continue;
        (void)snprintf(out, GW_REVERT_TEXT_SIZE, "%s (%.*s)", known[at].sentence,
                       (int)strcspn(known[at].signature, "("), known[at].signature);
        return;
    }
    if (print_reason(returned, out)) return;
    const bool is_panic = is_selector(returned, "Panic(uint256)") && returned.length >= 36;
    gw_hex_print(returned.at, GW_ABI_SELECTOR_BYTES, selector);
    if (is_panic)
        (void)snprintf(out, GW_REVERT_TEXT_SIZE, "the contract panicked with code 0x%02x",
                       returned.at[35]);
    else
        (void)snprintf(out, GW_REVERT_TEXT_SIZE, "error 0x%s, which is not ours", selector);
}
