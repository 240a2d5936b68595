/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_reach.h"

bool gw_net_conducts(const gw_net_branch *branch) {
    return branch->closed && !branch->open_from && !branch->open_to;
}

static bool is_out(const gw_flow_edge *without, gw_flow_part part, size_t element) {
    return without != NULL && without->part == part && without->element == element;
}

gw_status gw_flow_reach_find(gw_arena *arena, const gw_net *net, const gw_flow_edge *without,
                             gw_flow_reach *ret, gw_fault *reterr) {
    gw_flow_reach made;
    GW_TRY(gw_union_init(&made.sets, arena, net->node_count, reterr));
    for (size_t at = 0; at < net->branch_count; at++)
        if (gw_net_conducts(&net->branches[at]) && !is_out(without, GW_FLOW_BRANCH, at))
            (void)gw_union_join(&made.sets, net->branches[at].from, net->branches[at].to);
    for (size_t at = 0; at < net->transformer_count; at++)
        if (net->transformers[at].closed && !is_out(without, GW_FLOW_TRANSFORMER, at))
            (void)gw_union_join(&made.sets, net->transformers[at].from, net->transformers[at].to);
    for (size_t at = 1; at < net->source_count; at++)
        (void)gw_union_join(&made.sets, net->sources[0].node, net->sources[at].node);
    made.root =
        net->source_count == 0 ? UINT32_MAX : gw_union_find(&made.sets, net->sources[0].node);
    *ret = made;
    return gw_ok();
}

bool gw_flow_reach_is_fed(gw_flow_reach *reach, uint32_t node) {
    return gw_union_find(&reach->sets, node) == reach->root;
}

bool gw_flow_reach_is_joined(gw_flow_reach *reach, uint32_t left, uint32_t right) {
    return gw_union_find(&reach->sets, left) == gw_union_find(&reach->sets, right);
}
