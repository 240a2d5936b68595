/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_issue.h"

#include "server/db/forecast_issue_store.h"
#include "server/db/transformer_store.h"
#include "server/flow/forecast_point.h"
#include "server/flow/forecast_score.h"

enum {
    ARENA_BYTES = 256 * 1024 * 1024,
    SUBJECT_BYTES = 64 * 1024 * 1024,
    PERCENT = 100,
    SCORED_AGAIN_DAYS = 2
};

typedef struct issuing {
    gw_db *tx;
    gw_arena *arena;         /* of one chunk */
    gw_arena *subject_arena; /* of one subject */
    gw_instant now;
    gw_forecast_turn turn;
    gw_period period;     /* that is forecast, of the turn */
    gw_calendar calendar; /* of the turn's zone */
    const gw_forecast_scene *scene;
    int issued;
    bool is_done;
} issuing;

/* ---- moving the levels on */

static gw_row_array all_levels(const gw_smoother *smoother) {
    return (gw_row_array){smoother->level_milliwatt, GW_DAY_TYPES * smoother->slots};
}

/* The days before the scene are behind every pool of residuals: they live on in the levels. */
static gw_status advance(const issuing *on, const gw_forecast_subject *subject, gw_fault *reterr) {
    gw_forecast_past past;
    if (subject->before_day.days >= on->scene->first.days) return gw_ok();
    GW_TRY(gw_forecast_past_load(on->tx, on->subject_arena, on->scene, subject, &past, reterr));
    gw_forecast_subject moved = *subject;
    moved.before_day = on->scene->first;
    moved.drawn_level_milliwatt = all_levels(&past.drawn_level);
    moved.fed_level_milliwatt = all_levels(&past.fed_level);
    GW_TRY(gw_forecast_advance_subject(on->tx, on->subject_arena, &moved, reterr));
    return gw_forecast_drop_days(on->tx, on->subject_arena, &subject->key, moved.before_day,
                                 reterr);
}

/* ---- one subject */

static gw_status threshold(const issuing *on, const gw_forecast_subject *subject,
                           const gw_model *model, int64_t *ret, gw_fault *reterr) {
    gw_transformer_row transformer;
    if (!gw_text_is(subject->key.kind, "TRANSFORMER"))
        return gw_forecast_threshold(on->subject_arena, &model->net, ret, reterr);
    GW_TRY(gw_transformer_load(on->tx, on->subject_arena, subject->key.id, &transformer, reterr));
    *ret = transformer.rating.w * transformer.limit_pct / PERCENT;
    return gw_ok();
}

static gw_status fill_issue(const issuing *on, const gw_forecast_point *point,
                            gw_forecast_issue *issue, gw_fault *reterr) {
    const size_t bands = point->has_bands ? point->count * GW_BAND_LEVELS : 0;
    issue->method = gw_text_from_c(point->model.method);
    issue->point_w.count = point->count;
    issue->quantile_w.count = bands;
    GW_TRY(GW_ARENA_NEW(on->subject_arena, int64_t, point->count, &issue->point_w.items, reterr));
    GW_TRY(GW_ARENA_NEW(on->subject_arena, int64_t, bands, &issue->quantile_w.items, reterr));
    for (size_t at = 0; at < point->count; at++)
        issue->point_w.items[at] = point->steps[at].point_w;
    for (size_t at = 0; at < bands; at++)
        issue->quantile_w.items[at] = point->steps[at / GW_BAND_LEVELS].band.w[at % GW_BAND_LEVELS];
    return threshold(on, &(gw_forecast_subject){.key = issue->key}, &point->model,
                     &issue->threshold_w, reterr);
}

static gw_status issue_subject(issuing *on, const gw_forecast_subject *subject, gw_fault *reterr) {
    gw_forecast_point point;
    const gw_forecast_point_question question = {on->scene, subject, on->period};
    const gw_status made =
        gw_forecast_point_make(on->tx, on->subject_arena, &question, &point, reterr);
    if (made.code == GW_CODE_NO_DATA || made.code == GW_CODE_INVALID) return gw_ok(); /* passes */
    GW_TRY(made);
    gw_forecast_issue issue = {.key = subject->key,
                               .issued_at = on->turn.due_at,
                               .purpose = on->turn.purpose,
                               .period = on->period,
                               .interval = subject->interval};
    GW_TRY(fill_issue(on, &point, &issue, reterr));
    GW_TRY(gw_forecast_save_issue(on->tx, on->subject_arena, &issue, reterr));
    on->issued++;
    return gw_ok();
}

/* ---- one chunk */

/* Subjects of one zone rarely differ in interval: the scene is made again when they do. */
static gw_status take_scene(issuing *on, const gw_forecast_subject *subject, gw_fault *reterr) {
    if (on->scene != NULL && on->scene->interval.us == subject->interval.us) return gw_ok();
    gw_forecast_scene *scene = NULL;
    const gw_forecast_scene_question question = {on->turn.zone, subject->interval, on->period,
                                                 on->now};
    GW_TRY(GW_ARENA_NEW(on->arena, gw_forecast_scene, 1, &scene, reterr));
    GW_TRY(gw_forecast_scene_load(on->tx, on->arena, &question, scene, reterr));
    on->scene = scene;
    return gw_ok();
}

/* What ended without a reading behind it was not scored when it ended. */
static gw_status score_last_days(const issuing *on, const gw_forecast_subject *subject,
                                 gw_fault *reterr) {
    const gw_span back = gw_span_seconds(INT64_C(86400) * SCORED_AGAIN_DAYS);
    const gw_forecast_ended ended = {
        subject->key, {gw_instant_minus(on->now, back), on->now}, on->now};
    if (!gw_text_is(on->turn.purpose, "DAY_AHEAD")) return gw_ok();
    return gw_forecast_score_ended(on->tx, on->subject_arena, &on->scene->calendar, &ended, reterr);
}

static gw_status issue_chunk(gw_db *tx, void *context, gw_fault *reterr) {
    issuing *on = context;
    gw_forecast_subject_list subjects;
    gw_arena_reset(on->arena);
    on->tx = tx;
    on->scene = NULL;
    on->issued = 0;
    GW_TRY(gw_db_lock(tx, GW_LOCK_FORECAST, 0, reterr));
    GW_TRY(gw_forecast_load_due(tx, on->arena, &on->turn, GW_FORECAST_CHUNK, &subjects, reterr));
    on->is_done = subjects.count < GW_FORECAST_CHUNK;
    for (int at = 0; at < subjects.count; at++) {
        gw_arena_reset(on->subject_arena);
        GW_TRY(take_scene(on, &subjects.items[at], reterr));
        GW_TRY(issue_subject(on, &subjects.items[at], reterr));
        GW_TRY(score_last_days(on, &subjects.items[at], reterr));
        GW_TRY(advance(on, &subjects.items[at], reterr));
    }
    return gw_forecast_save_turned(tx, on->arena, &on->turn, &subjects, reterr);
}

static gw_status run_turn(issuing *on, const gw_forecast_work *work, gw_forecast_progress *made,
                          gw_fault *reterr) {
    on->is_done = false;
    while (!on->is_done && (work->is_closing == NULL || !work->is_closing(work->context))) {
        GW_TRY(gw_db_transact(work->db, GW_ISOLATION_READ_COMMITTED, issue_chunk, on, reterr));
        made->issued += on->issued;
    }
    return gw_ok();
}

/* ---- which turns are due */

static bool is_in_time(const issuing *on) {
    const int64_t late_us = gw_instant_since(on->now, on->turn.due_at).us;
    return late_us >= 0 && late_us <= INT64_C(1000000) * GW_FORECAST_LATE_S;
}

/* At 00:00 for the day that begins, later in the day for the next one. */
static bool find_day_ahead(issuing *on, const gw_forecast_times *times) {
    if (times->day_ahead_at_s < 0) return false;
    const gw_date today = gw_calendar_day(&on->calendar, on->now);
    const gw_date target = {today.days + (times->day_ahead_at_s > 0 ? 1 : 0)};
    on->turn.purpose = GW_TEXT("DAY_AHEAD");
    on->turn.due_at = gw_instant_plus(gw_calendar_day_period(&on->calendar, today).from,
                                      gw_span_seconds(times->day_ahead_at_s));
    on->period = gw_calendar_day_period(&on->calendar, target);
    return is_in_time(on);
}

static bool find_intraday(issuing *on, const gw_forecast_times *times) {
    if (times->intraday_every_s <= 0) return false;
    const int64_t every_us = times->intraday_every_s * 1000000;
    on->turn.purpose = GW_TEXT("INTRADAY");
    on->turn.due_at.us = on->now.us / every_us * every_us;
    on->period = (gw_period){
        on->turn.due_at,
        gw_instant_plus(on->turn.due_at, gw_span_seconds(GW_FORECAST_INTRADAY_H * 3600))};
    return is_in_time(on);
}

static gw_status run_zone(issuing *on, const gw_forecast_work *work, const gw_forecast_times *times,
                          gw_forecast_progress *made, gw_fault *reterr) {
    const gw_period today = {on->now, gw_instant_plus(on->now, gw_span_seconds(86400))};
    GW_AUTO_ARENA arena = gw_arena_open(SUBJECT_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_forecast_calendar_load(work->db, arena, on->turn.zone, today, &on->calendar, reterr));
    if (find_day_ahead(on, times)) GW_TRY(run_turn(on, work, made, reterr));
    if (find_intraday(on, times)) GW_TRY(run_turn(on, work, made, reterr));
    return gw_ok();
}

gw_status gw_forecast_issue_due(const gw_forecast_work *work, const gw_forecast_times *times,
                                gw_forecast_progress *ret, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    GW_AUTO_ARENA subject_arena = gw_arena_open(SUBJECT_BYTES);
    GW_AUTO_ARENA names = gw_arena_open(1 << 20);
    if (arena == NULL || subject_arena == NULL || names == NULL)
        return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_text *zones = NULL;
    int count = 0;
    gw_forecast_progress made = {0};
    GW_TRY(gw_forecast_load_zones(work->db, names, &zones, &count, reterr));
    for (int at = 0; at < count; at++) {
        issuing on = {.arena = arena,
                      .subject_arena = subject_arena,
                      .now = work->now,
                      .turn = {.zone = zones[at]}};
        GW_TRY(run_zone(&on, work, times, &made, reterr));
    }
    *ret = made;
    if (made.issued == 0) return gw_ok();
    const gw_span kept = gw_span_seconds(INT64_C(86400) * GW_FORECAST_KEEP_DAYS);
    return gw_forecast_forget_issues(work->db, names, gw_instant_minus(work->now, kept), reterr);
}

gw_status gw_forecast_run(const gw_forecast_work *work, const gw_forecast_times *times,
                          gw_forecast_progress *ret, gw_fault *reterr) {
    gw_forecast_progress updated;
    gw_forecast_progress issued;
    GW_TRY(gw_forecast_update(work, &updated, reterr));
    GW_TRY(gw_forecast_issue_due(work, times, &issued, reterr));
    updated.issued = issued.issued;
    *ret = updated;
    return gw_ok();
}
