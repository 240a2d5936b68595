/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_power P[] = {{199}, {1000}};
static const gw_power Q[] = {{500}, {500}};
static const gw_power NEED[] = {{100}, {1600}};
static const gw_bid BIDS[] = {
    {.group = {"A", 1}, .price = {200000}, .min_activation_pct = 98, .power = P},
    {.group = {"B", 1}, .price = {100000}, .min_activation_pct = 100, .power = Q},
};

static gw_selection_question question(void) {
    return (gw_selection_question){.bids = BIDS,
                                   .bid_count = 2,
                                   .need = NEED,
                                   .interval_count = 2,
                                   .interval = {INT64_C(3600) * 1000000}};
}

static void options_are_not_taken_and_each_allowed_percent(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    gw_selection_table table = {0};
    const gw_selection_question asked = question();
    assert_true(gw_is_ok(gw_selection_table_make(arena, &asked, &table, NULL)));
    assert_int_equal(table.rows[0].option_count, 4);
    assert_int_equal(table.rows[0].options[0].cost_micros, 0);
    assert_int_equal(table.rows[0].options[1].percent, 98);
    assert_int_equal(table.rows[0].options[1].gives_w[0], 195); /* floor of 195.02 */
    assert_int_equal(table.rows[0].options[1].cost_micros, (195 + 980) * 200);
    assert_int_equal(table.rows[1].option_count, 2);
}

static void the_requirement_is_lowered_to_what_there_is(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    gw_selection_table table = {0};
    gw_selection_question asked = question();
    assert_true(gw_is_ok(gw_selection_table_make(arena, &asked, &table, NULL)));
    assert_int_equal(table.required_w[0], 100);
    assert_int_equal(table.required_w[1], 1500);
    assert_int_equal(table.wanted_w[1], 1600);
    assert_true(table.is_monotone);
    asked.max_price.micros_per_kwh = 150000; /* A is too dear: it cannot help */
    assert_true(gw_is_ok(gw_selection_table_make(arena, &asked, &table, NULL)));
    assert_int_equal(table.rows[0].option_count, 1);
    assert_int_equal(table.required_w[1], 500);
}

static void powers_beyond_reason_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    gw_fault fault = {0};
    gw_selection_table table = {0};
    static const gw_power HUGE_POWER[] = {{INT64_MAX}, {0}};
    gw_selection_question asked = question();
    asked.need = HUGE_POWER;
    assert_int_equal(gw_selection_table_make(arena, &asked, &table, &fault).code, GW_CODE_INVALID);
    const gw_bid dear[] = {
        {.group = {"A", 1}, .price = {INT64_MAX}, .min_activation_pct = 100, .power = P}};
    asked = question();
    asked.bids = dear;
    asked.bid_count = 1;
    assert_int_equal(gw_selection_table_make(arena, &asked, &table, &fault).code, GW_CODE_OVERFLOW);
    const gw_power much[] = {{INT64_C(1000000000000)}, {0}};
    const gw_price price = {INT64_C(7000000000)}; /* 7e18 each: one fits, two do not */
    const gw_bid costly[] = {
        {.group = {"A", 1}, .price = price, .min_activation_pct = 100, .power = much},
        {.group = {"B", 1}, .price = price, .min_activation_pct = 100, .power = much}};
    asked.bids = costly;
    assert_true(gw_is_ok(gw_selection_table_make(arena, &asked, &table, &fault)));
    asked.bid_count = 2;
    assert_int_equal(gw_selection_table_make(arena, &asked, &table, &fault).code, GW_CODE_OVERFLOW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_not_taken_and_each_allowed_percent),
        cmocka_unit_test(the_requirement_is_lowered_to_what_there_is),
        cmocka_unit_test(powers_beyond_reason_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
