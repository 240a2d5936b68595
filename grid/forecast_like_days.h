/* SPDX-License-Identifier: Apache-2.0
 *
 * Forecast of a transformer's load for one local day: per slot the mean of the last five like days,
 * corrected for temperature. Like days: working day (Monday to Friday, no holiday) or other day, as
 * the day that is forecast. Days with a clock change or with any missing slot are not used.
 * Integers only, because oracle nodes and tests must see the same bits.
 *
 * Correction: mean power * (1 + sensitivity * (forecast temperature - mean temperature of the days
 * used)); sensitivity in ppm per kelvin, negative where cold drives the load; per transformer. The
 * correction is limited to +-50 %. One rounding per slot: floor to W. Without temperatures on
 * either side the mean stands uncorrected, and says so. Pure.
 */
#pragma once

#include "base/arena.h"
#include "grid/forecast_day.h"
#include "grid/quantity.h"

#include <stdbool.h>
#include <stddef.h>

/* One past local day of a transformer: mean power per slot; a slot below 0 W is "missing". */
typedef struct gw_load_day {
    gw_date day;
    const gw_power *slots;
    size_t slot_count;
    gw_temperature mean_temperature;
    bool has_temperature;
} gw_load_day;

typedef struct gw_like_days_question {
    const gw_calendar *calendar;
    gw_date day; /* the local day to forecast */
    gw_span interval;
    int64_t sensitivity_ppm_per_k;
    gw_temperature temperature; /* forecast daily mean */
    bool has_temperature;
} gw_like_days_question;

enum { GW_LIKE_DAYS_TARGET = 5, GW_LIKE_DAYS_MIN = 1 };

typedef struct gw_like_days_forecast {
    gw_power *slots; /* slots of the forecast day, in the arena */
    size_t slot_count;
    gw_date used[GW_LIKE_DAYS_TARGET]; /* latest first */
    size_t used_count;
    gw_ratio correction; /* 1000000 = none */
    bool is_corrected;
} gw_like_days_forecast;

/* `history` in any order, days on or after the forecast day are ignored. GW_CODE_NO_DATA below
 * GW_LIKE_DAYS_MIN like days. */
GW_MUST_CHECK gw_status gw_forecast_like_days(gw_arena *arena,
                                              const gw_like_days_question *question,
                                              const gw_load_day *history, size_t count,
                                              gw_like_days_forecast *ret, gw_fault *reterr);

/* What the rule would have missed: measured - forecast of every past day that it can forecast from
 * the days before it, folded onto the wall clock, for the quantiles of grid/forecast_quantile.h. A
 * past day is corrected with its own mean temperature. Days after the last of the history up to the
 * question's day are gaps. */
GW_MUST_CHECK gw_status gw_like_days_residuals(gw_arena *arena,
                                               const gw_like_days_question *question,
                                               const gw_load_day *history, size_t count,
                                               gw_day_table *ret, gw_fault *reterr);
