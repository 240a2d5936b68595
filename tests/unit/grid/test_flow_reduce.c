/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_reduce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PLACES = 8 };
static const size_t arena_cap = 1024UL * 1024;

/* 0 - 1 - 2 - 3 - 4 in a row, 5 and 6 a stub at 2, 7 below 4. Loads at 4 and 7. */
static const uint32_t parents[PLACES] = {0, 0, 1, 2, 3, 2, 5, 4};
static const gw_phasor own[PLACES] = {{0, 0},  {1, 10}, {2, 20}, {4, 40},
                                      {8, 80}, {3, 3},  {3, 3},  {16, 160}};
static const gw_phasor mutual[PLACES] = {{0, 0},   {0.1, 0}, {0.2, 0}, {0.4, 0},
                                         {0.8, 0}, {9, 9},   {9, 9},   {1.6, 0}};

static gw_reduced reduce(gw_arena *arena, const unsigned char *marks) {
    gw_fault fault = {0};
    gw_reduced reduced;
    const gw_reduce_tree tree = {1, PLACES, parents, own, mutual, marks};
    assert_true(gw_is_ok(gw_flow_reduce(arena, &tree, &reduced, &fault)));
    return reduced;
}

static void assert_phasor(gw_phasor got, double re, double im) {
    assert_true(gw_phasor_size(gw_phasor_subtract(got, (gw_phasor){re, im})) < 1e-12);
}

static void impedances_in_a_row_become_one(void **state) {
    (void)state;
    static const unsigned char marks[PLACES] = {[4] = GW_REDUCE_KEEP, [7] = GW_REDUCE_KEEP};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_reduced reduced = reduce(arena, marks);
    assert_int_equal(reduced.kept_count, 3);
    assert_int_equal(reduced.place[1], 4);
    assert_int_equal(reduced.parent[1], 0);
    assert_phasor(reduced.own[1], 15, 150);
    assert_phasor(reduced.mutual[1], 1.5, 0);
    assert_int_equal(reduced.place[2], 7);
    assert_int_equal(reduced.parent[2], 1);
    assert_phasor(reduced.own[2], 16, 160);
}

static void every_voltage_and_current_can_be_had_back(void **state) {
    (void)state;
    static const unsigned char marks[PLACES] = {[4] = GW_REDUCE_KEEP, [7] = GW_REDUCE_KEEP};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_reduced reduced = reduce(arena, marks);
    /* in the row: part of the way from the source to place 4, whose current it carries */
    assert_true(reduced.seats[2].in_between);
    assert_int_equal(reduced.seats[2].at, 1);
    assert_phasor(reduced.seats[2].own, 3, 30);
    assert_phasor(reduced.seats[2].mutual, 0.3, 0);
    assert_int_equal(reduced.stream[2], 1);
    assert_int_equal(reduced.stream[4], 1);
    assert_false(reduced.seats[4].in_between);
    /* the stub: the voltage of where it hangs, and no current */
    assert_int_equal(reduced.seats[6].at, 1);
    assert_phasor(reduced.seats[6].own, 3, 30);
    assert_int_equal(reduced.stream[5], GW_REDUCED_STILL);
    assert_int_equal(reduced.stream[6], GW_REDUCED_STILL);
    assert_int_equal(reduced.stream[0], GW_REDUCED_STILL);
}

static void what_turns_stays_with_both_its_ends(void **state) {
    (void)state;
    static const unsigned char marks[PLACES] = {[3] = GW_REDUCE_TURN, [7] = GW_REDUCE_KEEP};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_reduced reduced = reduce(arena, marks);
    assert_int_equal(reduced.kept_count, 4);
    assert_int_equal(reduced.place[1], 2);
    assert_int_equal(reduced.place[2], 3);
    assert_int_equal(reduced.place[3], 7);
    assert_phasor(reduced.own[1], 3, 30);
    assert_phasor(reduced.own[3], 24, 240);
}

static void without_loads_only_the_sources_stay(void **state) {
    (void)state;
    static const unsigned char marks[PLACES] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_reduced reduced = reduce(arena, marks);
    assert_int_equal(reduced.kept_count, 1);
    for (size_t at = 0; at < PLACES; at++) {
        assert_int_equal(reduced.seats[at].at, 0);
        assert_false(reduced.seats[at].in_between);
        assert_int_equal(reduced.stream[at], GW_REDUCED_STILL);
    }
}

static void a_full_arena_is_said(void **state) {
    (void)state;
    static const unsigned char marks[PLACES] = {0};
    gw_fault fault = {0};
    gw_reduced reduced = {.kept_count = 77};
    const gw_reduce_tree tree = {1, PLACES, parents, own, mutual, marks};
    GW_AUTO_ARENA arena = gw_arena_open(64);
    assert_int_equal(gw_flow_reduce(arena, &tree, &reduced, &fault).code, GW_CODE_NO_MEMORY);
    assert_int_equal(reduced.kept_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impedances_in_a_row_become_one),
        cmocka_unit_test(every_voltage_and_current_can_be_had_back),
        cmocka_unit_test(what_turns_stays_with_both_its_ends),
        cmocka_unit_test(without_loads_only_the_sources_stay),
        cmocka_unit_test(a_full_arena_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
