/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: readings came in, so the measured days of the forecasts follow. Looks at the journal's
 * next stretch that is in the database, makes the touched local days of each touched meter and of
 * its transformer again from the current readings, scores the issued forecasts that are over, and
 * moves its cursor in the same transaction. A day is always made as a whole, so order, repetition,
 * late values and corrections do not matter, and a kill changes nothing.
 */
#pragma once

#include "server/clock.h"
#include "server/db/pool.h"

enum { GW_FORECAST_RECORDS_MOST = 5000 }; /* journal records of one transaction */

typedef struct gw_forecast_progress {
    int stretches; /* of the journal */
    int subjects;
    int issued;
} gw_forecast_progress;

/* Until nothing new is in the database, or is_closing says so (may be NULL). */
typedef struct gw_forecast_work {
    gw_db *db;
    gw_instant now;
    bool (*is_closing)(void *context);
    void *context;
} gw_forecast_work;
GW_MUST_CHECK gw_status gw_forecast_update(const gw_forecast_work *work, gw_forecast_progress *ret,
                                           gw_fault *reterr);
