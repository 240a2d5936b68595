/* SPDX-License-Identifier: Apache-2.0
 *
 * What several meters will draw, for power flows: per meter the point forecast (P50) of a period,
 * its band, and joint scenario paths (grid/forecast_path.h). Net import in W, consumption positive,
 * feeding back negative. Read-only: nothing is issued or stored. Everything lives in the arena.
 *
 * A meter without enough history is listed as missing; its P50 and paths are 0 and its band is
 * empty: the caller decides what to assume about it.
 */
#pragma once

#include "grid/forecast_path.h"
#include "grid/period.h"
#include "server/db/pool.h"

enum { GW_FORECAST_METERS_MOST = 2000 }; /* of one question; about 100 kB each, and the paths */

typedef struct gw_forecast_paths_question {
    const gw_text *meters; /* all of one interval and one zone */
    size_t meter_count;
    gw_period period;  /* whole intervals of the meters, at most 192 */
    gw_instant now;    /* what was known at that time */
    size_t path_count; /* 0: no paths */
    uint64_t seed;
} gw_forecast_paths_question;

typedef struct gw_forecast_meter {
    gw_text meter;
    const int64_t *p50_w;      /* one per step */
    const gw_band *bands;      /* one per step; NULL when missing */
    gw_instant newest_reading; /* start of the last interval that the forecast knows; us 0: none */
    bool is_missing;
} gw_forecast_meter;

typedef struct gw_forecast_paths {
    gw_text forecast_id; /* "f-" and 16 hex digits: content address of method, inputs and time */
    gw_text method;
    gw_span interval;
    size_t step_count;
    gw_forecast_meter *meters; /* in the order of the question */
    size_t missing_count;
    gw_paths paths; /* path_count 0 when none were asked for; points in the order of the question */
} gw_forecast_paths;

/* NOT_FOUND: a meter that is not registered; UNSUPPORTED: meters of different interval or zone;
 * INVALID: the period does not fit the interval; TOO_LARGE beyond the limits. */
GW_MUST_CHECK gw_status gw_forecast_paths_load(gw_db *db, gw_arena *arena,
                                               const gw_forecast_paths_question *question,
                                               gw_forecast_paths *ret, gw_fault *reterr);
