/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase.h"

#include "grid/flow_balanced.h"
#include "grid/flow_solve.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 16UL * 1024 * 1024;

static double away(double left, double right) { return left > right ? left - right : right - left; }

/* 11 kV, a transformer Dyn5, and 400 V lines from node 1 on. */
static void small_feeder(small_net *it, size_t node_count) {
    small_chain(it, node_count);
    it->net.model = GW_NET_THREE_PHASE;
    it->nodes[0].un_v = 11000;
    it->transformers[0] = small_transformer();
    it->net.transformer_count = 1;
    for (size_t at = 2; at < node_count; at++)
        it->branches[at - 2] = small_line((uint32_t)at - 1, (uint32_t)at);
    it->net.branch_count = node_count - 2;
}

static gw_flow_outcome solve(gw_arena *arena, const gw_net *net, gw_flow_three_phase **flow) {
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_net_validate(arena, net, &fault)));
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, net, flow, &fault)));
    return gw_flow_three_phase_solve(*flow, &(gw_flow_options){0});
}

static void a_symmetric_case_equals_the_balanced_one(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_three_phase *flow = NULL;
    gw_flow_balanced *balanced = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 6);
    it.branches[4] = small_line(5, 2); /* a loop */
    it.net.branch_count = 5;
    it.branches[1].b1_s = 1e-3;
    it.sources[0].isc3_a = 3000;
    it.sources[0].x_over_r = 4;
    it.sources[0].angle_deg = 7;
    assert_int_equal(solve(arena, &it.net, &flow).verdict, GW_FLOW_SOLVED);
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, &it.net, &balanced, &fault)));
    assert_int_equal(gw_flow_balanced_solve(balanced, &(gw_flow_options){0}).verdict,
                     GW_FLOW_SOLVED);
    for (uint32_t node = 0; node < 6; node++) {
        const gw_phasor one = gw_flow_balanced_voltage(balanced, node);
        const gw_phasor *three = gw_flow_three_phase_voltage(flow, node);
        assert_true(gw_phasor_size(gw_phasor_subtract(one, three[0])) < 1e-9);
        assert_true(gw_flow_unbalance(three) < 1e-9);
    }
}

static void turning_the_phases_turns_the_result(void **state) {
    (void)state;
    static const unsigned phases[] = {GW_NET_PHASE_A, GW_NET_PHASE_B, GW_NET_PHASE_C};
    double least[3];
    for (int turned = 0; turned < 3; turned++) {
        small_net it;
        gw_flow_three_phase *flow = NULL;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_feeder(&it, 4);
        it.points[0].phases = phases[turned];
        assert_int_equal(solve(arena, &it.net, &flow).verdict, GW_FLOW_SOLVED);
        const gw_phasor *v = gw_flow_three_phase_voltage(flow, 3);
        least[turned] = gw_phasor_size(v[turned]);
        assert_true(least[turned] < gw_phasor_size(v[(turned + 1) % 3]));
    }
    assert_true(away(least[0], least[1]) < 1e-9);
    assert_true(away(least[0], least[2]) < 1e-9);
}

static void the_order_of_the_branches_does_not_matter(void **state) {
    (void)state;
    small_net it;
    gw_flow_three_phase *flow = NULL;
    gw_flow_three_phase *other = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 6);
    it.branches[4] = small_line(5, 2);
    it.net.branch_count = 5;
    it.points[0].phases = GW_NET_PHASE_B;
    assert_int_equal(solve(arena, &it.net, &flow).verdict, GW_FLOW_SOLVED);
    small_net swapped = it;
    swapped.net.branches = swapped.branches;
    swapped.branches[0] = it.branches[4];
    swapped.branches[4] = it.branches[0];
    assert_int_equal(solve(arena, &swapped.net, &other).verdict, GW_FLOW_SOLVED);
    for (uint32_t node = 0; node < 6; node++)
        for (int phase = 0; phase < 3; phase++)
            assert_true(gw_phasor_size(gw_phasor_subtract(
                            gw_flow_three_phase_voltage(flow, node)[phase],
                            gw_flow_three_phase_voltage(other, node)[phase])) < 1e-9);
}

static void the_same_input_gives_the_same_bits(void **state) {
    (void)state;
    small_net it;
    gw_flow_three_phase *flow = NULL;
    gw_phasor first[3];
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 6);
    it.points[0].phases = GW_NET_PHASE_C;
    assert_int_equal(solve(arena, &it.net, &flow).verdict, GW_FLOW_SOLVED);
    memcpy(first, gw_flow_three_phase_voltage(flow, 5), sizeof first);
    it.points[0].p_w = 500;
    gw_flow_three_phase_load(flow);
    (void)gw_flow_three_phase_solve(flow, &(gw_flow_options){0});
    it.points[0].p_w = 3000;
    gw_flow_three_phase_load(flow);
    (void)gw_flow_three_phase_solve(flow, &(gw_flow_options){0});
    assert_memory_equal(first, gw_flow_three_phase_voltage(flow, 5), sizeof first);
    /* a warm start ends near by, and sooner */
    const gw_flow_outcome warm =
        gw_flow_three_phase_solve(flow, &(gw_flow_options){.start = GW_FLOW_WARM});
    assert_int_equal(warm.iterations, 1);
}

static void single_phases_need_earth(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_three_phase *flow = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 3);
    it.points[0].phases = GW_NET_PHASE_A;
    it.transformers[0].to_winding = GW_NET_DELTA;
    const gw_status status = gw_flow_three_phase_build(arena, &it.net, &flow, &fault);
    assert_int_equal(status.code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/points/0/phases");
    assert_null(flow);
}

/* Solves a feeder with one load on phase A and gives the state. */
static void solve_one_phase(gw_arena *arena, small_net *it, gw_flow_state *ret) {
    gw_fault fault = {0};
    gw_flow_three_phase *flow = NULL;
    it->points[0].phases = GW_NET_PHASE_A;
    assert_true(gw_is_ok(gw_net_validate(arena, &it->net, &fault)));
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, &it->net, &flow, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &it->net, 3, ret, &fault)));
    assert_int_equal(gw_flow_three_phase_solve(flow, &(gw_flow_options){0}).verdict,
                     GW_FLOW_SOLVED);
    gw_flow_three_phase_read(flow, ret);
    assert_true(away(ret->source_va[0].re, ret->load_va.re + ret->loss_w) < 1e-3);
}

static void two_transformers_side_by_side_are_one_of_twice_the_size(void **state) {
    (void)state;
    small_net it;
    gw_flow_state twin;
    gw_flow_state single;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 3);
    it.transformers[1] = it.transformers[0];
    it.net.transformer_count = 2;
    solve_one_phase(arena, &it, &twin);
    it.net.transformer_count = 1;
    it.transformers[0].sn_va *= 2;
    it.transformers[0].pk_w *= 2;
    solve_one_phase(arena, &it, &single);
    for (size_t at = 0; at < it.net.node_count * 3; at++)
        assert_true(gw_phasor_size(gw_phasor_subtract(twin.node_v[at], single.node_v[at])) < 1e-9);
    assert_true(away(gw_phasor_size(twin.transformers.to_a[0]) * 2,
                     gw_phasor_size(single.transformers.to_a[0])) < 1e-6);
}

static void only_the_earthed_one_of_two_transformers_carries_the_neutral(void **state) {
    (void)state;
    for (uint32_t earthed = 0; earthed < 2; earthed++) {
        small_net it;
        gw_flow_state found;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_feeder(&it, 3);
        it.transformers[1] = it.transformers[0];
        it.transformers[1 - earthed].to_winding = GW_NET_WYE;
        it.net.transformer_count = 2;
        solve_one_phase(arena, &it, &found);
        const gw_phasor *line = found.branches.to_a + 3 * (it.net.branch_count - 1);
        const double neutral_a = gw_flow_neutral_a(line);
        assert_true(neutral_a > 1);
        assert_true(away(gw_flow_neutral_a(&found.transformers.to_a[3 * earthed]), neutral_a) <
                    1e-6);
        assert_true(gw_flow_neutral_a(&found.transformers.to_a[3 - 3 * earthed]) < 1e-6);
    }
}

/* Without sources or with none on, everything is dark and nothing is wrong. */
static void without_a_source_all_is_dark(void **state) {
    (void)state;
    small_net it;
    gw_flow_three_phase *flow = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 4);
    it.net.source_count = 0;
    it.net.has_islands = true;
    assert_int_equal(solve(arena, &it.net, &flow).verdict, GW_FLOW_SOLVED);
    assert_true(gw_flow_three_phase_voltage(flow, 3)[0].re == 0);
}

/* A deep chain of which every node is a port: what does not fit is no memory, not a crash. */
static void a_deep_chain_is_solved_or_refused(void **state) {
    (void)state;
    enum { DEEP = 20000 };
    static const size_t caps[] = {4UL * 1024 * 1024, 256UL * 1024 * 1024};
    for (size_t cap = 0; cap < 2; cap++) {
        small_net it;
        gw_fault fault = {0};
        gw_flow_three_phase *flow = NULL;
        GW_AUTO_ARENA own = gw_arena_open(64UL * 1024 * 1024);
        GW_AUTO_ARENA arena = gw_arena_open(caps[cap]);
        small_chain(&it, 2);
        it.net.model = GW_NET_THREE_PHASE;
        assert_true(gw_is_ok(GW_ARENA_NEW(own, gw_net_node, DEEP, &it.net.nodes, &fault)));
        assert_true(gw_is_ok(GW_ARENA_NEW(own, gw_net_branch, DEEP, &it.net.branches, &fault)));
        for (uint32_t at = 0; at < DEEP; at++) {
            it.net.nodes[at] = (gw_net_node){.id = GW_TEXT("n"), .un_v = 400};
            if (at == 0) continue;
            it.net.branches[at - 1] = small_line(at - 1, at);
            it.net.branches[at - 1].r1_ohm *= 1e-4;
            it.net.branches[at - 1].x1_ohm *= 1e-4;
        }
        it.net.node_count = DEEP;
        it.net.branch_count = DEEP - 1;
        it.points[0].node = DEEP - 1;
        it.points[0].phases = GW_NET_PHASE_C;
        it.points[0].load = GW_NET_IMPEDANCE;
        const gw_status status = gw_flow_three_phase_build(arena, &it.net, &flow, &fault);
        assert_int_equal(status.code, cap == 0 ? GW_CODE_NO_MEMORY : GW_CODE_OK);
        if (cap == 0) continue;
        const gw_flow_outcome outcome = gw_flow_three_phase_solve(flow, &(gw_flow_options){0});
        assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
        assert_true(outcome.iterations <= 2);
    }
}

static void stiff_sources_that_are_alike_share_and_others_are_refused(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_state found;
    gw_flow_outcome outcome;
    gw_flow_three_phase *flow = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.net.model = GW_NET_THREE_PHASE;
    it.sources[0].isc3_a = 2e30;
    it.sources[1] = it.sources[0];
    it.sources[1].isc3_a = 3e30;
    it.net.source_count = 2;
    assert_true(
        gw_is_ok(gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &found, &fault)));
    assert_true(away(found.source_va[0].re * 3, found.source_va[1].re * 2) < 1e-6);
    assert_true(away(found.source_va[0].re + found.source_va[1].re,
                     found.load_va.re + found.loss_w) < 1e-3);
    it.sources[0].isc3_a = it.sources[1].isc3_a = 0;
    it.sources[1].u_pu = 1.01;
    assert_int_equal(gw_flow_three_phase_build(arena, &it.net, &flow, &fault).code,
                     GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_symmetric_case_equals_the_balanced_one),
        cmocka_unit_test(turning_the_phases_turns_the_result),
        cmocka_unit_test(the_order_of_the_branches_does_not_matter),
        cmocka_unit_test(the_same_input_gives_the_same_bits),
        cmocka_unit_test(single_phases_need_earth),
        cmocka_unit_test(without_a_source_all_is_dark),
        cmocka_unit_test(a_deep_chain_is_solved_or_refused),
        cmocka_unit_test(stiff_sources_that_are_alike_share_and_others_are_refused),
        cmocka_unit_test(two_transformers_side_by_side_are_one_of_twice_the_size),
        cmocka_unit_test(only_the_earthed_one_of_two_transformers_carries_the_neutral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
