/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_gauge.h"

#include "grid/flow_solve.h"
#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { POINTS = 6 };
static const size_t arena_cap = 16UL * 1024 * 1024;

/* Every kind of limit at a feeder with a transformer, a charging cable and loads on all phases. */
static gw_flow_limits feeder_with_limits(gw_arena *arena, small_net *it, gw_net_model model) {
    gw_flow_limits limits;
    small_chain(it, 6);
    it->net.model = model;
    it->nodes[0].un_v = 11000;
    for (uint32_t at = 0; at < 4; at++) {
        it->branches[at] = small_line(at + 1, at + 2);
        it->branches[at].imax_a = 50;
    }
    it->branches[2].b1_s = it->branches[2].b0_s = 1e-3;
    it->net.branch_count = 4;
    it->transformers[0] = small_transformer();
    it->net.transformer_count = 1;
    it->net.point_count = POINTS;
    for (uint32_t at = 0; at < POINTS; at++)
        it->points[at] = (gw_net_point){
            .node = 2 + at % 4, .phases = model == GW_NET_BALANCED ? 0 : 1U << at % 3, .p_w = 1000};
    const gw_flow_limit_options options = {.kinds = ~0U, .scope = GW_FLOW_SCOPE_NODES};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &it->net, &options, &limits, NULL)));
    return limits;
}

/* Property: many sets at once give what each gives by itself. */
static void check_against_single_flows(gw_net_model model, gw_flow_lanes lanes) {
    const double tolerance = lanes == GW_FLOW_LANES_NONE ? 0 : 1e-7;
    seeded random = {11};
    small_net it;
    gw_flow_gauge *gauge = NULL;
    gw_flow_outcome outcome;
    gw_flow_state state;
    double *values = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_flow_limits limits = feeder_with_limits(arena, &it, model);
    assert_true(gw_is_ok(gw_flow_gauge_open(arena, &it.net, &limits, &gauge, NULL)));
    gw_flow_gauge_choose(gauge, lanes);
    const size_t room = gw_flow_gauge_room(gauge);
    assert_true(room >= 4);
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, double, room *limits.count, &values, NULL)));
    for (size_t set = 0; set < room; set++)
        for (size_t at = 0; at < POINTS; at++) {
            gw_flow_gauge_active_w(gauge, set)[at] = (double)seeded_between(&random, -4000, 6000);
            gw_flow_gauge_reactive_var(gauge, set)[at] = (double)seeded_between(&random, -500, 500);
        }
    gw_flow_gauge_use(gauge, lanes);
    assert_int_equal(gw_flow_gauge_read(gauge, room, GW_FLOW_FLAT, values), room);
    for (size_t set = 0; set < room; set++) {
        for (size_t at = 0; at < POINTS; at++) {
            it.points[at].p_w = gw_flow_gauge_active_w(gauge, set)[at];
            it.points[at].q_var = gw_flow_gauge_reactive_var(gauge, set)[at];
        }
        assert_true(
            gw_is_ok(gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &state, NULL)));
        assert_true(gw_flow_gauge_iterations(gauge, set) > 0);
        for (size_t at = 0; at < limits.count; at++) {
            const double wanted = gw_flow_limit_value(&limits.at[at], &it.net, &state);
            const double off = values[set * limits.count + at] - wanted;
            assert_true(off <= tolerance && off >= -tolerance);
        }
    }
}

static void balanced_sets_are_as_each_by_itself(void **state) {
    (void)state;
    check_against_single_flows(GW_NET_BALANCED, GW_FLOW_LANES_BEST);
    check_against_single_flows(GW_NET_BALANCED, GW_FLOW_LANES_NONE);
}

static void three_phase_sets_are_as_each_by_itself(void **state) {
    (void)state;
    check_against_single_flows(GW_NET_THREE_PHASE, GW_FLOW_LANES_BEST);
    check_against_single_flows(GW_NET_THREE_PHASE, GW_FLOW_LANES_NONE);
}

static void a_set_without_a_solution_leaves_its_values(void **state) {
    (void)state;
    small_net it;
    gw_flow_gauge *gauge = NULL;
    double values[2 * SMALL_MOST * 2];
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    gw_flow_limit limit = {
        .kind = GW_LIMIT_VOLTAGE_LOW, .element = 1, .phase = GW_FLOW_PHASE_ALL, .limit = 0.9};
    const gw_flow_limits limits = {&limit, 1};
    assert_true(gw_is_ok(gw_flow_gauge_open(arena, &it.net, &limits, &gauge, NULL)));
    values[0] = 77;
    gw_flow_gauge_active_w(gauge, 0)[0] = 1e7;
    gw_flow_gauge_active_w(gauge, 1)[0] = 1e3;
    assert_int_equal(gw_flow_gauge_read(gauge, 2, GW_FLOW_FLAT, values), 1);
    assert_false(gw_flow_gauge_is_solved(gauge, 0));
    assert_true(gw_flow_gauge_is_solved(gauge, 1));
    assert_true(values[0] == 77 && values[1] < 1 && values[1] > 0.99);
}

static void a_limit_of_nothing_is_refused(void **state) {
    (void)state;
    small_net it;
    gw_flow_gauge *gauge = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    gw_flow_limit limit = {.kind = GW_LIMIT_BRANCH_CURRENT, .element = 1, .phase = 3};
    const gw_flow_limits limits = {&limit, 1};
    assert_int_equal(gw_flow_gauge_open(arena, &it.net, &limits, &gauge, NULL).code,
                     GW_CODE_OUT_OF_RANGE);
    limit = (gw_flow_limit){.kind = GW_LIMIT_VOLTAGE_LOW, .element = 1, .phase = 0};
    assert_int_equal(gw_flow_gauge_open(arena, &it.net, &limits, &gauge, NULL).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_null(gauge);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_sets_are_as_each_by_itself),
        cmocka_unit_test(three_phase_sets_are_as_each_by_itself),
        cmocka_unit_test(a_set_without_a_solution_leaves_its_values),
        cmocka_unit_test(a_limit_of_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
