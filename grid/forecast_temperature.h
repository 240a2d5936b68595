/* SPDX-License-Identifier: Apache-2.0
 *
 * What a colder or warmer day than usual adds to the load, for heat pumps and electric heating.
 * Heating degrees of a day are max(0, 15 C - mean temperature). The smoother already holds the load
 * at the usual temperature, so what is fitted is the mean residual of a day against how far its
 * heating degrees, and those of the two days before, lie from their own smoothed values of the same
 * type of day: recursive least squares, forgetting 0.99. The correction is the same for all slots
 * of a day, in whole W. It is handed out only when it would have lowered the mean error of the days
 * before; else it is 0. Pure. Ref: reference "grid" §6.2.
 */
#pragma once

#include "base/arena.h"
#include "grid/forecast_day.h"
#include "grid/quantity.h"

enum { GW_HEATING_BASE_MILLIC = 15000, GW_HEATING_LAGS = 2, GW_HEATING_DAYS_LEAST = 14 };

/* Heating degrees in thousandths of a kelvin. */
int64_t gw_heating_millik(gw_temperature mean);

typedef struct gw_heating_question {
    const gw_day_table *residuals; /* gaps in the days ahead */
    const gw_day_type *types;      /* of each day */
    const int64_t *heating_millik; /* of each day; GW_FORECAST_GAP: temperature not known */
    int64_t alpha_ppm;             /* of the smoother that made the residuals */
} gw_heating_question;

typedef struct gw_heating {
    int64_t *correction_w; /* of each day, from the days before it */
    int64_t w_per_kelvin;  /* sum over the lags, for people */
    size_t days_fitted;
    bool is_used; /* false: all corrections are 0 */
} gw_heating;

GW_MUST_CHECK gw_status gw_heating_fit(gw_arena *arena, const gw_heating_question *question,
                                       gw_heating *ret, gw_fault *reterr);
