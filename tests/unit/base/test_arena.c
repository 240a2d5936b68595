/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void pieces_are_zeroed_and_aligned(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    for (size_t size = 1; size < 200; size++) {
        uint8_t *piece = NULL;
        assert_true(gw_is_ok(GW_ARENA_NEW(arena, uint8_t, size, &piece, NULL)));
        assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
        for (size_t at = 0; at < size; at++) assert_int_equal(piece[at], 0);
        memset(piece, 0xff, size);
    }
}

static void pieces_do_not_overlap(void **state) {
    (void)state;
    enum { PIECES = 64 };
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    uint8_t *pieces[PIECES];
    for (size_t at = 0; at < PIECES; at++) {
        assert_true(gw_is_ok(GW_ARENA_NEW(arena, uint8_t, 1000, &pieces[at], NULL)));
        memset(pieces[at], (int)at, 1000);
    }
    for (size_t at = 0; at < PIECES; at++)
        for (size_t i = 0; i < 1000; i++) assert_int_equal(pieces[at][i], at);
}

static void the_cap_is_a_refusal_and_leaves_the_output_untouched(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(100);
    char mark = 0;
    char *piece = &mark;
    gw_fault fault = {0};
    assert_int_equal(GW_ARENA_NEW(arena, char, 101, &piece, &fault).code, GW_CODE_NO_MEMORY);
    assert_ptr_equal(piece, &mark);
    assert_int_equal(fault.code, GW_CODE_NO_MEMORY);
    assert_int_equal(gw_arena_used(arena), 0);
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, char, 90, &piece, &fault)));
    assert_int_equal(GW_ARENA_NEW(arena, char, 90, &piece, &fault).code, GW_CODE_NO_MEMORY);
}

static void the_cap_counts_over_all_blocks(void **state) {
    (void)state;
    enum { CAP = 1 << 20, PIECE = 4096 };
    GW_AUTO_ARENA arena = gw_arena_open(CAP);
    size_t got = 0;
    char *piece = NULL;
    while (gw_is_ok(GW_ARENA_NEW(arena, char, PIECE, &piece, NULL))) got++;
    assert_int_equal(got, CAP / PIECE);
    assert_int_equal(gw_arena_used(arena), CAP);
}

static void sizes_that_overflow_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    void *piece = NULL;
    static const struct {
        size_t size, count;
    } cases[] = {
        {SIZE_MAX, 2}, {SIZE_MAX / 2, 3}, {1, SIZE_MAX}, {SIZE_MAX, 1}, {16, SIZE_MAX / 8}};
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        assert_int_equal(gw_arena_take(arena, cases[at].size, cases[at].count, &piece, NULL).code,
                         GW_CODE_NO_MEMORY);
        assert_null(piece);
    }
}

static void nothing_asked_for_is_still_a_valid_pointer(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1000);
    char *piece = NULL;
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, char, 0, &piece, NULL)));
    assert_non_null(piece);
}

static void reset_gives_all_of_it_back(void **state) {
    (void)state;
    enum { CAP = 1 << 20 };
    GW_AUTO_ARENA arena = gw_arena_open(CAP);
    for (int round = 0; round < 3; round++) {
        char *piece = NULL;
        assert_true(gw_is_ok(GW_ARENA_NEW(arena, char, CAP / 2, &piece, NULL)));
        assert_int_equal(piece[CAP / 2 - 1], 0);
        memset(piece, 1, CAP / 2);
        gw_arena_reset(arena);
        assert_int_equal(gw_arena_used(arena), 0);
    }
}

static void a_tiny_cap_can_be_opened_and_nothing_can_be_closed(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(0);
    char *piece = NULL;
    assert_non_null(arena);
    assert_int_equal(GW_ARENA_NEW(arena, char, 1, &piece, NULL).code, GW_CODE_NO_MEMORY);
    gw_arena_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(the_cap_is_a_refusal_and_leaves_the_output_untouched),
        cmocka_unit_test(the_cap_counts_over_all_blocks),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(nothing_asked_for_is_still_a_valid_pointer),
        cmocka_unit_test(reset_gives_all_of_it_back),
        cmocka_unit_test(a_tiny_cap_can_be_opened_and_nothing_can_be_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
