/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/network_check.h"

#include "grid/flow_solve.h"
#include "grid/flow_tree.h"

#include <stdio.h>

static gw_status find_dark(gw_arena *arena, const gw_net *net, gw_network_check *check,
                           gw_fault *reterr) {
    gw_flow_tree tree;
    GW_TRY(gw_flow_tree_build(arena, net, &tree, reterr));
    check->loop_count = tree.link_count;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, net->point_count, &check->dark_points, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        if (tree.place_of[net->points[at].node] == GW_PLACE_DARK)
            check->dark_points[check->dark_count++] = (uint32_t)at;
    return gw_ok();
}

static void count_unlimited(const gw_net *net, gw_network_check *check) {
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        if (!(branch->imax_a > 0) && !gw_net_is_bare_switch(branch)) check->unlimited_branches++;
    }
    for (size_t at = 0; at < net->node_count; at++)
        if (!(net->nodes[at].vmin_pu > 0) && !(net->nodes[at].vmax_pu > 0))
            check->unlimited_nodes++;
}

gw_status gw_network_check_make(gw_arena *arena, const gw_net *net, gw_network_check *ret,
                                gw_fault *reterr) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_fault fault = {0};
    gw_network_check made = {0};
    gw_status status = find_dark(arena, net, &made, &fault);
    if (gw_is_ok(status))
        status = gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, &fault);
    if (status.code == GW_CODE_NO_MEMORY) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    if (!gw_is_ok(status))
        return gw_fail_with(reterr, GW_CODE_INVALID, fault.subject, "%s", fault.message);
    made.is_feasible = outcome.verdict == GW_FLOW_SOLVED;
    count_unlimited(net, &made);
    *ret = made;
    return gw_ok();
}

/* ---- as JSON ---- */

static void warn(gw_json *json, const char *pointer, const char *detail) {
    gw_json_object(json, NULL);
    gw_json_c(json, "pointer", pointer);
    gw_json_c(json, "detail", detail);
    gw_json_close(json);
}

static void warn_of(gw_json *json, const char *pointer, size_t count, const char *what) {
    char detail[160];
    if (count == 0) return;
    (void)snprintf(detail, sizeof detail, "%zu %s", count, what);
    warn(json, pointer, detail);
}

void gw_network_check_write(gw_json *json, const char *key, const gw_net *net,
                            const gw_network_check *check) {
    char pointer[32];
    gw_json_array(json, key);
    for (size_t at = 0; at < check->dark_count && at < GW_NETWORK_DARK_SHOWN; at++) {
        (void)snprintf(pointer, sizeof pointer, "/points/%u", check->dark_points[at]);
        warn(json, pointer, "No source feeds this point.");
    }
    if (check->dark_count > GW_NETWORK_DARK_SHOWN)
        warn_of(json, "/points", check->dark_count, "points are fed by no source.");
    warn_of(json, "/branches", check->loop_count, "loops are closed.");
    warn_of(json, "/branches", check->unlimited_branches,
            "branches say no greatest current; they are never congested.");
    warn_of(json, "/nodes", check->unlimited_nodes,
            "nodes say no voltage limits; those of the settings hold.");
    if (net->transformer_count == 0)
        warn(json, "/transformers", "There is no transformer whose loading could be watched.");
    if (!check->is_feasible)
        warn(json, "", "The network cannot carry the loads that the document says.");
    gw_json_close(json);
}
