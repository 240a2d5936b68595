/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes of a reading that is already there. Per (meter, channel, start), in the order of
 * arrival: equal energy and quality = duplicate; another value = the next version, unless it comes
 * from an earlier message of the device than the one that counts now (backlog that overtook a
 * correction): then it is superseded before it was stored, and stays in the dead letters. Pure.
 */
#pragma once

#include "grid/reading.h"

#include <stddef.h>

typedef enum gw_reading_fate {
    GW_FATE_NEW,        /* version 1 */
    GW_FATE_CORRECTION, /* a higher version */
    GW_FATE_DUPLICATE,
    GW_FATE_SUPERSEDED,
} gw_reading_fate;

typedef struct gw_candidate {
    gw_reading reading; /* version is a result */
    uint64_t lsn;
    int32_t part; /* its place in the message, from 1 */
    gw_instant received_at;
    gw_reading_fate fate; /* result */
} gw_candidate;

/* The version that the database holds for a candidate's key; version 0: none. */
typedef struct gw_known_reading {
    int64_t version;
    gw_energy energy;
    gw_quality quality;
    int64_t boot;
    int64_t seq;
} gw_known_reading;

/* Sorts by (start, meter, channel), then arrival (lsn, part): the order of the primary key. */
void gw_versions_sort(gw_candidate *candidates, size_t count);

/* Decides all fates; candidates are sorted; known is parallel to them (all of one key have the
 * same), or NULL: nothing is known. */
void gw_versions_decide(gw_candidate *candidates, const gw_known_reading *known, size_t count);

/* One reading against what is known. */
gw_reading_fate gw_versions_fate(const gw_reading *reading, const gw_known_reading *known);
