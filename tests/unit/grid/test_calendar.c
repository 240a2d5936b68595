/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Central Europe 2026: 2026-03-29T01:00Z to +2 h, 2026-10-25T01:00Z back to +1 h. */
static const gw_zone_transition CET[] = {{{INT64_C(1774746000000000)}, 7200},
                                         {{INT64_C(1792890000000000)}, 3600}};
static gw_calendar europe(void) {
    static gw_date holidays[2];
    holidays[0] = gw_date_from_civil(2026, 1, 1);
    holidays[1] = gw_date_from_civil(2026, 4, 6);
    return (gw_calendar){.name = GW_TEXT("cet-2026"),
                         .first_offset_s = 3600,
                         .transitions = CET,
                         .transition_count = 2,
                         .holidays = holidays,
                         .holiday_count = 2};
}

static const gw_span QUARTER = {INT64_C(900) * 1000000};

static gw_instant at(const char *text) {
    gw_instant made = {0};
    assert_true(gw_is_ok(gw_instant_parse(gw_text_from_c(text), &made, NULL)));
    return made;
}

static void local_days_have_92_96_or_100_quarter_hours(void **state) {
    (void)state;
    const gw_calendar calendar = europe();
    assert_int_equal(gw_calendar_slots(&calendar, gw_date_from_civil(2026, 3, 28), QUARTER), 96);
    assert_int_equal(gw_calendar_slots(&calendar, gw_date_from_civil(2026, 3, 29), QUARTER), 92);
    assert_int_equal(gw_calendar_slots(&calendar, gw_date_from_civil(2026, 10, 25), QUARTER), 100);
    assert_int_equal(gw_calendar_slots(&calendar, gw_date_from_civil(2026, 10, 26), QUARTER), 96);
    assert_true(gw_calendar_is_clock_change(&calendar, gw_date_from_civil(2026, 3, 29)));
    assert_false(gw_calendar_is_clock_change(&calendar, gw_date_from_civil(2026, 3, 30)));
}

static void a_day_begins_at_local_midnight(void **state) {
    (void)state;
    const gw_calendar calendar = europe();
    const gw_period winter = gw_calendar_day_period(&calendar, gw_date_from_civil(2026, 1, 20));
    const gw_period summer = gw_calendar_day_period(&calendar, gw_date_from_civil(2026, 7, 1));
    assert_int_equal(winter.from.us, at("2026-01-19T23:00:00Z").us);
    assert_int_equal(summer.from.us, at("2026-06-30T22:00:00Z").us);
    const gw_date day = gw_calendar_day(&calendar, at("2026-06-30T21:59:59Z"));
    assert_int_equal(day.days, gw_date_from_civil(2026, 6, 30).days);
}

static void the_repeated_hour_has_two_slots_and_one_wall_time(void **state) {
    (void)state;
    const gw_calendar calendar = europe();
    const gw_instant first = at("2026-10-25T00:30:00Z");
    const gw_instant second = at("2026-10-25T01:30:00Z");
    assert_int_equal(gw_calendar_wall_s(&calendar, first), 2 * 3600 + 1800);
    assert_int_equal(gw_calendar_wall_s(&calendar, second), 2 * 3600 + 1800);
    assert_int_equal(gw_calendar_slot(&calendar, first, QUARTER), 10);
    assert_int_equal(gw_calendar_slot(&calendar, second, QUARTER), 14);
}

/* Every slot of three years lies on its day, and slot and start are inverse. */
static void slots_cover_each_day_without_gap(void **state) {
    (void)state;
    const gw_calendar calendar = europe();
    gw_instant next = gw_calendar_day_period(&calendar, gw_date_from_civil(2025, 1, 1)).from;
    for (gw_date day = gw_date_from_civil(2025, 1, 1);
         day.days < gw_date_from_civil(2028, 1, 1).days; day.days++) {
        const int64_t slots = gw_calendar_slots(&calendar, day, QUARTER);
        for (int64_t slot = 0; slot < slots; slot++) {
            const gw_instant start = gw_calendar_slot_start(&calendar, day, slot, QUARTER);
            assert_int_equal(start.us, next.us);
            assert_int_equal(gw_calendar_day(&calendar, start).days, day.days);
            assert_int_equal(gw_calendar_slot(&calendar, start, QUARTER), slot);
            next = gw_instant_plus(start, QUARTER);
        }
    }
}

static void a_clock_that_goes_back_over_midnight_keeps_days_whole(void **state) {
    (void)state;
    /* 00:30 local becomes 23:30 of the day before: what follows belongs to the new day. */
    const gw_zone_transition back = {at("2026-05-10T00:30:00Z"), -3600};
    const gw_calendar calendar = {.first_offset_s = 0, .transitions = &back, .transition_count = 1};
    const gw_date tenth = gw_date_from_civil(2026, 5, 10);
    const gw_period day = gw_calendar_day_period(&calendar, tenth);
    assert_int_equal(gw_calendar_day(&calendar, day.from).days, tenth.days);
    assert_int_equal(gw_calendar_day(&calendar, at("2026-05-10T00:45:00Z")).days, tenth.days);
    assert_int_equal(gw_calendar_slots(&calendar, tenth, QUARTER), 100);
}

static void weekends_and_holidays_are_no_working_days(void **state) {
    (void)state;
    const gw_calendar calendar = europe();
    assert_true(gw_calendar_is_working_day(&calendar, gw_date_from_civil(2026, 1, 20)));
    assert_false(gw_calendar_is_working_day(&calendar, gw_date_from_civil(2026, 1, 24)));
    assert_false(gw_calendar_is_working_day(&calendar, gw_date_from_civil(2026, 4, 6)));
    assert_true(gw_calendar_is_weekend(gw_date_from_civil(2026, 1, 25)));
    assert_true(gw_calendar_is_holiday(&calendar, gw_date_from_civil(2026, 1, 1)));
    assert_true(gw_calendar_is_working_day(&calendar, gw_date_from_civil(2024, 2, 29)));
}

static void a_calendar_out_of_order_is_refused(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_calendar calendar = europe();
    assert_true(gw_is_ok(gw_calendar_check(&calendar, &fault)));
    const gw_zone_transition swapped[] = {CET[1], CET[0]};
    calendar.transitions = swapped;
    assert_int_equal(gw_calendar_check(&calendar, &fault).code, GW_CODE_INVALID);
    calendar = europe();
    calendar.first_offset_s = 19 * 3600;
    assert_int_equal(gw_calendar_check(&calendar, &fault).code, GW_CODE_INVALID);
    calendar = europe();
    const gw_date twice[] = {{5}, {5}};
    calendar.holidays = twice;
    assert_int_equal(gw_calendar_check(&calendar, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_days_have_92_96_or_100_quarter_hours),
        cmocka_unit_test(a_day_begins_at_local_midnight),
        cmocka_unit_test(the_repeated_hour_has_two_slots_and_one_wall_time),
        cmocka_unit_test(slots_cover_each_day_without_gap),
        cmocka_unit_test(a_clock_that_goes_back_over_midnight_keeps_days_whole),
        cmocka_unit_test(weekends_and_holidays_are_no_working_days),
        cmocka_unit_test(a_calendar_out_of_order_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
