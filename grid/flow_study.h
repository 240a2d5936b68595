/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person who studies a network file says in whole numbers, taken into it: another level of
 * load, limits in volts, who may be asked for how much. Pure.
 */
#pragma once

#include "grid/flow_need.h"

/* All power of all points times ppm / 1,000,000. */
void gw_flow_study_scale(gw_net *net, int64_t ppm);

/* Single-phase points become points of unknown phase, in a three-phase model. */
void gw_flow_study_forget_phases(gw_net *net);

/* A voltage in ppm of the nominal one at the lowest level that supplies somebody: against earth in
 * a three-phase model, line to line in a balanced one. 0: nobody is supplied. */
int64_t gw_flow_study_voltage_ppm(const gw_net *net, int64_t voltage_mv);

typedef struct gw_flow_levers {
    gw_flow_lever *at;
    size_t count;
} gw_flow_levers;

/* One lever for each point that takes or gives power: consumers may take less, generators may give
 * less, by share_ppm of their power at the most; consumers may take more by more_ppm of it. */
GW_MUST_CHECK gw_status gw_flow_study_levers(gw_arena *arena, const gw_net *net, int64_t share_ppm,
                                             int64_t more_ppm, gw_flow_levers *ret,
                                             gw_fault *reterr);
