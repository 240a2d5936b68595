/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch_tree.h"

#include "grid/flow_reduce.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 16UL * 1024 * 1024;

/* 11 kV, a transformer Dyn5, and 400 V lines from node 1 on; the load at the end. */
static void small_feeder(small_net *it, gw_net_model model) {
    small_chain(it, 5);
    it->net.model = model;
    it->nodes[0].un_v = 11000;
    it->transformers[0] = small_transformer();
    it->net.transformer_count = 1;
    for (uint32_t at = 2; at < 5; at++) it->branches[at - 2] = small_line(at - 1, at);
    it->branches[1].b1_s = 1e-6;
    it->net.branch_count = 3;
}

static void both_models_have_one_form(void **state) {
    (void)state;
    gw_fault fault = {0};
    small_net it;
    gw_flow_tree tree;
    gw_flow_three_phase *flow = NULL;
    gw_batch_tree one;
    gw_batch_tree three;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, GW_NET_THREE_PHASE);
    assert_true(gw_is_ok(gw_flow_tree_build(arena, &it.net, &tree, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_balanced(arena, &it.net, &tree, &one, &fault)));
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, &it.net, &flow, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_three_phase(arena, &it.net, flow, &three, &fault)));
    assert_int_equal(one.turn_count, 0);
    assert_int_equal(three.turn_count, 1);
    for (uint32_t node = 2; node < 5; node++) {
        const uint32_t at = tree.place_of[node];
        assert_int_equal(one.marks[at], three.marks[at]);
        /* the voltage without load is the same, turned by the frame or by the transformer */
        const gw_phasor framed = gw_phasor_multiply(one.frame[at], one.flat[at]);
        const gw_phasor turned = three.flat[(size_t)at * 3];
        assert_true(gw_phasor_size(gw_phasor_subtract(framed, turned)) < 1e-12);
    }
}

static void sources_shunts_and_points_stay(void **state) {
    (void)state;
    gw_fault fault = {0};
    small_net it;
    gw_flow_tree tree;
    gw_batch_tree made;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, GW_NET_BALANCED);
    assert_true(gw_is_ok(gw_flow_tree_build(arena, &it.net, &tree, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_balanced(arena, &it.net, &tree, &made, &fault)));
    static const unsigned wanted[] = {GW_REDUCE_KEEP, 0, GW_REDUCE_KEEP, GW_REDUCE_KEEP,
                                      GW_REDUCE_KEEP};
    for (uint32_t node = 0; node < 5; node++)
        assert_int_equal(made.marks[tree.place_of[node]], wanted[node]);
}

static const char *refusal_of(gw_arena *arena, const gw_net *net) {
    gw_fault fault = {0};
    gw_flow_three_phase *flow = NULL;
    gw_batch_tree made;
    assert_true(gw_is_ok(gw_flow_three_phase_build(arena, net, &flow, &fault)));
    assert_true(gw_is_ok(gw_batch_tree_three_phase(arena, net, flow, &made, &fault)));
    return made.refusal;
}

static void what_lanes_cannot_do_has_a_reason(void **state) {
    (void)state;
    small_net it;
    const gw_net_matrix matrix = {.r_ohm = {0.1, 0, 0.1, 0, 0, 0.1}};
    const gw_net_shunt shunt = {.node = 2, .closed = true, .b1_s = 1e-4};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, GW_NET_THREE_PHASE);
    assert_null(refusal_of(arena, &it.net));
    it.branches[0].matrix = &matrix;
    assert_non_null(refusal_of(arena, &it.net));
    it.branches[0].matrix = NULL;
    gw_net_shunt shunts[] = {shunt};
    it.net.shunts = shunts;
    it.net.shunt_count = 1;
    assert_non_null(refusal_of(arena, &it.net));
    it.net.shunt_count = 0;
    it.transformers[0].to_winding = GW_NET_WYE;
    assert_non_null(refusal_of(arena, &it.net));
    it.transformers[0].to_winding = GW_NET_WYE_GROUNDED;
    it.transformers[0].open_to = true;
    assert_non_null(refusal_of(arena, &it.net));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_models_have_one_form),
        cmocka_unit_test(sources_shunts_and_points_stay),
        cmocka_unit_test(what_lanes_cannot_do_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
