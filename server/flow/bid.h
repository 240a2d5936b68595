/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: an aggregator bids, and takes a bid back before the gate. The raw bytes are kept; the
 * same bytes of the same party for the same event are the same bid, also after the gate.
 */
#pragma once

#include "server/db/bid_store.h"
#include "server/flow/flow.h"

typedef struct gw_bid_wish {
    gw_uuid event_id;
    gw_text party; /* from the token */
    gw_text group;
    gw_price price;
    int64_t min_activation_pct;
    const gw_power *power; /* per interval of the event */
    size_t power_count;
    gw_bytes raw; /* the body as received */
} gw_bid_wish;

/* GW_CODE_GATE_CLOSED, GW_CODE_WRONG_STATE, GW_CODE_NOT_FOUND (group), GW_CODE_FORBIDDEN (another's
 * group), GW_CODE_OUT_OF_RANGE (above qualified power), GW_CODE_CONFLICT (the group stands in
 * another bid), GW_CODE_INVALID. */
GW_MUST_CHECK gw_status gw_bid_receive(const gw_flow *flow, gw_arena *arena,
                                       const gw_bid_wish *wish, gw_instant now, gw_bid_row *ret,
                                       gw_fault *reterr);

typedef struct gw_bid_call {
    gw_uuid bid_id;
    gw_text party; /* empty: the operator */
    gw_instant now;
} gw_bid_call;
GW_MUST_CHECK gw_status gw_bid_withdraw(const gw_flow *flow, gw_arena *arena,
                                        const gw_bid_call *call, gw_bid_row *ret, gw_fault *reterr);
