/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_distance.h"

#include "tests/support/five_trades.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static gw_flow_map build(gw_arena *arena, const gw_net *net) {
    gw_flow_map map = {.feeder = NULL};
    assert_true(gw_is_ok(gw_flow_map_build(arena, net, &map, NULL)));
    return map;
}

static void a_feeder_is_what_hangs_on_one_branch_of_the_busbar(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    /* the last segment hangs on the busbar instead of on node 2 */
    it.branches[2].from = 0;
    const gw_flow_map map = build(arena, &it.net);
    assert_int_equal(gw_flow_map_distance(&map, 2, 2), GW_FLOW_SAME_NODE);
    assert_int_equal(gw_flow_map_distance(&map, 1, 2), GW_FLOW_SAME_FEEDER);
    assert_int_equal(gw_flow_map_distance(&map, 1, 3), GW_FLOW_SAME_TRANSFORMER);
    assert_int_equal(gw_flow_map_distance(&map, 0, 1), GW_FLOW_SAME_TRANSFORMER);
}

static void what_hangs_on_another_transformer_is_beyond(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_net_transformer transformer = {.id = GW_TEXT("T"),
                                      .from = 0,
                                      .to = 3,
                                      .from_winding = GW_NET_DELTA,
                                      .to_winding = GW_NET_WYE_GROUNDED,
                                      .clock = 5,
                                      .closed = true,
                                      .sn_va = 100000,
                                      .u1_v = 400,
                                      .u2_v = 400,
                                      .uk_pct = 4,
                                      .pk_w = 1500};
    it.branches[2].closed = false;
    it.net.transformers = &transformer;
    it.net.transformer_count = 1;
    const gw_flow_map map = build(arena, &it.net);
    assert_int_equal(gw_flow_map_distance(&map, 3, 2), GW_FLOW_BEYOND);
    assert_int_equal(gw_flow_map_distance(&map, 1, 2), GW_FLOW_SAME_FEEDER);
}

static void a_dark_node_is_beyond(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.branches[2].closed = false;
    const gw_flow_map map = build(arena, &it.net);
    assert_true(gw_flow_map_is_live(&map, 2));
    assert_false(gw_flow_map_is_live(&map, 3));
    assert_int_equal(gw_flow_map_distance(&map, 3, 3), GW_FLOW_BEYOND);
}

static void every_distance_has_its_own_name(void **state) {
    (void)state;
    for (int left = 0; left < GW_FLOW_DISTANCE_COUNT; left++)
        for (int right = 0; right < left; right++)
            assert_string_not_equal(gw_flow_distance_name((gw_flow_distance)left),
                                    gw_flow_distance_name((gw_flow_distance)right));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feeder_is_what_hangs_on_one_branch_of_the_busbar),
        cmocka_unit_test(what_hangs_on_another_transformer_is_beyond),
        cmocka_unit_test(a_dark_node_is_beyond),
        cmocka_unit_test(every_distance_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
