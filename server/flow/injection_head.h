/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of injection.c: what meters measured in an interval, and what the meter at the head of a
 * segment says about the points that did not answer (grid/flow_allocation.h). A head meter measures
 * all phases together: its power is laid on the phases like that of the points below it.
 */
#pragma once

#include "server/db/reading_store.h"
#include "server/flow/injection.h"

/* Net energy of one meter in the interval. */
typedef struct gw_injection_measured {
    int64_t wh;
    bool has; /* an import that was measured */
} gw_injection_measured;

/* In the order of window->meters; its channel does not matter. */
GW_MUST_CHECK gw_status gw_injection_measure(gw_db *db, gw_arena *arena,
                                             const gw_reading_window *window,
                                             gw_injection_measured **ret, gw_fault *reterr);
/* Mean power, floored to W. */
int64_t gw_injection_watts(const gw_injection_measured *measured, gw_period interval);

/* Lays what the head measured on the points without a measurement: their kind becomes ALLOCATED.
 * Nothing happens without a head meter, a reading of it, or a place in the network where it could
 * stand. */
GW_MUST_CHECK gw_status gw_injection_allocate(gw_db *db, gw_arena *arena, const gw_network *network,
                                              gw_injections *ret, gw_fault *reterr);
