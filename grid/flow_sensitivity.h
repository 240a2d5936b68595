/* SPDX-License-Identifier: Apache-2.0
 *
 * What one watt less at a point does to a voltage, exactly: by solving the flow again, a little
 * more and a little less at every point. No linear model: on a stressed feeder that is wrong by a
 * fifth, and without phases it has the wrong sign. Two flows per point. Pure.
 */
#pragma once

#include "grid/flow_solver.h"
#include "grid/quantity.h"

/* A voltage that is looked at; phase 0, 1, 2 is A, B, C, and 0 in a balanced model. */
typedef struct gw_flow_watch {
    uint32_t node;
    uint32_t phase;
} gw_flow_watch;

/* What goes with the active power: nothing (an inverter, a battery), or the reactive power so that
 * the power factor stays (a load that is switched off in part). */
typedef enum gw_flow_cut { GW_FLOW_CUT_ACTIVE, GW_FLOW_CUT_WHOLE } gw_flow_cut;

typedef struct gw_flow_question {
    const gw_net *net; /* has passed gw_net_validate */
    const gw_flow_watch *watches;
    size_t watch_count;
    gw_power step; /* each way; 0 stands for 100 W */
    gw_flow_cut cut;
} gw_flow_question;

/* ret[point * watch_count + watch]: change of the voltage's size in per unit per watt that the
 * point takes less; in the arena. GW_CODE_INFEASIBLE: a flow has no solution. GW_CODE_OUT_OF_RANGE:
 * a watch names no node or phase. */
GW_MUST_CHECK gw_status gw_flow_sensitivity(gw_arena *arena, const gw_flow_question *question,
                                            double **ret, gw_fault *reterr);
