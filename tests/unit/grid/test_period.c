/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_period TWO_HOURS = {{INT64_C(3600000000)}, {INT64_C(10800000000)}};

static void a_period_holds_its_start_and_not_its_end(void **state) {
    (void)state;
    assert_true(gw_period_is_valid(TWO_HOURS));
    assert_true(gw_period_contains(TWO_HOURS, TWO_HOURS.from));
    assert_false(gw_period_contains(TWO_HOURS, TWO_HOURS.to));
    assert_int_equal(gw_period_length(TWO_HOURS).us, INT64_C(7200000000));
    assert_false(gw_period_is_valid((gw_period){TWO_HOURS.from, TWO_HOURS.from}));
}

static void neighbours_do_not_overlap(void **state) {
    (void)state;
    const gw_period next = {TWO_HOURS.to, {TWO_HOURS.to.us + 1}};
    assert_false(gw_period_overlaps(TWO_HOURS, next));
    assert_true(gw_period_overlaps(TWO_HOURS, TWO_HOURS));
    assert_true(gw_period_covers(TWO_HOURS, TWO_HOURS));
    assert_false(gw_period_covers(TWO_HOURS, next));
}

static void a_period_is_cut_into_equal_intervals(void **state) {
    (void)state;
    size_t count = 0;
    const gw_span half_hour = gw_span_seconds(1800);
    assert_true(gw_is_ok(gw_period_count(TWO_HOURS, half_hour, &count, NULL)));
    assert_int_equal(count, 4);
    assert_int_equal(gw_period_interval(TWO_HOURS, half_hour, 3).to.us, TWO_HOURS.to.us);
    assert_int_equal(gw_period_interval(TWO_HOURS, half_hour, -1).to.us, TWO_HOURS.from.us);
}

static void what_cannot_be_cut_is_refused(void **state) {
    (void)state;
    size_t count = 77;
    gw_fault fault = {0};
    const gw_span half_hour = gw_span_seconds(1800);
    const gw_period empty = {TWO_HOURS.to, TWO_HOURS.from};
    const gw_period shifted = {{TWO_HOURS.from.us + 1000000}, TWO_HOURS.to};
    const gw_period ragged = {TWO_HOURS.from, {TWO_HOURS.to.us - 1000000}};
    const gw_period endless = {{0}, {INT64_C(4097) * 1800 * 1000000}};
    assert_int_equal(gw_period_count(empty, half_hour, &count, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_period_count(shifted, half_hour, &count, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_period_count(ragged, half_hour, &count, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_period_count(endless, half_hour, &count, &fault).code, GW_CODE_TOO_LARGE);
    assert_int_equal(count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_holds_its_start_and_not_its_end),
        cmocka_unit_test(neighbours_do_not_overlap),
        cmocka_unit_test(a_period_is_cut_into_equal_intervals),
        cmocka_unit_test(what_cannot_be_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
