/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: what the selection of one event is asked, and what its awards do to the grid. Besides
 * the need it has to keep the limits of the network that feeds the transformer: each limit that the
 * bids could decide is a demand, with the effect of every bid on it (grid/flow_award.h). The power
 * flow is solved with the awards; where a limit is not kept, the effects are taken anew and the
 * selection is made again, a few times. Without a network or a forecast the rating of the
 * transformer is kept by sum.
 */
#pragma once

#include "dr/selection.h"
#include "server/db/award_store.h"
#include "server/db/bid_store.h"
#include "server/db/request_store.h"
#include "server/flow/flow.h"

enum { GW_AWARD_ROUNDS_MOST = 4 };

typedef struct gw_award_result {
    gw_selection selection;
    gw_award_demand_list demands; /* of the last selection */
    gw_award_check_row check;
} gw_award_result;

/* `bids`: the sealed set, ascending by receipt and id. Saves nothing. */
GW_MUST_CHECK gw_status gw_award_select(const gw_flow_unit *unit, const gw_request_row *request,
                                        const gw_bid_list *bids, gw_award_result *ret,
                                        gw_fault *reterr);
