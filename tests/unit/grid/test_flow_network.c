/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_network.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef void spoil(small_net *it);

static void expect_blame(spoil *change, const char *pointer) {
    small_net it;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.transformers[0] = small_transformer();
    it.nodes[0].un_v = 11000;
    it.branches[0].closed = true;
    it.branches[0] = small_line(1, 2);
    it.branches[0].r1_ohm = 0.2;
    it.net.transformer_count = 1;
    it.net.model = GW_NET_THREE_PHASE;
    assert_true(gw_is_ok(gw_net_validate(arena, &it.net, &fault)));
    change(&it);
    const gw_status status = gw_net_validate(arena, &it.net, &fault);
    assert_false(gw_is_ok(status));
    assert_string_equal(fault.subject, pointer);
}

static void no_number(small_net *it) { it->branches[1].x1_ohm = __builtin_nan(""); }
static void endless(small_net *it) { it->points[0].p_w = __builtin_inf(); }
static void negative(small_net *it) { it->branches[2].r1_ohm = -0.1; }
static void no_impedance(small_net *it) { it->branches[1].r1_ohm = it->branches[1].x1_ohm = 0; }
static void no_node(small_net *it) { it->branches[1].to = 99; }
static void no_point_node(small_net *it) { it->points[0].node = 4; }
static void other_voltage(small_net *it) { it->branches[0].from = 0; }
static void no_zero_sequence(small_net *it) { it->branches[2].has_zero_sequence = false; }
static void island(small_net *it) { it->net.branch_count = 2; }
static void no_source(small_net *it) { it->net.source_count = 0; }
static void no_rating(small_net *it) { it->transformers[0].sn_va = 0; }
static void tap_without_turns(small_net *it) {
    it->transformers[0].tap_steps = -40;
    it->transformers[0].tap_step_pct = 2.5;
}
static void too_many_nodes(small_net *it) { it->net.node_count = GW_NET_NODES_MOST + 1; }
static void itself(small_net *it) { it->branches[1].to = it->branches[1].from; }
static void earthed_by_nothing(small_net *it) {
    it->transformers[0].r_ground_to_ohm = __builtin_nan("");
}

static void spoil_matrix(small_net *it, double r_aa_ohm, double b_cb_s) {
    static gw_net_matrix matrix;
    matrix = (gw_net_matrix){.r_ohm = {r_aa_ohm, 0, 1, 0, 0, 1},
                             .x_ohm = {1, 0, 1, 0, 0, 1},
                             .b_s = {0, 0, 0, 0, b_cb_s, 0}};
    it->branches[1].matrix = &matrix;
}
static void negative_matrix(small_net *it) { spoil_matrix(it, -1, 0); }
static void endless_matrix(small_net *it) { spoil_matrix(it, 1, __builtin_inf()); }

static void spoil_shunt(small_net *it, uint32_t node, double b0_s) {
    static gw_net_shunt shunt;
    shunt = (gw_net_shunt){.id = GW_TEXT("s"), .node = node, .b0_s = b0_s};
    it->net.shunts = &shunt;
    it->net.shunt_count = 1;
}
static void no_shunt_node(small_net *it) { spoil_shunt(it, 17, 0); }
static void no_shunt_number(small_net *it) { spoil_shunt(it, 1, __builtin_nan("")); }

static void every_fault_has_its_pointer(void **state) {
    (void)state;
    expect_blame(no_number, "/branches/1/x1_ohm");
    expect_blame(endless, "/points/0/p_w");
    expect_blame(negative, "/branches/2/r1_ohm");
    expect_blame(no_impedance, "/branches/1/r1_ohm");
    expect_blame(no_node, "/branches/1/to");
    expect_blame(no_point_node, "/points/0/node");
    expect_blame(other_voltage, "/branches/0/to");
    expect_blame(no_zero_sequence, "/branches/2/r0_ohm");
    expect_blame(island, "/nodes/3/id");
    expect_blame(no_source, "/source");
    expect_blame(no_rating, "/transformers/0/sn_va");
    expect_blame(tap_without_turns, "/transformers/0/tap/step_pct");
    expect_blame(too_many_nodes, "/nodes");
    expect_blame(itself, "/branches/1/to");
    expect_blame(earthed_by_nothing, "/transformers/0/r_ground_to_ohm");
    expect_blame(negative_matrix, "/branches/1/z_abc_ohm");
    expect_blame(endless_matrix, "/branches/1/y_abc_s");
    expect_blame(no_shunt_node, "/shunts/0/node");
    expect_blame(no_shunt_number, "/shunts/0/b0_s");
}

static void islands_and_rings_of_one_may_be_allowed(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    island(&it);
    itself(&it);
    no_source(&it);
    it.net.has_islands = true;
    assert_true(gw_is_ok(gw_net_validate(arena, &it.net, &fault)));
}

static void the_average_of_a_symmetric_matrix_is_its_sequences(void **state) {
    (void)state;
    const gw_net_matrix matrix = {.r_ohm = {5, 2, 5, 2, 2, 5}, .x_ohm = {4, 1, 4, 1, 1, 4}};
    gw_net_branch branch = {.matrix = &matrix};
    gw_net_branch_average(&branch);
    assert_true(branch.has_zero_sequence);
    assert_true(branch.r1_ohm == 3 && branch.r0_ohm == 9);
    assert_true(branch.x1_ohm == 3 && branch.x0_ohm == 6);
}

static void a_bare_switch_needs_no_impedance(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.branches[1] = (gw_net_branch){.from = 1, .to = 2, .kind = GW_NET_SWITCH, .closed = true};
    it.net.model = GW_NET_THREE_PHASE;
    assert_true(gw_is_ok(gw_net_validate(arena, &it.net, &fault)));
}

static void an_id_that_is_there_twice_is_refused(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_net_index index = {NULL, 77};
    gw_net_name names[] = {{GW_TEXT("b"), 0}, {GW_TEXT("a"), 1}, {GW_TEXT("b"), 2}};
    const gw_status status = gw_net_index_build(names, 3, "nodes", &index, &fault);
    assert_int_equal(status.code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/nodes/2/id");
    assert_int_equal(index.count, 77);
}

static void names_are_found(void **state) {
    (void)state;
    uint32_t at = 77;
    gw_net_index index;
    gw_fault fault = {0};
    gw_net_name names[] = {{GW_TEXT("n10"), 0}, {GW_TEXT("n1"), 1}, {GW_TEXT("n2"), 2}};
    assert_true(gw_is_ok(gw_net_index_build(names, 3, "nodes", &index, &fault)));
    assert_false(gw_net_index_find(&index, GW_TEXT("n"), &at));
    assert_false(gw_net_index_find(&index, GW_TEXT("n3"), &at));
    assert_int_equal(at, 77);
    assert_true(gw_net_index_find(&index, GW_TEXT("n2"), &at));
    assert_int_equal(at, 2);
    assert_true(gw_net_index_find(&index, GW_TEXT("n10"), &at));
    assert_int_equal(at, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_has_its_pointer),
        cmocka_unit_test(islands_and_rings_of_one_may_be_allowed),
        cmocka_unit_test(the_average_of_a_symmetric_matrix_is_its_sequences),
        cmocka_unit_test(a_bare_switch_needs_no_impedance),
        cmocka_unit_test(an_id_that_is_there_twice_is_refused),
        cmocka_unit_test(names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
