/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivers what was promised: oldest first, chain and broker independent of each other, so that a
 * chain that is away does not hold up a message. An effect may be handed over again after a kill;
 * at its far end it is the same one.
 */
#pragma once

#include "server/flow/flow.h"

typedef struct gw_outbox_progress {
    int delivered;
    int waiting; /* still open afterwards */
} gw_outbox_progress;

/* One round over everything waiting. A part that is away is logged and tried again next time; only
 * a database failure is returned. */
GW_MUST_CHECK gw_status gw_outbox_run(const gw_flow *flow, gw_instant now, gw_outbox_progress *ret,
                                      gw_fault *reterr);
