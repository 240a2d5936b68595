/* SPDX-License-Identifier: Apache-2.0
 *
 * Every reading a node saw itself, with its version and the market time at which it saw it, rebuilt
 * from the node's journal at start and followed from then on. Which meter a device speaks for is
 * what the device said at birth; the broker vouches for the device. One thread.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/admission.h"
#include "server/journal/journal.h"

typedef struct gw_sightings gw_sightings;

/* Sightings live in the arena; its cap is the node's memory limit. */
GW_MUST_CHECK gw_status gw_sightings_open(gw_arena *arena, gw_journal *journal, gw_text realm,
                                          gw_sightings **ret, gw_fault *reterr);
void gw_sightings_close(gw_sightings *sightings); /* NULL is fine */

/* Reads what the journal holds by now; messages that cannot be read are counted and passed over. */
GW_MUST_CHECK gw_status gw_sightings_follow(gw_sightings *sightings, gw_fault *reterr);

typedef struct gw_sightings_view {
    const gw_sighting *items; /* ascending by gw_sighting_compare, no repeats */
    size_t count;
    size_t unreadable; /* messages so far */
} gw_sightings_view;

/* Valid until the next follow. */
gw_sightings_view gw_sightings_get(gw_sightings *sightings);
