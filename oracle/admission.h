/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom to believe: a node compares the readings it saw itself with those of a proposal and gives a
 * verdict. It agrees iff nothing it holds differs, nothing it saw in time is hidden or replaced by
 * an older version, and it holds at least 95 % of the event window's readings itself (DESIGN
 * §13.3). What it has not seen is counted, never guessed. Pure.
 *
 * A reading is (meter, channel, interval start) with a version (boot, sequence). The shell says
 * which channel is which number; here they are only compared.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"
#include "oracle/verdict.h"

#include <stdint.h>

typedef struct gw_reading_key {
    gw_text meter;
    int32_t channel;
    gw_instant start;
} gw_reading_key;

typedef struct gw_reading_version {
    uint64_t boot;
    uint64_t sequence;
} gw_reading_version;

/* What the node received from its own broker subscription. */
typedef struct gw_sighting {
    gw_reading_key key;
    gw_reading_version version;
    int64_t energy_wh;
    char quality;       /* A, E, S, N, F */
    gw_instant seen_at; /* market time */
} gw_sighting;

typedef enum gw_proposed_as { GW_PROPOSED_READ, GW_PROPOSED_MISSING } gw_proposed_as;

/* One row of the proposal; MISSING rows carry only the key. */
typedef struct gw_proposed_reading {
    gw_reading_key key;
    gw_proposed_as as;
    gw_reading_version version;
    int64_t energy_wh;
    char quality;
} gw_proposed_reading;

typedef struct gw_admission_question {
    const gw_proposed_reading *proposed;
    size_t proposed_count;
    const gw_sighting *sightings; /* ascending by gw_sighting_compare */
    size_t sighting_count;
    gw_instant window_from; /* the event: half-open */
    gw_instant window_to;
    gw_instant as_of; /* versions seen before this instant had to be used */
} gw_admission_question;

typedef struct gw_admission {
    gw_verdict verdict; /* AGREES, READING_DIFFERS, STALE or READINGS_MISSING */
    size_t proposed;    /* readings in the proposal, MISSING ones not counted */
    size_t equal;       /* held in the same version with the same value and quality */
    size_t differs;     /* held in the same version with another value or quality */
    size_t hidden;      /* proposed as MISSING, but seen before as_of */
    size_t outdated;    /* a newer version with another value was seen before as_of */
    size_t unseen;      /* not held in the proposed version */
    size_t window_proposed;
    size_t window_held;
    size_t first_difference; /* index of the first differing, hidden or outdated row, or count */
} gw_admission;

enum { GW_ADMISSION_COVERAGE_PERCENT = 95 };

/* By key, then version. */
int gw_sighting_compare(const gw_sighting *left, const gw_sighting *right);

/* GW_CODE_INVALID when the sightings do not ascend. */
GW_MUST_CHECK gw_status gw_admission_judge(const gw_admission_question *question, gw_admission *ret,
                                           gw_fault *reterr);
