/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_tree.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_flow_tree build(gw_arena *arena, const small_net *it) {
    gw_flow_tree tree;
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_flow_tree_build(arena, &it->net, &tree, &fault)));
    for (uint32_t at = tree.root_count; at < tree.place_count; at++)
        assert_true(tree.parent[at] < at);
    return tree;
}

static void every_place_comes_after_its_parent(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 5);
    it.branches[3] = small_line(4, 1); /* written the other way round */
    const gw_flow_tree tree = build(arena, &it);
    assert_int_equal(tree.root_count, 1);
    assert_int_equal(tree.place_count, 6);
    assert_int_equal(tree.link_count, 0);
    const uint32_t leaf = tree.place_of[4];
    assert_int_equal(tree.node_of[tree.parent[leaf]], 1);
    assert_true(tree.above[leaf].is_reversed);
    assert_int_equal(tree.above[leaf].element, 3);
}

static void an_open_branch_leaves_nodes_dark(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.branches[1].closed = false;
    const gw_flow_tree tree = build(arena, &it);
    assert_int_equal(tree.place_count, 3);
    assert_int_equal(tree.place_of[2], GW_PLACE_DARK);
    assert_int_equal(tree.place_of[3], GW_PLACE_DARK);
}

static void a_branch_that_closes_a_loop_is_a_link(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.branches[3] = small_line(3, 0);
    it.net.branch_count = 4;
    const gw_flow_tree tree = build(arena, &it);
    assert_int_equal(tree.link_count, 1);
    assert_int_equal(tree.links[0].edge.element, 3);
    assert_int_equal(tree.node_of[tree.links[0].from], 3);
}

static void a_bare_switch_beside_another_is_left_out(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_net_branch bare = {.from = 0, .to = 1, .kind = GW_NET_SWITCH, .closed = true};
    small_chain(&it, 3);
    it.branches[0] = it.branches[2] = bare;
    it.net.branch_count = 3;
    const gw_flow_tree tree = build(arena, &it);
    assert_int_equal(tree.link_count, 0);
    assert_int_equal(tree.place_count, 4);
}

static void a_path_between_two_sources_is_a_loop(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.sources[1] = (gw_net_source){.node = 3, .u_pu = 1};
    it.net.source_count = 2;
    const gw_flow_tree tied = build(arena, &it);
    assert_int_equal(tied.link_count, 1);
    it.branches[1].closed = false;
    const gw_flow_tree apart = build(arena, &it);
    assert_int_equal(apart.link_count, 0);
    assert_int_equal(apart.place_count, 6);
}

static void too_many_loops_are_refused(void **state) {
    (void)state;
    static gw_net_branch many[GW_NET_LOOPS_MOST + 2];
    small_net it;
    gw_flow_tree tree;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    for (size_t at = 0; at < GW_NET_LOOPS_MOST + 2; at++) many[at] = small_line(0, 1);
    it.net.branches = many;
    it.net.branch_count = GW_NET_LOOPS_MOST + 2;
    const gw_status status = gw_flow_tree_build(arena, &it.net, &tree, &fault);
    assert_int_equal(status.code, GW_CODE_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_comes_after_its_parent),
        cmocka_unit_test(an_open_branch_leaves_nodes_dark),
        cmocka_unit_test(a_branch_that_closes_a_loop_is_a_link),
        cmocka_unit_test(a_bare_switch_beside_another_is_left_out),
        cmocka_unit_test(a_path_between_two_sources_is_a_loop),
        cmocka_unit_test(too_many_loops_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
