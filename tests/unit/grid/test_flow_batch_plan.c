/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch_plan.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 16UL * 1024 * 1024;

/* A chain of six nodes: a stub from 3 on, and a dark node 5. The load stands at 2. */
static void open_plan(gw_arena *arena, small_net *it, const gw_flow_batch_watch *watch,
                      gw_lane_plan *ret) {
    gw_fault fault = {0};
    gw_flow_tree *tree = NULL;
    gw_batch_tree from;
    small_chain(it, 6);
    it->branches[4].closed = false;
    it->points[0].node = 2;
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_flow_tree, 1, &tree, &fault)));
    assert_true(gw_is_ok(gw_flow_tree_build(arena, &it->net, tree, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_balanced(arena, &it->net, tree, &from, &fault)));
    assert_true(gw_is_ok(gw_flow_batch_plan(arena, &from, watch, ret, &fault)));
}

static void what_is_watched_is_found_again_after_the_reduction(void **state) {
    (void)state;
    static const uint32_t nodes[] = {1, 2, 4, 5};
    static const uint32_t branches[] = {0, 3, 4};
    const gw_flow_batch_watch watch = {
        .nodes = nodes, .node_count = 4, .branches = branches, .branch_count = 3};
    small_net it;
    gw_lane_plan plan;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_plan(arena, &it, &watch, &plan);
    /* the ideal source, its node, the load */
    assert_int_equal(plan.place_count, 3);
    assert_int_equal(plan.voltage_count, 3);
    assert_true(plan.voltages[0].in_between);
    assert_int_equal(plan.voltages[0].at, plan.voltages[1].at);
    assert_false(plan.voltages[2].in_between); /* the stub: the voltage of the load */
    assert_int_equal(plan.dark_count, 1);
    assert_int_equal(plan.dark[0], 3);
    const gw_lane_currents *from = &plan.currents[GW_LANE_BRANCH_FROM];
    assert_int_equal(from->plain_count, 1);
    assert_int_equal(from->plain[0].slot, 0);
    assert_int_equal(from->still_count, 2); /* the stub and the open one */
    assert_true(plan.currents[GW_LANE_BRANCH_TO].plain[0].amperes == -from->plain[0].amperes);
}

static void points_of_one_place_share_a_draw(void **state) {
    (void)state;
    small_net it;
    gw_lane_plan plan;
    gw_fault fault = {0};
    gw_flow_tree tree;
    gw_batch_tree from;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.points[1] = it.points[0];
    it.points[2] = it.points[0];
    it.points[2].load = GW_NET_IMPEDANCE;
    it.net.point_count = 3;
    assert_true(gw_is_ok(gw_flow_tree_build(arena, &it.net, &tree, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_balanced(arena, &it.net, &tree, &from, &fault)));
    assert_true(
        gw_is_ok(gw_flow_batch_plan(arena, &from, &(gw_flow_batch_watch){0}, &plan, &fault)));
    assert_int_equal(plan.draw_count, 2);
    assert_int_equal(plan.share_count, 3);
    assert_int_equal(plan.shares[0].draw, plan.shares[1].draw);
    assert_int_equal(plan.draws[plan.shares[2].draw].kind, GW_NET_IMPEDANCE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_watched_is_found_again_after_the_reduction),
        cmocka_unit_test(points_of_one_place_share_a_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
