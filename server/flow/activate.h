/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: delivery starts, ends, or is ended early. An event that has no certificate when its
 * delivery starts fails: no certificate, no activation, no payment. A recall or an emergency stop
 * cuts every order to the intervals that were over by then: later ones are neither paid nor
 * charged. Both leave a retained message for each device of the orders, which expires with the
 * event's window.
 */
#pragma once

#include "server/db/request_store.h"
#include "server/flow/flow.h"

typedef enum gw_stop_action { GW_STOP_RECALL, GW_STOP_EMERGENCY } gw_stop_action;

typedef struct gw_stop_call {
    gw_uuid event_id;
    gw_stop_action action;
    gw_text reason; /* may be empty */
    gw_instant now;
} gw_stop_call;

/* GW_CODE_WRONG_STATE where nothing can be stopped. Again is fine. */
GW_MUST_CHECK gw_status gw_activate_stop(const gw_flow *flow, gw_arena *arena,
                                         const gw_stop_call *call, gw_request_row *ret,
                                         gw_fault *reterr);
