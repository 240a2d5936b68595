/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"
#include "tests/support/flow_case.h"
#include "tests/support/small_net.h"

static const size_t arena_cap = 16UL * 1024 * 1024;

static gw_flow_three_phase *build(gw_arena *arena, const gw_net *net) {
    gw_fault fault = {0};
    gw_flow_three_phase *flow = NULL;
    assert_true(gw_is_ok(gw_net_validate(arena, net, &fault)));
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, net, &flow, &fault)));
    return flow;
}

static void plain_lines_are_no_ports(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 5);
    it.net.model = GW_NET_THREE_PHASE;
    assert_int_equal(build(arena, &it.net)->port_count, 0);
    it.branches[1].b1_s = it.branches[1].b0_s = 1e-9;
    const gw_flow_three_phase *flow = build(arena, &it.net);
    assert_int_equal(flow->port_count, 0);
    assert_int_equal(flow->shunt_count, 2);
}

static void a_large_shunt_is_held_on_the_whole_way_to_the_source(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 5);
    it.net.model = GW_NET_THREE_PHASE;
    gw_net_shunt shunt = {.id = GW_TEXT("s"), .node = 3, .closed = true, .g1_s = 5, .g0_s = 5};
    it.net.shunts = &shunt;
    it.net.shunt_count = 1;
    const gw_flow_three_phase *flow = build(arena, &it.net);
    assert_int_equal(flow->port_count, 4); /* nodes 0 to 3, node 4 is below */
    assert_int_equal(flow->shunt_count, 0);
    const gw_flow_state three = flow_solved(arena, &it.net);
    it.net.model = GW_NET_BALANCED;
    const gw_flow_state one = flow_solved(arena, &it.net);
    for (size_t at = 0; at < it.net.node_count; at++)
        assert_true(gw_phasor_size(gw_phasor_subtract(three.node_v[3 * at], one.node_v[at])) <
                    1e-11);
}

/* No winding earths the part below: the charging of its cable alone holds its zero sequence. */
static void a_floating_part_is_held_by_what_stands_there(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.net.model = GW_NET_THREE_PHASE;
    it.nodes[0].un_v = 11000;
    it.transformers[0] = small_transformer();
    it.transformers[0].to_winding = GW_NET_DELTA;
    it.transformers[0].clock = 0;
    it.net.transformer_count = 1;
    it.branches[0] = small_line(1, 2);
    it.net.branch_count = 1;
    it.points[0].phases = GW_NET_PHASE_A;
    it.points[0].load = GW_NET_IMPEDANCE;
    gw_net_shunt shunt = {.id = GW_TEXT("s"), .node = 1, .closed = true, .g1_s = 0.2, .g0_s = 0.2};
    it.net.shunts = &shunt;
    it.net.shunt_count = 1;
    const gw_flow_state found = flow_solved(arena, &it.net);
    assert_true(gw_flow_neutral_a(&found.transformers.to_a[0]) < 1e-9);
    assert_true(gw_flow_zero_unbalance(&found.node_v[3]) > 1e-3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines_are_no_ports),
        cmocka_unit_test(a_large_shunt_is_held_on_the_whole_way_to_the_source),
        cmocka_unit_test(a_floating_part_is_held_by_what_stands_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
