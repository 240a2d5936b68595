/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of congestion.c: what a study found becomes rows and entries of the event log, in one
 * transaction.
 */
#pragma once

#include "server/flow/congestion.h"

typedef struct gw_congestion_work {
    const gw_flow *flow;
    gw_arena *arena;
    gw_instant now;
    gw_network network;
    gw_injection_plan plan;
    gw_period period;
    gw_span interval;
    gw_flow_limits limits;
    gw_uuid study_id;
    gw_study study;
} gw_congestion_work;

/* GREEN, YELLOW, RED */
const char *gw_congestion_word(gw_light light);

GW_MUST_CHECK gw_status gw_congestion_save(gw_congestion_work *work, gw_congestion *ret,
                                           gw_fault *reterr);
