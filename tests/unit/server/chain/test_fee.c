/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/fee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const gw_fee_limits limits = {.tip_least_wei = 100, .cap_most_wei = 1000000};

static void a_fresh_bid_survives_a_doubled_base_fee(void **state) {
    (void)state;
    gw_fee fee;
    assert_true(gw_is_ok(gw_fee_fresh(1000, 30, &limits, &fee, NULL)));
    assert_int_equal(fee.tip_wei, 100); /* a node that says too little is not believed */
    assert_int_equal(fee.cap_wei, 2100);
}

static void the_cap_is_never_above_its_limit(void **state) {
    (void)state;
    gw_fee fee = {7, 7};
    assert_true(gw_is_ok(gw_fee_fresh(900000, 200, &limits, &fee, NULL)));
    assert_int_equal(fee.cap_wei, 1000000);
    fee = (gw_fee){7, 7};
    assert_int_equal(gw_fee_fresh(999901, 200, &limits, &fee, NULL).code, GW_CODE_RATE_LIMITED);
    assert_int_equal(gw_fee_fresh(UINT64_MAX, UINT64_MAX, &limits, &fee, NULL).code,
                     GW_CODE_RATE_LIMITED);
    assert_int_equal(fee.cap_wei, 7);
}

static void a_bump_raises_both_fields_by_an_eighth_and_more(void **state) {
    (void)state; /* go-ethereum legacypool wants 10 %, others up to 12.5 % */
    const gw_fee cheap = {0, 0};
    for (uint64_t wei = 0; wei < 2000; wei++) {
        gw_fee fee;
        assert_true(gw_is_ok(gw_fee_bump((gw_fee){wei, wei * 2}, cheap, &limits, &fee, NULL)));
        assert_true(fee.tip_wei > wei && fee.tip_wei * 8 >= wei * 9);
        assert_true(fee.cap_wei > wei * 2 && fee.cap_wei * 8 >= wei * 18);
        assert_true(fee.cap_wei >= fee.tip_wei);
    }
}

static void a_bump_follows_the_present_price_and_stops_at_the_limit(void **state) {
    (void)state;
    gw_fee fee = {7, 7};
    assert_true(
        gw_is_ok(gw_fee_bump((gw_fee){100, 200}, (gw_fee){500, 90000}, &limits, &fee, NULL)));
    assert_int_equal(fee.cap_wei, 90000);
    fee = (gw_fee){7, 7};
    assert_int_equal(gw_fee_bump((gw_fee){100, 999999}, (gw_fee){0, 0}, &limits, &fee, NULL).code,
                     GW_CODE_RATE_LIMITED);
    assert_int_equal(fee.tip_wei, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_bid_survives_a_doubled_base_fee),
        cmocka_unit_test(the_cap_is_never_above_its_limit),
        cmocka_unit_test(a_bump_raises_both_fields_by_an_eighth_and_more),
        cmocka_unit_test(a_bump_follows_the_present_price_and_stops_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
