/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/segment.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A chain of four nodes: 0 - 1 - 2 - 3, one segment behind each line and the whole. */
typedef struct scene {
    small_net small;
    gw_network network;
    gw_network_segment segments[3];
    gw_flow_limits limits;
    gw_segment_map map;
} scene;

static const char *const LINES[] = {"first", "second", "third"};

static void set_out(scene *it, gw_arena *arena) {
    small_chain(&it->small, 4);
    for (size_t at = 0; at < 3; at++) {
        it->small.branches[at].id = gw_text_from_c(LINES[at]);
        it->small.branches[at].imax_a = 100;
    }
    it->segments[0] = (gw_network_segment){.id = GW_TEXT("whole")};
    it->segments[1] = (gw_network_segment){.id = GW_TEXT("far"), .element = GW_TEXT("second")};
    it->segments[2] = (gw_network_segment){.id = GW_TEXT("gone"), .element = GW_TEXT("nothing")};
    it->network = (gw_network){.net = it->small.net, .segments = it->segments, .segment_count = 3};
    const gw_flow_limit_options everywhere = {.scope = GW_FLOW_SCOPE_NODES};
    assert_true(
        gw_is_ok(gw_flow_limits_make(arena, &it->network.net, &everywhere, &it->limits, NULL)));
    assert_true(gw_is_ok(gw_segment_map_make(arena, &it->network, &it->limits, &it->map, NULL)));
}

static size_t find(const scene *it, gw_flow_limit_kind kind, uint32_t element) {
    for (size_t at = 0; at < it->limits.count; at++)
        if (it->limits.at[at].kind == kind && it->limits.at[at].element == element) return at;
    fail();
    return 0;
}

static void the_whole_network_has_every_limit(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    set_out(&it, arena);
    for (size_t limit = 0; limit < it.limits.count; limit++)
        assert_true(gw_segment_has_limit(&it.map, 0, limit));
    for (uint32_t node = 0; node < 4; node++) assert_true(gw_segment_has_node(&it.map, 0, node));
}

static void a_segment_is_the_far_side_with_its_element(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    set_out(&it, arena);
    assert_false(gw_segment_has_node(&it.map, 1, 0));
    assert_false(gw_segment_has_node(&it.map, 1, 1));
    assert_true(gw_segment_has_node(&it.map, 1, 2));
    assert_true(gw_segment_has_node(&it.map, 1, 3));
    assert_false(gw_segment_has_limit(&it.map, 1, find(&it, GW_LIMIT_BRANCH_CURRENT, 0)));
    assert_true(gw_segment_has_limit(&it.map, 1, find(&it, GW_LIMIT_BRANCH_CURRENT, 1)));
    assert_true(gw_segment_has_limit(&it.map, 1, find(&it, GW_LIMIT_BRANCH_CURRENT, 2)));
    assert_false(gw_segment_has_limit(&it.map, 1, find(&it, GW_LIMIT_VOLTAGE_LOW, 1)));
    assert_true(gw_segment_has_limit(&it.map, 1, find(&it, GW_LIMIT_VOLTAGE_LOW, 3)));
}

static void a_limit_is_at_home_in_the_smallest_segment(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    set_out(&it, arena);
    assert_int_equal(it.map.home[find(&it, GW_LIMIT_VOLTAGE_LOW, 1)], 0);
    assert_int_equal(it.map.home[find(&it, GW_LIMIT_VOLTAGE_LOW, 3)], 1);
    assert_int_equal(it.map.home[find(&it, GW_LIMIT_BRANCH_CURRENT, 1)], 1);
}

static void a_segment_whose_element_is_gone_is_empty(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    set_out(&it, arena);
    for (size_t limit = 0; limit < it.limits.count; limit++)
        assert_false(gw_segment_has_limit(&it.map, 2, limit));
}

static void what_is_dark_is_in_no_part(void **state) {
    (void)state;
    scene it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    set_out(&it, arena);
    it.small.branches[1].closed = false;
    assert_true(gw_is_ok(gw_segment_map_make(arena, &it.network, &it.limits, &it.map, NULL)));
    assert_false(gw_segment_has_node(&it.map, 1, 3));
    assert_true(gw_segment_has_node(&it.map, 0, 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_network_has_every_limit),
        cmocka_unit_test(a_segment_is_the_far_side_with_its_element),
        cmocka_unit_test(a_limit_is_at_home_in_the_smallest_segment),
        cmocka_unit_test(a_segment_whose_element_is_gone_is_empty),
        cmocka_unit_test(what_is_dark_is_in_no_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
