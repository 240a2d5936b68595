/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: forecasts are issued by the clock, so that their accuracy is that of real forecasts.
 * Day ahead: once a local day for every subject; at 00:00 for the day that begins, at a later time
 * of day for the next one. Intraday: at whole multiples of a span, the next hours of every
 * transformer. A turn is due once; a subject that cannot be forecast yet lets it pass. Also moves
 * the smoother's levels past days that are no longer needed. Each chunk is one transaction and may
 * be repeated.
 */
#pragma once

#include "server/flow/forecast_update.h"

enum {
    GW_FORECAST_CHUNK = 50,     /* subjects of one transaction */
    GW_FORECAST_INTRADAY_H = 6, /* the weight of the last errors is gone after it */
    GW_FORECAST_LATE_S = 3600,  /* a turn that was missed by more is left out */
    GW_FORECAST_KEEP_DAYS = 400 /* issues and scores */
};

typedef struct gw_forecast_times {
    int64_t day_ahead_at_s;   /* of the local day; below 0: none */
    int64_t intraday_every_s; /* 0: none */
} gw_forecast_times;

GW_MUST_CHECK gw_status gw_forecast_issue_due(const gw_forecast_work *work,
                                              const gw_forecast_times *times,
                                              gw_forecast_progress *ret, gw_fault *reterr);

/* Both use cases, one after the other: what the thread and the conductor's steps call. */
GW_MUST_CHECK gw_status gw_forecast_run(const gw_forecast_work *work,
                                        const gw_forecast_times *times, gw_forecast_progress *ret,
                                        gw_fault *reterr);
