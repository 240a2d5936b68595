/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_row.h"

#include "grid/flow_check_round.h"
#include "tests/support/five_trades.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static gw_check_study open_study(gw_arena *arena, const five_trades *it) {
    gw_check_study study = {.slots = NULL};
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_check_study_open(arena, &it->question, &study, &fault)));
    return study;
}

static bool is_near(double left, double right, double within) {
    return __builtin_fabs(left - right) <= within;
}

static gw_check_rounds open_solved(gw_arena *arena, gw_check_study *study) {
    gw_check_rounds rounds = {.rows = NULL};
    bool is_solved = false;
    assert_true(gw_is_ok(gw_check_rounds_open(arena, study, &rounds, NULL)));
    assert_true(gw_is_ok(gw_check_rounds_solve(&rounds, &is_solved, NULL)));
    assert_true(is_solved);
    return rounds;
}

/* Ref: worked/trade_check_5trades.json, dv3_pu_per_kw. */
static void effects_are_those_of_the_worked_example(void **state) {
    (void)state;
    const double per_kw[FIVE_TRADES] = {0.000798, 0.001162, 0.000343, -0.000455, 0};
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = open_solved(arena, &study);
    bool is_barred = true;
    assert_true(gw_is_ok(gw_check_rows_add(&rounds, rounds.requested_w, &is_barred, NULL)));
    assert_false(is_barred);
    assert_int_equal(rounds.row_count, 1);
    assert_int_equal(study.limits[0].at[rounds.rows[0].limit].element, 3);
    for (size_t at = 0; at < FIVE_TRADES; at++)
        assert_true(is_near(rounds.rows[0].effect[at] * 1000, per_kw[at], 1e-6));
}

static void what_worsens_a_broken_limit_is_barred(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.injections[3].p_w = -45000;
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = open_solved(arena, &study);
    bool is_barred = false;
    assert_true(gw_is_ok(gw_check_rows_add(&rounds, rounds.requested_w, &is_barred, NULL)));
    assert_true(is_barred && rounds.is_barred[0] && rounds.is_barred[1]);
    assert_false(rounds.is_barred[3]);
    assert_true(rounds.accepted_w[0] == 0 && rounds.accepted_w[3] == 10000);
}

static void a_limit_is_a_row_only_once(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = open_solved(arena, &study);
    bool is_barred = false;
    assert_true(gw_is_ok(gw_check_rows_add(&rounds, rounds.requested_w, &is_barred, NULL)));
    assert_true(gw_is_ok(gw_check_rows_add(&rounds, rounds.requested_w, &is_barred, NULL)));
    assert_int_equal(rounds.row_count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_those_of_the_worked_example),
        cmocka_unit_test(what_worsens_a_broken_limit_is_barred),
        cmocka_unit_test(a_limit_is_a_row_only_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
