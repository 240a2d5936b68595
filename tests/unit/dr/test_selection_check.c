/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_power P[] = {{1000}, {2000}};
static const gw_power Q[] = {{500}, {500}};
static const gw_power NEED[] = {{600}, {1100}};
static const gw_bid BIDS[] = {
    {.group = {"A", 1}, .price = {200000}, .min_activation_pct = 50, .power = P},
    {.group = {"B", 1}, .price = {100000}, .min_activation_pct = 100, .power = Q},
};

static gw_selection_question question(void) {
    return (gw_selection_question){.bids = BIDS,
                                   .bid_count = 2,
                                   .need = NEED,
                                   .interval_count = 2,
                                   .interval = {INT64_C(3600) * 1000000}};
}

static int percents[2];
static gw_power shortage[3];

/* 50 % of A and all of B: 500 + 1000 Wh at 200, 2 * 500 Wh at 100. */
static gw_selection right(void) {
    percents[0] = 50;
    percents[1] = 100;
    shortage[0].w = 0;
    shortage[1].w = 0;
    shortage[2].w = 0;
    return (gw_selection){.activation_pct = percents,
                          .award_count = 2,
                          .cost = {400000},
                          .shortage = shortage,
                          .is_optimal = true};
}

static void a_right_selection_passes(void **state) {
    (void)state;
    const gw_selection_question asked = question();
    const gw_selection made = right();
    assert_true(gw_is_ok(gw_selection_check(&asked, &made, NULL)));
}

static void each_wrong_statement_is_found(void **state) {
    (void)state;
    gw_fault fault = {0};
    const gw_selection_question asked = question();
    gw_selection made = right();
    percents[0] = 49; /* below its minimum */
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    made = right();
    made.cost.micros--;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    made = right();
    made.award_count = 1;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    made = right();
    shortage[1].w = 1; /* the bids could have covered it */
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    made = right();
    percents[1] = 0; /* the requirement is not met */
    made.award_count = 1;
    made.cost.micros = 300000;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    made = right();
    made.is_short = true;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
}

static void a_bid_above_the_price_limit_may_not_be_taken(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_selection_question asked = question();
    const gw_selection made = right();
    asked.max_price.micros_per_kwh = 150000;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
}

static void a_limit_counts_watts_by_where_they_are(void **state) {
    (void)state;
    gw_fault fault = {0};
    static const int64_t EFFECTS[] = {500000, 999999};
    gw_selection_limit limit = {1, {999}, EFFECTS};
    gw_selection_question asked = question();
    gw_selection made = right(); /* 500 + 499 in the second interval, each floored */
    asked.limits = &limit;
    asked.limit_count = 1;
    assert_true(gw_is_ok(gw_selection_check(&asked, &made, &fault)));
    limit.required.w = 1000;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
    shortage[2].w = 1; /* taking more of A would have covered it */
    made.is_short = true;
    assert_int_equal(gw_selection_check(&asked, &made, &fault).code, GW_CODE_MISMATCH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_selection_passes),
        cmocka_unit_test(each_wrong_statement_is_found),
        cmocka_unit_test(a_bid_above_the_price_limit_may_not_be_taken),
        cmocka_unit_test(a_limit_counts_watts_by_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
