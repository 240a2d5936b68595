/* SPDX-License-Identifier: Apache-2.0
 *
 * Keccak-256 as the chain uses it: rate 136 bytes, padding 0x01 … 0x80 (SHA3-256 pads 0x06 and
 * gives other digests). The permutation is nettle's. Pure; a gw_keccak belongs to one caller.
 */
#pragma once

#include "base/text.h"
#include "oracle/word.h"

#include <stdint.h>

typedef struct gw_keccak {
    uint64_t lanes[25];
    size_t filled; /* bytes of the present block, below 136 */
} gw_keccak;

gw_word gw_keccak256(gw_bytes bytes);

void gw_keccak_init(gw_keccak *keccak);
void gw_keccak_add(gw_keccak *keccak, gw_bytes bytes);
gw_word gw_keccak_end(gw_keccak *keccak); /* init again before the next use */
