/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_update.h"

#include "server/flow/forecast_scene.h"
#include "server/flow/forecast_score.h"
#include "server/log.h"

#include <string.h>

enum {
    ARENA_BYTES = 256 * 1024 * 1024,
    SUBJECT_BYTES = 128 * 1024 * 1024,
    COMPLETE_PCT = 95, /* of a transformer's meters; a slot with fewer is missing */
    DAYS_MOST = 500    /* that one stretch may touch of one subject */
};

typedef struct updating {
    gw_db *tx;
    gw_arena *arena;         /* of the transaction */
    gw_arena *subject_arena; /* of one subject */
    gw_instant now;
    gw_text zone; /* of the calendar below */
    gw_calendar calendar;
    int subjects;
    bool has;
} updating;

/* ---- one subject's touched days */

typedef struct touched_days {
    const gw_forecast_touched *touched;
    size_t slots;
    gw_period period; /* whole local days */
    gw_day_table drawn;
    gw_day_table fed;
    int64_t *seen; /* intervals that fell into each slot: two in the hour that comes twice */
} touched_days;

static gw_status open_days(updating *on, touched_days *days, gw_fault *reterr) {
    const gw_forecast_touched *touched = days->touched;
    const gw_date first = gw_calendar_day(&on->calendar, touched->first_at);
    const gw_date last = gw_calendar_day(&on->calendar, touched->last_at);
    const size_t count = (size_t)(last.days - first.days) + 1;
    if (count > DAYS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "forecast",
                            "one stretch of the journal touches %zu days", count);
    GW_TRY(gw_wall_slots(touched->interval, &days->slots, reterr));
    days->period = (gw_period){gw_calendar_day_period(&on->calendar, first).from,
                               gw_calendar_day_period(&on->calendar, last).to};
    GW_TRY(gw_day_table_make(on->subject_arena, first, count, days->slots, &days->drawn, reterr));
    GW_TRY(gw_day_table_make(on->subject_arena, first, count, days->slots, &days->fed, reterr));
    return GW_ARENA_NEW(on->subject_arena, int64_t, count * days->slots, &days->seen, reterr);
}

/* Mean of what fell into the slot so far. */
static int64_t mean_with(int64_t known_w, int64_t seen, int64_t w) {
    return seen == 0 ? w : (known_w * seen + w) / (seen + 1);
}

static gw_status put_measured(const updating *on, const touched_days *days,
                              const gw_forecast_measured *measured, gw_fault *reterr) {
    const gw_span interval = days->touched->interval;
    gw_power drawn;
    gw_power fed;
    if (measured->meters * 100 < days->touched->meters * COMPLETE_PCT) return gw_ok();
    GW_TRY(gw_power_from_energy(measured->drawn, interval, &drawn, reterr));
    GW_TRY(gw_power_from_energy(measured->fed, interval, &fed, reterr));
    const gw_date day = gw_calendar_day(&on->calendar, measured->start);
    const size_t slot = gw_wall_slot(&on->calendar, measured->start, interval);
    const size_t at = (size_t)(day.days - days->drawn.first.days) * days->slots + slot;
    days->drawn.w[at] = mean_with(days->drawn.w[at], days->seen[at], drawn.w);
    days->fed.w[at] = mean_with(days->fed.w[at], days->seen[at], fed.w);
    days->seen[at]++;
    return gw_ok();
}

static gw_status measure_days(const updating *on, touched_days *days, gw_fault *reterr) {
    gw_forecast_measured_list list;
    GW_TRY(gw_forecast_load_measured(on->tx, on->subject_arena, &days->touched->key, days->period,
                                     &list, reterr));
    for (int at = 0; at < list.count; at++) GW_TRY(put_measured(on, days, &list.items[at], reterr));
    return gw_ok();
}

static gw_status save_days(const updating *on, const touched_days *days, gw_date before,
                           gw_fault *reterr) {
    for (size_t at = 0; at < days->drawn.days; at++) {
        const gw_date day = {days->drawn.first.days + (int32_t)at};
        if (day.days < before.days) continue; /* the levels have gone past it */
        const gw_forecast_day_row row = {.day = day,
                                         .drawn_w = {&days->drawn.w[at * days->slots], days->slots},
                                         .fed_w = {&days->fed.w[at * days->slots], days->slots}};
        GW_TRY(gw_forecast_save_day(on->tx, on->subject_arena, &days->touched->key, &row, reterr));
    }
    return gw_ok();
}

static gw_status update_days(updating *on, const gw_forecast_touched *touched, gw_fault *reterr) {
    touched_days days = {.touched = touched};
    gw_date before;
    GW_TRY(open_days(on, &days, reterr));
    GW_TRY(measure_days(on, &days, reterr));
    const gw_forecast_subject subject = {.key = touched->key,
                                         .zone = touched->zone,
                                         .interval = touched->interval,
                                         .newest_at = touched->last_at,
                                         .before_day = days.drawn.first};
    GW_TRY(gw_forecast_touch_subject(on->tx, on->subject_arena, &subject, &before, reterr));
    GW_TRY(save_days(on, &days, before, reterr));
    const gw_forecast_ended ended = {
        touched->key,
        {touched->first_at, gw_instant_plus(touched->last_at, touched->interval)},
        on->now};
    return gw_forecast_score_ended(on->tx, on->subject_arena, &on->calendar, &ended, reterr);
}

/* ---- all of them */

static gw_status take_calendar(updating *on, const gw_forecast_touched *touched, gw_fault *reterr) {
    if (gw_text_equal(on->zone, touched->zone)) return gw_ok();
    const gw_period period = {touched->first_at,
                              gw_instant_plus(touched->last_at, touched->interval)};
    GW_TRY(
        gw_forecast_calendar_load(on->tx, on->arena, touched->zone, period, &on->calendar, reterr));
    on->zone = touched->zone;
    return gw_ok();
}

/* A subject that cannot be forecast (an odd interval) does not hold up the others. */
static gw_status update_subject(updating *on, const gw_forecast_touched *touched,
                                gw_fault *reterr) {
    gw_fault fault = {0};
    size_t slots = 0;
    if (!gw_is_ok(gw_wall_slots(touched->interval, &slots, &fault))) {
        gw_log_fault(GW_LEVEL_WARNING, "forecast.skipped", touched->key.id, &fault);
        return gw_ok();
    }
    gw_arena_reset(on->subject_arena);
    GW_TRY(take_calendar(on, touched, reterr));
    GW_TRY(update_days(on, touched, reterr));
    on->subjects++;
    return gw_ok();
}

static gw_status update_stretch(gw_db *tx, void *context, gw_fault *reterr) {
    updating *on = context;
    gw_forecast_stretch stretch;
    gw_forecast_touched_list touched;
    gw_arena_reset(on->arena);
    on->tx = tx;
    on->zone = GW_TEXT("");
    on->subjects = 0;
    GW_TRY(gw_db_lock(tx, GW_LOCK_FORECAST, 0, reterr));
    GW_TRY(gw_forecast_load_stretch(tx, on->arena, GW_FORECAST_RECORDS_MOST, &stretch, reterr));
    on->has = stretch.has;
    if (!stretch.has) return gw_ok();
    GW_TRY(gw_forecast_load_touched(tx, on->arena, &stretch, &touched, reterr));
    for (int at = 0; at < touched.count; at++)
        GW_TRY(update_subject(on, &touched.items[at], reterr));
    return gw_forecast_save_stretch(tx, on->arena, &stretch, reterr);
}

gw_status gw_forecast_update(const gw_forecast_work *work, gw_forecast_progress *ret,
                             gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    GW_AUTO_ARENA subject_arena = gw_arena_open(SUBJECT_BYTES);
    if (arena == NULL || subject_arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    updating on = {.arena = arena, .subject_arena = subject_arena, .now = work->now, .has = true};
    gw_forecast_progress made = {0};
    while (work->is_closing == NULL || !work->is_closing(work->context)) {
        GW_TRY(gw_db_transact(work->db, GW_ISOLATION_READ_COMMITTED, update_stretch, &on, reterr));
        if (!on.has) break;
        made.stretches++;
        made.subjects += on.subjects;
    }
    *ret = made;
    return gw_ok();
}
