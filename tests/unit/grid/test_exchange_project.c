/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_project.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024, MOST = 16 };

static const gw_exchange_tie CHAIN[] = {{0, 1}, {1, 2}};

typedef struct room_of {
    int64_t fine[MOST];
    int64_t corrections[2 * MOST];
    int64_t flows[MOST];
    gw_exchange_room room;
} room_of;

static void open_room(room_of *on) {
    *on = (room_of){0};
    on->room = (gw_exchange_room){on->fine, on->corrections, on->flows};
}

static gw_exchange_tree tree_of(gw_arena *arena, uint32_t members, const gw_exchange_tie *ties,
                                uint32_t count) {
    gw_exchange_tree tree;
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_exchange_tree_make(arena, members, ties, count, &tree, &fault)));
    return tree;
}

static void without_limits_the_mean_is_taken_away(void **state) {
    (void)state;
    room_of on;
    open_room(&on);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_exchange_tree tree = tree_of(arena, 3, NULL, 0);
    int64_t exports[] = {100, 50, 0};
    (void)gw_exchange_project(&tree, NULL, &(gw_exchange_bounds){0}, exports, &on.room);
    assert_int_equal(exports[0], 50);
    assert_int_equal(exports[1], 0);
    assert_int_equal(exports[2], -50);
}

/* min |z - (100, 0, -100)| with z1 <= 60, z3 >= -40: the middle takes what is left. */
static void both_ties_of_a_chain_hold(void **state) {
    (void)state;
    room_of on;
    open_room(&on);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_exchange_tree tree = tree_of(arena, 3, CHAIN, 2);
    const int64_t limits[] = {60000000, 40000000};
    int64_t exports[] = {100000000, 0, -100000000};
    (void)gw_exchange_project(&tree, CHAIN, &(gw_exchange_bounds){.limits = limits}, exports,
                              &on.room);
    assert_int_equal(exports[0], 60000000);
    assert_int_equal(exports[1], -20000000);
    assert_int_equal(exports[2], -40000000);
}

static void a_closed_tie_carries_nothing(void **state) {
    (void)state;
    room_of on;
    open_room(&on);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_exchange_tree tree = tree_of(arena, 3, CHAIN, 2);
    const int64_t limits[] = {0, GW_EXCHANGE_NO_LIMIT};
    int64_t exports[] = {100000, 30000, -10000};
    (void)gw_exchange_project(&tree, CHAIN, &(gw_exchange_bounds){.limits = limits}, exports,
                              &on.room);
    assert_int_equal(exports[0], 0);
    assert_int_equal(exports[1], 20000);
    assert_int_equal(exports[2], -20000);
}

/* min |z - (100, 0, -100)| with z1 <= 30 and z2 <= 5: the third takes 35. */
static void connections_hold_like_ties(void **state) {
    (void)state;
    room_of on;
    open_room(&on);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_exchange_tree tree = tree_of(arena, 3, NULL, 0);
    const int64_t least[] = {-200000, -200000, -200000};
    const int64_t most[] = {30000, 5000, 200000};
    const gw_exchange_bounds bounds = {.least = least, .most = most};
    int64_t exports[] = {100000, 0, -100000};
    (void)gw_exchange_project(&tree, NULL, &bounds, exports, &on.room);
    assert_int_equal(exports[0], 30000);
    assert_int_equal(exports[1], 5000);
    assert_int_equal(exports[2], -35000);
}

static gw_exchange_tree random_tree(seeded *random, gw_arena *arena, gw_exchange_tie *ties,
                                    uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        ties[i - 1] = (gw_exchange_tie){(uint32_t)seeded_between(random, 0, i - 1), i};
    return tree_of(arena, count, ties, count - 1);
}

/* The nearest point makes an obtuse angle with every other feasible one: (y - z)(x - z) <= 0. */
static void no_feasible_point_is_nearer(void **state) {
    (void)state;
    seeded random = {31};
    for (int run = 0; run < 200; run++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        room_of on;
        gw_exchange_tie ties[MOST];
        int64_t limits[MOST];
        int64_t wanted[MOST];
        int64_t found[MOST];
        int64_t flows[MOST];
        int64_t other[MOST];
        open_room(&on);
        const uint32_t count = (uint32_t)seeded_between(&random, 2, MOST);
        const gw_exchange_tree tree = random_tree(&random, arena, ties, count);
        for (uint32_t i = 0; i < count; i++) {
            limits[i] = seeded_between(&random, 0, 2000000);
            wanted[i] = seeded_between(&random, -3000000, 3000000);
            found[i] = wanted[i];
        }
        (void)gw_exchange_project(&tree, ties, &(gw_exchange_bounds){.limits = limits}, found,
                                  &on.room);
        for (int trial = 0; trial < 20; trial++) {
            int64_t angle = 0;
            int64_t far = 0;
            for (uint32_t i = 0; i + 1 < count; i++)
                flows[i] = seeded_between(&random, -limits[i], limits[i]);
            gw_exchange_tree_exports(&tree, ties, flows, other);
            for (uint32_t i = 0; i < count; i++) {
                angle += (wanted[i] - found[i]) * (other[i] - found[i]);
                far += other[i] > found[i] ? other[i] - found[i] : found[i] - other[i];
            }
            assert_true(angle <= 200 * far); /* 0.2 W off at most */
        }
    }
}

static void sum_and_limits_hold_exactly_after_any_sweeps(void **state) {
    (void)state;
    seeded random = {77};
    for (int run = 0; run < 300; run++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        room_of on;
        gw_exchange_tie ties[MOST];
        int64_t limits[MOST];
        int64_t exports[MOST];
        int64_t flows[MOST];
        int64_t sum = 0;
        open_room(&on);
        const uint32_t count = (uint32_t)seeded_between(&random, 2, MOST);
        const gw_exchange_tree tree = random_tree(&random, arena, ties, count);
        for (uint32_t i = 0; i < count; i++) {
            limits[i] = seeded_between(&random, 0, GW_EXCHANGE_MILLIWATT_MOST);
            exports[i] = seeded_between(&random, -10 * GW_EXCHANGE_MILLIWATT_MOST,
                                        10 * GW_EXCHANGE_MILLIWATT_MOST);
        }
        (void)gw_exchange_project(&tree, ties, &(gw_exchange_bounds){.limits = limits}, exports,
                                  &on.room);
        gw_exchange_tree_flows(&tree, exports, flows);
        for (uint32_t i = 0; i < count; i++) sum += exports[i];
        assert_int_equal(sum, 0);
        for (uint32_t i = 0; i + 1 < count; i++)
            assert_true(flows[i] <= limits[i] && flows[i] >= -limits[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_limits_the_mean_is_taken_away),
        cmocka_unit_test(both_ties_of_a_chain_hold),
        cmocka_unit_test(a_closed_tie_carries_nothing),
        cmocka_unit_test(connections_hold_like_ties),
        cmocka_unit_test(no_feasible_point_is_nearer),
        cmocka_unit_test(sum_and_limits_hold_exactly_after_any_sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
