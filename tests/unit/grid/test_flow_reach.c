/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_reach.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_flow_reach reach_of(gw_arena *arena, const gw_net *net, const gw_flow_edge *without) {
    gw_flow_reach reach;
    assert_true(gw_is_ok(gw_flow_reach_find(arena, net, without, &reach, NULL)));
    return reach;
}

static void an_open_branch_ends_the_reach(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    small_chain(&it, 4);
    gw_flow_reach reach = reach_of(arena, &it.net, NULL);
    assert_true(gw_flow_reach_is_fed(&reach, 3));
    it.branches[1].open_to = true;
    assert_false(gw_net_conducts(&it.branches[1]));
    reach = reach_of(arena, &it.net, NULL);
    assert_true(gw_flow_reach_is_fed(&reach, 1));
    assert_false(gw_flow_reach_is_fed(&reach, 2));
    assert_true(gw_flow_reach_is_joined(&reach, 2, 3));
    assert_false(gw_flow_reach_is_joined(&reach, 1, 3));
}

static void an_element_can_be_thought_away(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    small_chain(&it, 3);
    it.branches[0] = it.branches[1];
    it.net.branch_count = 1;
    it.transformers[0] = small_transformer();
    it.net.transformer_count = 1;
    const gw_flow_edge line = {.part = GW_FLOW_BRANCH, .element = 0};
    const gw_flow_edge transformer = {.part = GW_FLOW_TRANSFORMER, .element = 0};
    gw_flow_reach reach = reach_of(arena, &it.net, &line);
    assert_true(gw_flow_reach_is_fed(&reach, 1) && !gw_flow_reach_is_fed(&reach, 2));
    reach = reach_of(arena, &it.net, &transformer);
    assert_true(!gw_flow_reach_is_fed(&reach, 1) && gw_flow_reach_is_joined(&reach, 1, 2));
}

static void without_a_source_nobody_is_fed(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    small_chain(&it, 3);
    it.net.sources = NULL;
    it.net.source_count = 0;
    gw_flow_reach reach = reach_of(arena, &it.net, NULL);
    assert_false(gw_flow_reach_is_fed(&reach, 0));
    assert_true(gw_flow_reach_is_joined(&reach, 0, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_branch_ends_the_reach),
        cmocka_unit_test(without_a_source_nobody_is_fed),
        cmocka_unit_test(an_element_can_be_thought_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
