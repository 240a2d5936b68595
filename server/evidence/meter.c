/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/meter.h"

#include "server/evidence/rules.h"

#include <stdlib.h>
#include <string.h>

static gw_status refuse(gw_text meter, const char *why, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INVALID, "/meters", "meter \"%.*s\": %s",
                        GW_TEXT_ARGS(meter), why);
}

/* Index of a meter in the ascending list; meter_count when it is not there. */
static size_t find_meter(const gw_core_settlement *core, gw_text meter) {
    size_t low = 0;
    size_t high = core->meter_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (gw_text_compare(core->meters[middle].meter, meter) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < core->meter_count && gw_text_equal(core->meters[low].meter, meter)) return low;
    return core->meter_count;
}

static gw_status check_lists(const gw_core_meter *meter, gw_fault *reterr) {
    for (size_t at = 1; at < meter->event_day_count; at++)
        if (meter->event_days[at].days <= meter->event_days[at - 1].days)
            return refuse(meter->meter, "its event days do not ascend", reterr);
    for (size_t at = 0; at < meter->outage_count; at++) {
        if (!gw_period_is_valid(meter->outages[at]))
            return refuse(meter->meter, "an outage is empty", reterr);
        if (at > 0 && meter->outages[at].from.us < meter->outages[at - 1].to.us)
            return refuse(meter->meter, "its outages overlap or do not ascend", reterr);
    }
    return gw_ok();
}

/* Every meter of every order is in the list, and the list holds no other. */
static gw_status check_meters(const gw_core_settlement *core, gw_fault *reterr) {
    size_t sold = 0;
    for (size_t at = 0; at < core->meter_count; at++) {
        const gw_core_meter *meter = &core->meters[at];
        if (at > 0 && gw_text_compare(core->meters[at - 1].meter, meter->meter) >= 0)
            return refuse(meter->meter, "the list does not ascend", reterr);
        GW_TRY(check_lists(meter, reterr));
    }
    for (size_t order = 0; order < core->order_count; order++)
        for (size_t at = 0; at < core->orders[order].meter_count; at++, sold++)
            if (find_meter(core, core->orders[order].meters[at].meter) == core->meter_count)
                return refuse(core->orders[order].meters[at].meter, "it is missing", reterr);
    if (sold != core->meter_count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/meters", "a meter belongs to no order");
    return gw_ok();
}

/* ---- days of the core to a series and back ---- */

static gw_status read_value(const gw_core_settlement *core, const gw_core_meter *meter,
                            const gw_core_day *day, const gw_core_value *value, gw_reading *ret,
                            gw_fault *reterr) {
    const gw_calendar *calendar = &core->rules.calendar;
    const gw_span interval = gw_span_seconds(core->event.interval_s);
    if (value->slot < 0 || value->slot >= gw_calendar_slots(calendar, day->day, interval))
        return refuse(meter->meter, "a slot lies outside its day", reterr);
    if (value->wh < 0 || value->version < 1 || value->boot < 0 || value->seq < 0)
        return refuse(meter->meter, "a reading has a negative number or no version", reterr);
    *ret = (gw_reading){
        .meter = meter->meter,
        .channel = GW_CHANNEL_IMPORT,
        .start = gw_calendar_slot_start(calendar, day->day, value->slot, interval),
        .energy = {value->wh},
        .quality = GW_QUALITY_ACTUAL,
        .version = value->version,
        .boot = value->boot,
        .seq = value->seq,
    };
    return gw_ok();
}

static gw_status make_series(gw_arena *arena, const gw_core_settlement *core, gw_core_meter *meter,
                             gw_fault *reterr) {
    gw_reading *readings = NULL;
    size_t count = 0;
    for (size_t at = 0; at < meter->day_count; at++) count += meter->days[at].value_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, count, &readings, reterr));
    count = 0;
    for (size_t at = 0; at < meter->day_count; at++)
        for (size_t item = 0; item < meter->days[at].value_count; item++)
            GW_TRY(read_value(core, meter, &meter->days[at], &meter->days[at].values[item],
                              &readings[count++], reterr));
    return gw_series_make(arena, gw_span_seconds(core->event.interval_s), readings, count,
                          &meter->series, reterr);
}

static int by_time(const void *left_item, const void *right_item) {
    const gw_instant *left = left_item;
    const gw_instant *right = right_item;
    return left->us < right->us ? -1 : left->us > right->us;
}

/* Adds the instants that have a reading; returns the new count. */
static size_t keep_measured(const gw_series *series, const gw_instant *instants, size_t count,
                            gw_instant *kept, size_t kept_count) {
    for (size_t at = 0; at < count; at++)
        if (gw_series_measured(series, instants[at]) != NULL) kept[kept_count++] = instants[at];
    return kept_count;
}

/* All instants with a reading that this baseline looked at, ascending, without repeats. */
static gw_status list_used(gw_arena *arena, const gw_baseline_question *question,
                           const gw_baseline *baseline, gw_instant **ret, size_t *ret_count,
                           gw_fault *reterr) {
    gw_instant *instants = NULL;
    gw_instant *kept = NULL;
    size_t count = 0;
    size_t used = 0;
    GW_TRY(gw_baseline_event_instants(arena, question, &instants, &count, reterr));
    const size_t most = count * (1 + baseline->day_count + baseline->excluded_count);
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, most, &kept, reterr));
    used = keep_measured(question->series, instants, count, kept, used);
    for (size_t at = 0; at < baseline->day_count; at++) {
        GW_TRY(
            gw_baseline_instants(arena, question, baseline->days[at], &instants, &count, reterr));
        used = keep_measured(question->series, instants, count, kept, used);
    }
    for (size_t at = 0; at < baseline->excluded_count; at++) {
        if (baseline->excluded[at].reason != GW_DAY_INCOMPLETE) continue;
        GW_TRY(gw_baseline_instants(arena, question, baseline->excluded[at].day, &instants, &count,
                                    reterr));
        used = keep_measured(question->series, instants, count, kept, used);
    }
    qsort(kept, used, sizeof *kept, by_time);
    size_t distinct = 0;
    for (size_t at = 0; at < used; at++)
        if (distinct == 0 || kept[distinct - 1].us != kept[at].us) kept[distinct++] = kept[at];
    *ret = kept;
    *ret_count = distinct;
    return gw_ok();
}

static gw_status print_days(gw_arena *arena, const gw_core_settlement *core, gw_core_meter *meter,
                            const gw_instant *used, size_t count, gw_fault *reterr) {
    const gw_calendar *calendar = &core->rules.calendar;
    gw_core_value *values = NULL;
    gw_core_day *days = NULL;
    size_t day_count = 0;
    GW_TRY(GW_ARENA_NEW(arena, gw_core_value, count, &values, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_day, count, &days, reterr));
    for (size_t at = 0; at < count; at++) {
        const gw_reading *reading = gw_series_measured(&meter->series, used[at]);
        const gw_date day = gw_calendar_day(calendar, used[at]);
        values[at] =
            (gw_core_value){gw_calendar_slot(calendar, used[at], meter->series.interval),
                            reading->energy.wh, reading->version, reading->boot, reading->seq};
        if (day_count == 0 || days[day_count - 1].day.days != day.days)
            days[day_count++] = (gw_core_day){day, &values[at], 0};
        days[day_count - 1].value_count++;
    }
    meter->days = days;
    meter->day_count = day_count;
    return gw_ok();
}

/* ---- baselines ---- */

static gw_status list_actual(gw_arena *arena, const gw_baseline_question *question,
                             size_t intervals, int64_t **ret, gw_fault *reterr) {
    int64_t *actual = NULL;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, intervals, &actual, reterr));
    for (size_t t = 0; t < intervals; t++) {
        const gw_instant start =
            gw_period_interval(question->window, question->series->interval, (int64_t)t).from;
        const gw_reading *reading = gw_series_measured(question->series, start);
        actual[t] = reading == NULL ? -1 : reading->energy.wh;
    }
    *ret = actual;
    return gw_ok();
}

static void print_baseline(const gw_baseline *baseline, gw_core_baseline *ret) {
    ret->has_enough_days = baseline->has_enough_days ? 1 : 0;
    ret->days = baseline->days;
    ret->day_count = baseline->day_count;
    ret->excluded = baseline->excluded;
    ret->excluded_count = baseline->excluded_count;
    ret->s_event_wh = baseline->s_event_wh;
    ret->s_event_count = baseline->interval_count;
    ret->s_window_wh = baseline->s_window_wh;
    ret->a_window_wh = baseline->a_window_wh;
    ret->adjusted = baseline->adjusted;
    ret->factor_num = baseline->factor_num;
    ret->factor_den = baseline->factor_den;
    ret->baseline_mwh = baseline->baseline_mwh;
    ret->baseline_count = baseline->interval_count;
}

static gw_status build_meter(gw_arena *arena, const gw_core_settlement *core, gw_core_meter *meter,
                             gw_core_baseline *ret, gw_fault *reterr) {
    gw_baseline baseline = {0};
    gw_instant *used = NULL;
    size_t used_count = 0;
    if (meter->series.count == 0) GW_TRY(make_series(arena, core, meter, reterr));
    const gw_baseline_question question = {
        .method = &core->rules.method,
        .calendar = &core->rules.calendar,
        .window = gw_core_window(&core->event),
        .series = &meter->series,
        .event_days = meter->event_days,
        .event_day_count = meter->event_day_count,
    };
    GW_TRY(gw_baseline_compute(arena, &question, &baseline, reterr));
    print_baseline(&baseline, ret);
    ret->meter = meter->meter;
    ret->actual_count = baseline.interval_count;
    GW_TRY(list_actual(arena, &question, baseline.interval_count, &ret->actual_wh, reterr));
    GW_TRY(list_used(arena, &question, &baseline, &used, &used_count, reterr));
    return print_days(arena, core, meter, used, used_count, reterr);
}

gw_status gw_core_build_meters(gw_arena *arena, gw_core_settlement *core, gw_fault *reterr) {
    GW_TRY(check_meters(core, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_baseline, core->meter_count, &core->baselines, reterr));
    core->baseline_count = core->meter_count;
    for (size_t at = 0; at < core->meter_count; at++)
        GW_TRY(build_meter(arena, core, &core->meters[at], &core->baselines[at], reterr));
    for (size_t order = 0; order < core->order_count; order++)
        for (size_t at = 0; at < core->orders[order].meter_count; at++) {
            const gw_text meter = core->orders[order].meters[at].meter;
            core->baselines[find_meter(core, meter)].order_id = core->orders[order].order_id;
        }
    return gw_ok();
}

gw_meter_interval gw_core_meter_interval(const gw_core_settlement *core, gw_text meter,
                                         size_t interval_index, gw_period period) {
    const size_t at = find_meter(core, meter);
    const gw_core_baseline *baseline = &core->baselines[at];
    const int64_t actual_wh = baseline->actual_wh[interval_index];
    if (actual_wh >= 0 && baseline->has_enough_days)
        return (gw_meter_interval){GW_PRESENCE_METERED, baseline->baseline_mwh[interval_index],
                                   actual_wh};
    for (size_t outage = 0; outage < core->meters[at].outage_count; outage++)
        if (gw_period_overlaps(core->meters[at].outages[outage], period))
            return (gw_meter_interval){.presence = GW_PRESENCE_OWN_OUTAGE};
    return (gw_meter_interval){.presence = GW_PRESENCE_MISSING};
}
