/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/forecast_issue_store.h"

#include <string.h>

static void start_with_key(gw_args *args, gw_arena *arena, const gw_forecast_key *key) {
    gw_args_init(args, arena);
    gw_bind_text(args, key->kind);
    gw_bind_text(args, key->id);
}

/* ---- issues */

gw_status gw_forecast_save_issue(gw_db *tx, gw_arena *arena, const gw_forecast_issue *issue,
                                 gw_fault *reterr) {
    gw_args args;
    start_with_key(&args, arena, &issue->key);
    gw_bind_instant(&args, issue->issued_at);
    gw_bind_text(&args, issue->purpose);
    gw_bind_text(&args, issue->method);
    gw_bind_instant(&args, issue->period.from);
    gw_bind_instant(&args, issue->period.to);
    gw_bind_int64(&args, issue->interval.us / 1000000);
    gw_bind_int64s_or_null(&args, issue->point_w.items, issue->point_w.count);
    gw_bind_int64s_or_null(&args, issue->quantile_w.items, issue->quantile_w.count);
    gw_bind_int64(&args, issue->threshold_w);
    return gw_db_exec(tx, GW_QUERY_FORECAST_ISSUE_SAVE, &args, NULL, reterr);
}

static gw_status read_issue(gw_row row, gw_arena *arena, gw_forecast_issue *ret, gw_fault *reterr) {
    int64_t interval_s = 0;
    gw_row_instant(&row, "issued_at", &ret->issued_at);
    gw_row_text(&row, "purpose", &ret->purpose);
    gw_row_instant(&row, "start_at", &ret->period.from);
    gw_row_instant(&row, "end_at", &ret->period.to);
    gw_row_int64(&row, "interval_s", &interval_s);
    GW_TRY(gw_row_int64s(&row, "point_w", arena, &ret->point_w, reterr));
    GW_TRY(gw_row_int64s(&row, "quantile_w", arena, &ret->quantile_w, reterr));
    gw_row_int64(&row, "threshold_w", &ret->threshold_w);
    ret->interval = gw_span_seconds(interval_s);
    return gw_row_end(&row, reterr);
}

gw_status gw_forecast_load_ended(gw_db *tx, gw_arena *arena, const gw_forecast_ended *question,
                                 gw_forecast_issue_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_issue_list made = {NULL, 0};
    start_with_key(&args, arena, &question->key);
    gw_bind_instant(&args, question->window.from);
    gw_bind_instant(&args, question->window.to);
    gw_bind_instant(&args, question->now);
    GW_TRY(gw_db_query(tx, GW_QUERY_FORECAST_ISSUE_ENDED, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_issue, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++) {
        made.items[made.count].key = question->key;
        GW_TRY(read_issue(gw_rows_at(&rows, made.count), arena, &made.items[made.count], reterr));
    }
    *ret = made;
    return gw_ok();
}

gw_status gw_forecast_forget_issues(gw_db *tx, gw_arena *arena, gw_instant before,
                                    gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, before);
    return gw_db_exec(tx, GW_QUERY_FORECAST_ISSUE_FORGET, &args, NULL, reterr);
}

/* ---- scores */

gw_status gw_forecast_save_score(gw_db *tx, gw_arena *arena, const gw_forecast_issue *issue,
                                 int64_t horizon_h, const gw_score *score, gw_fault *reterr) {
    gw_args args;
    start_with_key(&args, arena, &issue->key);
    gw_bind_instant(&args, issue->issued_at);
    gw_bind_text(&args, issue->purpose);
    gw_bind_int64(&args, horizon_h);
    gw_bind_int64(&args, score->count);
    gw_bind_int64(&args, score->error_w);
    gw_bind_int64(&args, score->absolute_w);
    gw_bind_int64(&args, score->squared_w2);
    gw_bind_int64(&args, score->measured_w);
    gw_bind_int64(&args, score->yesterday_count);
    gw_bind_int64(&args, score->yesterday_w);
    gw_bind_int64(&args, score->yesterday_own_w);
    gw_bind_int64(&args, score->last_week_count);
    gw_bind_int64(&args, score->last_week_w);
    gw_bind_int64(&args, score->last_week_own_w);
    gw_bind_int64(&args, score->band_count);
    gw_bind_int64s(&args, score->pinball_milliwatt, GW_BAND_LEVELS);
    gw_bind_int64s(&args, score->below, GW_BAND_LEVELS);
    gw_bind_int64(&args, score->event_count);
    gw_bind_int64s(&args, score->warned, GW_SCORE_ALARMS);
    gw_bind_int64s(&args, score->hit, GW_SCORE_ALARMS);
    return gw_db_exec(tx, GW_QUERY_FORECAST_SCORE_SAVE, &args, NULL, reterr);
}

/* An array of exactly this many numbers. */
static gw_status row_fixed(gw_row *row, const char *column, gw_arena *arena, int64_t *ret,
                           size_t count, gw_fault *reterr) {
    gw_row_array array;
    GW_TRY(gw_row_int64s(row, column, arena, &array, reterr));
    if (array.count != count)
        return gw_fail_with(reterr, GW_CODE_INTERNAL, column, "%zu numbers where %zu belong",
                            array.count, count);
    memcpy(ret, array.items, count * sizeof *ret);
    return gw_ok();
}

static void read_sums(gw_row *row, gw_score *ret) {
    gw_row_int64(row, "pairs", &ret->count);
    gw_row_int64(row, "error_w", &ret->error_w);
    gw_row_int64(row, "absolute_w", &ret->absolute_w);
    gw_row_int64(row, "squared_w2", &ret->squared_w2);
    gw_row_int64(row, "measured_w", &ret->measured_w);
    gw_row_int64(row, "yesterday_pairs", &ret->yesterday_count);
    gw_row_int64(row, "yesterday_w", &ret->yesterday_w);
    gw_row_int64(row, "yesterday_own_w", &ret->yesterday_own_w);
    gw_row_int64(row, "last_week_pairs", &ret->last_week_count);
    gw_row_int64(row, "last_week_w", &ret->last_week_w);
    gw_row_int64(row, "last_week_own_w", &ret->last_week_own_w);
    gw_row_int64(row, "band_pairs", &ret->band_count);
    gw_row_int64(row, "events", &ret->event_count);
}

static gw_status read_score(gw_row row, gw_arena *arena, gw_forecast_score_row *ret,
                            gw_fault *reterr) {
    gw_score *score = &ret->score;
    gw_row_text(&row, "subject_kind", &ret->kind);
    gw_row_text(&row, "purpose", &ret->purpose);
    gw_row_int64(&row, "horizon_h", &ret->horizon_h);
    read_sums(&row, score);
    GW_TRY(row_fixed(&row, "pinball_milliwatt", arena, score->pinball_milliwatt, GW_BAND_LEVELS,
                     reterr));
    GW_TRY(row_fixed(&row, "below", arena, score->below, GW_BAND_LEVELS, reterr));
    GW_TRY(row_fixed(&row, "warned", arena, score->warned, GW_SCORE_ALARMS, reterr));
    GW_TRY(row_fixed(&row, "hit", arena, score->hit, GW_SCORE_ALARMS, reterr));
    return gw_row_end(&row, reterr);
}

gw_status gw_forecast_load_scores(gw_db *db, gw_arena *arena,
                                  const gw_forecast_score_question *question,
                                  gw_forecast_score_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_score_list made = {NULL, 0};
    gw_args_init(&args, arena);
    gw_bind_text(&args, question->subject);
    gw_bind_text(&args, question->kind);
    gw_bind_text(&args, question->purpose);
    gw_bind_int64(&args, question->horizon_h);
    gw_bind_instant(&args, question->issued.from);
    gw_bind_instant(&args, question->issued.to);
    GW_TRY(gw_db_query(db, GW_QUERY_FORECAST_SCORE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_score_row, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++)
        GW_TRY(read_score(gw_rows_at(&rows, made.count), arena, &made.items[made.count], reterr));
    *ret = made;
    return gw_ok();
}
