/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/auth.h"

#include "server/http/bucket.h"
#include "server/http/idempotency.h"
#include "server/http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

static const char secret[] = "0123456789abcdef0123456789abcdef";

static gw_status find(void *context, gw_arena *arena, gw_text id, gw_token_facts *ret,
                      gw_fault *reterr) {
    (void)arena;
    if (!gw_text_is(id, "t1")) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    *ret = *(const gw_token_facts *)context;
    (void)SHA256((const unsigned char *)secret, sizeof secret - 1, ret->digest);
    return gw_ok();
}

static gw_token_facts facts_of_agg(void) {
    return (gw_token_facts){.id = GW_TEXT("t1"),
                            .scopes = GW_SCOPE_AGGREGATOR,
                            .party = GW_TEXT("agg-1"),
                            .expires_at = gw_instant_seconds(1000)};
}

static gw_code identify(gw_token_facts *facts, const char *header, gw_identity *ret) {
    gw_fault fault;
    const gw_token_store store = {find, facts};
    GW_AUTO_ARENA arena = gw_arena_open(4096);
    return gw_auth_identify(&store, arena, gw_text_from_c(header), gw_instant_seconds(999), ret,
                            &fault)
        .code;
}

static void the_right_secret_gives_its_identity(void **state) {
    (void)state;
    gw_token_facts facts = facts_of_agg();
    gw_identity identity = {.scopes = 0};
    assert_int_equal(identify(&facts, "Bearer gw_t1_0123456789abcdef0123456789abcdef", &identity),
                     GW_CODE_OK);
    assert_true(gw_auth_is(&identity, GW_SCOPE_AGGREGATOR));
    assert_true(gw_auth_sees(&identity, GW_TEXT("agg-1")));
    assert_false(gw_auth_sees(&identity, GW_TEXT("agg-2")));
    assert_int_equal(gw_auth_own(&identity, GW_TEXT("agg-2"), GW_TEXT("M"), NULL).code,
                     GW_CODE_NOT_FOUND);
    assert_int_equal(gw_auth_allow(&identity, GW_SCOPE_OPERATOR, NULL).code, GW_CODE_FORBIDDEN);
}

static void everything_else_is_refused_alike(void **state) {
    (void)state;
    static const char *const headers[] = {
        "",
        "Bearer",
        "Bearer ",
        "Basic gw_t1_0123456789abcdef0123456789abcdef",
        "Bearer gw_t1_0123456789abcdef0123456789abcdeF",
        "Bearer gw_t1_0123456789abcdef0123456789abcde",
        "Bearer gw_t2_0123456789abcdef0123456789abcdef",
        "Bearer xx_t1_0123456789abcdef0123456789abcdef",
        "Bearer gw_t1",
        "Bearer gw__0123456789abcdef0123456789abcdef",
    };
    gw_token_facts facts = facts_of_agg();
    gw_identity identity = {.scopes = 77};
    for (size_t at = 0; at < sizeof headers / sizeof headers[0]; at++)
        assert_int_equal(identify(&facts, headers[at], &identity), GW_CODE_UNAUTHENTICATED);
    const char *good = "Bearer gw_t1_0123456789abcdef0123456789abcdef";
    facts.is_revoked = true;
    assert_int_equal(identify(&facts, good, &identity), GW_CODE_UNAUTHENTICATED);
    facts = facts_of_agg();
    facts.expires_at = gw_instant_seconds(999);
    assert_int_equal(identify(&facts, good, &identity), GW_CODE_UNAUTHENTICATED);
    assert_int_equal(identity.scopes, 77);
}

static void an_unbound_token_of_an_aggregator_sees_nobody(void **state) {
    (void)state;
    const gw_identity identity = {.scopes = GW_SCOPE_AGGREGATOR};
    assert_false(gw_auth_sees(&identity, GW_TEXT("")));
    assert_true(gw_auth_filter(&identity).length > 0);
    const gw_identity reader = {.scopes = GW_SCOPE_READER};
    assert_int_equal(gw_auth_filter(&reader).length, 0);
}

static void a_bucket_gives_its_burst_and_then_its_rate(void **state) {
    (void)state;
    gw_buckets *buckets = NULL;
    assert_true(gw_is_ok(gw_buckets_open(10, 3, &buckets, NULL)));
    for (int at = 0; at < 3; at++)
        assert_true(gw_is_ok(gw_buckets_take(buckets, GW_TEXT("a"), 1000000, NULL)));
    assert_int_equal(gw_buckets_take(buckets, GW_TEXT("a"), 1000000, NULL).code,
                     GW_CODE_RATE_LIMITED);
    assert_true(gw_is_ok(gw_buckets_take(buckets, GW_TEXT("b"), 1000000, NULL)));
    assert_true(gw_is_ok(gw_buckets_take(buckets, GW_TEXT("a"), 1100000, NULL)));
    assert_int_equal(gw_buckets_take(buckets, GW_TEXT("a"), 1100000, NULL).code,
                     GW_CODE_RATE_LIMITED);
    gw_buckets_close(buckets);
}

static void a_key_is_short_and_printable(void **state) {
    (void)state;
    char longest[GW_IDEMPOTENCY_KEY_MAX + 1];
    memset(longest, 'k', sizeof longest);
    assert_true(gw_is_ok(gw_idempotency_key_check((gw_text){longest, 255}, NULL)));
    assert_int_equal(gw_idempotency_key_check((gw_text){longest, 256}, NULL).code,
                     GW_CODE_MALFORMED);
    assert_int_equal(gw_idempotency_key_check(GW_TEXT(""), NULL).code, GW_CODE_KEY_MISSING);
    assert_int_equal(gw_idempotency_key_check(GW_TEXT("a b"), NULL).code, GW_CODE_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_secret_gives_its_identity),
        cmocka_unit_test(everything_else_is_refused_alike),
        cmocka_unit_test(an_unbound_token_of_an_aggregator_sees_nobody),
        cmocka_unit_test(a_bucket_gives_its_burst_and_then_its_rate),
        cmocka_unit_test(a_key_is_short_and_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
