/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/sign.h"

#include <secp256k1.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_recovery.h>
#include <string.h>

enum { V_BASE = 27 };

struct gw_signer {
    secp256k1_context *context; /* in the arena */
    gw_signing_key secret;
    gw_address address;
};

gw_status gw_signing_key_parse(gw_text text, gw_signing_key *ret, gw_fault *reterr) {
    gw_signing_key secret;
    if (gw_is_ok(gw_hex_parse(gw_text_trim(text), secret.bytes, GW_SIGNING_KEY_BYTES, NULL))) {
        *ret = secret;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the key is not 64 hex digits");
}

void gw_signing_key_wipe(gw_signing_key *secret) {
    explicit_bzero(secret->bytes, sizeof secret->bytes);
}

static gw_status address_of(const secp256k1_context *context, const gw_signing_key *secret,
                            gw_address *ret, gw_fault *reterr) {
    secp256k1_pubkey key;
    if (!secp256k1_ec_pubkey_create(context, &key, secret->bytes))
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "the key is not in 1 to n-1");
    uint8_t point[65];
    size_t size = sizeof point;
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, point, &size, &key,
                                  SECP256K1_EC_UNCOMPRESSED);
    *ret = gw_address_of_key(point + 1);
    return gw_ok();
}

gw_status gw_signer_make(gw_arena *arena, const gw_signing_key *secret, const uint8_t blinding[32],
                         gw_signer **ret, gw_fault *reterr) {
    gw_signer *signer = NULL;
    void *tables = NULL;
    const size_t size = secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE);
    GW_TRY(GW_ARENA_NEW(arena, gw_signer, 1, &signer, reterr));
    GW_TRY(gw_arena_take(arena, size, 1, &tables, reterr));
    signer->context = secp256k1_context_preallocated_create(tables, SECP256K1_CONTEXT_NONE);
    /* Fails only in the library's own self-test of a broken build; signing works unblinded. */
    if (blinding != NULL) (void)!secp256k1_context_randomize(signer->context, blinding);
    GW_TRY(address_of(signer->context, secret, &signer->address, reterr));
    signer->secret = *secret;
    *ret = signer;
    return gw_ok();
}

gw_address gw_signer_address(const gw_signer *signer) { return signer->address; }

void gw_signer_wipe(gw_signer *signer) {
    if (signer == NULL) return;
    gw_signing_key_wipe(&signer->secret);
    secp256k1_context_preallocated_destroy(signer->context);
}

gw_status gw_signer_sign(const gw_signer *signer, gw_word digest, gw_signature *ret,
                         gw_fault *reterr) {
    secp256k1_ecdsa_recoverable_signature made;
    if (!secp256k1_ecdsa_sign_recoverable(signer->context, &made, digest.bytes,
                                          signer->secret.bytes, NULL, NULL))
        return gw_fail_with(reterr, GW_CODE_INTERNAL, NULL, "the digest could not be signed");
    gw_signature signature;
    int recovery = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(secp256k1_context_static,
                                                            signature.bytes, &recovery, &made);
    /* 2 and 3 need an r above the group order: chance 2^-127, and the chain refuses them. */
    if (recovery > 1)
        return gw_fail_with(reterr, GW_CODE_INTERNAL, NULL, "the recovery id is above 1");
    signature.bytes[64] = (uint8_t)(V_BASE + recovery);
    *ret = signature;
    return gw_ok();
}

static gw_status invalid(gw_fault *reterr, const char *why) {
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "the signature %s", why);
}

static bool has_high_s(const secp256k1_ecdsa_recoverable_signature *signature) {
    secp256k1_ecdsa_signature plain;
    secp256k1_ecdsa_recoverable_signature_convert(secp256k1_context_static, &plain, signature);
    return secp256k1_ecdsa_signature_normalize(secp256k1_context_static, NULL, &plain) != 0;
}

gw_status gw_signature_recover(const gw_signature *signature, gw_word digest, gw_address *ret,
                               gw_fault *reterr) {
    const int recovery = signature->bytes[64] - V_BASE;
    if (recovery != 0 && recovery != 1) return invalid(reterr, "has a v that is not 27 or 28");
    secp256k1_ecdsa_recoverable_signature parsed;
    if (!secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &parsed,
                                                             signature->bytes, recovery))
        return invalid(reterr, "has an r or s out of range");
    if (has_high_s(&parsed)) return invalid(reterr, "has a high s");
    secp256k1_pubkey key;
    if (!secp256k1_ecdsa_recover(secp256k1_context_static, &key, &parsed, digest.bytes))
        return invalid(reterr, "belongs to no key");
    uint8_t point[65];
    size_t size = sizeof point;
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, point, &size, &key,
                                  SECP256K1_EC_UNCOMPRESSED);
    *ret = gw_address_of_key(point + 1);
    return gw_ok();
}

gw_status gw_signature_parse(gw_text text, gw_signature *ret, gw_fault *reterr) {
    gw_signature signature;
    GW_TRY(gw_hex_parse(text, signature.bytes, GW_SIGNATURE_BYTES, reterr));
    *ret = signature;
    return gw_ok();
}

void gw_signature_print(const gw_signature *signature, char out[GW_SIGNATURE_TEXT_SIZE]) {
    out[0] = '0';
    out[1] = 'x';
    gw_hex_print(signature->bytes, GW_SIGNATURE_BYTES, out + 2);
}
