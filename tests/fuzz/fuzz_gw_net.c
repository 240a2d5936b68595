/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need_report.h"
#include "grid/flow_outage.h"
#include "grid/flow_report.h"
#include "grid/flow_solve.h"
#include "grid/flow_study.h"
#include "server/gridfile/gw_net.h"

enum { ARENA_CAP = 8 * 1024 * 1024, NODES_STUDIED = 64, POINTS_STUDIED = 64 };

static gw_status show(gw_arena *arena, const gw_net *net, gw_fault *reterr) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_writer out;
    GW_TRY(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, reterr));
    const gw_flow_report report = {net, &outcome, &state, 5};
    gw_writer_init(&out, arena);
    return gw_flow_report_write(&report, arena, &out, reterr);
}

static gw_status study_need(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                            gw_fault *reterr) {
    gw_flow_need need;
    gw_flow_levers levers;
    gw_writer out;
    GW_TRY(gw_flow_study_levers(arena, net, 500000, 500000, &levers, reterr));
    const gw_flow_need_question question = {
        .net = net, .limits = *limits, .levers = levers.at, .lever_count = levers.count};
    GW_TRY(gw_flow_need_find(arena, &question, &need, reterr));
    gw_writer_init(&out, arena);
    return gw_flow_need_report_write(&(gw_flow_need_report){&question, &need, 5}, arena, &out,
                                     reterr);
}

static gw_status study(gw_arena *arena, const gw_net *net, gw_fault *reterr) {
    gw_flow_limits limits;
    gw_flow_outages outages;
    GW_AUTO_ARENA scratch = gw_arena_open(ARENA_CAP);
    if (net->node_count > NODES_STUDIED || net->point_count > POINTS_STUDIED) return gw_ok();
    GW_TRY(
        gw_flow_limits_make(arena, net, &(gw_flow_limit_options){.kinds = ~0U}, &limits, reterr));
    GW_TRY(study_need(arena, net, &limits, reterr));
    const gw_flow_outage_question question = {.net = net, .limits = &limits};
    return gw_flow_outages_find(arena, scratch, &question, &outages, reterr);
}

/* What passes the parser can also be solved, shown and studied, whatever the verdict. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_net net;
    gw_fault fault;
    gw_arena *arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_net_parse(arena, (gw_bytes){data, size}, &net, &fault))) {
        /* only crashes count here */
        gw_ignore(show(arena, &net, &fault));
        gw_ignore(study(arena, &net, &fault));
    }
    gw_arena_close(arena);
    return 0;
}
