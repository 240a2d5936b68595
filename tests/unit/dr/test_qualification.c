/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/qualification.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_order_meter METERS[] = {{{"M-1", 3}, {2000}}, {{"M-2", 3}, {1500}}};
static const gw_bid_terms TERMS = {.gate_at = {1000},
                                   .interval_count = 2,
                                   .max_price = {300000},
                                   .meters = METERS,
                                   .meter_count = 2};

static gw_code check(int64_t power_w, int64_t price, int min_pct, int64_t received) {
    gw_fault fault = {0};
    const gw_power power[] = {{0}, {power_w}};
    const gw_bid bid = {
        .price = {price}, .min_activation_pct = min_pct, .power = power, .received_at = {received}};
    return gw_bid_check(&bid, 2, &TERMS, &fault).code;
}

static void a_bid_within_its_limits_stands(void **state) {
    (void)state;
    assert_int_equal(check(3500, 300000, 100, 999), GW_CODE_OK);
    assert_int_equal(check(1, 0, 1, 0), GW_CODE_OK);
}

static void a_bid_at_the_gate_is_late(void **state) {
    (void)state;
    assert_int_equal(check(3500, 100, 100, 1000), GW_CODE_GATE_CLOSED);
}

static void a_bid_above_the_qualified_power_is_refused(void **state) {
    (void)state;
    assert_int_equal(check(3501, 100, 100, 0), GW_CODE_OUT_OF_RANGE);
}

static void a_bid_without_sense_is_refused(void **state) {
    (void)state;
    assert_int_equal(check(0, 100, 100, 0), GW_CODE_INVALID);
    assert_int_equal(check(-1, 100, 100, 0), GW_CODE_INVALID);
    assert_int_equal(check(1, -1, 100, 0), GW_CODE_INVALID);
    assert_int_equal(check(1, 300001, 100, 0), GW_CODE_INVALID);
    assert_int_equal(check(1, 1, 0, 0), GW_CODE_INVALID);
    assert_int_equal(check(1, 1, 101, 0), GW_CODE_INVALID);
}

static void a_bid_has_one_power_per_interval(void **state) {
    (void)state;
    gw_fault fault = {0};
    const gw_power power[] = {{1}};
    const gw_bid bid = {.price = {1}, .min_activation_pct = 100, .power = power};
    assert_int_equal(gw_bid_check(&bid, 1, &TERMS, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bid_within_its_limits_stands),
        cmocka_unit_test(a_bid_at_the_gate_is_late),
        cmocka_unit_test(a_bid_above_the_qualified_power_is_refused),
        cmocka_unit_test(a_bid_without_sense_is_refused),
        cmocka_unit_test(a_bid_has_one_power_per_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
