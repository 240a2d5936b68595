/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: forecast a transformer's load for some intervals. Per local day the rule is
 * grid/forecast_like_days.h: the mean of the last five like days, corrected for temperature. This
 * flow gathers what the rule needs: the meters below the transformer, their net import per
 * interval, the zone and holidays, the temperatures that were known. Quantiles come from what the
 * rule would have missed on the days of its own history. Everything lives in the arena.
 *
 * The smoother (server/flow/forecast_subject.h) is the other method; docs/adr/0018 says which is
 * used where.
 */
#pragma once

#include "grid/forecast_like_days.h"
#include "grid/forecast_quantile.h"
#include "grid/period.h"
#include "server/db/pool.h"

enum { GW_FORECAST_MOST = 192 }; /* intervals of one question */

typedef struct gw_forecast_question {
    gw_text transformer;
    gw_period period; /* whole intervals of the meters */
    gw_instant now;
} gw_forecast_question;

typedef struct gw_forecast_item {
    gw_instant start;
    gw_power load;
    gw_power need; /* what is above the limit */
    gw_band band;  /* residuals 0: too little is known for quantiles */
} gw_forecast_item;

typedef struct gw_transformer_forecast {
    int64_t interval_s;
    gw_power rating;
    gw_power limit; /* the share of the rating above which it is congested */
    gw_forecast_item *items;
    size_t count;
    gw_like_days_forecast first_day; /* like days and correction of the first local day */
    bool has_temperature;            /* of the first local day */
    gw_temperature temperature;      /* forecast mean of the first local day */
} gw_transformer_forecast;

/* NOT_FOUND: no such transformer; NO_DATA: no meters or no like days; INVALID: the period does not
 * fit the meters' intervals; TOO_LARGE above GW_FORECAST_MOST. */
GW_MUST_CHECK gw_status gw_forecast_make(gw_db *db, gw_arena *arena,
                                         const gw_forecast_question *question,
                                         gw_transformer_forecast *ret, gw_fault *reterr);
