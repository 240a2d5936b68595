/* SPDX-License-Identifier: Apache-2.0 */
#include "server/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_period window_at(int64_t unix_s) {
    return (gw_period){gw_instant_seconds(unix_s), gw_instant_seconds(unix_s + 7200)};
}

static gw_calendar load(gw_arena *arena, const char *zone, int64_t unix_s) {
    gw_calendar calendar = {0};
    gw_fault fault = {0};
    const gw_status status =
        gw_zone_load(arena, gw_text_from_c(zone), window_at(unix_s), &calendar, &fault);
    if (!gw_is_ok(status)) print_error("%s\n", fault.message);
    assert_true(gw_is_ok(status));
    return calendar;
}

static void the_transitions_around_a_winter_evening_are_those_of_the_year(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(8 * 1024 * 1024);
    const gw_calendar calendar = load(arena, "Europe/Brussels", 1768926600); /* 2026-01-20 */
    assert_int_equal(calendar.first_offset_s, 3600);
    assert_int_equal(calendar.transition_count, 2);
    assert_int_equal(calendar.transitions[0].at.us, 1743296400LL * 1000000); /* 2025-03-30 01:00Z */
    assert_int_equal(calendar.transitions[0].offset_s, 7200);
    assert_int_equal(calendar.transitions[1].at.us, 1761440400LL * 1000000); /* 2025-10-26 01:00Z */
    assert_int_equal(calendar.transitions[1].offset_s, 3600);
    assert_true(gw_is_ok(gw_calendar_check(&calendar, NULL)));
}

static void a_fixed_clock_has_no_transitions(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(8 * 1024 * 1024);
    const gw_calendar calendar = load(arena, "Etc/GMT-10", 1385611200);
    assert_int_equal(calendar.first_offset_s, 36000);
    assert_int_equal(calendar.transition_count, 0);
}

static void a_name_that_is_no_zone_is_not_looked_for(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(8 * 1024 * 1024);
    static const char *const names[] = {"", "/etc/passwd", "../../../etc/passwd", "Europe/Nowhere",
                                        "Europe/Brussels\n"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gw_calendar calendar = {.first_offset_s = 77};
        gw_fault fault = {0};
        assert_int_equal(
            gw_zone_load(arena, gw_text_from_c(names[i]), window_at(1768926600), &calendar, &fault)
                .code,
            GW_CODE_NOT_FOUND);
        assert_int_equal(calendar.first_offset_s, 77);
    }
}

static void a_file_that_is_cut_is_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(8 * 1024 * 1024);
    static const uint8_t start[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for (size_t length = 0; length < sizeof start; length++) {
        gw_calendar calendar = {.first_offset_s = 77};
        gw_fault fault = {0};
        const gw_status status =
            gw_zone_parse(arena, (gw_bytes){start, length}, window_at(0), &calendar, &fault);
        assert_false(gw_is_ok(status));
        assert_int_equal(calendar.first_offset_s, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_transitions_around_a_winter_evening_are_those_of_the_year),
        cmocka_unit_test(a_fixed_clock_has_no_transitions),
        cmocka_unit_test(a_name_that_is_no_zone_is_not_looked_for),
        cmocka_unit_test(a_file_that_is_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
