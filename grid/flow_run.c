/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_run.h"

#include <string.h>

gw_status gw_flow_run_open(gw_arena *arena, const gw_net *net, size_t spare, gw_flow_run **ret,
                           gw_fault *reterr) {
    gw_flow_run *made = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_run, 1, &made, reterr));
    made->net = *net;
    made->phases = net->model == GW_NET_THREE_PHASE ? GW_NET_PHASES : 1;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, net->point_count + spare, &made->net.points, reterr));
    if (net->point_count > 0)
        memcpy(made->net.points, net->points, net->point_count * sizeof *net->points);
    made->net.point_count += spare;
    *ret = made;
    return gw_ok();
}

gw_status gw_flow_run_build(gw_arena *arena, gw_flow_run *run, gw_fault *reterr) {
    if (run->net.model == GW_NET_THREE_PHASE)
        return gw_flow_three_phase_build(arena, &run->net, &run->three_phase, reterr);
    return gw_flow_balanced_build(arena, &run->net, &run->balanced, reterr);
}

gw_flow_outcome gw_flow_run_solve(gw_flow_run *run, const gw_flow_options *options) {
    gw_flow_options chosen = *options;
    gw_flow_outcome outcome;
    if (!run->is_solved) chosen.start = GW_FLOW_FLAT;
    if (run->three_phase != NULL) {
        gw_flow_three_phase_load(run->three_phase);
        outcome = gw_flow_three_phase_solve(run->three_phase, &chosen);
    } else {
        gw_flow_balanced_load(run->balanced);
        outcome = gw_flow_balanced_solve(run->balanced, &chosen);
    }
    run->is_solved = outcome.verdict == GW_FLOW_SOLVED;
    return outcome;
}

gw_status gw_flow_run_settle(gw_flow_run *run, gw_flow_start start, gw_fault *reterr) {
    const gw_flow_options options = {.start = start};
    const gw_flow_outcome outcome = gw_flow_run_solve(run, &options);
    if (outcome.verdict == GW_FLOW_SOLVED) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/points",
                        "the network cannot carry its load: no solution in %d sweeps",
                        outcome.iterations);
}

void gw_flow_run_read(gw_flow_run *run, gw_flow_state *state) {
    if (run->three_phase != NULL)
        gw_flow_three_phase_read(run->three_phase, state);
    else
        gw_flow_balanced_read(run->balanced, state);
}
