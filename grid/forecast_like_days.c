/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_like_days.h"

#include <assert.h>

#include "base/wide.h"

enum { PPM = 1000000, MAX_CORRECTION_PPM = 500000, MILLI = 1000 };

static bool is_complete(const gw_load_day *load, size_t slot_count) {
    if (load->slot_count != slot_count) return false;
    for (size_t at = 0; at < slot_count; at++)
        if (load->slots[at].w < 0) return false;
    return true;
}

static bool is_like(const gw_like_days_question *question, const gw_load_day *load,
                    size_t slot_count) {
    const gw_calendar *calendar = question->calendar;
    if (load->day.days >= question->day.days) return false;
    if (gw_calendar_is_clock_change(calendar, load->day)) return false;
    if (gw_calendar_is_working_day(calendar, load->day) !=
        gw_calendar_is_working_day(calendar, question->day))
        return false;
    return is_complete(load, slot_count);
}

/* Inserts into the list of the latest days, latest first; drops the oldest when it is full. */
static size_t keep_latest(const gw_load_day **chosen, size_t count, const gw_load_day *load) {
    size_t at = count < GW_LIKE_DAYS_TARGET ? count : GW_LIKE_DAYS_TARGET;
    while (at > 0 && chosen[at - 1]->day.days < load->day.days) {
        if (at < GW_LIKE_DAYS_TARGET) chosen[at] = chosen[at - 1];
        at--;
    }
    if (at < GW_LIKE_DAYS_TARGET) chosen[at] = load;
    return count < GW_LIKE_DAYS_TARGET ? count + 1 : count;
}

static gw_ratio correction(const gw_like_days_question *question, const gw_load_day **chosen,
                           size_t count, bool *is_corrected) {
    gw_wide sum_millic = 0;
    *is_corrected = question->has_temperature;
    for (size_t at = 0; at < count; at++) {
        if (!chosen[at]->has_temperature) *is_corrected = false;
        sum_millic += chosen[at]->mean_temperature.millic;
    }
    if (!*is_corrected) return (gw_ratio){PPM};
    const gw_wide days = (gw_wide)count;
    const gw_wide difference = question->temperature.millic * days - sum_millic; /* times days */
    gw_wide ppm = gw_wide_floor(difference * question->sensitivity_ppm_per_k, days * MILLI);
    if (ppm > MAX_CORRECTION_PPM) ppm = MAX_CORRECTION_PPM;
    if (ppm < -MAX_CORRECTION_PPM) ppm = -MAX_CORRECTION_PPM;
    return (gw_ratio){PPM + (int64_t)ppm};
}

/* The slot of a normal day that the clock of this slot shows. */
static size_t reference_slot(const gw_like_days_question *question, size_t slot) {
    const gw_instant at = gw_calendar_slot_start(question->calendar, question->day, (int64_t)slot,
                                                 question->interval);
    const int64_t wall_s = gw_calendar_wall_s(question->calendar, at);
    return (size_t)(wall_s * 1000000 / question->interval.us);
}

static gw_status fill_slots(const gw_like_days_question *question, const gw_load_day **chosen,
                            gw_like_days_forecast *forecast, gw_fault *reterr) {
    for (size_t slot = 0; slot < forecast->slot_count; slot++) {
        const size_t reference = reference_slot(question, slot);
        gw_wide sum = 0;
        for (size_t at = 0; at < forecast->used_count; at++) {
            assert(chosen[at] != NULL); /* keep_latest filled as many as it counted */
            sum += chosen[at]->slots[reference].w;
        }
        const gw_wide divisor = (gw_wide)forecast->used_count * PPM;
        const gw_wide watts = gw_wide_floor(sum * forecast->correction.ppm, divisor);
        GW_TRY(gw_wide_to_int64(watts, &forecast->slots[slot].w, reterr));
    }
    return gw_ok();
}

gw_status gw_forecast_like_days(gw_arena *arena, const gw_like_days_question *question,
                                const gw_load_day *history, size_t count,
                                gw_like_days_forecast *ret, gw_fault *reterr) {
    const gw_load_day *chosen[GW_LIKE_DAYS_TARGET] = {0};
    gw_like_days_forecast made = {0};
    const size_t normal_slots = (size_t)(INT64_C(86400) * 1000000 / question->interval.us);
    for (size_t at = 0; at < count; at++)
        if (is_like(question, &history[at], normal_slots))
            made.used_count = keep_latest(chosen, made.used_count, &history[at]);
    if (made.used_count < GW_LIKE_DAYS_MIN)
        return gw_fail_with(reterr, GW_CODE_NO_DATA, NULL,
                            "there is no complete like day before the day that is forecast");
    for (size_t at = 0; at < made.used_count; at++) made.used[at] = chosen[at]->day;
    made.correction = correction(question, chosen, made.used_count, &made.is_corrected);
    made.slot_count =
        (size_t)gw_calendar_slots(question->calendar, question->day, question->interval);
    GW_TRY(GW_ARENA_NEW(arena, gw_power, made.slot_count, &made.slots, reterr));
    GW_TRY(fill_slots(question, chosen, &made, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- what it would have missed */

static void put_residuals(const gw_like_days_question *question, const gw_load_day *load,
                          const gw_like_days_forecast *made, const gw_day_table *table) {
    if (load->slot_count != made->slot_count) return;
    for (size_t slot = 0; slot < made->slot_count; slot++) {
        if (load->slots[slot].w < 0) continue;
        const gw_instant at = gw_calendar_slot_start(question->calendar, load->day, (int64_t)slot,
                                                     question->interval);
        gw_day_table_put(table, load->day, gw_wall_slot(question->calendar, at, question->interval),
                         load->slots[slot].w - made->slots[slot].w);
    }
}

static gw_date oldest_day(const gw_load_day *history, size_t count, gw_date otherwise) {
    gw_date oldest = otherwise;
    for (size_t at = 0; at < count; at++)
        if (history[at].day.days < oldest.days) oldest = history[at].day;
    return oldest;
}

gw_status gw_like_days_residuals(gw_arena *arena, const gw_like_days_question *question,
                                 const gw_load_day *history, size_t count, gw_day_table *ret,
                                 gw_fault *reterr) {
    gw_day_table made;
    size_t slots = 0;
    const gw_date first = oldest_day(history, count, question->day);
    GW_TRY(gw_wall_slots(question->interval, &slots, reterr));
    GW_TRY(gw_day_table_make(arena, first, (size_t)(question->day.days - first.days), slots, &made,
                             reterr));
    for (size_t at = 0; at < count; at++) {
        gw_like_days_question past = *question;
        gw_like_days_forecast forecast;
        past.day = history[at].day;
        past.temperature = history[at].mean_temperature;
        past.has_temperature = history[at].has_temperature;
        if (past.day.days >= question->day.days) continue;
        const gw_status said = gw_forecast_like_days(arena, &past, history, count, &forecast, NULL);
        if (said.code == GW_CODE_NO_DATA) continue; /* there is no like day before it */
        if (!gw_is_ok(said)) return gw_fail(reterr, said.code);
        put_residuals(question, &history[at], &forecast, &made);
    }
    *ret = made;
    return gw_ok();
}
