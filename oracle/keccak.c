/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"

#include <nettle/sha3.h>
#include <string.h>

enum { RATE = 136 }; /* (1600 - 2 * 256) / 8 */

static void permute(gw_keccak *keccak) {
    struct sha3_state state;
    _Static_assert(sizeof state.a == sizeof keccak->lanes, "25 lanes");
    memcpy(state.a, keccak->lanes, sizeof state.a);
    sha3_permute(&state);
    memcpy(keccak->lanes, state.a, sizeof state.a);
}

static void mix(gw_keccak *keccak, size_t at, uint8_t byte) {
    keccak->lanes[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

void gw_keccak_init(gw_keccak *keccak) { *keccak = (gw_keccak){.filled = 0}; }

void gw_keccak_add(gw_keccak *keccak, gw_bytes bytes) {
    for (size_t at = 0; at < bytes.length; at++) {
        mix(keccak, keccak->filled++, bytes.at[at]);
        if (keccak->filled < RATE) continue;
        permute(keccak);
        keccak->filled = 0;
    }
}

gw_word gw_keccak_end(gw_keccak *keccak) {
    mix(keccak, keccak->filled, 0x01);
    mix(keccak, RATE - 1, 0x80);
    permute(keccak);
    gw_word digest;
    for (size_t at = 0; at < GW_WORD_BYTES; at++)
        digest.bytes[at] = (uint8_t)(keccak->lanes[at / 8] >> (8 * (at % 8)));
    return digest;
}

gw_word gw_keccak256(gw_bytes bytes) {
    gw_keccak keccak;
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, bytes);
    return gw_keccak_end(&keccak);
}
