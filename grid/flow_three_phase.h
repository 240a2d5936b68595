/* SPDX-License-Identifier: Apache-2.0
 *
 * Three-phase power flow: the same sweep with the phases A, B, C of a line coupled through its zero
 * sequence, and transformers that turn the sequences and block the zero one. Loads stand between a
 * phase and earth. Scalar, fixed order: the same input gives the same bits. One thread at a time;
 * memory comes from the arena it was built in. Pure.
 */
#pragma once

#include "grid/flow_solver.h"

typedef struct gw_flow_three_phase gw_flow_three_phase;

/* The network must have passed gw_net_validate and must outlive the flow; it is read again by
 * gw_flow_three_phase_load. GW_CODE_UNSUPPORTED: a transformer closes a loop. GW_CODE_INVALID: a
 * point on single phases where no winding gives the zero sequence a way. */
GW_MUST_CHECK gw_status gw_flow_three_phase_build(gw_arena *arena, const gw_net *net,
                                                  gw_flow_three_phase **ret, gw_fault *reterr);

/* Takes the points' power anew from net->points; O(n). Their phases and kinds must be as they were.
 */
void gw_flow_three_phase_load(gw_flow_three_phase *flow);

gw_flow_outcome gw_flow_three_phase_solve(gw_flow_three_phase *flow,
                                          const gw_flow_options *options);

/* Fills a state of three phases after a solved flow. */
void gw_flow_three_phase_read(gw_flow_three_phase *flow, gw_flow_state *state);

/* Voltages A, B, C against earth in per unit of un_v / sqrt 3; zero when no source feeds the node.
 */
const gw_phasor *gw_flow_three_phase_voltage(const gw_flow_three_phase *flow, uint32_t node);
