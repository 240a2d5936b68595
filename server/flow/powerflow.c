/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/powerflow.h"

#include "grid/flow_solve.h"

#include <stdio.h>

static gw_status index_points(gw_arena *arena, const gw_net *net, gw_net_index *ret,
                              gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, net->point_count, &names, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        names[at] = (gw_net_name){net->points[at].id, (uint32_t)at};
    return gw_net_index_build(names, net->point_count, "points", ret, reterr);
}

static gw_status put_given(gw_arena *arena, const gw_powerflow_question *question,
                           const gw_net *net, gw_flow_power *powers, gw_fault *reterr) {
    gw_net_index index;
    GW_TRY(index_points(arena, net, &index, reterr));
    for (size_t at = 0; at < question->given_count; at++) {
        uint32_t point = 0;
        char pointer[48];
        (void)snprintf(pointer, sizeof pointer, "/injections/%zu/point", at);
        if (!gw_net_index_find(&index, question->given[at].point, &point))
            return gw_fail_with(reterr, GW_CODE_NOT_FOUND, pointer,
                                "the network has no point \"%.*s\"",
                                GW_TEXT_ARGS(gw_text_part(question->given[at].point, 0, 128)));
        powers[point] = question->given[at].power;
    }
    return gw_ok();
}

static gw_status put_state(gw_db *db, gw_arena *arena, const gw_powerflow_question *question,
                           gw_powerflow *made, gw_fault *reterr) {
    gw_injection_meters meters;
    gw_injection_question asked = {
        .network = &made->network, .now = question->now, .stale_s = question->stale_s};
    GW_TRY(gw_injection_meters_load(db, arena, &made->network, question->now, &meters, reterr));
    asked.interval = gw_injection_interval(&meters, question->at);
    /* the interval that runs has no readings yet: the one before is the state of now */
    if (!gw_instant_before(question->now, question->at) &&
        gw_instant_before(question->now, asked.interval.to))
        asked.interval =
            gw_injection_interval(&meters, gw_instant_minus(question->at, meters.interval));
    GW_TRY(gw_injection_make(db, arena, &asked, &made->injections, reterr));
    return gw_injection_apply(arena, &made->injections, GW_INJECTION_MIDDLE, &made->network.net,
                              reterr);
}

static gw_status put_powers(gw_db *db, gw_arena *arena, const gw_powerflow_question *question,
                            gw_powerflow *made, gw_fault *reterr) {
    gw_flow_power *powers = NULL;
    gw_net *net = &made->network.net;
    if (question->base == GW_POWERFLOW_STATE) GW_TRY(put_state(db, arena, question, made, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_power, net->point_count, &powers, reterr));
    for (size_t at = 0; at < net->point_count && question->base != GW_POWERFLOW_NOTHING; at++)
        powers[at] = gw_flow_power_get(net, at);
    if (question->given_count > 0) GW_TRY(put_given(arena, question, net, powers, reterr));
    const bool is_plain = question->base != GW_POWERFLOW_NOTHING && question->given_count == 0;
    return is_plain ? gw_ok() : gw_flow_power_put(net, powers, net->point_count, reterr);
}

static gw_status rank_limits(gw_arena *arena, const gw_net *net, const gw_flow_state *state,
                             gw_flow_limit_rows *ret, gw_fault *reterr) {
    gw_flow_limits limits;
    GW_TRY(gw_flow_limits_make(arena, net, &(gw_flow_limit_options){0}, &limits, reterr));
    GW_TRY(gw_flow_limits_rank(arena, net, &limits, state, ret, reterr));
    if (ret->count > GW_POWERFLOW_LIMITS_SHOWN) ret->count = GW_POWERFLOW_LIMITS_SHOWN;
    return gw_ok();
}

gw_status gw_powerflow_make(gw_db *db, gw_arena *arena, const gw_powerflow_question *question,
                            gw_powerflow *ret, gw_fault *reterr) {
    gw_powerflow made = {0};
    gw_flow_outcome outcome;
    gw_flow_state state;
    GW_TRY(gw_network_load(db, arena, question->network_id, &made.network, reterr));
    const gw_net *net = &made.network.net;
    GW_TRY(put_powers(db, arena, question, &made, reterr));
    GW_TRY(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, reterr));
    GW_TRY(gw_flow_quantise(arena, net, &outcome, &state, &made.values, reterr));
    if (outcome.verdict == GW_FLOW_SOLVED)
        GW_TRY(rank_limits(arena, net, &state, &made.limits, reterr));
    *ret = made;
    return gw_ok();
}
