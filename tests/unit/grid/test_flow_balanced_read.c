/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced.h"

#include "tests/support/flow_case.h"
#include "tests/support/small_net.h"

static const size_t arena_cap = 16UL * 1024 * 1024;

static gw_net_shunt small_shunt(uint32_t node, double g1_s, double b1_s) {
    return (gw_net_shunt){.id = GW_TEXT("shunt"),
                          .node = node,
                          .closed = true,
                          .g1_s = g1_s,
                          .b1_s = b1_s,
                          .g0_s = g1_s,
                          .b0_s = b1_s};
}

static void a_shunt_is_a_load_of_constant_impedance(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    gw_net_shunt shunt = small_shunt(2, 0.05, -0.02);
    it.net.shunts = &shunt;
    it.net.shunt_count = 1;
    const gw_flow_state with_shunt = flow_solved(arena, &it.net);
    it.net.shunt_count = 0;
    it.net.point_count = 2;
    it.points[1] = (gw_net_point){.id = GW_TEXT("z"),
                                  .node = 2,
                                  .load = GW_NET_IMPEDANCE,
                                  .p_w = 0.05 * 400 * 400,
                                  .q_var = 0.02 * 400 * 400};
    const gw_flow_state with_load = flow_solved(arena, &it.net);
    assert_true(flow_voltages_away(&it.net, &with_shunt, &with_load) < 1e-12);
    assert_true(flow_away(with_shunt.shunt_va.re + with_shunt.load_va.re, with_load.load_va.re) <
                1e-6);
    assert_true(with_shunt.shunt_va.im > 0);
}

/* Far beyond what a sweep of currents settles with: three times the short-circuit power. */
static void a_large_impedance_load_meets_the_closed_formula(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 2);
    it.branches[0].x1_ohm = 0;
    it.points[0].load = GW_NET_IMPEDANCE;
    it.points[0].q_var = 0;
    it.points[0].p_w = 3 * 400 * 400 / 0.1;
    const gw_flow_state found = flow_solved(arena, &it.net);
    assert_true(flow_away(found.node_v[1].re, 0.25) < 1e-12);
    assert_true(flow_away(gw_phasor_size(found.source_a[0]),
                          0.75 * 400 / 1.7320508075688772935 / 0.1) < 1e-6);
}

static void a_line_into_itself_only_charges(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.branches[2] = small_line(1, 1);
    it.branches[2].b1_s = 1e-3;
    it.net.branch_count = 3;
    it.net.has_islands = true;
    const gw_flow_state found = flow_solved(arena, &it.net);
    const double ampere = gw_phasor_size(found.branches.from_a[2]);
    const double wanted_a = 5e-4 * 400 / 1.7320508075688772935 * gw_phasor_size(found.node_v[1]);
    assert_true(flow_away(ampere, wanted_a) < 1e-9);
    assert_true(flow_away(gw_phasor_size(found.branches.to_a[2]), wanted_a) < 1e-9);
}

static void a_transformer_open_at_its_far_end_draws_its_magnetising_power(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.nodes[0].un_v = 11000;
    it.branches[0] = small_line(1, 2);
    it.net.branch_count = 1;
    it.net.transformer_count = 1;
    it.transformers[0] = small_transformer();
    it.transformers[0].is_pi = true;
    it.transformers[0].p0_w = 300;
    it.transformers[0].i0_pct = 1;
    it.transformers[0].open_to = true;
    const gw_flow_state found = flow_solved(arena, &it.net);
    assert_true(flow_away(found.transformers.loss_w[0], 300) < 0.1);
    assert_true(gw_phasor_size(found.transformers.to_a[0]) == 0);
    assert_true(gw_phasor_size(found.node_v[1]) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shunt_is_a_load_of_constant_impedance),
        cmocka_unit_test(a_large_impedance_load_meets_the_closed_formula),
        cmocka_unit_test(a_line_into_itself_only_charges),
        cmocka_unit_test(a_transformer_open_at_its_far_end_draws_its_magnetising_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
