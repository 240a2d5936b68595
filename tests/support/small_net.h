/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks of the unit tests: a chain of nodes at 400 V with a stiff source at the first and a load
 * at the last one, in storage of the caller.
 */
#pragma once

#include "grid/flow_network.h"

#include <string.h>

enum { SMALL_MOST = 16 };

typedef struct small_net {
    gw_net net;
    gw_net_node nodes[SMALL_MOST];
    gw_net_branch branches[SMALL_MOST];
    gw_net_transformer transformers[2];
    gw_net_point points[SMALL_MOST];
    gw_net_source sources[2];
} small_net;

static inline gw_net_branch small_line(uint32_t from, uint32_t to) {
    return (gw_net_branch){.id = GW_TEXT("line"),
                           .from = from,
                           .to = to,
                           .kind = GW_NET_LINE,
                           .closed = true,
                           .has_zero_sequence = true,
                           .r1_ohm = 0.1,
                           .x1_ohm = 0.05,
                           .r0_ohm = 0.3,
                           .x0_ohm = 0.1};
}

/* from 11 kV (node 0) to 400 V (node 1) */
static inline gw_net_transformer small_transformer(void) {
    return (gw_net_transformer){.id = GW_TEXT("TR"),
                                .from = 0,
                                .to = 1,
                                .from_winding = GW_NET_DELTA,
                                .to_winding = GW_NET_WYE_GROUNDED,
                                .clock = 5,
                                .closed = true,
                                .sn_va = 100000,
                                .u1_v = 11000,
                                .u2_v = 400,
                                .uk_pct = 4,
                                .pk_w = 1500};
}

static inline void small_chain(small_net *it, size_t node_count) {
    memset(it, 0, sizeof *it);
    for (size_t at = 0; at < node_count; at++) {
        it->nodes[at] = (gw_net_node){.id = GW_TEXT("node"), .un_v = 400};
        if (at > 0) it->branches[at - 1] = small_line((uint32_t)at - 1, (uint32_t)at);
    }
    it->points[0] = (gw_net_point){
        .id = GW_TEXT("load"), .node = (uint32_t)node_count - 1, .p_w = 3000, .q_var = 1000};
    it->sources[0] = (gw_net_source){.id = GW_TEXT("grid"), .u_pu = 1};
    it->net = (gw_net){.name = GW_TEXT("small"),
                       .nodes = it->nodes,
                       .node_count = node_count,
                       .branches = it->branches,
                       .branch_count = node_count - 1,
                       .transformers = it->transformers,
                       .points = it->points,
                       .point_count = 1,
                       .sources = it->sources,
                       .source_count = 1};
}
