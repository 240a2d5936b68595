/* SPDX-License-Identifier: Apache-2.0
 *
 * Random radial networks for properties: a transformer at the source, long rows without load, stubs
 * that nobody uses, cables that charge, an open end now and then, a node behind an open switch. In
 * storage of the caller.
 */
#pragma once

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

enum { RANDOM_NODES = 60, RANDOM_POINTS = 24 };

typedef struct random_net {
    gw_net net;
    gw_net_node nodes[RANDOM_NODES];
    gw_net_branch branches[RANDOM_NODES];
    gw_net_transformer transformers[1];
    gw_net_point points[RANDOM_POINTS];
    gw_net_source sources[1];
} random_net;

static inline double random_part(seeded *random) {
    return (double)seeded_between(random, 1, 1000000) / 1e6;
}

static inline gw_net_branch random_branch(seeded *random, uint32_t from, uint32_t to) {
    gw_net_branch made = small_line(from, to);
    made.r1_ohm = 0.01 * random_part(random);
    made.x1_ohm = 0.01 * random_part(random);
    made.r0_ohm = 4 * made.r1_ohm;
    made.x0_ohm = 3 * made.x1_ohm;
    if (seeded_between(random, 0, 9) == 0) {
        made.b1_s = 1e-4 * random_part(random);
        made.b0_s = 0.5 * made.b1_s;
        made.g1_s = 1e-5 * random_part(random);
        made.g0_s = made.g1_s;
    }
    if (seeded_between(random, 0, 9) == 0) { /* written the other way round */
        made.from = to;
        made.to = from;
    }
    return made;
}

static inline gw_net_point random_point(seeded *random, gw_net_model model, uint32_t node) {
    static const gw_net_load kinds[] = {GW_NET_POWER, GW_NET_POWER, GW_NET_CURRENT,
                                        GW_NET_IMPEDANCE};
    return (gw_net_point){.id = GW_TEXT("point"),
                          .node = node,
                          .phases =
                              model == GW_NET_BALANCED ? 0 : (unsigned)seeded_between(random, 0, 7),
                          .load = kinds[seeded_between(random, 0, 3)],
                          .p_w = 4000 * random_part(random) - 1000,
                          .q_var = 1000 * random_part(random)};
}

static inline void random_net_make(random_net *it, seeded *random, gw_net_model model) {
    memset(it, 0, sizeof *it);
    it->nodes[0] = (gw_net_node){.id = GW_TEXT("node"), .un_v = 11000};
    it->transformers[0] = small_transformer();
    it->transformers[0].p0_w = 200;
    it->transformers[0].i0_pct = 0.5;
    for (uint32_t at = 1; at < RANDOM_NODES; at++) {
        it->nodes[at] = (gw_net_node){.id = GW_TEXT("node"), .un_v = 400};
        if (at == 1) continue;
        const bool in_a_row = at > 2 && seeded_between(random, 0, 2) != 0;
        const uint32_t above = in_a_row ? at - 1 : (uint32_t)seeded_between(random, 1, at - 1);
        it->branches[at - 2] = random_branch(random, above, at);
    }
    /* the last one is dark, the one before it hangs open */
    it->branches[RANDOM_NODES - 3].closed = false;
    it->branches[RANDOM_NODES - 4].open_to = true;
    it->branches[RANDOM_NODES - 4].b1_s = 2e-4;
    for (size_t at = 0; at < RANDOM_POINTS; at++)
        it->points[at] =
            random_point(random, model, (uint32_t)seeded_between(random, 1, RANDOM_NODES - 1));
    it->sources[0] = (gw_net_source){
        .id = GW_TEXT("grid"), .u_pu = 1.02, .angle_deg = 3, .isc3_a = 5000, .x_over_r = 3};
    it->net = (gw_net){.name = GW_TEXT("random"),
                       .model = model,
                       .nodes = it->nodes,
                       .node_count = RANDOM_NODES,
                       .branches = it->branches,
                       .branch_count = RANDOM_NODES - 2,
                       .transformers = it->transformers,
                       .transformer_count = 1,
                       .points = it->points,
                       .point_count = RANDOM_POINTS,
                       .sources = it->sources,
                       .source_count = 1};
}
