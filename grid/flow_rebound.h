/* SPDX-License-Identifier: Apache-2.0
 *
 * Energy that is not used now is used later: what a need does to the hours after it. Of every watt
 * that a point takes less, a share comes back after a delay, spread over a width; a charger all of
 * it, a heat pump most of it, curtailed sunshine nothing. All intervals are gone through in order,
 * each with what comes back in it; where that alone brings a limit beyond, a second need is raised,
 * and what it shifts comes back in turn. How much more may come back in an interval is its recovery
 * limit. Integers at the border. Ref: reference "grid" §3.4. Pure.
 */
#pragma once

#include "grid/flow_need.h"

enum { GW_REBOUND_INTERVALS_MOST = 1024 };

/* Of one kind of device; in intervals. */
typedef struct gw_flow_rebound {
    int64_t share_ppm; /* of the energy that was not used */
    uint32_t delay;    /* intervals between; 0: from the next one on */
    uint32_t width;    /* intervals that it is spread over; 0 stands for 1 */
} gw_flow_rebound;

/* Adds what comes back of less_w (> 0) in interval `from` to back_w[interval_count]: the share,
 * floored to whole watts, spread evenly, the odd watts first. Returns what falls beyond the last
 * interval, in watts of one interval. */
int64_t gw_flow_rebound_spread(const gw_flow_rebound *model, int64_t less_w, size_t from,
                               size_t interval_count, int64_t *back_w);

typedef struct gw_flow_rebound_question {
    gw_flow_need_question need;    /* of every interval; its paths are not used */
    const gw_flow_paths *paths;    /* by interval; their offset_w is not used */
    const gw_flow_rebound *models; /* by lever */
    size_t interval_count;
} gw_flow_rebound_question;

typedef struct gw_flow_rebound_step {
    gw_flow_need need;
    int64_t *back_w;    /* by lever: what comes back here */
    bool is_second;     /* a need that is there only because of what comes back */
    int64_t recovery_w; /* how much may come back here, all levers with the pattern of what was
                           shifted before, before a limit is reached; INT64_MAX: nothing was
                           shifted, or no limit is in sight */
} gw_flow_rebound_step;

typedef struct gw_flow_rebounds {
    gw_flow_rebound_step *at; /* by interval */
    size_t count;
    size_t seconds;   /* intervals with a second need */
    int64_t beyond_w; /* what comes back after the last interval, in watts of one interval */
} gw_flow_rebounds;

/* Memory comes from the arena. GW_CODE_TOO_LARGE: more than GW_REBOUND_INTERVALS_MOST intervals. */
GW_MUST_CHECK gw_status gw_flow_rebounds_find(gw_arena *arena,
                                              const gw_flow_rebound_question *question,
                                              gw_flow_rebounds *ret, gw_fault *reterr);
