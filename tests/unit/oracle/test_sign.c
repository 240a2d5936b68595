/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"
#include "oracle/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_signer *make_signer(gw_arena *arena, uint8_t seed) {
    gw_signing_key key;
    gw_signer *signer = NULL;
    memset(key.bytes, seed, sizeof key.bytes);
    assert_true(gw_is_ok(gw_signer_make(arena, &key, NULL, &signer, NULL)));
    return signer;
}

static void the_same_key_and_digest_give_the_same_low_s_bytes(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_signer *signer = make_signer(arena, 0x46);
    char text[GW_ADDRESS_TEXT_SIZE];
    gw_address_print(gw_signer_address(signer), text);
    assert_string_equal(text, "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"); /* EIP-155 */
    for (uint64_t at = 0; at < 64; at++) {
        gw_signature first;
        gw_signature second;
        gw_address who;
        const gw_word digest = gw_word_from_u64(at);
        assert_true(gw_is_ok(gw_signer_sign(signer, digest, &first, NULL)));
        assert_true(gw_is_ok(gw_signer_sign(signer, digest, &second, NULL)));
        assert_memory_equal(first.bytes, second.bytes, GW_SIGNATURE_BYTES);
        assert_true(first.bytes[32] < 0x80);
        assert_true(gw_is_ok(gw_signature_recover(&first, digest, &who, NULL)));
        assert_true(gw_address_equal(who, gw_signer_address(signer)));
    }
}

static void blinding_changes_no_signature(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_signing_key key = {{[31] = 1}};
    const uint8_t blinding[32] = {9, 8, 7};
    gw_signer *plain = NULL;
    gw_signer *blinded = NULL;
    gw_signature first;
    gw_signature second;
    assert_true(gw_is_ok(gw_signer_make(arena, &key, NULL, &plain, NULL)));
    assert_true(gw_is_ok(gw_signer_make(arena, &key, blinding, &blinded, NULL)));
    assert_true(gw_is_ok(gw_signer_sign(plain, gw_word_from_u64(5), &first, NULL)));
    assert_true(gw_is_ok(gw_signer_sign(blinded, gw_word_from_u64(5), &second, NULL)));
    assert_memory_equal(first.bytes, second.bytes, GW_SIGNATURE_BYTES);
    gw_signer_wipe(plain);
    gw_signer_wipe(blinded);
}

/* s of the same signature in the upper half: n - s, with v turned round. */
static gw_signature to_high_s(gw_signature low) {
    static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                      0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
                                      0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
    int borrow = 0;
    for (size_t at = 32; at-- > 0;) {
        const int digit = order[at] - low.bytes[32 + at] - borrow;
        borrow = digit < 0;
        low.bytes[32 + at] = (uint8_t)(digit & 0xff);
    }
    low.bytes[64] = (uint8_t)(55 - low.bytes[64]);
    return low;
}

static void signatures_that_the_contract_would_refuse_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_signature good;
    gw_address who = {{7}};
    const gw_word digest = gw_word_from_u64(1);
    assert_true(gw_is_ok(gw_signer_sign(make_signer(arena, 3), digest, &good, NULL)));
    gw_signature wrong_v = good;
    wrong_v.bytes[64] = 0;
    gw_signature zero_r = good;
    memset(zero_r.bytes, 0, 32);
    gw_signature big_r = good;
    memset(big_r.bytes, 0xff, 32);
    const gw_signature high_s = to_high_s(good);
    assert_int_equal(gw_signature_recover(&wrong_v, digest, &who, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_signature_recover(&zero_r, digest, &who, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_signature_recover(&big_r, digest, &who, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_signature_recover(&high_s, digest, &who, NULL).code, GW_CODE_INVALID);
    assert_int_equal(who.bytes[0], 7);
}

static void keys_outside_the_group_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_signing_key key = {{0}};
    gw_signer *signer = NULL;
    assert_int_equal(gw_signer_make(arena, &key, NULL, &signer, NULL).code, GW_CODE_INVALID);
    memset(key.bytes, 0xff, sizeof key.bytes);
    assert_int_equal(gw_signer_make(arena, &key, NULL, &signer, NULL).code, GW_CODE_INVALID);
    assert_null(signer);
}

static void a_key_that_cannot_be_read_is_never_quoted(void **state) {
    (void)state;
    gw_fault fault;
    gw_signing_key key;
    assert_int_equal(gw_signing_key_parse(GW_TEXT("deadbeef"), &key, &fault).code,
                     GW_CODE_MALFORMED);
    assert_null(strstr(fault.message, "deadbeef"));
    assert_true(gw_is_ok(gw_signing_key_parse(
        GW_TEXT(" 0x4646464646464646464646464646464646464646464646464646464646464646\n"), &key,
        NULL)));
}

static void signatures_are_printed_and_parsed(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_signature signature;
    gw_signature again;
    char text[GW_SIGNATURE_TEXT_SIZE];
    assert_true(
        gw_is_ok(gw_signer_sign(make_signer(arena, 3), gw_word_from_u64(1), &signature, NULL)));
    gw_signature_print(&signature, text);
    assert_true(gw_is_ok(gw_signature_parse(gw_text_from_c(text), &again, NULL)));
    assert_memory_equal(signature.bytes, again.bytes, GW_SIGNATURE_BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_key_and_digest_give_the_same_low_s_bytes),
        cmocka_unit_test(blinding_changes_no_signature),
        cmocka_unit_test(signatures_that_the_contract_would_refuse_are_refused),
        cmocka_unit_test(keys_outside_the_group_are_refused),
        cmocka_unit_test(a_key_that_cannot_be_read_is_never_quoted),
        cmocka_unit_test(signatures_are_printed_and_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
