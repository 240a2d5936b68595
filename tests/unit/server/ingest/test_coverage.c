/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *gaps_of(const gw_coverage *coverage, gw_arena *arena) {
    gw_writer out;
    gw_text text = {"", 0};
    const char *c = "";
    gw_fault fault;
    gw_writer_init(&out, arena);
    gw_coverage_write_gaps(coverage, &out);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, &fault)));
    assert_true(gw_is_ok(gw_text_to_c(arena, text, &c, &fault)));
    return c;
}

static void numbers_in_order_only_raise_hwm(void **state) {
    (void)state;
    gw_coverage coverage = {0};
    for (int64_t number = 1; number <= 5; number++) assert_true(gw_coverage_add(&coverage, number));
    assert_int_equal(coverage.hwm, 5);
    assert_int_equal(coverage.count, 0);
}

static void gaps_are_named_and_close(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_coverage coverage = {0};
    static const int64_t numbers[] = {1, 2, 5, 6, 9};
    for (size_t at = 0; at < 5; at++) (void)gw_coverage_add(&coverage, numbers[at]);
    assert_string_equal(gaps_of(&coverage, arena), "[[3,4],[7,8]]");
    (void)gw_coverage_add(&coverage, 4);
    (void)gw_coverage_add(&coverage, 3);
    assert_int_equal(coverage.hwm, 6);
    assert_string_equal(gaps_of(&coverage, arena), "[[7,8]]");
    (void)gw_coverage_add(&coverage, 8);
    (void)gw_coverage_add(&coverage, 7);
    assert_int_equal(coverage.hwm, 9);
    assert_string_equal(gaps_of(&coverage, arena), "[]");
}

/* Every order of the numbers 1..7 gives the same end. */
static void check_order(int64_t *numbers, size_t count, size_t at) {
    if (at == count) {
        gw_coverage coverage = {0};
        for (size_t i = 0; i < count; i++) assert_true(gw_coverage_add(&coverage, numbers[i]));
        assert_int_equal(coverage.hwm, (int64_t)count);
        assert_int_equal(coverage.count, 0);
        return;
    }
    for (size_t i = at; i < count; i++) {
        const int64_t swapped = numbers[at];
        numbers[at] = numbers[i];
        numbers[i] = swapped;
        check_order(numbers, count, at + 1);
        numbers[i] = numbers[at];
        numbers[at] = swapped;
    }
}

static void order_of_arrival_does_not_matter(void **state) {
    (void)state;
    int64_t numbers[] = {1, 2, 3, 4, 5, 6, 7};
    check_order(numbers, 7, 0);
}

static void without_room_the_number_stays_a_gap(void **state) {
    (void)state;
    gw_coverage coverage = {0};
    for (int64_t at = 0; at < GW_COVERAGE_RANGES_MOST; at++)
        assert_true(gw_coverage_add(&coverage, 2 + 2 * at));
    const int64_t beyond = 2 + 2 * GW_COVERAGE_RANGES_MOST;
    assert_false(gw_coverage_add(&coverage, beyond));
    assert_false(gw_coverage_has(&coverage, beyond));
    assert_true(gw_coverage_add(&coverage, 1));
    assert_true(gw_coverage_add(&coverage, beyond));
}

static void numbers_the_device_no_longer_holds_are_closed(void **state) {
    (void)state;
    gw_coverage coverage = {0};
    (void)gw_coverage_add(&coverage, 12);
    gw_coverage_begin(&coverage, 12);
    assert_int_equal(coverage.hwm, 12);
    gw_coverage_begin(&coverage, 5);
    assert_int_equal(coverage.hwm, 12);
}

static void text_is_read_back(void **state) {
    (void)state;
    gw_coverage coverage = {0};
    gw_coverage again;
    gw_fault fault;
    char text[GW_COVERAGE_TEXT_SIZE];
    static const int64_t numbers[] = {1, 5, 6, 9};
    for (size_t at = 0; at < 4; at++) (void)gw_coverage_add(&coverage, numbers[at]);
    gw_coverage_print(&coverage, text);
    assert_string_equal(text, "5-6,9-9");
    assert_true(gw_is_ok(gw_coverage_parse(1, gw_text_from_c(text), &again, &fault)));
    assert_memory_equal(&again, &coverage, sizeof again);
}

static void text_that_is_no_list_of_ranges_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"2-3", "5", "5-4", "5-6,7-8", "x-y", "9-9,5-6"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_coverage coverage = {.hwm = 77};
        gw_fault fault;
        assert_false(gw_is_ok(gw_coverage_parse(1, gw_text_from_c(wrong[at]), &coverage, &fault)));
        assert_int_equal(coverage.hwm, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_order_only_raise_hwm),
        cmocka_unit_test(gaps_are_named_and_close),
        cmocka_unit_test(order_of_arrival_does_not_matter),
        cmocka_unit_test(without_room_the_number_stays_a_gap),
        cmocka_unit_test(numbers_the_device_no_longer_holds_are_closed),
        cmocka_unit_test(text_is_read_back),
        cmocka_unit_test(text_that_is_no_list_of_ranges_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
