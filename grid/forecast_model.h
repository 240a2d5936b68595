/* SPDX-License-Identifier: Apache-2.0
 *
 * One point's forecast as it is issued: what it draws and what it feeds in are forecast apart, the
 * net is the first minus the second. Draw: the smoother per slot and type of day, corrected for
 * heating degrees (grid/forecast_temperature.h). Feeding in: smoothed over all days alike, or from
 * irradiance (grid/forecast_irradiance.h) where that would have erred less on the days before;
 * never above its envelope.
 *
 * Tables cover past and coming days alike and have one shape; what has not happened is a gap. A
 * day's fitted values rest on the days before it only, so the residuals are those of real
 * forecasts. Within a day that has begun, gw_model_recent carries the last errors on. Everything
 * lives in the arena. Integers outside, pure. Ref: reference "grid" §6.2.
 */
#pragma once

#include "grid/forecast_irradiance.h"
#include "grid/forecast_quantile.h"
#include "grid/forecast_smooth.h"
#include "grid/forecast_temperature.h"

typedef struct gw_model_question {
    const gw_day_table *drawn;      /* W, not negative */
    const gw_day_table *fed;        /* W, not negative: what flows back */
    const gw_day_type *types;       /* of each day */
    const gw_smoother *drawn_level; /* as of the first day; run on to the end of the table */
    const gw_smoother *fed_level;   /* only GW_DAY_WORKING is used */
    const int64_t *heating_millik;  /* of each day; NULL without temperatures */
    const gw_day_table *irradiance; /* NULL without */
} gw_model_question;

typedef struct gw_model {
    gw_day_table net;       /* measured */
    gw_day_table fitted;    /* forecast net of every day and slot; a gap without any level */
    gw_day_table residuals; /* net - fitted */
    const gw_day_table *fed;
    gw_heating heating;
    gw_sun sun;
    bool has_sun;
    const char *method; /* "smoother", "smoother+temperature", ... */
} gw_model;

GW_MUST_CHECK gw_status gw_model_make(gw_arena *arena, const gw_model_question *question,
                                      gw_model *ret, gw_fault *reterr);

/* What the errors of the half hour up to `last` (day and slot) add `steps` slots later: their mean,
 * times 0.8, halved every two hours; 0 without errors. Found on the SimBench year,
 * docs/FORECAST.md. */
typedef struct gw_model_last {
    gw_date day;
    size_t slot;
} gw_model_last;
int64_t gw_model_recent(const gw_model *model, gw_model_last last, size_t steps);

/* The residuals as they are once the day is known up to the slot of `last`: each less what
 * gw_model_recent would have added on its own day. They belong to the steps that follow within
 * GW_MODEL_NEAR_S; later ones have the plain residuals. */
enum { GW_MODEL_NEAR_S = 12 * 3600 };
GW_MUST_CHECK gw_status gw_model_near(gw_arena *arena, const gw_model *model, gw_model_last last,
                                      gw_day_table *ret, gw_fault *reterr);

/* What is said for a slot: fitted + recent, never below -envelope of what is fed in (so not below 0
 * where nothing is); GW_FORECAST_GAP without any level. */
int64_t gw_model_point(const gw_model *model, gw_date day, size_t slot, int64_t recent_w);

/* The band of one slot of a day around `point_w`, from the model's residuals or those of
 * gw_model_near; never below -envelope of what is fed in. GW_CODE_NO_DATA with too few residuals
 * before that day. */
typedef struct gw_model_band_question {
    const gw_day_table *residuals;
    gw_date day;
    size_t slot;
    int64_t point_w;
} gw_model_band_question;
GW_MUST_CHECK gw_status gw_model_band(const gw_model *model, const gw_model_band_question *question,
                                      gw_band *ret, gw_fault *reterr);
