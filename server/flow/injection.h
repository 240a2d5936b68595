/* SPDX-License-Identifier: Apache-2.0
 *
 * Base injections: what every point of a network takes in one interval, before any trade or bid.
 * For an interval that is over from readings, and what its own forecast said where a reading is
 * missing, brought to what the head of the network measured; for a later one from the forecast: the
 * middle (P50), its band and scenario paths. A point without a meter, or whose meter has neither,
 * takes what the document says. Consumption is positive. Watts and var, integers, mean power of the
 * interval. Reactive power goes along with the active power as in the document, and is zero for
 * what feeds in.
 *
 * Faults are kept apart (gw_fault.subject): GW_CODE_NOT_FOUND "point" (gw_network_find_point),
 * GW_CODE_NO_DATA "forecast" (no meter of the network has one for this interval), GW_CODE_NO_DATA
 * "measurement" (the newest reading is older than the limit). A point in the dark takes nothing and
 * is no fault here.
 */
#pragma once

#include "grid/flow_quantise.h"
#include "grid/period.h"
#include "server/flow/forecast_paths.h"
#include "server/flow/network.h"

enum { GW_INJECTION_PATHS_MOST = 256, GW_INJECTION_USUAL_S = 900 };

typedef enum gw_injection_kind {
    GW_INJECTION_MEASURED,  /* its own meter's reading */
    GW_INJECTION_ALLOCATED, /* its share of what is left of the head measurement */
    GW_INJECTION_FORECAST,
    GW_INJECTION_DOCUMENT /* nothing better: the power that the network's document says */
} gw_injection_kind;

/* low and high: the band in which it lies (P5 to P95); equal when it was measured. A point about
 * which nothing is known lies between nothing and what the document says. */
typedef struct gw_injection {
    gw_injection_kind kind;
    int64_t p_w;
    int64_t q_var;
    int64_t low_w;
    int64_t high_w;
} gw_injection;

typedef struct gw_injection_question {
    const gw_network *network;
    gw_period interval; /* one interval, as of gw_injection_interval */
    gw_instant now;
    int64_t stale_s;   /* 0: whatever the age */
    size_t path_count; /* 0: no scenario paths; at most GW_INJECTION_PATHS_MOST */
} gw_injection_question;

typedef struct gw_injections {
    gw_period interval;
    gw_injection *points; /* net.point_count, in the order of net.points */
    gw_flow_power *said;  /* what the document says, in the same order */
    size_t point_count;
    int64_t *path_w; /* path_count * point_count: all points of the first path, then the next */
    size_t path_count;
    gw_text forecast_id;  /* empty: no forecast was needed */
    gw_instant newest_at; /* end of the newest reading behind it; us 0: none */
    const char *head;     /* verdict of the head measurement (grid/flow_allocation.h); NULL: none */
    uint32_t *missing;    /* points without a measurement or forecast of their own, ascending */
    size_t missing_count;
} gw_injections;

/* The meters behind the points of a network. */
typedef struct gw_injection_meters {
    gw_text *meters; /* in the order of the points that have one */
    uint32_t *points;
    size_t count;
    gw_span interval; /* the one they all have; GW_INJECTION_USUAL_S without any */
    gw_instant newest_at;
} gw_injection_meters;

/* now: readings after it are not looked at. GW_CODE_UNSUPPORTED: their intervals differ. */
GW_MUST_CHECK gw_status gw_injection_meters_load(gw_db *db, gw_arena *arena,
                                                 const gw_network *network, gw_instant now,
                                                 gw_injection_meters *ret, gw_fault *reterr);
/* The interval that holds `at`. */
gw_period gw_injection_interval(const gw_injection_meters *meters, gw_instant at);

GW_MUST_CHECK gw_status gw_injection_make(gw_db *db, gw_arena *arena,
                                          const gw_injection_question *question, gw_injections *ret,
                                          gw_fault *reterr);

/* Many later intervals with one forecast; at most 192 and whole intervals of the meters. */
typedef struct gw_injection_plan {
    const gw_network *network;
    gw_injection_meters meters;
    gw_period period;
    size_t step_count;
    gw_forecast_paths forecast; /* meters in the order of `meters`; nothing without meters */
} gw_injection_plan;

GW_MUST_CHECK gw_status gw_injection_plan_make(gw_db *db, gw_arena *arena,
                                               const gw_injection_question *question,
                                               gw_period period, gw_injection_plan *ret,
                                               gw_fault *reterr);
GW_MUST_CHECK gw_status gw_injection_plan_step(const gw_injection_plan *plan, gw_arena *arena,
                                               size_t step, gw_injections *ret, gw_fault *reterr);

/* Puts one set of injections into net->points (p_w, q_var): the middle, or a scenario path. */
enum { GW_INJECTION_MIDDLE = -1 };
GW_MUST_CHECK gw_status gw_injection_apply(gw_arena *arena, const gw_injections *injections,
                                           int path, gw_net *net, gw_fault *reterr);

/* Reactive power that goes with so much active power where the document says `said`. */
int64_t gw_injection_reactive(gw_flow_power said, int64_t p_w);
