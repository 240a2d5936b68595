/* SPDX-License-Identifier: Apache-2.0
 *
 * One reading: the energy of one meter and channel in one interval, with its version. A correction
 * is a new version, never an overwrite. Energy is never negative: what flows out has its own
 * channel. Pure.
 */
#pragma once

#include "base/text.h"
#include "grid/quantity.h"

#include <stdint.h>

typedef enum gw_channel { GW_CHANNEL_IMPORT = 0, GW_CHANNEL_EXPORT = 1 } gw_channel;

/* Quality as on the wire: one letter. Only A (measured) counts for baselines and delivery; a
 * reading of any other quality is a gap there. */
typedef enum gw_quality {
    GW_QUALITY_ACTUAL = 'A',
    GW_QUALITY_ESTIMATED = 'E',
    GW_QUALITY_SUBSTITUTED = 'S',
    GW_QUALITY_FINAL = 'F', /* finally substituted */
    GW_QUALITY_NONE = 'N'   /* the device says that it has no value */
} gw_quality;

typedef struct gw_reading {
    gw_text meter;
    gw_channel channel;
    gw_instant start;
    gw_energy energy;
    gw_quality quality;
    int64_t version; /* 1, 2, ... per (meter, channel, start); the highest one counts */
    int64_t boot;    /* the device message it came in; 0 when it came over HTTP */
    int64_t seq;
} gw_reading;

/* What is plausible for one meter. */
typedef struct gw_reading_limits {
    gw_span interval;    /* the meter's own grid */
    gw_power connection; /* contracted connection power */
    gw_span oldest;      /* how far back a first report may reach */
    gw_span clock_lead;  /* how far the end of the interval may lie in the future */
} gw_reading_limits;

/* The most energy the connection can carry in one interval, with the 25 % that fuses allow. */
gw_energy gw_reading_max_energy(const gw_reading_limits *limits);

/* Refuses what cannot be: negative, above gw_reading_max_energy, off the grid, end after
 * now + clock_lead, start before now - oldest. GW_CODE_INVALID or GW_CODE_OUT_OF_RANGE with a
 * message that quotes the value. */
GW_MUST_CHECK gw_status gw_reading_check(const gw_reading *reading, const gw_reading_limits *limits,
                                         gw_instant now, gw_fault *reterr);

/* "import" / "export", and one of A E S F N. */
GW_MUST_CHECK gw_status gw_channel_parse(gw_text text, gw_channel *ret, gw_fault *reterr);
const char *gw_channel_print(gw_channel channel);
GW_MUST_CHECK gw_status gw_quality_parse(gw_text text, gw_quality *ret, gw_fault *reterr);
