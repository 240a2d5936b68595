/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of one DR event, from need to posted, as one table (dr/event.c): which action leads from
 * which state to which. Everything else is refused. A request and its event are one thing with one
 * id. Timers and flows ask here; they never compare states on their own. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>

typedef enum gw_event_state {
    GW_EVENT_NEED,        /* the forecast or the operator sees a need */
    GW_EVENT_DRAFT,       /* a request is being written */
    GW_EVENT_PUBLISHED,   /* bids come in until the gate */
    GW_EVENT_GATE_CLOSED, /* the bid set is sealed */
    GW_EVENT_NO_OFFERS,   /* no bid could be taken */
    GW_EVENT_CLEARED,     /* the selection is stored */
    GW_EVENT_ORDERED,     /* orders are with the providers */
    GW_EVENT_CONFIRMED,   /* acknowledged, or the deadline for it is over */
    GW_EVENT_COMMITTED,   /* q nodes have signed the promise */
    GW_EVENT_ACTIVE,      /* delivery */
    GW_EVENT_ENDED,       /* delivery is over: by time, recall or emergency stop */
    GW_EVENT_METERED,     /* readings are there, or their deadline is over */
    GW_EVENT_VERIFIED,    /* baseline and delivery are stored */
    GW_EVENT_SETTLED,     /* a run is balanced and signed by q nodes */
    GW_EVENT_POSTED,      /* the run is confirmed on chain */
    GW_EVENT_CANCELLED,
    GW_EVENT_FAILED,
    GW_EVENT_STATE_COUNT
} gw_event_state;

typedef enum gw_event_action {
    GW_EVENT_DO_DRAFT,
    GW_EVENT_DO_PUBLISH, /* also a new revision before the gate */
    GW_EVENT_DO_CLOSE_GATE,
    GW_EVENT_DO_FIND_NO_OFFERS,
    GW_EVENT_DO_CLEAR,
    GW_EVENT_DO_ORDER,
    GW_EVENT_DO_CONFIRM,
    GW_EVENT_DO_COMMIT,
    GW_EVENT_DO_START,
    GW_EVENT_DO_END,
    GW_EVENT_DO_RECALL, /* the operator ends it early, also by emergency stop */
    GW_EVENT_DO_METER,
    GW_EVENT_DO_VERIFY,
    GW_EVENT_DO_SETTLE,
    GW_EVENT_DO_POST,
    GW_EVENT_DO_CORRECT, /* readings changed after posting: another run */
    GW_EVENT_DO_CANCEL,
    GW_EVENT_DO_FAIL, /* an invariant is broken; operator only */
    GW_EVENT_ACTION_COUNT
} gw_event_action;

/* The state after the action, or GW_CODE_WRONG_STATE (GW_CODE_GATE_CLOSED for what only the gate
 * forbids) with the reason. */
GW_MUST_CHECK gw_status gw_event_move(gw_event_state from, gw_event_action action,
                                      gw_event_state *ret, gw_fault *reterr);

bool gw_event_is_final(gw_event_state state);      /* nothing but CORRECT leads out, FAIL neither */
bool gw_event_takes_bids(gw_event_state state);    /* PUBLISHED */
bool gw_event_has_liability(gw_event_state state); /* COMMITTED .. SETTLED: escrow is locked */

/* "GATE_CLOSED", "close-gate". */
const char *gw_event_state_print(gw_event_state state);
GW_MUST_CHECK gw_status gw_event_state_parse(gw_text text, gw_event_state *ret, gw_fault *reterr);
const char *gw_event_action_print(gw_event_action action);
