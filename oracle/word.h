/* SPDX-License-Identifier: Apache-2.0
 *
 * The 32-byte word of the chain: a hash, or a 256-bit integer in big-endian, two's complement when
 * signed. Only what encoding needs; arithmetic on money happens in grid/ and dr/. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_WORD_BYTES = 32, GW_WORD_TEXT_SIZE = 67 };

typedef struct gw_word {
    uint8_t bytes[GW_WORD_BYTES];
} gw_word;

gw_word gw_word_from_u64(uint64_t value);
gw_word gw_word_from_i64(int64_t value); /* sign-extended */
/* Big-endian, left-padded; more than 32 bytes is GW_CODE_OUT_OF_RANGE. */
GW_MUST_CHECK gw_status gw_word_from_bytes(gw_bytes big_endian, gw_word *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_word_to_u64(gw_word word, uint64_t *ret, gw_fault *reterr);

/* Decimal with an optional minus, or 0x and 1 to 64 hex digits. A negative number is read when it
 * is at least -2^255. */
GW_MUST_CHECK gw_status gw_word_parse(gw_text text, gw_word *ret, gw_fault *reterr);
/* Exactly 32 bytes of hex, with or without 0x: a hash, never a number. */
GW_MUST_CHECK gw_status gw_word_parse_hash(gw_text text, gw_word *ret, gw_fault *reterr);
void gw_word_print(gw_word word, char out[GW_WORD_TEXT_SIZE]); /* 0x and 64 lower-case digits */

bool gw_word_equal(gw_word left, gw_word right);
int gw_word_compare(gw_word left, gw_word right); /* unsigned; <0, 0, >0 */
bool gw_word_is_zero(gw_word word);
/* Length without leading zero bytes, 0 for zero. */
size_t gw_word_significant(gw_word word);
gw_bytes gw_word_slice(const gw_word *word); /* all 32 bytes, borrowed */
