/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: awards become orders, their party acknowledges them, the event is confirmed and, once
 * the certificate is there, committed.
 */
#pragma once

#include "server/db/order_store.h"
#include "server/db/request_store.h"
#include "server/flow/flow.h"

typedef struct gw_order_call {
    gw_uuid order_id;
    gw_text party;   /* empty: the operator */
    bool is_refused; /* the party will not deliver; a bid binds, so a shortfall is charged */
    gw_text reason;  /* of a refusal */
    gw_instant now;
} gw_order_call;

/* The same answer again is fine. GW_CODE_TIMED_OUT after the deadline, GW_CODE_WRONG_STATE for
 * another answer, GW_CODE_NOT_FOUND for another party's order. */
GW_MUST_CHECK gw_status gw_order_acknowledge(const gw_flow *flow, gw_arena *arena,
                                             const gw_order_call *call, gw_order_row *ret,
                                             gw_fault *reterr);

/* All orders of the event, ascending by id. */
GW_MUST_CHECK gw_status gw_order_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                          gw_order_list *ret, gw_fault *reterr);

/* ORDERED -> CONFIRMED when nothing is unanswered any more, CONFIRMED -> COMMITTED when the
 * commitment is certified. Called when either may have changed. */
GW_MUST_CHECK gw_status gw_order_advance(const gw_flow_unit *unit, gw_request_row *request,
                                         gw_fault *reterr);
