/* SPDX-License-Identifier: Apache-2.0
 *
 * One power flow of a network, balanced or three-phase as its model says. For series and studies
 * build the flow once and load it anew instead. Pure.
 */
#pragma once

#include "grid/flow_solver.h"

/* The network must have passed gw_net_validate. An infeasible flow leaves a state without values.
 */
GW_MUST_CHECK gw_status gw_flow_solve(gw_arena *arena, const gw_net *net,
                                      const gw_flow_options *options, gw_flow_outcome *ret,
                                      gw_flow_state *ret_state, gw_fault *reterr);
