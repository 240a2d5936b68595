/* SPDX-License-Identifier: Apache-2.0
 *
 * Balanced power flow: a backward-forward sweep over a tree, closed loops by compensation. Ratios
 * and phase shifts of transformers are taken out of the sweep: every place has its own frame, v =
 * frame * what the sweep sees. Scalar, fixed order: the same input gives the same bits. One thread
 * at a time; memory comes from the arena it was built in. Pure.
 */
#pragma once

#include "grid/flow_solver.h"

typedef struct gw_flow_balanced gw_flow_balanced;

/* The network must have passed gw_net_validate and must outlive the flow; it is read again by
 * gw_flow_balanced_load. A point on one phase counts with its whole power. */
GW_MUST_CHECK gw_status gw_flow_balanced_build(gw_arena *arena, const gw_net *net,
                                               gw_flow_balanced **ret, gw_fault *reterr);

/* Takes the points' power anew from net->points; O(n). The kinds of load must be as they were. */
void gw_flow_balanced_load(gw_flow_balanced *flow);

gw_flow_outcome gw_flow_balanced_solve(gw_flow_balanced *flow, const gw_flow_options *options);

/* Fills a state of one phase after a solved flow. */
void gw_flow_balanced_read(gw_flow_balanced *flow, gw_flow_state *state);

/* False: no source feeds the node. */
bool gw_flow_balanced_is_live(const gw_flow_balanced *flow, uint32_t node);
/* Voltage in per unit of un_v; zero when it is not live. */
gw_phasor gw_flow_balanced_voltage(const gw_flow_balanced *flow, uint32_t node);
