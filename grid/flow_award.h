/* SPDX-License-Identifier: Apache-2.0
 *
 * Bids against the grid, for one interval: which limits the bids could decide, and what a watt of
 * each bid counts there. The effects are exact, by solving the flow again, at the awards as they
 * stand; the answer is in watts at a reference point and ppm, so that an exact selection in
 * integers (dr/selection.h) can hold it. What was selected is then solved: a linear promise that
 * the power flow does not keep is found and the effects are taken anew. Ref: reference "grid" §3.3.
 * Pure.
 */
#pragma once

#include "grid/flow_scenario.h"

/* A bid asks its points to consume less, each a share of its power. Shares may add up to less than
 * a million: the rest is outside the network. */
typedef struct gw_flow_bid {
    const uint32_t *points;
    const int64_t *share_ppm;
    size_t point_count;
    int64_t most_w; /* its whole offer */
    int64_t awarded_w;
} gw_flow_bid;

typedef struct gw_flow_award_question {
    const gw_net *net; /* has passed gw_net_validate */
    gw_flow_limits limits;
    gw_flow_paths paths;
    const gw_flow_bid *bids;
    size_t bid_count;
    gw_flow_cut cut;
    size_t demands_most; /* the tightest are kept */
} gw_flow_award_question;

/* The sum of effect_ppm * awarded / 1,000,000 over the bids has to reach required_w. Below zero:
 * there is room, and some bids use it up. */
typedef struct gw_flow_demand {
    uint32_t limit; /* in the list */
    int64_t required_w;
    int64_t *effect_ppm; /* by bid, rounded down; the largest is a million either way */
} gw_flow_demand;

typedef struct gw_flow_award {
    bool is_collapsed; /* the quantile has no solution: nothing else is filled */
    uint32_t worst;    /* the limit with the largest share; limits.count: there are none */
    int64_t worst_share_ppm;
    uint32_t *broken; /* limits that are not kept with the awards */
    size_t broken_count;
    gw_flow_demand *demands; /* gw_flow_award_demands only */
    size_t demand_count;
} gw_flow_award;

/* The limits with the awards as they stand. Memory comes from the arena. GW_CODE_OUT_OF_RANGE: a
 * bid names no point, or its power or shares are out of range. */
GW_MUST_CHECK gw_status gw_flow_award_check(gw_arena *arena, const gw_flow_award_question *question,
                                            gw_flow_award *ret, gw_fault *reterr);
/* The same, and the demands. */
GW_MUST_CHECK gw_status gw_flow_award_demands(gw_arena *arena,
                                              const gw_flow_award_question *question,
                                              gw_flow_award *ret, gw_fault *reterr);
