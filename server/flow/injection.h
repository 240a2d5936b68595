/* SPDX-License-Identifier: Apache-2.0
 *
 * Base injections: what every point of a network takes in one interval, before any trade or bid.
 * For an interval that has begun from readings and what is allocated to the points without
 * (grid/flow_allocation.h); for a later one from the forecast: the middle (P50) and scenario paths.
 * Consumption is positive. Watts and var, integers, mean power of the interval.
 *
 * Faults are kept apart (gw_fault.subject): GW_CODE_NOT_FOUND "point", GW_CODE_WRONG_STATE "point"
 * (not energised), GW_CODE_NO_DATA "forecast" (there is none for this interval), GW_CODE_TOO_EARLY
 * "measurement" (the newest reading is older than the limit).
 */
#pragma once

#include "grid/period.h"
#include "grid/quantity.h"
#include "server/flow/network.h"

enum { GW_INJECTION_PATHS_MOST = 256 };

typedef enum gw_injection_kind {
    GW_INJECTION_MEASURED,  /* its own meter's reading */
    GW_INJECTION_ALLOCATED, /* its share of what is left of the head measurement, or of a profile */
    GW_INJECTION_FORECAST,
    GW_INJECTION_DOCUMENT /* nothing better: the power that the network's document says */
} gw_injection_kind;

/* low and high: the band in which it lies (P5 to P95); equal when it was measured. */
typedef struct gw_injection {
    gw_injection_kind kind;
    int64_t p_w;
    int64_t q_var;
    int64_t low_w;
    int64_t high_w;
} gw_injection;

typedef struct gw_injection_question {
    const gw_network *network;
    gw_period interval; /* one interval: 15 or 30 minutes */
    gw_instant now;
    int64_t stale_s;   /* 0: whatever the age */
    size_t paths_most; /* 0: no scenario paths */
} gw_injection_question;

typedef struct gw_injections {
    gw_period interval;
    gw_injection *points; /* net.point_count, in the order of net.points */
    size_t point_count;
    int64_t *path_w; /* path_count * point_count: all points of the first path, then the next */
    size_t path_count;
    gw_uuid forecast_id; /* zero: no forecast was needed */
    gw_instant forecast_at;
    gw_instant newest_at; /* end of the newest reading behind it; us 0: none */
    uint32_t *missing;    /* points without a measurement or forecast of their own, ascending */
    size_t missing_count;
} gw_injections;

GW_MUST_CHECK gw_status gw_injection_make(gw_db *db, gw_arena *arena,
                                          const gw_injection_question *question, gw_injections *ret,
                                          gw_fault *reterr);

/* Puts one set of injections into net->points (p_w, q_var): the middle, or a scenario path. */
enum { GW_INJECTION_MIDDLE = -1 };
GW_MUST_CHECK gw_status gw_injection_apply(const gw_injections *injections, int path, gw_net *net,
                                           gw_fault *reterr);
