/* SPDX-License-Identifier: Apache-2.0 */
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

static void rounds_end_at_the_limit_and_not_beyond(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = {.rows = NULL};
    assert_true(gw_is_ok(gw_check_rounds_run(arena, &study, &rounds, NULL)));
    assert_true(rounds.round_count >= 1 && rounds.round_count <= 4);
    assert_true(rounds.residual <= GW_CHECK_EXCESS_LEAST && rounds.residual > -1e-5);
    assert_true(rounds.rows[0].shadow > 0);
}

static void nothing_is_cut_where_everything_holds(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.question.item_count = 1;
    it.items[0].requested.w = 1000;
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = {.rows = NULL};
    assert_true(gw_is_ok(gw_check_rounds_run(arena, &study, &rounds, NULL)));
    assert_true(rounds.round_count == 0 && rounds.accepted_w[0] == 1000);
}

static void what_no_network_carries_is_said(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.items[0] = five_item(GW_TEXT("A"), 0, 3, 50000000, 600, 160000);
    gw_check_study study = open_study(arena, &it);
    gw_check_rounds rounds = {.rows = NULL};
    bool is_solved = true;
    assert_true(gw_is_ok(gw_check_rounds_open(arena, &study, &rounds, NULL)));
    assert_true(gw_is_ok(gw_check_rounds_solve(&rounds, &is_solved, NULL)));
    assert_false(is_solved);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_end_at_the_limit_and_not_beyond),
        cmocka_unit_test(nothing_is_cut_where_everything_holds),
        cmocka_unit_test(what_no_network_carries_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
