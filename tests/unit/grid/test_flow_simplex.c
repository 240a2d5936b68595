/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_simplex.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { COLUMNS = 4, ROWS = 2 };

static bool is_near(double left, double right, double within) {
    return __builtin_fabs(left - right) <= within;
}

static void solve(const gw_flow_programme *programme, double *amount, double *shadow) {
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    assert_true(gw_is_ok(gw_flow_simplex(arena, programme, amount, shadow, &fault)));
}

static void the_largest_effect_goes_first(void **state) {
    (void)state;
    const double effect[COLUMNS] = {0.5, 1, 0.25, -0.4};
    const double cost[COLUMNS] = {1, 1, 1, 1};
    const double most[COLUMNS] = {20, 25, 15, 10};
    const double gap[] = {30};
    double amount[COLUMNS];
    double shadow[1];
    solve(&(gw_flow_programme){COLUMNS, 1, effect, gap, cost, most}, amount, shadow);
    assert_true(is_near(amount[1], 25, 1e-9));
    assert_true(is_near(amount[0], 10, 1e-9));
    assert_true(amount[2] == 0 && amount[3] == 0);
    assert_true(is_near(shadow[0], 2, 1e-9)); /* one more unit costs two of the marginal one */
}

static void nothing_is_done_without_a_gap(void **state) {
    (void)state;
    const double effect[COLUMNS] = {0.5, 1, 0.25, -0.4};
    const double cost[COLUMNS] = {1, 1, 1, 1};
    const double most[COLUMNS] = {20, 25, 15, 10};
    const double gap[] = {-3};
    double amount[COLUMNS] = {9, 9, 9, 9};
    double shadow[1];
    solve(&(gw_flow_programme){COLUMNS, 1, effect, gap, cost, most}, amount, shadow);
    for (size_t at = 0; at < COLUMNS; at++) assert_true(amount[at] == 0);
    assert_true(shadow[0] == 0);
}

static void what_cannot_be_met_is_met_as_far_as_it_goes(void **state) {
    (void)state;
    const double effect[] = {1, -0.5};
    const double cost[] = {1, 1};
    const double most[] = {5, 5};
    const double gap[] = {100};
    double amount[2];
    double shadow[1];
    solve(&(gw_flow_programme){2, 1, effect, gap, cost, most}, amount, shadow);
    assert_true(amount[0] == 5 && amount[1] == 0);
}

typedef struct sample {
    double effect[ROWS * COLUMNS];
    double gap[ROWS];
    double cost[COLUMNS];
    double most[COLUMNS];
} sample;

/* The gaps are what some amounts within the bounds give, so there is a solution. */
static sample make_sample(seeded *random) {
    sample it = {.gap = {0}};
    for (size_t column = 0; column < COLUMNS; column++) {
        it.cost[column] = (double)seeded_between(random, 100, 900) / 100;
        it.most[column] = (double)seeded_between(random, 1, 9);
        const double amount = it.most[column] * (double)seeded_between(random, 0, 999) / 1000;
        for (size_t row = 0; row < ROWS; row++) {
            const double effect = (double)seeded_between(random, -1000, 1000) / 1000;
            it.effect[row * COLUMNS + column] = effect;
            it.gap[row] += effect * amount;
        }
    }
    return it;
}

static double left_of(const sample *it, const double *amount, size_t row) {
    double sum = -it->gap[row];
    for (size_t column = 0; column < COLUMNS; column++)
        sum += it->effect[row * COLUMNS + column] * amount[column];
    return sum;
}

/* The dual bound: gap * shadow less what the upper bounds earn; equal to the cost at the optimum.
 */
static double dual_value(const sample *it, const double *shadow) {
    double value = 0;
    for (size_t row = 0; row < ROWS; row++) value += it->gap[row] * shadow[row];
    for (size_t column = 0; column < COLUMNS; column++) {
        double rent = -it->cost[column];
        for (size_t row = 0; row < ROWS; row++)
            rent += it->effect[row * COLUMNS + column] * shadow[row];
        if (rent > 0) value -= rent * it->most[column];
    }
    return value;
}

static void cost_and_dual_meet_in_two_thousand_programmes(void **state) {
    (void)state;
    seeded random = {20260101};
    for (int run = 0; run < 2000; run++) {
        const sample it = make_sample(&random);
        double amount[COLUMNS];
        double shadow[ROWS];
        solve(&(gw_flow_programme){COLUMNS, ROWS, it.effect, it.gap, it.cost, it.most}, amount,
              shadow);
        double cost = 0;
        for (size_t column = 0; column < COLUMNS; column++) {
            assert_true(amount[column] >= 0 && amount[column] <= it.most[column]);
            cost += it.cost[column] * amount[column];
        }
        assert_true(left_of(&it, amount, 0) > -1e-6 && left_of(&it, amount, 1) > -1e-6);
        assert_true(is_near(cost, dual_value(&it, shadow), 1e-5));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_effect_goes_first),
        cmocka_unit_test(nothing_is_done_without_a_gap),
        cmocka_unit_test(what_cannot_be_met_is_met_as_far_as_it_goes),
        cmocka_unit_test(cost_and_dual_meet_in_two_thousand_programmes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
