/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void energy_from_power_is_floored(void **state) {
    (void)state;
    gw_energy energy = {0};
    assert_true(
        gw_is_ok(gw_energy_from_power((gw_power){1001}, gw_span_seconds(1800), &energy, NULL)));
    assert_int_equal(energy.wh, 500);
    assert_true(
        gw_is_ok(gw_energy_from_power((gw_power){-1001}, gw_span_seconds(1800), &energy, NULL)));
    assert_int_equal(energy.wh, -501);
}

static void power_from_energy_is_its_inverse_on_whole_values(void **state) {
    (void)state;
    gw_power power = {0};
    assert_true(
        gw_is_ok(gw_power_from_energy((gw_energy){250}, gw_span_seconds(900), &power, NULL)));
    assert_int_equal(power.w, 1000);
}

static void money_is_floored_to_a_micro(void **state) {
    (void)state;
    gw_money money = {0};
    assert_true(gw_is_ok(gw_money_from_energy((gw_energy){1}, (gw_price){1999}, &money, NULL)));
    assert_int_equal(money.micros, 1);
    assert_true(
        gw_is_ok(gw_money_from_energy((gw_energy){1000000}, (gw_price){200000}, &money, NULL)));
    assert_int_equal(money.micros, 200000000); /* 1000 kWh at 200/MWh is 200.00 */
}

static void sums_say_when_they_overflow_and_leave_the_output(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_energy energy = {5};
    gw_power power = {5};
    gw_money money = {5};
    assert_int_equal(gw_energy_add((gw_energy){INT64_MAX}, (gw_energy){1}, &energy, &fault).code,
                     GW_CODE_OVERFLOW);
    assert_int_equal(gw_power_add((gw_power){INT64_MIN}, (gw_power){-1}, &power, &fault).code,
                     GW_CODE_OVERFLOW);
    assert_int_equal(gw_money_add((gw_money){INT64_MAX}, (gw_money){1}, &money, &fault).code,
                     GW_CODE_OVERFLOW);
    assert_int_equal(gw_money_subtract((gw_money){INT64_MIN}, (gw_money){1}, &money, &fault).code,
                     GW_CODE_OVERFLOW);
    assert_int_equal(energy.wh, 5);
    assert_int_equal(power.w, 5);
    assert_int_equal(money.micros, 5);
    const gw_status status =
        gw_money_from_energy((gw_energy){INT64_MAX}, (gw_price){INT64_MAX}, &money, &fault);
    assert_int_equal(status.code, GW_CODE_OVERFLOW);
}

static void percent_of_a_power_is_floored(void **state) {
    (void)state;
    assert_int_equal(gw_power_percent((gw_power){199}, 50).w, 99);
    assert_int_equal(gw_power_percent((gw_power){INT64_MAX}, 100).w, INT64_MAX);
    assert_int_equal(gw_power_percent((gw_power){7}, 0).w, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_from_power_is_floored),
        cmocka_unit_test(power_from_energy_is_its_inverse_on_whole_values),
        cmocka_unit_test(money_is_floored_to_a_micro),
        cmocka_unit_test(sums_say_when_they_overflow_and_leave_the_output),
        cmocka_unit_test(percent_of_a_power_is_floored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
