/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_member.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define KW INT64_C(1000000)
#define CENT INT64_C(10000000)

static void the_answer_is_the_closed_formula(void **state) {
    (void)state;
    /* (0.1 (z - u) - 8) / (0.1 + 0.1) with z - u = 180 kW */
    const gw_exchange_cost cost = {8 * CENT, 1000000, -500 * KW, 500 * KW};
    const gw_exchange_member member = {&cost, 1, INT64_MIN, INT64_MAX};
    const int64_t target = 180 * KW;
    int64_t answer = 0;
    gw_exchange_member_answer(&member, 1000000, &target, &answer);
    assert_int_equal(answer, 50 * KW);
}

static void nobody_leaves_its_box(void **state) {
    (void)state;
    const gw_exchange_cost cost = {8 * CENT, 1000000, -10 * KW, 20 * KW};
    const gw_exchange_member member = {&cost, 1, INT64_MIN, INT64_MAX};
    const int64_t high = 900 * KW;
    const int64_t low = -900 * KW;
    int64_t answer = 0;
    gw_exchange_member_answer(&member, 1000000, &high, &answer);
    assert_int_equal(answer, 20 * KW);
    gw_exchange_member_answer(&member, 1000000, &low, &answer);
    assert_int_equal(answer, -10 * KW);
}

static void energy_goes_where_it_is_worth_most(void **state) {
    (void)state;
    /* two intervals, the second pays more; 30 kW intervals in all */
    const gw_exchange_cost costs[] = {{10 * CENT, 1000000, 0, 100 * KW},
                                      {10 * CENT, 1000000, 0, 100 * KW}};
    gw_exchange_member member = {costs, 2, INT64_MIN, 30 * KW};
    const int64_t targets[] = {150 * KW, 170 * KW};
    int64_t answers[2];
    gw_exchange_member_answer(&member, 1000000, targets, answers);
    assert_int_equal(answers[0], 10 * KW);
    assert_int_equal(answers[1], 20 * KW);
    member.most_sum = INT64_MAX;
    member.least_sum = 70 * KW;
    gw_exchange_member_answer(&member, 1000000, targets, answers);
    assert_int_equal(answers[0], 30 * KW);
    assert_int_equal(answers[1], 40 * KW);
}

static void the_bound_of_the_energy_is_kept_exactly(void **state) {
    (void)state;
    seeded random = {5};
    for (int run = 0; run < 500; run++) {
        gw_exchange_cost costs[6];
        int64_t targets[6];
        int64_t answers[6];
        int64_t sum = 0;
        for (int t = 0; t < 6; t++) {
            costs[t] = (gw_exchange_cost){seeded_between(&random, -CENT * 100, CENT * 100),
                                          seeded_between(&random, 0, 3000000), -50 * KW, 50 * KW};
            targets[t] = seeded_between(&random, -900 * KW, 900 * KW);
        }
        const int64_t least = seeded_between(&random, -200 * KW, 100 * KW);
        const gw_exchange_member member = {costs, 6, least, least + seeded_between(&random, 0, KW)};
        gw_exchange_member_answer(&member, seeded_between(&random, 100000, 3000000), targets,
                                  answers);
        for (int t = 0; t < 6; t++) sum += answers[t];
        /* one whole shadow price is worth some milliwatt in each interval */
        assert_true(sum <= member.most_sum + 60 && sum >= member.least_sum - 60);
    }
}

static void costs_out_of_range_are_named(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_exchange_cost costs[] = {{0, 0, -KW, KW}, {0, -1, -KW, KW}};
    gw_exchange_member member = {costs, 2, INT64_MIN, INT64_MAX};
    assert_int_equal(gw_exchange_member_check(&member, &fault).code, GW_CODE_OUT_OF_RANGE);
    assert_string_equal(fault.subject, "/costs/1/curvature");
    costs[1] = (gw_exchange_cost){0, 0, KW, -KW};
    assert_int_equal(gw_exchange_member_check(&member, &fault).code, GW_CODE_OUT_OF_RANGE);
    assert_string_equal(fault.subject, "/costs/1/most");
    costs[1] = costs[0];
    assert_true(gw_is_ok(gw_exchange_member_check(&member, &fault)));
    member.least_sum = 3 * KW;
    assert_int_equal(gw_exchange_member_check(&member, &fault).code, GW_CODE_INFEASIBLE);
}

static void cost_is_the_area_below_the_price(void **state) {
    (void)state;
    const gw_exchange_cost cost = {8 * CENT, 1000000, -100 * KW, 100 * KW};
    const gw_exchange_member member = {&cost, 1, INT64_MIN, INT64_MAX};
    const int64_t exports = 40 * KW;
    assert_int_equal(gw_exchange_member_cost(&member, &exports), 400 * CENT); /* 8*40 + 0.05*1600 */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_is_the_closed_formula),
        cmocka_unit_test(nobody_leaves_its_box),
        cmocka_unit_test(energy_goes_where_it_is_worth_most),
        cmocka_unit_test(the_bound_of_the_energy_is_kept_exactly),
        cmocka_unit_test(costs_out_of_range_are_named),
        cmocka_unit_test(cost_is_the_area_below_the_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
