/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/baseline.h"

#include "base/wide.h"

enum { MILLI = 1000 };

static const int64_t LONGEST_EVENT_US = INT64_C(86400) * 1000000;

/* The grid of one question: event intervals first, then those of the adjustment window. */
typedef struct grid {
    gw_period adjust;
    size_t event_count;
    size_t adjust_count;
    gw_date event_day;
} grid;

static gw_span interval_of(const gw_baseline_question *question) {
    return gw_span_seconds(question->method->interval_s);
}

static gw_status check_offset(int64_t offset_s, int64_t interval_s, gw_fault *reterr) {
    if (offset_s % interval_s == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                        "the zone offset %lld s is no whole number of intervals of %lld s",
                        (long long)offset_s, (long long)interval_s);
}

static gw_status check_question(const gw_baseline_question *question, gw_fault *reterr) {
    const int64_t interval_s = question->method->interval_s;
    GW_TRY(gw_method_check(question->method, reterr));
    GW_TRY(gw_calendar_check(question->calendar, reterr));
    GW_TRY(check_offset(question->calendar->first_offset_s, interval_s, reterr));
    for (size_t at = 0; at < question->calendar->transition_count; at++)
        GW_TRY(check_offset(question->calendar->transitions[at].offset_s, interval_s, reterr));
    return gw_ok();
}

static gw_status grid_make(const gw_baseline_question *question, grid *ret, gw_fault *reterr) {
    const gw_span interval = interval_of(question);
    const gw_instant start = question->window.from;
    GW_TRY(check_question(question, reterr));
    GW_TRY(gw_period_count(question->window, interval, &ret->event_count, reterr));
    if (gw_period_length(question->window).us > LONGEST_EVENT_US)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "an event longer than a day would be its own reference");
    ret->adjust.from = gw_instant_plus(start, gw_span_seconds(question->method->adjust_from_s));
    ret->adjust.to = gw_instant_plus(start, gw_span_seconds(question->method->adjust_to_s));
    GW_TRY(gw_period_count(ret->adjust, interval, &ret->adjust_count, reterr));
    ret->event_day = gw_calendar_day(question->calendar, start);
    return gw_ok();
}

static gw_instant grid_instant(const grid *made, const gw_baseline_question *question, size_t at) {
    const gw_span interval = interval_of(question);
    if (at < made->event_count)
        return gw_period_interval(question->window, interval, (int64_t)at).from;
    return gw_period_interval(made->adjust, interval, (int64_t)(at - made->event_count)).from;
}

/* The instant of interval `at` on a reference day, by wall clock. False on a clock-change day. */
static bool reference_instant(const grid *made, const gw_baseline_question *question, gw_date day,
                              size_t at, gw_instant *ret) {
    const gw_calendar *calendar = question->calendar;
    const gw_instant real = grid_instant(made, question, at);
    const int32_t shift = gw_calendar_day(calendar, real).days - made->event_day.days;
    const gw_date target = {day.days + shift};
    if (gw_calendar_is_clock_change(calendar, target)) return false;
    const gw_instant midnight = gw_calendar_day_period(calendar, target).from;
    *ret = gw_instant_plus(midnight, gw_span_seconds(gw_calendar_wall_s(calendar, real)));
    return true;
}

gw_status gw_baseline_instants(gw_arena *arena, const gw_baseline_question *question, gw_date day,
                               gw_instant **ret, size_t *ret_count, gw_fault *reterr) {
    grid made = {0};
    GW_TRY(grid_make(question, &made, reterr));
    const size_t count = made.event_count + made.adjust_count;
    gw_instant *instants = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, count, &instants, reterr));
    for (size_t at = 0; at < count; at++)
        if (!reference_instant(&made, question, day, at, &instants[at]))
            return gw_fail_with(reterr, GW_CODE_NO_DATA, NULL,
                                "a clock-change day is no reference day");
    *ret = instants;
    *ret_count = count;
    return gw_ok();
}

gw_status gw_baseline_event_instants(gw_arena *arena, const gw_baseline_question *question,
                                     gw_instant **ret, size_t *ret_count, gw_fault *reterr) {
    grid made = {0};
    GW_TRY(grid_make(question, &made, reterr));
    const size_t count = made.event_count + made.adjust_count;
    gw_instant *instants = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, count, &instants, reterr));
    for (size_t at = 0; at < count; at++) instants[at] = grid_instant(&made, question, at);
    *ret = instants;
    *ret_count = count;
    return gw_ok();
}

static bool was_called(const gw_baseline_question *question, gw_date day) {
    for (size_t at = 0; at < question->event_day_count; at++)
        if (question->event_days[at].days == day.days) return true;
    return false;
}

/* Adds the day's readings to the sums, all or nothing. False when one is missing. */
static gw_status add_day(const grid *made, const gw_baseline_question *question, gw_date day,
                         gw_baseline *baseline, bool *ret_complete, gw_fault *reterr) {
    gw_instant start = {0};
    *ret_complete = false;
    const size_t count = made->event_count + made->adjust_count;
    for (size_t at = 0; at < count; at++) {
        if (!reference_instant(made, question, day, at, &start)) return gw_ok();
        if (gw_series_measured(question->series, start) == NULL) return gw_ok();
    }
    for (size_t at = 0; at < count; at++) {
        reference_instant(made, question, day, at, &start);
        const int64_t wh = gw_series_measured(question->series, start)->energy.wh;
        int64_t *sum = at < made->event_count ? &baseline->s_event_wh[at] : &baseline->s_window_wh;
        GW_TRY(gw_int64_add(*sum, wh, sum, reterr));
    }
    *ret_complete = true;
    return gw_ok();
}

static bool touches_clock_change(const grid *made, const gw_baseline_question *question,
                                 gw_date day) {
    gw_instant ignored = {0};
    for (size_t at = 0; at < made->event_count + made->adjust_count; at++)
        if (!reference_instant(made, question, day, at, &ignored)) return true;
    return gw_calendar_is_clock_change(question->calendar, day);
}

/* Everything but completeness. GW_DAY_REASON_COUNT = no objection. */
static gw_day_reason objection(const grid *made, const gw_baseline_question *question,
                               gw_date day) {
    if (gw_calendar_is_weekend(day)) return GW_DAY_WEEKEND;
    if (gw_calendar_is_holiday(question->calendar, day)) return GW_DAY_HOLIDAY;
    if (touches_clock_change(made, question, day)) return GW_DAY_CLOCK_CHANGE;
    if (was_called(question, day)) return GW_DAY_EVENT;
    return GW_DAY_REASON_COUNT;
}

static gw_status choose_days(const grid *made, const gw_baseline_question *question,
                             gw_baseline *baseline, gw_fault *reterr) {
    const gw_method *method = question->method;
    for (int32_t back = 1; back <= method->lookback_days; back++) {
        const gw_date day = {made->event_day.days - back};
        gw_day_reason reason = objection(made, question, day);
        bool is_complete = false;
        if (reason == GW_DAY_REASON_COUNT) {
            GW_TRY(add_day(made, question, day, baseline, &is_complete, reterr));
            reason = GW_DAY_INCOMPLETE;
        }
        if (is_complete)
            baseline->days[baseline->day_count++] = day;
        else
            baseline->excluded[baseline->excluded_count++] = (gw_excluded_day){day, reason};
        if ((int64_t)baseline->day_count == method->target_days) break;
    }
    baseline->has_enough_days = (int64_t)baseline->day_count >= method->minimum_days;
    return gw_ok();
}

/* The event day's sum over the adjustment window. False when a reading is missing. */
static gw_status sum_window(const grid *made, const gw_baseline_question *question, int64_t *ret,
                            bool *ret_complete, gw_fault *reterr) {
    int64_t sum = 0;
    *ret_complete = false;
    for (size_t at = 0; at < made->adjust_count; at++) {
        const gw_instant start = grid_instant(made, question, made->event_count + at);
        const gw_reading *reading = gw_series_measured(question->series, start);
        if (reading == NULL) return gw_ok();
        GW_TRY(gw_int64_add(sum, reading->energy.wh, &sum, reterr));
    }
    *ret = sum;
    *ret_complete = true;
    return gw_ok();
}

static void set_factor(gw_baseline *baseline, gw_adjusted adjusted, int64_t num, int64_t den) {
    baseline->adjusted = adjusted;
    baseline->factor_num = num;
    baseline->factor_den = den;
}

/* Ref: dr_mv.md §2.1: ratio = n * A_w / S_w, caps tested by cross-multiplication. */
static gw_status cap_factor(const gw_method *method, gw_baseline *baseline, gw_fault *reterr) {
    const gw_wide num = gw_wide_multiply((int64_t)baseline->day_count, baseline->a_window_wh);
    const int64_t den = baseline->s_window_wh;
    int64_t narrow = 0;
    GW_TRY(gw_wide_to_int64(num, &narrow, reterr));
    if (gw_wide_multiply(narrow, method->cap_low_den) < gw_wide_multiply(den, method->cap_low_num))
        set_factor(baseline, GW_ADJUSTED_CAPPED_LOW, method->cap_low_num, method->cap_low_den);
    else if (gw_wide_multiply(narrow, method->cap_high_den) >
             gw_wide_multiply(den, method->cap_high_num))
        set_factor(baseline, GW_ADJUSTED_CAPPED_HIGH, method->cap_high_num, method->cap_high_den);
    else
        set_factor(baseline, GW_ADJUSTED_APPLIED, narrow, den);
    return gw_ok();
}

static gw_status adjust(const grid *made, const gw_baseline_question *question,
                        gw_baseline *baseline, gw_fault *reterr) {
    bool is_complete = false;
    set_factor(baseline, GW_ADJUSTED_NONE, 1, 1);
    GW_TRY(sum_window(made, question, &baseline->a_window_wh, &is_complete, reterr));
    if (!baseline->has_enough_days || question->method->adjustment == GW_ADJUSTMENT_NONE)
        return gw_ok();
    if (!is_complete)
        set_factor(baseline, GW_ADJUSTED_WINDOW_MISSING, 1, 1);
    else if (baseline->s_window_wh == 0)
        set_factor(baseline, GW_ADJUSTED_NO_REFERENCE, 1, 1);
    else
        return cap_factor(question->method, baseline, reterr);
    return gw_ok();
}

static gw_status overflow(gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_OVERFLOW, NULL, "a baseline does not fit 64 bits of mWh");
}

static gw_status round_intervals(gw_baseline *baseline, gw_fault *reterr) {
    for (size_t at = 0; at < baseline->interval_count && baseline->has_enough_days; at++) {
        gw_wide dividend = 0;
        gw_wide scaled = gw_wide_multiply(baseline->s_event_wh[at], MILLI);
        if (__builtin_mul_overflow(scaled, (gw_wide)baseline->factor_num, &dividend))
            return overflow(reterr);
        const gw_wide divisor =
            gw_wide_multiply((int64_t)baseline->day_count, baseline->factor_den);
        const gw_wide rounded = gw_wide_half_even(dividend, divisor);
        GW_TRY(gw_wide_to_int64(rounded, &baseline->baseline_mwh[at], reterr));
    }
    return gw_ok();
}

gw_status gw_baseline_compute(gw_arena *arena, const gw_baseline_question *question,
                              gw_baseline *ret, gw_fault *reterr) {
    grid made = {0};
    gw_baseline baseline = {0};
    GW_TRY(grid_make(question, &made, reterr));
    const size_t lookback = (size_t)question->method->lookback_days;
    baseline.interval_count = made.event_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_date, lookback, &baseline.days, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_excluded_day, lookback, &baseline.excluded, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made.event_count, &baseline.s_event_wh, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made.event_count, &baseline.baseline_mwh, reterr));
    GW_TRY(choose_days(&made, question, &baseline, reterr));
    GW_TRY(adjust(&made, question, &baseline, reterr));
    GW_TRY(round_intervals(&baseline, reterr));
    *ret = baseline;
    return gw_ok();
}

const char *gw_day_reason_print(gw_day_reason reason) {
    static const char *const NAMES[GW_DAY_REASON_COUNT] = {
        [GW_DAY_WEEKEND] = "WEEKEND",           [GW_DAY_HOLIDAY] = "HOLIDAY",
        [GW_DAY_CLOCK_CHANGE] = "CLOCK_CHANGE", [GW_DAY_EVENT] = "EVENT",
        [GW_DAY_INCOMPLETE] = "INCOMPLETE",
    };
    return reason < GW_DAY_REASON_COUNT ? NAMES[reason] : "";
}

const char *gw_adjusted_print(gw_adjusted adjusted) {
    static const char *const NAMES[GW_ADJUSTED_COUNT] = {
        [GW_ADJUSTED_NONE] = "NONE",
        [GW_ADJUSTED_APPLIED] = "APPLIED",
        [GW_ADJUSTED_CAPPED_LOW] = "CAPPED_LOW",
        [GW_ADJUSTED_CAPPED_HIGH] = "CAPPED_HIGH",
        [GW_ADJUSTED_NO_REFERENCE] = "NO_REFERENCE",
        [GW_ADJUSTED_WINDOW_MISSING] = "WINDOW_MISSING",
    };
    return adjusted < GW_ADJUSTED_COUNT ? NAMES[adjusted] : "";
}
