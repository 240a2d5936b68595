/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of forecasts: who is forecast, the measured days, what was issued and how good it was
 * (sql/queries/forecast_store.sql). In arrays GW_FORECAST_GAP stands for what was not measured.
 * Results live in the arena. Saving the same again changes nothing.
 */
#pragma once

#include "grid/period.h"
#include "server/db/pool.h"

/* ---- the journal's stretch that is looked at next */

typedef struct gw_forecast_stretch {
    int64_t stream;
    int64_t from_lsn;
    int64_t to_lsn;
    bool has; /* false: everything loaded is known */
} gw_forecast_stretch;
GW_MUST_CHECK gw_status gw_forecast_load_stretch(gw_db *tx, gw_arena *arena, int64_t most,
                                                 gw_forecast_stretch *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_forecast_save_stretch(gw_db *tx, gw_arena *arena,
                                                 const gw_forecast_stretch *done, gw_fault *reterr);

/* ---- subjects */

/* "METER" or "TRANSFORMER", and the name in the register. */
typedef struct gw_forecast_key {
    gw_text kind;
    gw_text id;
} gw_forecast_key;

typedef struct gw_forecast_touched {
    gw_forecast_key key;
    gw_text zone;
    gw_span interval;
    int64_t meters;
    gw_instant first_at; /* starts of the oldest and newest interval that came in */
    gw_instant last_at;
} gw_forecast_touched;
typedef struct gw_forecast_touched_list {
    gw_forecast_touched *items;
    int count;
} gw_forecast_touched_list;
GW_MUST_CHECK gw_status gw_forecast_load_touched(gw_db *tx, gw_arena *arena,
                                                 const gw_forecast_stretch *stretch,
                                                 gw_forecast_touched_list *ret, gw_fault *reterr);

typedef struct gw_forecast_measured {
    gw_instant start;
    int64_t meters; /* that have a measured import */
    gw_energy drawn;
    gw_energy fed;
} gw_forecast_measured;
typedef struct gw_forecast_measured_list {
    gw_forecast_measured *items;
    int count;
} gw_forecast_measured_list;
GW_MUST_CHECK gw_status gw_forecast_load_measured(gw_db *tx, gw_arena *arena,
                                                  const gw_forecast_key *key, gw_period period,
                                                  gw_forecast_measured_list *ret, gw_fault *reterr);

typedef struct gw_forecast_subject {
    gw_forecast_key key;
    gw_text zone;
    gw_span interval;
    gw_instant newest_at; /* start of the newest measured interval */
    gw_date before_day;   /* the levels stand before it */
    gw_row_array drawn_level_milliwatt;
    gw_row_array fed_level_milliwatt;
} gw_forecast_subject;
typedef struct gw_forecast_subject_list {
    gw_forecast_subject *items;
    int count;
} gw_forecast_subject_list;

/* Enters or moves newest_at; ret_before: days before it are not kept. */
GW_MUST_CHECK gw_status gw_forecast_touch_subject(gw_db *tx, gw_arena *arena,
                                                  const gw_forecast_subject *subject,
                                                  gw_date *ret_before, gw_fault *reterr);
/* NOT_FOUND when nothing was measured yet. */
GW_MUST_CHECK gw_status gw_forecast_load_subject(gw_db *db, gw_arena *arena,
                                                 const gw_forecast_key *key,
                                                 gw_forecast_subject *ret, gw_fault *reterr);
/* Saves before_day and levels. */
GW_MUST_CHECK gw_status gw_forecast_advance_subject(gw_db *tx, gw_arena *arena,
                                                    const gw_forecast_subject *subject,
                                                    gw_fault *reterr);

/* A turn: everybody of a zone is forecast for one purpose at one time. */
typedef struct gw_forecast_turn {
    gw_text purpose; /* "DAY_AHEAD", "INTRADAY" */
    gw_text zone;
    gw_instant due_at;
} gw_forecast_turn;
GW_MUST_CHECK gw_status gw_forecast_load_due(gw_db *tx, gw_arena *arena,
                                             const gw_forecast_turn *turn, int64_t limit,
                                             gw_forecast_subject_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_forecast_save_turned(gw_db *tx, gw_arena *arena,
                                                const gw_forecast_turn *turn,
                                                const gw_forecast_subject_list *subjects,
                                                gw_fault *reterr);
GW_MUST_CHECK gw_status gw_forecast_load_zones(gw_db *db, gw_arena *arena, gw_text **ret,
                                               int *ret_count, gw_fault *reterr);
/* Public holidays of the newest calendar of a zone, ascending. */
GW_MUST_CHECK gw_status gw_forecast_load_holidays(gw_db *db, gw_arena *arena, gw_text zone,
                                                  gw_date **ret, size_t *ret_count,
                                                  gw_fault *reterr);

/* ---- measured days */

typedef struct gw_forecast_day_row {
    gw_date day;
    gw_row_array drawn_w;
    gw_row_array fed_w;
} gw_forecast_day_row;
typedef struct gw_forecast_day_list {
    gw_forecast_day_row *items; /* ascending */
    int count;
} gw_forecast_day_list;
GW_MUST_CHECK gw_status gw_forecast_save_day(gw_db *tx, gw_arena *arena, const gw_forecast_key *key,
                                             const gw_forecast_day_row *row, gw_fault *reterr);
/* from <= day < to */
typedef struct gw_forecast_days {
    gw_date from;
    gw_date to;
} gw_forecast_days;
GW_MUST_CHECK gw_status gw_forecast_load_days(gw_db *db, gw_arena *arena,
                                              const gw_forecast_key *key, gw_forecast_days days,
                                              gw_forecast_day_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_forecast_drop_days(gw_db *tx, gw_arena *arena,
                                              const gw_forecast_key *key, gw_date before,
                                              gw_fault *reterr);
