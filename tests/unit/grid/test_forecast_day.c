/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_span QUARTER = {INT64_C(900) * 1000000};

/* Central European time around the spring change of 2026 (29 March, 01:00 UTC). */
static const gw_zone_transition SPRING[] = {{{INT64_C(1774746000) * 1000000}, 7200}};
static const gw_date NEW_YEAR[] = {{20454}}; /* 2026-01-01, a Thursday */
static const gw_calendar BERLIN = {.name = {"berlin", 6},
                                   .first_offset_s = 3600,
                                   .transitions = SPRING,
                                   .transition_count = 1,
                                   .holidays = NEW_YEAR,
                                   .holiday_count = 1};

static void a_holiday_is_a_sunday(void **state) {
    (void)state;
    assert_int_equal(gw_day_type_of(&BERLIN, gw_date_from_civil(2026, 1, 1)), GW_DAY_SUNDAY);
    assert_int_equal(gw_day_type_of(&BERLIN, gw_date_from_civil(2026, 1, 2)), GW_DAY_WORKING);
    assert_int_equal(gw_day_type_of(&BERLIN, gw_date_from_civil(2026, 1, 3)), GW_DAY_SATURDAY);
    assert_int_equal(gw_day_type_of(&BERLIN, gw_date_from_civil(2026, 1, 4)), GW_DAY_SUNDAY);
}

static void a_short_day_leaves_the_skipped_hour_open(void **state) {
    (void)state;
    const gw_date day = gw_date_from_civil(2026, 3, 29);
    int seen[96] = {0};
    assert_int_equal(gw_calendar_slots(&BERLIN, day, QUARTER), 92);
    for (int64_t slot = 0; slot < 92; slot++)
        seen[gw_wall_slot(&BERLIN, gw_calendar_slot_start(&BERLIN, day, slot, QUARTER), QUARTER)]++;
    for (int slot = 0; slot < 96; slot++) assert_int_equal(seen[slot], slot < 8 || slot > 11);
}

static void an_interval_must_divide_the_day(void **state) {
    (void)state;
    size_t slots = 7;
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_wall_slots(QUARTER, &slots, NULL)));
    assert_int_equal(slots, 96);
    const gw_span odd = {INT64_C(700) * 1000000};
    assert_int_equal(gw_wall_slots(odd, &slots, &fault).code, GW_CODE_UNSUPPORTED);
    assert_int_equal(slots, 96);
    const gw_span minute = {INT64_C(60) * 1000000};
    assert_int_equal(gw_wall_slots(minute, &slots, &fault).code, GW_CODE_UNSUPPORTED);
}

static void outside_a_table_there_are_only_gaps(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_day_table table;
    assert_true(gw_is_ok(gw_day_table_make(arena, (gw_date){100}, 2, 4, &table, NULL)));
    gw_day_table_put(&table, (gw_date){101}, 3, 42);
    gw_day_table_put(&table, (gw_date){102}, 0, 43);
    gw_day_table_put(&table, (gw_date){99}, 0, 44);
    assert_int_equal(gw_day_table_at(&table, (gw_date){101}, 3), 42);
    assert_int_equal(gw_day_table_at(&table, (gw_date){102}, 0), GW_FORECAST_GAP);
    assert_int_equal(gw_day_table_at(&table, (gw_date){101}, 4), GW_FORECAST_GAP);
    assert_int_equal(gw_day_table_count(&table, (gw_date){100}), 0);
    assert_int_equal(gw_day_table_count(&table, (gw_date){101}), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holiday_is_a_sunday),
        cmocka_unit_test(a_short_day_leaves_the_skipped_hour_open),
        cmocka_unit_test(an_interval_must_divide_the_day),
        cmocka_unit_test(outside_a_table_there_are_only_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
