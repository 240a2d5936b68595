/* SPDX-License-Identifier: Apache-2.0
 *
 * One round of the market at one instant: what the system mode does on a tick and the conducted
 * mode does in its step, until nothing is left to do. Idempotent, so a step that comes again after
 * a kill ends in the same state.
 */
#pragma once

#include "server/flow/flow.h"

typedef struct gw_step_work {
    const gw_flow *flow;
    /* Readings that are in the journal go into the database; may be NULL. */
    gw_status (*drain)(void *context, gw_fault *reterr);
    /* Asks for a round of the outbox; may be NULL: then it is run here. */
    void (*wake_outbox)(void *context);
    bool (*is_closing)(void *context); /* may be NULL */
    void *context;
    int wait_most_ms; /* for votes, and again for deliveries */
} gw_step_work;

/* Drain, timers, votes until every proposal is decided, outbox until it is empty, changed inputs.
 * What does not come in time is left for the next step and said in the log. */
GW_MUST_CHECK gw_status gw_step_run(const gw_step_work *work, gw_instant now, gw_fault *reterr);
