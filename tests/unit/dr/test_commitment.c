/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/commitment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_span HALF_HOUR = {INT64_C(1800) * 1000000};
static const gw_power POWER[] = {{1501}, {1500}};
static const gw_order_meter LEFT[] = {{{"M-1", 3}, {1000}}, {{"M-2", 3}, {1000}}};
static const gw_order_meter RIGHT[] = {{{"M-2", 3}, {1000}}, {{"M-3", 3}, {1000}}};

static gw_order order(uint8_t number, const gw_order_meter *meters) {
    return (gw_order){.order_id = {{[15] = number}},
                      .price = {180000},
                      .power = POWER,
                      .power_count = 2,
                      .meters = meters,
                      .meter_count = 2};
}

static void the_liability_is_the_sum_of_floored_lines(void **state) {
    (void)state;
    gw_money most = {0};
    gw_energy energy = {0};
    const gw_order orders[] = {order(1, LEFT), order(2, RIGHT)};
    assert_true(gw_is_ok(gw_order_energy(&orders[0], 0, HALF_HOUR, &energy, NULL)));
    assert_int_equal(energy.wh, 750);
    assert_true(gw_is_ok(gw_commitment_max_liability(orders, 2, HALF_HOUR, &most, NULL)));
    assert_int_equal(most.micros, 4 * 135000);
}

static void no_meter_is_sold_twice(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_order orders[] = {order(1, LEFT), order(2, RIGHT)};
    assert_int_equal(gw_commitment_check(orders, 2, 2, &fault).code, GW_CODE_INVALID);
    orders[1].meters = &RIGHT[1];
    orders[1].meter_count = 1;
    assert_true(gw_is_ok(gw_commitment_check(orders, 2, 2, &fault)));
}

static void orders_out_of_form_are_refused(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_order orders[] = {order(2, LEFT), order(1, &RIGHT[1])};
    orders[1].meter_count = 1;
    assert_int_equal(gw_commitment_check(orders, 2, 2, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_commitment_check(orders, 0, 2, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_commitment_check(orders, 1, 3, &fault).code, GW_CODE_INVALID);
    orders[0].price.micros_per_kwh = -1;
    assert_int_equal(gw_commitment_check(orders, 1, 2, &fault).code, GW_CODE_INVALID);
    orders[0] = order(1, LEFT);
    orders[0].meter_count = 0;
    assert_int_equal(gw_commitment_check(orders, 1, 2, &fault).code, GW_CODE_INVALID);
    const gw_order_meter descending[] = {LEFT[1], LEFT[0]};
    orders[0] = order(1, descending);
    assert_int_equal(gw_commitment_check(orders, 1, 2, &fault).code, GW_CODE_INVALID);
    const gw_order_meter unqualified[] = {{{"M-1", 3}, {0}}, LEFT[1]};
    orders[0] = order(1, unqualified);
    assert_int_equal(gw_commitment_check(orders, 1, 2, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_liability_is_the_sum_of_floored_lines),
        cmocka_unit_test(no_meter_is_sold_twice),
        cmocka_unit_test(orders_out_of_form_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
