/* SPDX-License-Identifier: Apache-2.0
 *
 * Moves one event through the table of dr/event.c, and tells the world: state, log entry and MQTT
 * message in one transaction. No other file writes a state.
 */
#pragma once

#include "dr/event.h"
#include "server/db/request_store.h"
#include "server/flow/flow.h"

/* Loads and locks the event. */
GW_MUST_CHECK gw_status gw_advance_lock(const gw_flow_unit *unit, gw_uuid event_id,
                                        gw_request_row *ret, gw_fault *reterr);
/* The state of a row; GW_CODE_INTERNAL when the database holds a word that the table does not. */
GW_MUST_CHECK gw_status gw_advance_state(const gw_request_row *request, gw_event_state *ret,
                                         gw_fault *reterr);
bool gw_advance_is(const gw_request_row *request, gw_event_state state);

/* Moves the locked event; `request` follows. reason may be empty. */
GW_MUST_CHECK gw_status gw_advance(const gw_flow_unit *unit, gw_request_row *request,
                                   gw_event_action action, gw_text reason, gw_fault *reterr);

/* One entry of the log about the event; party empty: concerns everybody. body: JSON object. */
typedef struct gw_advance_note {
    gw_uuid event_id; /* or the id of another thing that the note is about */
    const char *entity;
    const char *type;
    gw_text subject; /* empty: the event id */
    gw_text party;
    gw_text body; /* empty: {} */
} gw_advance_note;
GW_MUST_CHECK gw_status gw_advance_log(const gw_flow_unit *unit, const gw_advance_note *note,
                                       gw_fault *reterr);
