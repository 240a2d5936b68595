/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: the forecast of one meter or transformer for some intervals, as asked for now. Nothing
 * is issued or stored. Net import in W. Everything lives in the arena.
 */
#pragma once

#include "server/flow/forecast_point.h"

enum { GW_FORECAST_STEPS_MOST = 192 };

typedef struct gw_forecast_asked {
    gw_forecast_key key;
    gw_period period; /* whole intervals of the subject */
    gw_instant now;
} gw_forecast_asked;

typedef struct gw_forecast_answer {
    gw_span interval;
    gw_forecast_point point;
} gw_forecast_answer;

/* NO_DATA: too little was measured; INVALID: the period does not fit the intervals; TOO_LARGE above
 * GW_FORECAST_STEPS_MOST. That the subject is registered is the caller's matter. */
GW_MUST_CHECK gw_status gw_forecast_answer_make(gw_db *db, gw_arena *arena,
                                                const gw_forecast_asked *asked,
                                                gw_forecast_answer *ret, gw_fault *reterr);
