/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of an event's life that timers drive, one transaction each. A step that finds the event
 * elsewhere does nothing; GW_CODE_TOO_EARLY says that it must wait for something and is tried
 * again. The timer is fired by server/flow/schedule.c in the same transaction.
 */
#pragma once

#include "server/db/event_store.h"
#include "server/flow/flow.h"

typedef gw_status gw_flow_step(const gw_flow_unit *unit, const gw_timer_row *timer,
                               gw_fault *reterr);

gw_flow_step gw_step_gate;    /* flow/clear.c: seals the bid set */
gw_flow_step gw_step_clear;   /* flow/clear.c: selects at least cost */
gw_flow_step gw_step_order;   /* flow/order.c: turns awards into orders */
gw_flow_step gw_step_commit;  /* flow/propose.c: offers the commitment to the nodes */
gw_flow_step gw_step_confirm; /* flow/order.c: the deadline for acknowledgements */
gw_flow_step gw_step_start;   /* flow/activate.c */
gw_flow_step gw_step_end;     /* flow/activate.c */
gw_flow_step gw_step_meter;   /* flow/verify.c: the data deadline */
gw_flow_step gw_step_settle;  /* flow/settle.c: computes a run and offers it to the nodes */

/* Adds a timer for the event of `timer`, or arms it again. */
GW_MUST_CHECK gw_status gw_step_arm(const gw_flow_unit *unit, gw_uuid event_id, const char *kind,
                                    gw_instant due_at, gw_fault *reterr);
