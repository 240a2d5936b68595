/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void references_look_back_one_seven_and_four_times_seven_days(void **state) {
    (void)state;
    int64_t w[29];
    for (int64_t day = 0; day < 29; day++) w[day] = day * 10;
    const gw_day_table table = {.first = {1000}, .days = 29, .slots = 1, .w = w};
    const gw_date day = {1028};
    assert_int_equal(gw_reference_yesterday(&table, day, 0), 270);
    assert_int_equal(gw_reference_last_week(&table, day, 0), 210);
    assert_int_equal(gw_reference_four_weeks(&table, day, 0), 105);
}

static void what_was_not_measured_is_no_reference(void **state) {
    (void)state;
    int64_t w[29];
    for (int64_t day = 0; day < 29; day++) w[day] = GW_FORECAST_GAP;
    const gw_day_table table = {.first = {1000}, .days = 29, .slots = 1, .w = w};
    const gw_date day = {1028};
    assert_int_equal(gw_reference_yesterday(&table, day, 0), GW_FORECAST_GAP);
    assert_int_equal(gw_reference_four_weeks(&table, day, 0), GW_FORECAST_GAP);
    w[14] = 11;
    w[7] = 14;
    assert_int_equal(gw_reference_four_weeks(&table, day, 0), 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_look_back_one_seven_and_four_times_seven_days),
        cmocka_unit_test(what_was_not_measured_is_no_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
