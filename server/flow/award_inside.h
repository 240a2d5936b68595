/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the use case "award" share.
 */
#pragma once

#include "server/flow/award.h"

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
