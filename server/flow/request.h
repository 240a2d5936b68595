/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: an operator writes, publishes and cancels a flexibility request. Writing freezes the
 * method, the adjustment, what becomes of own event days and the calendar version; publishing is
 * refused when the free escrow does not cover the budget, because a promise that cannot be paid
 * must not be made.
 */
#pragma once

#include "dr/method.h"
#include "server/db/request_store.h"
#include "server/flow/flow.h"

/* What the operator says. Instants with us 0 are given their default. */
typedef struct gw_request_wish {
    gw_text key; /* the caller's idempotency key: the same key is the same request */
    gw_text transformer;
    const char *source;     /* "OPERATOR", "FORECAST" or "NEED" */
    const gw_uuid *need_id; /* of a study, that it is linked to; NULL: none */
    gw_period window;
    int64_t interval_s;
    const gw_power *need;     /* per interval */
    const gw_power *forecast; /* per interval; NULL: the need was typed */
    size_t need_count;
    gw_price max_price;
    gw_price shortfall_price;
    gw_money budget;
    gw_text method;
    gw_adjustment adjustment;
    gw_own_event_days own_event_days;
    gw_text calendar;
    gw_instant gate_at;
    gw_instant ack_by;           /* default: halfway from gate to start */
    gw_instant data_deadline_at; /* default: an hour after the end */
} gw_request_wish;

/* Checks the wish alone: window, need, order of the times. Fills the defaults. */
GW_MUST_CHECK gw_status gw_request_check(gw_request_wish *wish, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_create(const gw_flow *flow, gw_arena *arena,
                                          gw_request_wish *wish, gw_instant now,
                                          gw_request_row *ret, gw_fault *reterr);

/* Which event, when. */
typedef struct gw_event_call {
    gw_uuid event_id;
    gw_instant now;
    gw_text reason; /* of a cancellation; may be empty */
} gw_event_call;

/* GW_CODE_GATE_CLOSED, GW_CODE_NO_FUNDS, GW_CODE_WRONG_STATE. A published one stays published. */
GW_MUST_CHECK gw_status gw_request_publish(const gw_flow *flow, gw_arena *arena,
                                           const gw_event_call *call, gw_request_row *ret,
                                           gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_cancel(const gw_flow *flow, gw_arena *arena,
                                          const gw_event_call *call, gw_request_row *ret,
                                          gw_fault *reterr);
