/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of study.c: what comes back of what the needs of a study shift. From the first interval
 * with a need to some hours after the last one; the levers are those of the study. What a lever
 * gives back is told by the devices behind it. Large networks are followed for fewer intervals, or
 * for none: study.rebound_intervals says for how many.
 * Ref: reference "grid" §3.4: chargers give all of it back within the time they are parked, heat
 * pumps most of it within hours, curtailed sunshine nothing.
 */
#pragma once

#include "grid/flow_rebound.h"
#include "server/flow/study.h"

typedef enum gw_study_device {
    GW_STUDY_UNKNOWN, /* taken for a heat pump: most of it comes back */
    GW_STUDY_HEAT_PUMP,
    GW_STUDY_CHARGER, /* batteries too */
    GW_STUDY_PV,
    GW_STUDY_DEVICES
} gw_study_device;

/* Fills ret->rebounds; nothing without needs. */
GW_MUST_CHECK gw_status gw_study_rebound_find(gw_arena *arena, const gw_study_question *question,
                                              gw_study *ret, gw_fault *reterr);
