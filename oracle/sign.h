/* SPDX-License-Identifier: Apache-2.0
 *
 * ECDSA over secp256k1 as the chain checks it: RFC 6979 nonces, low s, recovery id in v (27 or 28).
 * The same key and digest give the same bytes for ever. A gw_signer owns the key and libsecp256k1's
 * tables in its arena; call gw_signer_wipe before the arena closes. gw_signing_key has no print
 * function on purpose. Recovering needs no signer. Pure: no global state, no allocation but the
 * arena's.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/address.h"
#include "oracle/word.h"

enum { GW_SIGNING_KEY_BYTES = 32, GW_SIGNATURE_BYTES = 65, GW_SIGNATURE_TEXT_SIZE = 133 };

typedef struct gw_signing_key {
    uint8_t bytes[GW_SIGNING_KEY_BYTES];
} gw_signing_key;

typedef struct gw_signature {
    uint8_t bytes[GW_SIGNATURE_BYTES]; /* r‖s‖v */
} gw_signature;

typedef struct gw_signer gw_signer;

/* 64 hex digits, with or without 0x, blanks around them ignored. The fault never quotes the text.
 */
GW_MUST_CHECK gw_status gw_signing_key_parse(gw_text text, gw_signing_key *ret, gw_fault *reterr);
void gw_signing_key_wipe(gw_signing_key *secret);

/* secret must be 1 … n-1: GW_CODE_INVALID otherwise. blinding is 32 fresh random bytes against
 * side channels; it changes no signature and may be NULL. */
GW_MUST_CHECK gw_status gw_signer_make(gw_arena *arena, const gw_signing_key *secret,
                                       const uint8_t blinding[32], gw_signer **ret,
                                       gw_fault *reterr);
gw_address gw_signer_address(const gw_signer *signer);
void gw_signer_wipe(gw_signer *signer); /* NULL is fine */

GW_MUST_CHECK gw_status gw_signer_sign(const gw_signer *signer, gw_word digest, gw_signature *ret,
                                       gw_fault *reterr);

/* Who signed; a high s, a v that is not 27 or 28, and points off the curve are GW_CODE_INVALID. */
GW_MUST_CHECK gw_status gw_signature_recover(const gw_signature *signature, gw_word digest,
                                             gw_address *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_signature_parse(gw_text text, gw_signature *ret, gw_fault *reterr);
void gw_signature_print(const gw_signature *signature, char out[GW_SIGNATURE_TEXT_SIZE]);
