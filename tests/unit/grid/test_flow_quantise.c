/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_quantise.h"

#include "grid/flow_solve.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_flow_values solve(gw_arena *arena, const gw_net *net) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_flow_values values;
    assert_true(gw_is_ok(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, NULL)));
    assert_true(gw_is_ok(gw_flow_quantise(arena, net, &outcome, &state, &values, NULL)));
    return values;
}

static void expect_near(int64_t left, int64_t right, int64_t most) {
    assert_true(left - right <= most && right - left <= most);
}

static void a_balanced_flow_adds_up_in_whole_numbers(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 3);
    it.branches[0].imax_a = 10;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_values values = solve(arena, &it.net);
    assert_int_equal(values.phases, 1);
    assert_int_equal(values.verdict, GW_FLOW_SOLVED);
    assert_int_equal(values.load.p_w, 3000);
    assert_int_equal(values.load.q_var, 1000);
    expect_near(values.source.p_w, values.load.p_w + values.loss_w, 1);
    assert_int_equal(values.nodes[0].voltage_mv[0], 400000);
    assert_int_equal(values.nodes[0].voltage_ppm[0], 1000000);
    assert_true(values.nodes[2].voltage_mv[0] < 400000);
    expect_near(values.branches[0].from_w, values.source.p_w, 1);
    /* 3162 VA at 400 V are 4.6 A, of ten */
    expect_near(values.branches[0].current_ma[0], 4573, 40);
    expect_near(values.branches[0].loading_ppm, values.branches[0].current_ma[0] * 100, 100);
    assert_int_equal(values.branches[1].loading_ppm, 0);
}

static void three_phases_have_a_neutral(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_values values = solve(arena, &it.net);
    assert_int_equal(values.phases, 3);
    assert_int_equal(values.nodes[0].voltage_mv[0], 230940);
    assert_int_equal(values.branches[0].current_ma[0], 0);
    assert_true(values.branches[0].current_ma[1] > 13000);
    assert_int_equal(values.branches[0].current_ma[3], values.branches[0].current_ma[1]);
    assert_true(values.nodes[1].unbalance_ppm > 0);
    expect_near(values.branches[0].from_w, values.source.p_w, 1);
}

static void an_infeasible_flow_has_no_values(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.points[0].p_w = 1e9;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_values values = solve(arena, &it.net);
    assert_int_equal(values.verdict, GW_FLOW_INFEASIBLE);
    assert_null(values.nodes);
    assert_true(values.iterations > 0);
}

static void power_goes_in_and_comes_back(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    const gw_flow_power power = {-1234, 567};
    assert_true(gw_is_ok(gw_flow_power_put(&it.net, &power, 1, NULL)));
    assert_int_equal(gw_flow_power_get(&it.net, 0).p_w, -1234);
    assert_int_equal(gw_flow_power_get(&it.net, 0).q_var, 567);
}

static void too_much_power_is_refused_and_nothing_is_put(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    small_chain(&it, 2);
    const gw_flow_power power = {0, GW_FLOW_POWER_MOST_W + 1};
    assert_int_equal(gw_flow_power_put(&it.net, &power, 1, &fault).code, GW_CODE_OUT_OF_RANGE);
    assert_string_equal(fault.subject, "/points/0");
    assert_int_equal(gw_flow_power_get(&it.net, 0).p_w, 3000);
    assert_int_equal(gw_flow_power_put(&it.net, &power, 2, &fault).code, GW_CODE_INVALID);
}

static void halves_go_away_from_zero(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.points[0].p_w = 2.5;
    it.points[0].q_var = -2.5;
    assert_int_equal(gw_flow_power_get(&it.net, 0).p_w, 3);
    assert_int_equal(gw_flow_power_get(&it.net, 0).q_var, -3);
}

static void the_worst_limit_comes_first(void **state) {
    (void)state;
    small_net it;
    gw_flow_outcome outcome;
    gw_flow_state found;
    gw_flow_limits limits;
    gw_flow_limit_rows rows;
    small_chain(&it, 3);
    it.branches[1].imax_a = 4;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    assert_true(
        gw_is_ok(gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &found, NULL)));
    assert_true(
        gw_is_ok(gw_flow_limits_make(arena, &it.net, &(gw_flow_limit_options){0}, &limits, NULL)));
    assert_true(gw_is_ok(gw_flow_limits_rank(arena, &it.net, &limits, &found, &rows, NULL)));
    assert_int_equal(rows.count, limits.count);
    assert_int_equal(rows.items[0].kind, GW_LIMIT_BRANCH_CURRENT);
    assert_int_equal(rows.items[0].limit, 4000);
    assert_true(rows.items[0].share_ppm > 1000000);
    for (size_t at = 1; at < rows.count; at++)
        assert_true(rows.items[at].share_ppm <= rows.items[at - 1].share_ppm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_balanced_flow_adds_up_in_whole_numbers),
        cmocka_unit_test(three_phases_have_a_neutral),
        cmocka_unit_test(an_infeasible_flow_has_no_values),
        cmocka_unit_test(power_goes_in_and_comes_back),
        cmocka_unit_test(too_much_power_is_refused_and_nothing_is_put),
        cmocka_unit_test(halves_go_away_from_zero),
        cmocka_unit_test(the_worst_limit_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
