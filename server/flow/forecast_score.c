/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_score.h"

#include "grid/forecast_reference.h"

enum { WEEK = 7, HORIZONS = 24 * GW_SCENE_AHEAD_DAYS, HOUR_S = 3600 };

typedef struct scoring {
    gw_arena *arena;
    const gw_calendar *calendar;
    const gw_forecast_issue *issue;
    gw_day_table net; /* from a week before the issue to its end */
    gw_score *horizons;
} scoring;

static gw_status load_net(gw_db *tx, scoring *on, gw_fault *reterr) {
    const gw_period period = on->issue->period;
    const gw_date from = gw_calendar_day(on->calendar, period.from);
    const gw_date last =
        gw_calendar_day(on->calendar, gw_instant_minus(period.to, on->issue->interval));
    const gw_forecast_days days = {{from.days - WEEK}, {last.days + 1}};
    gw_forecast_day_list rows;
    size_t slots = 0;
    GW_TRY(gw_wall_slots(on->issue->interval, &slots, reterr));
    GW_TRY(gw_day_table_make(on->arena, days.from, (size_t)(days.to.days - days.from.days), slots,
                             &on->net, reterr));
    GW_TRY(gw_forecast_load_days(tx, on->arena, &on->issue->key, days, &rows, reterr));
    for (int at = 0; at < rows.count; at++) {
        const gw_forecast_day_row *row = &rows.items[at];
        for (size_t slot = 0; slot < slots && slot < row->drawn_w.count; slot++)
            if (row->drawn_w.items[slot] != GW_FORECAST_GAP)
                gw_day_table_put(&on->net, row->day, slot,
                                 row->drawn_w.items[slot] - row->fed_w.items[slot]);
    }
    return gw_ok();
}

static bool read_band(const gw_forecast_issue *issue, size_t step, gw_band *ret) {
    if (issue->quantile_w.count != issue->point_w.count * GW_BAND_LEVELS) return false;
    for (size_t at = 0; at < GW_BAND_LEVELS; at++)
        ret->w[at] = issue->quantile_w.items[step * GW_BAND_LEVELS + at];
    return true;
}

static void score_step(const scoring *on, size_t step) {
    const gw_forecast_issue *issue = on->issue;
    const gw_instant start = gw_period_interval(issue->period, issue->interval, (int64_t)step).from;
    const gw_date day = gw_calendar_day(on->calendar, start);
    const size_t slot = gw_wall_slot(on->calendar, start, issue->interval);
    const int64_t horizon_h = gw_instant_since(start, issue->issued_at).us / 1000000 / HOUR_S;
    gw_band band;
    const gw_score_pair pair = {.measured_w = gw_day_table_at(&on->net, day, slot),
                                .forecast_w = issue->point_w.items[step],
                                .yesterday_w = gw_reference_yesterday(&on->net, day, slot),
                                .last_week_w = gw_reference_last_week(&on->net, day, slot),
                                .threshold_w = issue->threshold_w,
                                .band = read_band(issue, step, &band) ? &band : NULL};
    if (pair.measured_w == GW_FORECAST_GAP || horizon_h < 0 || horizon_h >= HORIZONS) return;
    gw_score_add(&on->horizons[horizon_h], &pair);
}

static gw_status score_issue(gw_db *tx, scoring *on, gw_fault *reterr) {
    GW_TRY(load_net(tx, on, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, gw_score, HORIZONS, &on->horizons, reterr));
    for (size_t step = 0; step < on->issue->point_w.count; step++) score_step(on, step);
    for (int64_t horizon_h = 0; horizon_h < HORIZONS; horizon_h++)
        if (on->horizons[horizon_h].count > 0)
            GW_TRY(gw_forecast_save_score(tx, on->arena, on->issue, horizon_h,
                                          &on->horizons[horizon_h], reterr));
    return gw_ok();
}

gw_status gw_forecast_score_ended(gw_db *tx, gw_arena *arena, const gw_calendar *calendar,
                                  const gw_forecast_ended *ended, gw_fault *reterr) {
    gw_forecast_issue_list issues;
    GW_TRY(gw_forecast_load_ended(tx, arena, ended, &issues, reterr));
    for (int at = 0; at < issues.count; at++) {
        scoring on = {.arena = arena, .calendar = calendar, .issue = &issues.items[at]};
        GW_TRY(score_issue(tx, &on, reterr));
    }
    return gw_ok();
}
