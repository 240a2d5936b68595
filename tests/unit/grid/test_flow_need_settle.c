/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need_settle.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

/* A chain of four nodes that pulls its far end well below 0.9. */
typedef struct scene {
    small_net small;
    gw_flow_lever levers[3];
    gw_flow_need_question question;
    gw_flow_need need;
} scene;

static void set_out(scene *it, gw_arena *arena) {
    gw_flow_limits limits;
    small_chain(&it->small, 4);
    it->small.net.point_count = 3;
    for (uint32_t at = 0; at < 3; at++) {
        it->small.points[at] =
            (gw_net_point){.id = GW_TEXT("load"), .node = at + 1, .p_w = 24000, .q_var = 8000};
        it->levers[at] = (gw_flow_lever){.point = at, .less = {24000}};
    }
    assert_true(gw_is_ok(
        gw_flow_limits_make(arena, &it->small.net, &(gw_flow_limit_options){0}, &limits, NULL)));
    it->question = (gw_flow_need_question){.net = &it->small.net,
                                           .limits = limits,
                                           .levers = it->levers,
                                           .lever_count = 3,
                                           .cut = GW_FLOW_CUT_WHOLE};
    assert_true(gw_is_ok(gw_flow_need_find(arena, &it->question, &it->need, NULL)));
    assert_true(it->need.row_count > 0 && it->need.rows[0].is_violated);
}

/* Excess of the first row with the reference's figure taken at the reference alone. */
static double excess_with(const scene *it, gw_arena *arena, int64_t watts) {
    double change_w[3] = {0};
    gw_flow_scenario scenario;
    const gw_flow_need_row *row = &it->need.rows[0];
    change_w[it->levers[row->reference].point] = -(double)watts;
    assert_true(gw_is_ok(gw_flow_scenario_open(arena, it->question.net, &it->question.limits,
                                               &it->question.paths, &scenario, NULL)));
    gw_flow_scenario_solve(&scenario, change_w, it->question.cut);
    return gw_flow_limit_excess(&it->question.limits.at[row->limit],
                                scenario.outlooks[row->limit].upper);
}

static void the_settled_figure_holds_in_the_power_flow(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    set_out(&it, arena);
    assert_true(gw_is_ok(gw_flow_need_settle(arena, &it.question, 8, &it.need, NULL)));
    const int64_t settled_w = it.need.rows[0].reference_w;
    assert_true(excess_with(&it, arena, settled_w) <= 1e-6);
    assert_true(excess_with(&it, arena, settled_w - settled_w / 50) > 0);
}

static void no_more_rows_than_asked_for_are_settled(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    set_out(&it, arena);
    const int64_t linear_w = it.need.rows[0].reference_w;
    assert_true(gw_is_ok(gw_flow_need_settle(arena, &it.question, 0, &it.need, NULL)));
    assert_int_equal(it.need.rows[0].reference_w, linear_w);
}

static void a_row_without_a_reference_stays(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    set_out(&it, arena);
    it.need.rows[0].reference = 3;
    it.need.rows[0].reference_w = 77;
    assert_true(gw_is_ok(gw_flow_need_settle(arena, &it.question, 1, &it.need, NULL)));
    assert_int_equal(it.need.rows[0].reference_w, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_settled_figure_holds_in_the_power_flow),
        cmocka_unit_test(no_more_rows_than_asked_for_are_settled),
        cmocka_unit_test(a_row_without_a_reference_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
