/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NODES = 12 };
static const size_t arena_cap = 16UL * 1024 * 1024;

static double away(double left, double right) { return left > right ? left - right : right - left; }

/* A tree with two loops below a transformer with losses; loads of every kind on single phases. */
static void any_feeder(small_net *it, unsigned long seed) {
    static const gw_net_winding windings[] = {GW_NET_DELTA, GW_NET_WYE_GROUNDED};
    small_chain(it, NODES);
    it->net.model = GW_NET_THREE_PHASE;
    it->nodes[0].un_v = 11000;
    it->transformers[0] = small_transformer();
    it->transformers[0].p0_w = 200;
    it->transformers[0].i0_pct = 0.5;
    it->transformers[0].from_winding = windings[seed % 2];
    it->transformers[0].clock = seed % 2 == 0 ? 5 : 0;
    it->net.transformer_count = 1;
    it->sources[0].isc3_a = 2000;
    it->sources[0].x_over_r = 2;
    for (uint32_t at = 2; at < NODES; at++)
        it->branches[at - 2] = small_line(1 + (uint32_t)(seed * at) % (at - 1), at);
    it->branches[NODES - 2] = small_line(3, NODES - 1);
    it->branches[NODES - 1] = small_line(NODES - 2, 1);
    it->branches[2].b1_s = it->branches[2].b0_s = 1e-4;
    it->net.branch_count = NODES;
    for (uint32_t at = 0; at < 9; at++)
        it->points[at] = (gw_net_point){.node = at + 2,
                                        .phases = (unsigned)(seed + at) % 7 + 1,
                                        .load = (gw_net_load)(at % 3),
                                        .p_w = 300.0 * at - 600,
                                        .q_var = 100};
    it->net.point_count = 9;
}

static void what_the_source_gives_is_load_and_loss(void **state) {
    (void)state;
    for (unsigned long seed = 1; seed <= 40; seed++) {
        small_net it;
        gw_fault fault = {0};
        gw_flow_state found;
        gw_flow_three_phase *flow = NULL;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        any_feeder(&it, seed);
        assert_true(gw_is_ok(gw_net_validate(arena, &it.net, &fault)));
        assert_true(gw_is_ok(gw_flow_three_phase_build(arena, &it.net, &flow, &fault)));
        assert_true(gw_is_ok(gw_flow_state_make(arena, &it.net, 3, &found, &fault)));
        assert_int_equal(gw_flow_three_phase_solve(flow, &(gw_flow_options){0}).verdict,
                         GW_FLOW_SOLVED);
        gw_flow_three_phase_read(flow, &found);
        assert_true(away(found.source_va[0].re, found.load_va.re + found.loss_w) < 1e-3);
        assert_true(found.loss_w > 0);
    }
}

static void the_current_of_one_phase_is_its_power_over_its_voltage(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_state found;
    gw_flow_three_phase *flow = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    it.points[0].q_var = 0;
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, &it.net, &flow, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &it.net, 3, &found, &fault)));
    assert_int_equal(gw_flow_three_phase_solve(flow, &(gw_flow_options){0}).verdict,
                     GW_FLOW_SOLVED);
    gw_flow_three_phase_read(flow, &found);
    const double volts = gw_phasor_size(found.node_v[4]) * 400 / 1.7320508075688772935;
    assert_true(away(gw_phasor_size(found.branches.from_a[1]), 3000 / volts) < 1e-7);
    assert_true(gw_phasor_size(found.branches.from_a[0]) < 1e-12);
    /* (r0 + 2 r1) / 3 */
    const double amperes = 3000 / volts;
    assert_true(away(found.branches.loss_w[0], amperes * amperes * 0.5 / 3) < 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_source_gives_is_load_and_loss),
        cmocka_unit_test(the_current_of_one_phase_is_its_power_over_its_voltage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
