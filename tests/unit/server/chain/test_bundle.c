/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char good[] =
    "{\"core\":{\"entitlements\":["
    "{\"payee\":\"0x1111111111111111111111111111111111111111\",\"lifetime_micros\":5,"
    "\"salt\":\"0x00000000000000000000000000000000000000000000000000000000000000aa\"},"
    "{\"payee\":\"0x2222222222222222222222222222222222222222\","
    "\"lifetime_micros\":\"9007199254740993\","
    "\"salt\":\"0x00000000000000000000000000000000000000000000000000000000000000bb\"}]}}";

static gw_bytes bytes_of(const char *text) {
    return (gw_bytes){(const uint8_t *)text, strlen(text)};
}

static gw_address account(uint8_t byte) {
    gw_address address;
    memset(address.bytes, byte, sizeof address.bytes);
    return address;
}

static void a_payee_finds_its_leaf_with_a_proof_that_holds(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_bundle_claim found;
    assert_true(gw_is_ok(gw_bundle_claim_of(arena, bytes_of(good), account(0x22), &found, NULL)));
    assert_true(found.claim.lifetime_micros == 9007199254740993u);
    const gw_word leaf =
        gw_merkle_entitlement(account(0x22), found.claim.lifetime_micros, found.claim.salt);
    assert_true(gw_merkle_verify(found.root, leaf, &found.claim.proof));
}

static void a_stranger_finds_nothing(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_bundle_claim found = {.claim = {.lifetime_micros = 7}};
    assert_int_equal(gw_bundle_claim_of(arena, bytes_of(good), account(0x33), &found, NULL).code,
                     GW_CODE_NOT_FOUND);
    assert_int_equal(found.claim.lifetime_micros, 7);
}

static void what_is_no_bundle_is_refused(void **state) {
    (void)state;
    const char *texts[] = {
        "",
        "{}",
        "[]",
        "{\"core\":{}}",
        "{\"core\":{\"entitlements\":[]}}",
        "{\"core\":{\"entitlements\":[{}]}}",
        "{\"core\":{\"entitlements\":[{\"payee\":\"0x11\"}]}}",
        ("{\"core\":{\"entitlements\":[{\"payee\":"
         "\"0x1111111111111111111111111111111111111111\",\"lifetime_micros\":-5}]}}")};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_bundle_claim found;
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
        assert_false(
            gw_is_ok(gw_bundle_claim_of(arena, bytes_of(texts[at]), account(0x11), &found, NULL)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payee_finds_its_leaf_with_a_proof_that_holds),
        cmocka_unit_test(a_stranger_finds_nothing),
        cmocka_unit_test(what_is_no_bundle_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
