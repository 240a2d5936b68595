/* SPDX-License-Identifier: Apache-2.0
 *
 * What the forecasts of all points of one zone and interval share: the local days from eleven weeks
 * before the forecast to its end, their types, and the weather that was known. Loaded once for any
 * number of points. Everything lives in the arena.
 */
#pragma once

#include "grid/forecast_model.h"
#include "server/db/forecast_store.h"

enum {
    GW_SCENE_PAST_DAYS = 77,  /* 56 of residuals, three Saturdays in front of them */
    GW_SCENE_AHEAD_DAYS = 14, /* the longest forecast */
    GW_SCENE_HOURS_LEAST = 18 /* of a day's temperature, else its mean is not known */
};

typedef struct gw_forecast_scene {
    gw_text zone;
    gw_span interval;
    size_t slots;
    gw_calendar calendar;
    gw_date first; /* of the days */
    size_t days;
    gw_day_type *types;
    int64_t *heating_millik; /* of each day; NULL: no temperature is known */
    gw_day_table irradiance; /* milliW/m2 */
    bool has_irradiance;
    gw_instant now;
} gw_forecast_scene;

typedef struct gw_forecast_scene_question {
    gw_text zone;
    gw_span interval;
    gw_period period; /* that will be forecast */
    gw_instant now;   /* weather that came in later is not used */
} gw_forecast_scene_question;

/* UNSUPPORTED: the interval does not divide a day; TOO_LARGE: the period is longer than
 * GW_SCENE_AHEAD_DAYS. */
GW_MUST_CHECK gw_status gw_forecast_scene_load(gw_db *db, gw_arena *arena,
                                               const gw_forecast_scene_question *question,
                                               gw_forecast_scene *ret, gw_fault *reterr);

/* Holidays and zone transitions only. */
GW_MUST_CHECK gw_status gw_forecast_calendar_load(gw_db *db, gw_arena *arena, gw_text zone,
                                                  gw_period period, gw_calendar *ret,
                                                  gw_fault *reterr);
