/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: look ahead at a network. Forecast paths go through the power flow
 * (server/flow/study.h); what follows is saved in one transaction: the study, transitions of the
 * traffic lights, needs, and what integrators are told (event log: light.changed, need.opened).
 * Needs of earlier studies that nobody asked for are superseded. Nothing is saved when there is no
 * forecast for a network with meters: a light without knowledge would be a lie.
 */
#pragma once

#include "server/db/congestion_store.h"
#include "server/db/need_store.h"
#include "server/flow/flow.h"
#include "server/flow/study.h"

typedef struct gw_congestion {
    gw_study_row study;
    size_t changed_lights; /* intervals and phases whose light changed */
    size_t need_count;
    size_t needs_left_out;
    size_t rebound_intervals; /* followed for what comes back */
    gw_light worst;
} gw_congestion;

/* From the next interval to the horizon of the settings. GW_CODE_NO_DATA: subject "forecast". */
GW_MUST_CHECK gw_status gw_congestion_study(const gw_flow *flow, gw_arena *arena,
                                            gw_text network_id, gw_instant now, gw_congestion *ret,
                                            gw_fault *reterr);

/* Every network whose last study is as old as the settings' period; one that fails does not stop
 * the others: it is logged and counted. */
GW_MUST_CHECK gw_status gw_congestion_run(const gw_flow *flow, gw_instant now, gw_fault *reterr);
