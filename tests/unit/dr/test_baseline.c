/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/baseline.h"

#include "base/wide.h"
#include "tests/support/seeded.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 8 << 20 };

static const gw_calendar UTC = {.name = {"utc", 3}};

/* ---- the hand-sized example of dr_mv.md §2.5 ---- */

/* Hours 13 to 18 of the ten reference days, the most recent first, and of the event day. */
static const int64_t EXAMPLE[11][6] = {
    {5200, 5400, 5600, 5900, 6300, 6100}, {5000, 5300, 5500, 5700, 6000, 5900},
    {5600, 5900, 6100, 6400, 6900, 6700}, {4700, 4800, 5000, 5200, 5500, 5400},
    {5300, 5500, 5800, 6000, 6500, 6300}, {5100, 5200, 5400, 5600, 6100, 5800},
    {6000, 6300, 6500, 6800, 7300, 7100}, {4900, 5100, 5200, 5500, 5700, 5600},
    {5400, 5600, 5900, 6200, 6600, 6400}, {5250, 5350, 5650, 5850, 6350, 6150},
    {5700, 5950, 6150, 6400, 4100, 4300},
};

static gw_method hourly(gw_adjustment adjustment) {
    gw_method method = {0};
    assert_true(gw_is_ok(gw_method_find(GW_TEXT("sgsc-10in10-v1"), adjustment, &method, NULL)));
    method.interval_s = 3600;
    return method;
}

static gw_instant hour_of(gw_date day, int hour) {
    return gw_instant_seconds((int64_t)day.days * 86400 + hour * 3600);
}

/* The event day is Friday 2026-01-23; reference day k is the k-th working day before it. */
static gw_series example_series(gw_arena *arena) {
    static gw_reading readings[11 * 6];
    gw_series series = {0};
    gw_date day = gw_date_from_civil(2026, 1, 23);
    size_t count = 0;
    for (int row = 10, reference = 0; reference <= 10; row = reference++) {
        for (int at = 0; at < 6; at++)
            readings[count++] = (gw_reading){.meter = GW_TEXT("M"),
                                             .start = hour_of(day, 13 + at),
                                             .energy = {EXAMPLE[row][at]},
                                             .quality = GW_QUALITY_ACTUAL,
                                             .version = 1};
        do day.days--;
        while (gw_calendar_is_weekend(day));
    }
    assert_true(
        gw_is_ok(gw_series_make(arena, gw_span_seconds(3600), readings, count, &series, NULL)));
    return series;
}

static gw_baseline example(gw_arena *arena, gw_adjustment adjustment) {
    gw_baseline baseline = {0};
    const gw_method method = hourly(adjustment);
    const gw_series series = example_series(arena);
    const gw_date day = gw_date_from_civil(2026, 1, 23);
    const gw_baseline_question question = {.method = &method,
                                           .calendar = &UTC,
                                           .window = {hour_of(day, 17), hour_of(day, 19)},
                                           .series = &series};
    assert_true(gw_is_ok(gw_baseline_compute(arena, &question, &baseline, NULL)));
    return baseline;
}

static void hand_sized_mean_of_ten_days(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_baseline baseline = example(arena, GW_ADJUSTMENT_NONE);
    assert_int_equal(baseline.day_count, 10);
    assert_int_equal(baseline.excluded_count, 4);
    assert_int_equal(baseline.baseline_mwh[0], 6325000);
    assert_int_equal(baseline.baseline_mwh[1], 6145000);
    assert_int_equal(baseline.baseline_mwh[0] + baseline.baseline_mwh[1] - 8400000, 4070000);
}

static void hand_sized_day_of_adjustment(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_baseline baseline = example(arena, GW_ADJUSTMENT_CAPPED);
    assert_int_equal(baseline.a_window_wh, 17800);
    assert_int_equal(baseline.s_window_wh, 163550);
    assert_int_equal(baseline.adjusted, GW_ADJUSTED_APPLIED);
    assert_int_equal(baseline.factor_num * 3271, baseline.factor_den * 3560);
    assert_int_equal(baseline.baseline_mwh[0], 6883828);
    assert_int_equal(baseline.baseline_mwh[1], 6687924);
    assert_int_equal(baseline.baseline_mwh[0] + baseline.baseline_mwh[1] - 8400000, 5171752);
}

/* ---- a seeded household on half hours ---- */

enum { HISTORY_DAYS = 60, SLOTS = 48, READINGS = (HISTORY_DAYS + 1) * SLOTS };

typedef struct household {
    gw_reading readings[READINGS];
    size_t count;
    gw_method method;
    gw_period window;
    gw_date event_days[2];
    size_t event_day_count;
    const gw_calendar *calendar;
} household;

static gw_date today(void) { return gw_date_from_civil(2026, 1, 22); } /* a Thursday */

static gw_instant slot_of(int32_t day, int64_t slot) {
    return gw_instant_seconds((int64_t)day * 86400 + slot * 1800);
}

static void make_household(household *home, seeded *random) {
    gw_ignore(gw_method_find(GW_TEXT("sgsc-10in10-v1"), GW_ADJUSTMENT_CAPPED, &home->method, NULL));
    home->calendar = &UTC;
    home->count = 0;
    home->event_day_count = 0;
    home->window = (gw_period){slot_of(today().days, 34), slot_of(today().days, 38)};
    for (int32_t day = today().days - HISTORY_DAYS; day <= today().days; day++)
        for (int64_t slot = 0; slot < SLOTS; slot++)
            home->readings[home->count++] =
                (gw_reading){.meter = GW_TEXT("M"),
                             .start = slot_of(day, slot),
                             .energy = {seeded_between(random, 50, 900)},
                             .quality = GW_QUALITY_ACTUAL,
                             .version = 1};
}

static gw_baseline compute(gw_arena *arena, const household *home) {
    gw_baseline baseline = {0};
    gw_series series = {0};
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_series_make(arena, gw_span_seconds(1800), home->readings, home->count,
                                        &series, &fault)));
    const gw_baseline_question question = {.method = &home->method,
                                           .calendar = home->calendar,
                                           .window = home->window,
                                           .series = &series,
                                           .event_days = home->event_days,
                                           .event_day_count = home->event_day_count};
    const gw_status status = gw_baseline_compute(arena, &question, &baseline, &fault);
    if (!gw_is_ok(status)) fail_msg("%s", fault.message);
    return baseline;
}

static void assert_same(const gw_baseline *left, const gw_baseline *right) {
    assert_int_equal(left->day_count, right->day_count);
    assert_memory_equal(left->days, right->days, left->day_count * sizeof(gw_date));
    assert_memory_equal(left->s_event_wh, right->s_event_wh,
                        left->interval_count * sizeof(int64_t));
    assert_memory_equal(left->baseline_mwh, right->baseline_mwh,
                        left->interval_count * sizeof(int64_t));
    assert_int_equal(left->s_window_wh, right->s_window_wh);
    assert_int_equal(left->factor_num, right->factor_num);
    assert_int_equal(left->factor_den, right->factor_den);
}

static bool in_event(const household *home, const gw_reading *reading) {
    return gw_period_contains(home->window, reading->start);
}

/* Invariant 5 of dr_mv.md §7.4. */
static void event_readings_never_change_the_baseline(void **state) {
    (void)state;
    static household home;
    seeded random = {5};
    for (int round = 0; round < 20; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        make_household(&home, &random);
        const gw_baseline before = compute(arena, &home);
        for (size_t at = 0; at < home.count; at++)
            if (in_event(&home, &home.readings[at]))
                home.readings[at].energy.wh = seeded_between(&random, 0, 5000);
        const gw_baseline after = compute(arena, &home);
        assert_same(&before, &after);
        home.count -= SLOTS - 34; /* not even when they are missing */
        const gw_baseline without = compute(arena, &home);
        assert_same(&before, &without);
    }
}

static void days_outside_the_choice_change_nothing(void **state) {
    (void)state;
    static household home;
    seeded random = {6};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const gw_baseline before = compute(arena, &home);
    for (size_t at = 0; at < home.count; at++) {
        const int32_t day = gw_calendar_day(&UTC, home.readings[at].start).days;
        bool is_chosen = day == today().days;
        for (size_t chosen = 0; chosen < before.day_count; chosen++)
            if (before.days[chosen].days == day) is_chosen = true;
        if (!is_chosen) home.readings[at].energy.wh += 1000;
    }
    const gw_baseline after = compute(arena, &home);
    assert_same(&before, &after);
}

static void order_of_the_readings_changes_nothing(void **state) {
    (void)state;
    static household home;
    seeded random = {7};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const gw_baseline before = compute(arena, &home);
    for (size_t at = home.count - 1; at > 0; at--) {
        const size_t other = (size_t)seeded_between(&random, 0, (int64_t)at);
        const gw_reading moved = home.readings[at];
        home.readings[at] = home.readings[other];
        home.readings[other] = moved;
    }
    const gw_baseline after = compute(arena, &home);
    assert_same(&before, &after);
}

/* Invariant 6: scaled at the exact stage; the rounded value follows within half a unit. */
static void scaling_the_readings_scales_the_sums_exactly(void **state) {
    (void)state;
    static household home;
    seeded random = {8};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const gw_baseline before = compute(arena, &home);
    for (size_t at = 0; at < home.count; at++) home.readings[at].energy.wh *= 7;
    const gw_baseline after = compute(arena, &home);
    assert_int_equal(after.adjusted, before.adjusted);
    assert_int_equal(after.s_window_wh, 7 * before.s_window_wh);
    assert_true((gw_wide)after.factor_num * before.factor_den ==
                (gw_wide)before.factor_num * after.factor_den);
    for (size_t t = 0; t < 4; t++) {
        assert_int_equal(after.s_event_wh[t], 7 * before.s_event_wh[t]);
        assert_in_range(after.baseline_mwh[t] - 7 * before.baseline_mwh[t] + 4, 0, 8);
    }
}

/* Invariant 7: never outside the caps. */
static void the_adjusted_baseline_stays_within_its_caps(void **state) {
    (void)state;
    static household home;
    seeded random = {9};
    int seen[GW_ADJUSTED_COUNT] = {0};
    for (int round = 0; round < 60; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        make_household(&home, &random);
        const int64_t scale = seeded_between(&random, 50, 160);
        for (size_t at = home.count - SLOTS; at < home.count; at++)
            home.readings[at].energy.wh = home.readings[at].energy.wh * scale / 100;
        const gw_baseline baseline = compute(arena, &home);
        seen[baseline.adjusted]++;
        for (size_t t = 0; t < baseline.interval_count; t++) {
            const int64_t mean_mwh = baseline.s_event_wh[t] * 100; /* ten days */
            assert_true(baseline.baseline_mwh[t] * 5 >= mean_mwh * 4 - 5);
            assert_true(baseline.baseline_mwh[t] * 5 <= mean_mwh * 6 + 5);
        }
    }
    assert_true(seen[GW_ADJUSTED_APPLIED] > 0);
    assert_true(seen[GW_ADJUSTED_CAPPED_LOW] > 0);
    assert_true(seen[GW_ADJUSTED_CAPPED_HIGH] > 0);
}

static gw_day_reason reason_of(const gw_baseline *baseline, gw_date day) {
    for (size_t at = 0; at < baseline->excluded_count; at++)
        if (baseline->excluded[at].day.days == day.days) return baseline->excluded[at].reason;
    return GW_DAY_REASON_COUNT;
}

static void every_excluded_day_has_its_reason(void **state) {
    (void)state;
    static household home;
    seeded random = {10};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const gw_date holiday = {today().days - 1};
    const gw_calendar calendar = {.holidays = &holiday, .holiday_count = 1};
    home.calendar = &calendar;
    home.event_days[0] = (gw_date){today().days - 2};
    home.event_day_count = 1;
    home.readings[home.count - 1 - 4 * SLOTS].quality =
        GW_QUALITY_ESTIMATED; /* slot 47: no matter */
    home.readings[(size_t)(HISTORY_DAYS - 3) * SLOTS + 35].quality = GW_QUALITY_ESTIMATED;
    home.readings[(size_t)(HISTORY_DAYS - 6) * SLOTS + 26].quality = GW_QUALITY_NONE; /* a-8 */
    const gw_baseline baseline = compute(arena, &home);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 1}), GW_DAY_HOLIDAY);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 2}), GW_DAY_EVENT);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 3}), GW_DAY_INCOMPLETE);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 4}), GW_DAY_WEEKEND);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 6}), GW_DAY_INCOMPLETE);
    assert_int_equal(baseline.days[0].days, today().days - 7);
    assert_int_equal(baseline.day_count, 10);
    assert_string_equal(gw_day_reason_print(GW_DAY_CLOCK_CHANGE), "CLOCK_CHANGE");
    assert_string_equal(gw_adjusted_print(GW_ADJUSTED_NO_REFERENCE), "NO_REFERENCE");
}

static void fewer_than_five_days_are_not_enough(void **state) {
    (void)state;
    static household home;
    seeded random = {11};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const size_t keep = 7 * SLOTS; /* six past days: four of them working days */
    memmove(home.readings, home.readings + home.count - keep, keep * sizeof home.readings[0]);
    home.count = keep;
    const gw_baseline baseline = compute(arena, &home);
    assert_int_equal(baseline.day_count, 4);
    assert_false(baseline.has_enough_days);
    assert_int_equal(baseline.day_count + baseline.excluded_count, 45);
    assert_int_equal(baseline.baseline_mwh[0], 0);
}

static void a_window_without_reference_or_reading_is_not_adjusted(void **state) {
    (void)state;
    static household home;
    seeded random = {12};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    for (size_t at = 0; at < home.count; at++)
        if (at % SLOTS < 34) home.readings[at].energy.wh = 0;
    gw_baseline baseline = compute(arena, &home);
    assert_int_equal(baseline.adjusted, GW_ADJUSTED_NO_REFERENCE);
    assert_int_equal(baseline.factor_num, baseline.factor_den);
    make_household(&home, &random);
    home.readings[home.count - SLOTS + 31].quality = GW_QUALITY_SUBSTITUTED; /* a-3 */
    baseline = compute(arena, &home);
    assert_int_equal(baseline.adjusted, GW_ADJUSTED_WINDOW_MISSING);
    assert_int_equal(baseline.a_window_wh, 0);
}

/* Summer time begins on Sunday 2026-03-29 and ends on Sunday 2026-10-25 in Central Europe; the
 * clock of this calendar changes on a Wednesday, so that the day would otherwise be chosen. */
static void days_are_matched_by_wall_clock_across_a_clock_change(void **state) {
    (void)state;
    static household home;
    seeded random = {13};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const gw_zone_transition forward = {slot_of(today().days - 8, 2), 3600};
    const gw_calendar calendar = {.transitions = &forward, .transition_count = 1};
    home.calendar = &calendar;
    const gw_baseline baseline = compute(arena, &home);
    assert_int_equal(reason_of(&baseline, (gw_date){today().days - 8}), GW_DAY_CLOCK_CHANGE);
    /* 17:00 UTC is 18:00 on the clock of today; before the change 18:00 was slot 36 UTC. */
    int64_t expected = 0;
    for (size_t at = 0; at < baseline.day_count; at++) {
        const int32_t back = today().days - baseline.days[at].days;
        const size_t slot = back > 8 ? 36 : 34;
        expected += home.readings[(size_t)(HISTORY_DAYS - back) * SLOTS + slot].energy.wh;
    }
    assert_int_equal(baseline.s_event_wh[0], expected);
}

static void an_event_across_midnight_takes_the_morning_after(void **state) {
    (void)state;
    static household home;
    seeded random = {14};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    make_household(&home, &random);
    const int32_t yesterday = today().days - 1;
    home.window = (gw_period){slot_of(yesterday, 46), slot_of(yesterday, 50)};
    const gw_baseline baseline = compute(arena, &home);
    int64_t expected = 0;
    for (size_t at = 0; at < baseline.day_count; at++) {
        const int32_t back = today().days - baseline.days[at].days;
        expected += home.readings[(size_t)(HISTORY_DAYS - back + 1) * SLOTS + 1].energy.wh;
    }
    assert_int_equal(baseline.s_event_wh[3], expected);
}

static void what_does_not_fit_the_grid_is_refused(void **state) {
    (void)state;
    static household home;
    seeded random = {15};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    gw_baseline baseline = {.day_count = 77};
    const gw_series none = {.interval = {INT64_C(1800) * 1000000}};
    make_household(&home, &random);
    gw_calendar calendar = {.first_offset_s = 900};
    gw_baseline_question question = {
        .method = &home.method, .calendar = &calendar, .window = home.window, .series = &none};
    assert_int_equal(gw_baseline_compute(arena, &question, &baseline, &fault).code,
                     GW_CODE_INVALID);
    question.calendar = &UTC;
    question.window.to = slot_of(today().days + 2, 0);
    assert_int_equal(gw_baseline_compute(arena, &question, &baseline, &fault).code,
                     GW_CODE_INVALID);
    question.window.to = question.window.from;
    assert_int_equal(gw_baseline_compute(arena, &question, &baseline, &fault).code,
                     GW_CODE_INVALID);
    assert_int_equal(baseline.day_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_sized_mean_of_ten_days),
        cmocka_unit_test(hand_sized_day_of_adjustment),
        cmocka_unit_test(event_readings_never_change_the_baseline),
        cmocka_unit_test(days_outside_the_choice_change_nothing),
        cmocka_unit_test(order_of_the_readings_changes_nothing),
        cmocka_unit_test(scaling_the_readings_scales_the_sums_exactly),
        cmocka_unit_test(the_adjusted_baseline_stays_within_its_caps),
        cmocka_unit_test(every_excluded_day_has_its_reason),
        cmocka_unit_test(fewer_than_five_days_are_not_enough),
        cmocka_unit_test(a_window_without_reference_or_reading_is_not_adjusted),
        cmocka_unit_test(days_are_matched_by_wall_clock_across_a_clock_change),
        cmocka_unit_test(an_event_across_midnight_takes_the_morning_after),
        cmocka_unit_test(what_does_not_fit_the_grid_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
