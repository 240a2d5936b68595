/* SPDX-License-Identifier: Apache-2.0
 *
 * What a meter ever showed to this node: the greatest import and export of its readings. A base
 * that lies far outside was not made from these readings. Pure.
 */
#pragma once

#include "oracle/admission.h"

#include <stddef.h>

typedef struct gw_envelope {
    size_t readings; /* 0: nothing is known */
    int64_t import_w;
    int64_t export_w;
    gw_instant newest; /* start of the newest reading */
} gw_envelope;

typedef struct gw_envelope_question {
    const gw_sighting *sightings; /* ascending by gw_sighting_compare */
    size_t sighting_count;
    gw_text meter;
    gw_instant until;   /* readings that start before it */
    int64_t interval_s; /* of the meter, above 0 */
} gw_envelope_question;

enum { GW_ENVELOPE_READINGS_LEAST = 4 };

gw_envelope gw_envelope_of(const gw_envelope_question *question);

/* With fewer than GW_ENVELOPE_READINGS_LEAST readings everything is. The slack is half of the
 * greatest value and 2 kW: a household's day differs from the last by as much. */
bool gw_envelope_holds(const gw_envelope *envelope, int64_t power_w);
