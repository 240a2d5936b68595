/* SPDX-License-Identifier: Apache-2.0
 *
 * One point's forecast for a period, from the days that the update has kept
 * (server/flow/forecast_update.h): the model of grid/forecast_model.h run over the scene's days.
 * Read-only. Everything lives in the arena.
 */
#pragma once

#include "server/flow/forecast_scene.h"

typedef struct gw_forecast_step {
    gw_instant start;
    gw_date day; /* local */
    size_t slot; /* of the wall clock */
    int64_t point_w;
    gw_band band; /* residuals 0: too little is known for quantiles */
} gw_forecast_step;

typedef struct gw_forecast_point {
    gw_model model;
    gw_day_table near; /* residuals of the near steps, gw_model_near */
    size_t near_count; /* how many of the steps are; 0: nothing was measured just before */
    gw_forecast_step *steps;
    size_t count;
    gw_instant newest_at; /* start of the newest measured interval */
    bool has_bands;       /* every step has one */
} gw_forecast_point;

/* Measured days and levels of a subject on the scene's days. */
typedef struct gw_forecast_past {
    gw_day_table drawn;
    gw_day_table fed;
    gw_smoother drawn_level; /* before the scene's first day */
    gw_smoother fed_level;
} gw_forecast_past;
GW_MUST_CHECK gw_status gw_forecast_past_load(gw_db *db, gw_arena *arena,
                                              const gw_forecast_scene *scene,
                                              const gw_forecast_subject *subject,
                                              gw_forecast_past *ret, gw_fault *reterr);

/* NO_DATA: a slot of the period was never measured; INVALID: the period does not fit the
 * interval. */
typedef struct gw_forecast_point_question {
    const gw_forecast_scene *scene;
    const gw_forecast_subject *subject;
    gw_period period;
} gw_forecast_point_question;
GW_MUST_CHECK gw_status gw_forecast_point_make(gw_db *db, gw_arena *arena,
                                               const gw_forecast_point_question *question,
                                               gw_forecast_point *ret, gw_fault *reterr);

/* Above it an interval counts as an event: the 97 % quantile of the last 56 days' net;
 * INT64_MAX with less than a day of values. */
GW_MUST_CHECK gw_status gw_forecast_threshold(gw_arena *arena, const gw_day_table *net,
                                              int64_t *ret, gw_fault *reterr);
