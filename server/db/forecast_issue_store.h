/* SPDX-License-Identifier: Apache-2.0
 *
 * Forecasts as they were issued, and their scores (sql/queries/forecast_store.sql). Results live in
 * the arena. An issue is never changed; a score is replaced when a reading changes.
 */
#pragma once

#include "grid/forecast_score.h"
#include "server/db/forecast_store.h"

typedef struct gw_forecast_issue {
    gw_forecast_key key;
    gw_instant issued_at;
    gw_text purpose;
    gw_text method;
    gw_period period;
    gw_span interval;
    gw_row_array point_w;    /* per interval */
    gw_row_array quantile_w; /* GW_BAND_LEVELS per interval; count 0: too little was known */
    int64_t threshold_w;
} gw_forecast_issue;
typedef struct gw_forecast_issue_list {
    gw_forecast_issue *items;
    int count;
} gw_forecast_issue_list;

GW_MUST_CHECK gw_status gw_forecast_save_issue(gw_db *tx, gw_arena *arena,
                                               const gw_forecast_issue *issue, gw_fault *reterr);
/* Issues of the subject that overlap the window and are over at `now`. */
typedef struct gw_forecast_ended {
    gw_forecast_key key;
    gw_period window;
    gw_instant now;
} gw_forecast_ended;
GW_MUST_CHECK gw_status gw_forecast_load_ended(gw_db *tx, gw_arena *arena,
                                               const gw_forecast_ended *question,
                                               gw_forecast_issue_list *ret, gw_fault *reterr);
/* With their scores. */
GW_MUST_CHECK gw_status gw_forecast_forget_issues(gw_db *tx, gw_arena *arena, gw_instant before,
                                                  gw_fault *reterr);

GW_MUST_CHECK gw_status gw_forecast_save_score(gw_db *tx, gw_arena *arena,
                                               const gw_forecast_issue *issue, int64_t horizon_h,
                                               const gw_score *score, gw_fault *reterr);

typedef struct gw_forecast_score_row {
    gw_text kind;
    gw_text purpose;
    int64_t horizon_h;
    gw_score score;
} gw_forecast_score_row;
typedef struct gw_forecast_score_list {
    gw_forecast_score_row *items; /* ascending by kind, purpose, horizon; one per issue */
    int count;
} gw_forecast_score_list;
typedef struct gw_forecast_score_question {
    gw_text subject;
    gw_text kind;      /* empty: any */
    gw_text purpose;   /* empty: any */
    int64_t horizon_h; /* -1: any */
    gw_period issued;
} gw_forecast_score_question;
GW_MUST_CHECK gw_status gw_forecast_load_scores(gw_db *db, gw_arena *arena,
                                                const gw_forecast_score_question *question,
                                                gw_forecast_score_list *ret, gw_fault *reterr);
