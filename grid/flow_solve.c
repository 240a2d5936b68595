/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solve.h"

#include "grid/flow_balanced.h"
#include "grid/flow_three_phase.h"

static gw_status solve_balanced(gw_arena *arena, const gw_net *net, const gw_flow_options *options,
                                gw_flow_outcome *ret, gw_flow_state *state, gw_fault *reterr) {
    gw_flow_balanced *flow = NULL;
    GW_TRY(gw_flow_balanced_build(arena, net, &flow, reterr));
    *ret = gw_flow_balanced_solve(flow, options);
    if (ret->verdict == GW_FLOW_SOLVED) gw_flow_balanced_read(flow, state);
    return gw_ok();
}

static gw_status solve_three_phase(gw_arena *arena, const gw_net *net,
                                   const gw_flow_options *options, gw_flow_outcome *ret,
                                   gw_flow_state *state, gw_fault *reterr) {
    gw_flow_three_phase *flow = NULL;
    GW_TRY(gw_flow_three_phase_build(arena, net, &flow, reterr));
    *ret = gw_flow_three_phase_solve(flow, options);
    if (ret->verdict == GW_FLOW_SOLVED) gw_flow_three_phase_read(flow, state);
    return gw_ok();
}

gw_status gw_flow_solve(gw_arena *arena, const gw_net *net, const gw_flow_options *options,
                        gw_flow_outcome *ret, gw_flow_state *ret_state, gw_fault *reterr) {
    const bool is_three_phase = net->model == GW_NET_THREE_PHASE;
    gw_flow_outcome outcome = {.verdict = GW_FLOW_INFEASIBLE};
    gw_flow_state state;
    GW_TRY(gw_flow_state_make(arena, net, is_three_phase ? GW_NET_PHASES : 1, &state, reterr));
    if (is_three_phase)
        GW_TRY(solve_three_phase(arena, net, options, &outcome, &state, reterr));
    else
        GW_TRY(solve_balanced(arena, net, options, &outcome, &state, reterr));
    *ret = outcome;
    *ret_state = state;
    return gw_ok();
}
