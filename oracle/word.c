/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/word.h"

#include <string.h>

gw_word gw_word_from_u64(uint64_t value) {
    gw_word word = {{0}};
    for (size_t at = 0; at < 8; at++)
        word.bytes[GW_WORD_BYTES - 1 - at] = (uint8_t)(value >> (8 * at));
    return word;
}

gw_word gw_word_from_i64(int64_t value) {
    gw_word word = gw_word_from_u64((uint64_t)value);
    if (value < 0) memset(word.bytes, 0xff, GW_WORD_BYTES - 8);
    return word;
}

gw_status gw_word_from_bytes(gw_bytes big_endian, gw_word *ret, gw_fault *reterr) {
    if (big_endian.length > GW_WORD_BYTES)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL, "%zu bytes do not fit a word",
                            big_endian.length);
    *ret = (gw_word){{0}};
    if (big_endian.length > 0)
        memcpy(ret->bytes + GW_WORD_BYTES - big_endian.length, big_endian.at, big_endian.length);
    return gw_ok();
}

gw_status gw_word_to_u64(gw_word word, uint64_t *ret, gw_fault *reterr) {
    if (gw_word_significant(word) > 8)
        return gw_fail_with(reterr, GW_CODE_OVERFLOW, NULL, "the word does not fit 64 bits");
    uint64_t value = 0;
    for (size_t at = GW_WORD_BYTES - 8; at < GW_WORD_BYTES; at++)
        value = value << 8 | word.bytes[at];
    *ret = value;
    return gw_ok();
}

/* word = word * 10 + digit; false when it does not fit. */
static bool push_digit(gw_word *word, unsigned digit) {
    unsigned carry = digit;
    for (size_t at = GW_WORD_BYTES; at-- > 0;) {
        carry += word->bytes[at] * 10u;
        word->bytes[at] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry == 0;
}

static void negate(gw_word *word) {
    unsigned carry = 1;
    for (size_t at = GW_WORD_BYTES; at-- > 0;) {
        carry += (uint8_t)~word->bytes[at];
        word->bytes[at] = (uint8_t)carry;
        carry >>= 8;
    }
}

static gw_status fail_number(gw_text text, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is not a 256-bit integer",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 96)));
}

static gw_status parse_hex_number(gw_text text, gw_word *ret, gw_fault *reterr) {
    const gw_text digits = gw_text_part(text, 2, text.length);
    if (digits.length == 0 || digits.length > 2 * (size_t)GW_WORD_BYTES)
        return fail_number(text, reterr);
    char padded[2 * GW_WORD_BYTES];
    memset(padded, '0', sizeof padded);
    memcpy(padded + sizeof padded - digits.length, digits.at, digits.length);
    return gw_hex_parse((gw_text){padded, sizeof padded}, ret->bytes, GW_WORD_BYTES, reterr);
}

gw_status gw_word_parse(gw_text text, gw_word *ret, gw_fault *reterr) {
    if (gw_text_starts(text, "0x")) return parse_hex_number(text, ret, reterr);
    const bool negative = gw_text_starts(text, "-");
    const gw_text digits = gw_text_part(text, negative ? 1 : 0, text.length);
    if (digits.length == 0) return fail_number(text, reterr);
    gw_word word = {{0}};
    for (size_t at = 0; at < digits.length; at++) {
        const char digit = digits.at[at];
        if (digit < '0' || digit > '9') return fail_number(text, reterr);
        if (!push_digit(&word, (unsigned)(digit - '0'))) return fail_number(text, reterr);
    }
    if (negative) negate(&word);
    if (negative && !gw_word_is_zero(word) && word.bytes[0] < 0x80)
        return fail_number(text, reterr);
    *ret = word;
    return gw_ok();
}

gw_status gw_word_parse_hash(gw_text text, gw_word *ret, gw_fault *reterr) {
    return gw_hex_parse(text, ret->bytes, GW_WORD_BYTES, reterr);
}

void gw_word_print(gw_word word, char out[GW_WORD_TEXT_SIZE]) {
    out[0] = '0';
    out[1] = 'x';
    gw_hex_print(word.bytes, GW_WORD_BYTES, out + 2);
}

bool gw_word_equal(gw_word left, gw_word right) { return gw_word_compare(left, right) == 0; }

int gw_word_compare(gw_word left, gw_word right) {
    return memcmp(left.bytes, right.bytes, GW_WORD_BYTES);
}

bool gw_word_is_zero(gw_word word) { return gw_word_significant(word) == 0; }

size_t gw_word_significant(gw_word word) {
    size_t zeros = 0;
    while (zeros < GW_WORD_BYTES && word.bytes[zeros] == 0) zeros++;
    return GW_WORD_BYTES - zeros;
}

gw_bytes gw_word_slice(const gw_word *word) { return (gw_bytes){word->bytes, GW_WORD_BYTES}; }
