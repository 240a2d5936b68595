/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DEEP = 1000000 };
static const size_t arena_cap = 1024UL * 1024 * 1024;

static double away(double left, double right) { return left > right ? left - right : right - left; }

static gw_flow_outcome solve(gw_arena *arena, const gw_net *net, gw_flow_band band,
                             gw_flow_state *state) {
    gw_fault fault = {0};
    gw_flow_balanced *flow = NULL;
    assert_true(gw_is_ok(gw_net_validate(arena, net, &fault)));
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, net, &flow, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, net, 1, state, &fault)));
    const gw_flow_outcome outcome = gw_flow_balanced_solve(flow, &(gw_flow_options){.band = band});
    if (outcome.verdict == GW_FLOW_SOLVED) gw_flow_balanced_read(flow, state);
    return outcome;
}

static void two_nodes_meet_the_closed_formula(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    it.branches[0].x1_ohm = 0;
    it.points[0].q_var = 0;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    /* v^2 - v + r p = 0 in per unit: r = 0.1 ohm / 160 mohm per MVA, p = 3 kW */
    const double drop = 0.1 / 0.16 * 0.003;
    const double v = (1 + __builtin_sqrt(1 - 4 * drop)) / 2;
    assert_true(away(found.node_v[1].re, v) < 1e-12);
    const double current_a = 3000 / (1.7320508075688772935 * 400 * v);
    assert_true(away(gw_phasor_size(found.branches.from_a[0]), current_a) < 1e-9);
    assert_true(away(found.branches.loss_w[0], 3 * current_a * current_a * 0.1) < 1e-7);
    assert_true(away(found.source_va[0].re, 3000 + found.loss_w) < 1e-6);
}

static void too_much_load_is_infeasible(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    it.branches[0].x1_ohm = 0;
    it.points[0].q_var = 0;
    it.points[0].p_w = 0.24 / (0.1 / 0.16) * 1e6; /* the end is at 0.25 */
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    it.points[0].p_w = 0.26 / (0.1 / 0.16) * 1e6;
    const gw_flow_outcome outcome = solve(arena, &it.net, GW_FLOW_CONSTANT, &found);
    assert_int_equal(outcome.verdict, GW_FLOW_INFEASIBLE);
    assert_int_equal(outcome.iterations, 200);
    /* outside the band the load gives way, and it is said */
    const gw_flow_outcome banded = solve(arena, &it.net, GW_FLOW_BANDED, &found);
    assert_int_equal(banded.verdict, GW_FLOW_SOLVED);
    assert_int_equal(banded.switched, 1);
}

static void kinds_of_load_follow_the_voltage(void **state) {
    (void)state;
    static const gw_net_load kinds[] = {GW_NET_POWER, GW_NET_CURRENT, GW_NET_IMPEDANCE};
    small_net it;
    gw_flow_state found;
    for (size_t at = 0; at < 3; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_chain(&it, 3);
        it.points[0].load = kinds[at];
        assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
        const double v = gw_phasor_size(found.node_v[2]);
        const double factor = at == 0 ? 1 : at == 1 ? v : v * v;
        assert_true(away(found.load_va.re, 3000 * factor) < 1e-7);
        assert_true(away(found.source_va[0].re, found.load_va.re + found.loss_w) < 1e-5);
    }
}

static void a_ring_carries_half_on_each_side(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.branches[2] = small_line(2, 0);
    it.branches[2].r1_ohm = 0.2;
    it.branches[2].x1_ohm = 0.1;
    it.net.branch_count = 3;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    const double one = gw_phasor_size(found.branches.from_a[0]);
    const double other = gw_phasor_size(found.branches.from_a[2]);
    assert_true(away(one, other) < 1e-9);
    assert_true(away(found.source_va[0].re, found.load_va.re + found.loss_w) < 1e-6);
}

/* Two equal lines side by side carry what one of half the impedance does, up to the limit. */
static void a_loop_is_carried_as_far_as_without_one(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    it.branches[1] = it.branches[0] = small_line(0, 1);
    it.branches[0].x1_ohm = it.branches[1].x1_ohm = 0;
    it.net.branch_count = 2;
    it.points[0].q_var = 0;
    it.points[0].p_w = 0.24 / (0.05 / 0.16) * 1e6;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    assert_true(away(gw_phasor_size(found.node_v[1]), 0.6) < 1e-8);
    it.points[0].p_w = 0.26 / (0.05 / 0.16) * 1e6;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_INFEASIBLE);
}

static void a_second_source_takes_its_share(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.points[0].node = 1;
    it.sources[1] = (gw_net_source){.node = 2, .u_pu = 1};
    it.net.source_count = 2;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    assert_true(away(found.source_va[0].re, found.source_va[1].re) < 1e-6);
    assert_true(away(found.source_va[0].re * 2, 3000 + found.loss_w) < 1e-6);
}

static void it_does_not_matter_which_way_a_transformer_is_fed(void **state) {
    (void)state;
    small_net it;
    gw_flow_state down;
    gw_flow_state up;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.nodes[0].un_v = 11000;
    it.transformers[0] = small_transformer();
    it.transformers[0].p0_w = 300;
    it.transformers[0].i0_pct = 1;
    it.net.transformer_count = 1;
    it.branches[0] = small_line(1, 2);
    it.net.branch_count = 1;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &down).verdict, GW_FLOW_SOLVED);
    /* the same state, now fed from its low end with the voltage found there */
    it.sources[0].node = 2;
    it.sources[0].u_pu = gw_phasor_size(down.node_v[2]);
    it.points[1] =
        (gw_net_point){.node = 0, .p_w = -down.source_va[0].re, .q_var = -down.source_va[0].im};
    it.net.point_count = 2;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &up).verdict, GW_FLOW_SOLVED);
    assert_true(away(gw_phasor_size(up.node_v[0]), 1) < 1e-9);
    assert_true(away(up.transformers.loss_w[0], down.transformers.loss_w[0]) < 1e-5);
    assert_true(away(up.source_va[0].re, 0) < 1e-4);
}

static void dark_nodes_have_no_voltage_and_take_nothing(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.branches[1].closed = false;
    assert_int_equal(solve(arena, &it.net, GW_FLOW_CONSTANT, &found).verdict, GW_FLOW_SOLVED);
    assert_true(gw_phasor_size(found.node_v[2]) == 0);
    assert_true(found.load_va.re == 0);
}

static void a_chain_of_a_million_nodes_is_solved(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_balanced *flow = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_net_node, DEEP, &it.net.nodes, &fault)));
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_net_branch, DEEP, &it.net.branches, &fault)));
    for (uint32_t at = 0; at < DEEP; at++) {
        it.net.nodes[at].un_v = 400;
        it.net.branches[at] = small_line(at, at + 1);
        it.net.branches[at].r1_ohm = 1e-7;
        it.net.branches[at].x1_ohm = 1e-7;
    }
    it.net.node_count = DEEP;
    it.net.branch_count = DEEP - 1;
    it.points[0].node = DEEP - 1;
    assert_true(gw_is_ok(gw_net_validate(arena, &it.net, &fault)));
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, &it.net, &flow, &fault)));
    const gw_flow_outcome outcome = gw_flow_balanced_solve(flow, &(gw_flow_options){0});
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    const double v = gw_phasor_size(gw_flow_balanced_voltage(flow, DEEP - 1));
    assert_true(v < 1 && v > 0.99);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_nodes_meet_the_closed_formula),
        cmocka_unit_test(too_much_load_is_infeasible),
        cmocka_unit_test(kinds_of_load_follow_the_voltage),
        cmocka_unit_test(a_ring_carries_half_on_each_side),
        cmocka_unit_test(a_loop_is_carried_as_far_as_without_one),
        cmocka_unit_test(a_second_source_takes_its_share),
        cmocka_unit_test(it_does_not_matter_which_way_a_transformer_is_fed),
        cmocka_unit_test(dark_nodes_have_no_voltage_and_take_nothing),
        cmocka_unit_test(a_chain_of_a_million_nodes_is_solved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
