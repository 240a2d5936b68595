/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_tree.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum { ARENA_BYTES = 1024 * 1024 };

static void members_behind_a_tie_stand_together(void **state) {
    (void)state;
    gw_exchange_tree tree;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    /* 0 - 3, 3 - 1, 3 - 4, 0 - 2 */
    const gw_exchange_tie ties[] = {{3, 0}, {3, 1}, {4, 3}, {0, 2}};
    assert_true(gw_is_ok(gw_exchange_tree_make(arena, 5, ties, 4, &tree, &fault)));
    const uint32_t members[] = {0, 3, 1, 4, 2};
    assert_memory_equal(tree.members, members, sizeof members);
    assert_int_equal(tree.branches[0].tie, 0);
    assert_int_equal(tree.branches[0].count, 3);
    assert_int_equal(tree.branches[0].sign, 1);
    assert_int_equal(tree.branches[1].sign, -1);
    const int64_t exports[] = {10, 20, -5, 30, -55};
    int64_t flows[4];
    int64_t back[5];
    gw_exchange_tree_flows(&tree, exports, flows);
    const int64_t wanted[] = {-5, -20, -55, 5};
    assert_memory_equal(flows, wanted, sizeof flows);
    gw_exchange_tree_exports(&tree, ties, flows, back);
    assert_memory_equal(back, exports, sizeof exports);
}

static void refuse(uint32_t members, const gw_exchange_tie *ties, uint32_t count,
                   const char *subject) {
    gw_exchange_tree tree = {0};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_false(gw_is_ok(gw_exchange_tree_make(arena, members, ties, count, &tree, &fault)));
    assert_string_equal(fault.subject, subject);
    assert_int_equal(tree.member_count, 0);
}

static void loops_and_lonely_members_are_refused(void **state) {
    (void)state;
    const gw_exchange_tie loop[] = {{0, 1}, {1, 2}, {2, 0}};
    const gw_exchange_tie twice[] = {{0, 1}, {1, 0}, {2, 3}};
    const gw_exchange_tie nowhere[] = {{0, 1}, {1, 7}};
    const gw_exchange_tie itself[] = {{0, 1}, {2, 2}};
    refuse(3, loop, 3, "/ties");
    refuse(4, twice, 3, "/ties");
    refuse(3, nowhere, 2, "/ties/1");
    refuse(3, itself, 2, "/ties/1");
    refuse(4, loop, 2, "/ties");
    refuse(0, NULL, 0, "/members");
    refuse(GW_EXCHANGE_MEMBERS_MOST + 1, NULL, 0, "/members");
}

static void no_ties_are_a_copper_plate(void **state) {
    (void)state;
    gw_exchange_tree tree;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_true(gw_is_ok(gw_exchange_tree_make(arena, 3, NULL, 0, &tree, &fault)));
    assert_int_equal(tree.tie_count, 0);
    assert_int_equal(tree.members[2], 2);
}

static void flows_and_exports_are_each_others_inverse(void **state) {
    (void)state;
    seeded random = {99};
    for (int run = 0; run < 300; run++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        gw_exchange_tie ties[64];
        int64_t flows[64];
        int64_t exports[64];
        int64_t back[64];
        gw_exchange_tree tree;
        gw_fault fault = {0};
        const uint32_t count = (uint32_t)seeded_between(&random, 2, 64);
        for (uint32_t i = 1; i < count; i++) {
            const uint32_t other = (uint32_t)seeded_between(&random, 0, i - 1);
            ties[i - 1] = seeded_next(&random) % 2 == 0 ? (gw_exchange_tie){i, other}
                                                        : (gw_exchange_tie){other, i};
            flows[i - 1] = seeded_between(&random, -1000, 1000);
        }
        assert_true(gw_is_ok(gw_exchange_tree_make(arena, count, ties, count - 1, &tree, &fault)));
        gw_exchange_tree_exports(&tree, ties, flows, exports);
        gw_exchange_tree_flows(&tree, exports, back);
        assert_memory_equal(flows, back, (count - 1) * sizeof flows[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_behind_a_tie_stand_together),
        cmocka_unit_test(loops_and_lonely_members_are_refused),
        cmocka_unit_test(no_ties_are_a_copper_plate),
        cmocka_unit_test(flows_and_exports_are_each_others_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
