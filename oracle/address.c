/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/address.h"

#include "oracle/keccak.h"

#include <string.h>

static gw_address tail_of(gw_word digest) {
    gw_address address;
    memcpy(address.bytes, digest.bytes + GW_WORD_BYTES - GW_ADDRESS_BYTES, GW_ADDRESS_BYTES);
    return address;
}

void gw_address_print(gw_address address, char out[GW_ADDRESS_TEXT_SIZE]) {
    out[0] = '0';
    out[1] = 'x';
    char *digits = out + 2;
    gw_hex_print(address.bytes, GW_ADDRESS_BYTES, digits);
    const gw_word digest =
        gw_keccak256((gw_bytes){(const uint8_t *)digits, 2 * (size_t)GW_ADDRESS_BYTES});
    for (size_t at = 0; at < 2 * (size_t)GW_ADDRESS_BYTES; at++) {
        const unsigned byte = digest.bytes[at / 2];
        const unsigned nibble = at % 2 == 0 ? byte >> 4 : byte & 15u;
        if (nibble >= 8 && digits[at] >= 'a') digits[at] = (char)(digits[at] - 'a' + 'A');
    }
}

static bool has_any(gw_text digits, char first, char last) {
    for (size_t at = 0; at < digits.length; at++)
        if (digits.at[at] >= first && digits.at[at] <= last) return true;
    return false;
}

gw_status gw_address_parse(gw_text text, gw_address *ret, gw_fault *reterr) {
    gw_address address;
    if (!gw_text_starts(text, "0x") || text.length != GW_ADDRESS_TEXT_SIZE - 1)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is not 0x and 40 hex digits",
                            GW_TEXT_ARGS(gw_text_part(text, 0, 64)));
    GW_TRY(gw_hex_parse(text, address.bytes, GW_ADDRESS_BYTES, reterr));
    const gw_text digits = gw_text_part(text, 2, text.length);
    char checked[GW_ADDRESS_TEXT_SIZE];
    gw_address_print(address, checked);
    const bool mixed = has_any(digits, 'a', 'f') && has_any(digits, 'A', 'F');
    if (mixed && !gw_text_is(text, checked))
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the capital letters of address %.*s do not match its checksum",
                            GW_TEXT_ARGS(text));
    *ret = address;
    return gw_ok();
}

bool gw_address_equal(gw_address left, gw_address right) {
    return gw_address_compare(left, right) == 0;
}

int gw_address_compare(gw_address left, gw_address right) {
    return memcmp(left.bytes, right.bytes, GW_ADDRESS_BYTES);
}

bool gw_address_is_zero(gw_address address) { return gw_address_equal(address, (gw_address){{0}}); }

gw_word gw_address_word(gw_address address) {
    gw_word word = {{0}};
    memcpy(word.bytes + GW_WORD_BYTES - GW_ADDRESS_BYTES, address.bytes, GW_ADDRESS_BYTES);
    return word;
}

gw_status gw_address_from_word(gw_word word, gw_address *ret, gw_fault *reterr) {
    if (gw_word_significant(word) > GW_ADDRESS_BYTES)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL, "the word is not an address");
    *ret = tail_of(word);
    return gw_ok();
}

gw_address gw_address_of_key(const uint8_t key[64]) {
    return tail_of(gw_keccak256((gw_bytes){key, 64}));
}

gw_address gw_address_of_creation(gw_address sender, uint64_t nonce) {
    /* rlp([sender, nonce]) written by hand: at most 1 + 21 + 9 bytes, so a short list. */
    uint8_t encoded[1 + 1 + GW_ADDRESS_BYTES + 9];
    encoded[1] = 0x80 + GW_ADDRESS_BYTES;
    memcpy(encoded + 2, sender.bytes, GW_ADDRESS_BYTES);
    size_t length = 2 + GW_ADDRESS_BYTES;
    const gw_word number = gw_word_from_u64(nonce);
    const size_t size = gw_word_significant(number);
    if (nonce == 0 || nonce > 0x7f) encoded[length++] = (uint8_t)(0x80 + size);
    memcpy(encoded + length, number.bytes + GW_WORD_BYTES - size, size);
    length += size;
    encoded[0] = (uint8_t)(0xc0 + length - 1);
    return tail_of(gw_keccak256((gw_bytes){encoded, length}));
}
