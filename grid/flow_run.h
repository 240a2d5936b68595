/* SPDX-License-Identifier: Apache-2.0
 *
 * One network solved many times with other power at its points: a flow of either model over its own
 * copy of the points. Switches are as they were when it was built. Never copied: its flow points
 * into it. One thread at a time; memory comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_balanced.h"
#include "grid/flow_three_phase.h"

typedef struct gw_flow_run {
    gw_net net; /* p_w and q_var of its points may be changed */
    size_t phases;
    gw_flow_balanced *balanced; /* one of the two */
    gw_flow_three_phase *three_phase;
    bool is_solved; /* a warm start has something to start from */
} gw_flow_run;

/* `spare` more points with no power and place in net.points behind those of the network: give them
 * node and phases before gw_flow_run_build. The network must have passed gw_net_validate. */
GW_MUST_CHECK gw_status gw_flow_run_open(gw_arena *arena, const gw_net *net, size_t spare,
                                         gw_flow_run **ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_flow_run_build(gw_arena *arena, gw_flow_run *run, gw_fault *reterr);

/* Takes the points' power and solves; from flat when there is no solution to start warm from. */
gw_flow_outcome gw_flow_run_solve(gw_flow_run *run, const gw_flow_options *options);
/* The same; GW_CODE_INFEASIBLE when there is no solution. */
GW_MUST_CHECK gw_status gw_flow_run_settle(gw_flow_run *run, gw_flow_start start, gw_fault *reterr);
/* After a solved flow, into a state of gw_flow_state_make(..., run->phases, ...). */
void gw_flow_run_read(gw_flow_run *run, gw_flow_state *state);
