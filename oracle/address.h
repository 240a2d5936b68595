/* SPDX-License-Identifier: Apache-2.0
 *
 * An account or contract on the chain: the last 20 bytes of a Keccak. Text is EIP-55: mixed case is
 * a checksum, all-lower and all-upper are read without one. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"
#include "oracle/word.h"

#include <stdbool.h>
#include <stdint.h>

enum { GW_ADDRESS_BYTES = 20, GW_ADDRESS_TEXT_SIZE = 43 };

typedef struct gw_address {
    uint8_t bytes[GW_ADDRESS_BYTES];
} gw_address;

/* 0x is required; a wrong checksum is GW_CODE_INVALID. */
GW_MUST_CHECK gw_status gw_address_parse(gw_text text, gw_address *ret, gw_fault *reterr);
void gw_address_print(gw_address address, char out[GW_ADDRESS_TEXT_SIZE]); /* EIP-55 */
bool gw_address_equal(gw_address left, gw_address right);
int gw_address_compare(gw_address left, gw_address right);
bool gw_address_is_zero(gw_address address);

gw_word gw_address_word(gw_address address); /* left-padded, as the ABI writes it */
/* GW_CODE_OUT_OF_RANGE when the upper 12 bytes are not zero. */
GW_MUST_CHECK gw_status gw_address_from_word(gw_word word, gw_address *ret, gw_fault *reterr);
/* key is X‖Y of the public point, 64 bytes without the 0x04. */
gw_address gw_address_of_key(const uint8_t key[64]);
/* Where a contract created by this sender with this nonce will live. */
gw_address gw_address_of_creation(gw_address sender, uint64_t nonce);
