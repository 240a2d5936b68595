/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of one interval under many scenario paths: each path is power at every point, all are
 * solved, and of every limit the middle (P50) and the unfavourable quantile (P95) stay. Quantiles
 * are taken of the limit, not of the customers: those of single customers do not add. A path
 * without a solution is beyond every limit. Ref: reference "grid" §6.2. Pure.
 */
#pragma once

#include "grid/flow_effect.h"
#include "grid/flow_gauge.h"

enum { GW_FLOW_PATHS_MOST = 1024 };

/* Integers, as forecasts give them. */
typedef struct gw_flow_paths {
    const int64_t *active_w;     /* count * net->point_count, path by path; NULL: one path, the
                                    network's own power */
    const int64_t *reactive_var; /* the same; NULL: the power factor of the network's points, and
                                    their reactive power where they take none */
    size_t count;
    int64_t quantile_ppm; /* 0: 950,000 */
    const int64_t
        *offset_w; /* by point, comes to every path: what was shifted here; NULL: nothing */
} gw_flow_paths;

/* Values of one limit. */
typedef struct gw_flow_outlook {
    double middle;
    double upper;        /* of the quantile; for a lower limit the low end */
    uint32_t upper_path; /* the one that has it */
} gw_flow_outlook;

typedef struct gw_flow_scenario {
    const gw_net *net;
    const gw_flow_limits *limits;
    gw_flow_paths paths;
    gw_flow_gauge *gauge;
    double *values;            /* of the paths of one reading */
    size_t path_room;          /* so many paths at the most */
    double *excess;            /* limit_count * paths.count */
    double *order;             /* paths.count, for sorting */
    gw_flow_outlook *outlooks; /* by limit */
    size_t collapsed;          /* paths without a solution */
    bool is_middle_collapsed;  /* so many that the middle has none */
    bool is_upper_collapsed;   /* so many that the quantile has none */
} gw_flow_scenario;

/* The network, the limits and the paths must outlive it; memory comes from the arena.
 * GW_CODE_TOO_LARGE: more than GW_FLOW_PATHS_MOST paths. GW_CODE_INVALID: a quantile below the
 * middle or above 1,000,000. */
GW_MUST_CHECK gw_status gw_flow_scenario_open(gw_arena *arena, const gw_net *net,
                                              const gw_flow_limits *limits,
                                              const gw_flow_paths *paths, gw_flow_scenario *ret,
                                              gw_fault *reterr);

/* The paths of another interval, into the same room: no more than it was opened with
 * (GW_CODE_TOO_LARGE). */
GW_MUST_CHECK gw_status gw_flow_scenario_turn(gw_flow_scenario *scenario,
                                              const gw_flow_paths *paths, gw_fault *reterr);

/* Solves all paths with change_w[point] added to each (NULL: nothing) and fills the outlooks.
 * Values of a quantile that collapsed mean nothing. */
void gw_flow_scenario_solve(gw_flow_scenario *scenario, const double *change_w, gw_flow_cut cut);

/* Whether the quantile of some limit is beyond it, or has no solution. */
bool gw_flow_scenario_is_violated(const gw_flow_scenario *scenario);

/* Power of the points in one path, with the change, into points[net->point_count]. */
void gw_flow_scenario_put(const gw_flow_scenario *scenario, size_t path, const double *change_w,
                          gw_flow_cut cut, gw_net_point *points);

/* By limit, for those who must not hold floating point: share of the limit that is used. */
typedef struct gw_flow_outlook_ppm {
    int64_t middle;
    int64_t upper;
} gw_flow_outlook_ppm;
gw_flow_outlook_ppm gw_flow_scenario_share(const gw_flow_scenario *scenario, size_t limit);
