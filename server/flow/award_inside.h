/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the use case "award" share.
 */
#pragma once

#include "grid/flow_award.h"
#include "server/flow/award.h"
#include "server/flow/injection.h"

typedef struct gw_award_case {
    const gw_flow_unit *unit;
    const gw_request_row *request;
    const gw_bid_list *bids;
    gw_need_list need;
} gw_award_case;

/* The rating of the transformer as demands: what the forecast has above it, wherever it is cut. No
 * demand where the need was typed. */
GW_MUST_CHECK gw_status gw_award_rating(const gw_award_case *it, gw_award_demand_list *ret,
                                        gw_fault *reterr);

/* The grid behind one event. */
typedef struct gw_award_grid {
    const gw_award_case *of;
    gw_network network;
    gw_injection_plan plan;
    gw_flow_limits limits;
    gw_flow_bid *bids; /* by bid: where it falls in the network */
    int64_t quantile_ppm;
} gw_award_grid;

/* False, with a reason: there is no network or no forecast to check against. */
GW_MUST_CHECK gw_status gw_award_grid_open(const gw_award_case *it, gw_award_grid *ret,
                                           bool *ret_is_there, gw_text *ret_reason,
                                           gw_fault *reterr);

/* All intervals with the awards of a selection, or without any (NULL). */
typedef struct gw_award_state {
    gw_award_demand_list demands;
    bool is_collapsed;
    size_t broken_count;
    gw_text worst_limit_id;
    int64_t worst_share_ppm;
} gw_award_state;
GW_MUST_CHECK gw_status gw_award_grid_hold(gw_award_grid *grid, const gw_selection *selection,
                                           gw_award_state *ret, gw_fault *reterr);
