/* SPDX-License-Identifier: Apache-2.0
 *
 * The same load vectors solved by the scalar flow from a flat start and by lanes, and how far the
 * two are apart: in per unit, relative to the largest current, and relative to the source's power.
 */
#pragma once

#include "grid/flow_batch.h"

#include <stddef.h>

typedef struct batch_pair {
    gw_flow_batch *batch;
    gw_flow_batch *scalar;
    size_t node_count; /* watched: everything */
    size_t branch_count;
    size_t transformer_count;
    size_t source_count;
    gw_flow_batch_results got;
    gw_flow_batch_results wanted;
    double worst_pu;
    double worst_current;
    double worst_power;
    size_t solved;
} batch_pair;

static inline gw_status batch_pair_open(gw_arena *arena, const gw_net *net, size_t vector_count,
                                        batch_pair *ret, gw_fault *reterr) {
    *ret = (batch_pair){.node_count = net->node_count,
                        .branch_count = net->branch_count,
                        .transformer_count = net->transformer_count,
                        .source_count = net->source_count};
    GW_TRY(gw_flow_batch_build(arena, net, NULL, &ret->batch, reterr));
    GW_TRY(gw_flow_batch_build(arena, net, NULL, &ret->scalar, reterr));
    GW_TRY(gw_flow_batch_results_make(arena, ret->batch, vector_count, &ret->got, reterr));
    return gw_flow_batch_results_make(arena, ret->scalar, vector_count, &ret->wanted, reterr);
}

/* The largest difference in a list, over the largest value of its vector, or over 1. */
static inline double batch_pair_off(const gw_phasor *got, const gw_phasor *wanted, size_t count,
                                    double least_scale) {
    double worst = 0;
    double scale = least_scale;
    for (size_t at = 0; at < count; at++) {
        const double off = gw_phasor_size(gw_phasor_subtract(got[at], wanted[at]));
        const double size = gw_phasor_size(wanted[at]);
        if (!(off <= worst)) worst = off;
        if (size > scale) scale = size;
    }
    return worst / scale;
}

static inline void batch_pair_most(double *most, double value) {
    if (!(value <= *most)) *most = value;
}

static inline void batch_pair_compare(batch_pair *it, size_t vector) {
    const gw_flow_batch_results *got = &it->got;
    const gw_flow_batch_results *wanted = &it->wanted;
    const size_t nodes = it->node_count * got->phases;
    const size_t branches = it->branch_count * got->phases;
    const size_t transformers = it->transformer_count * got->phases;
    const size_t sources = it->source_count;
    batch_pair_most(&it->worst_pu, batch_pair_off(&got->node_v[vector * nodes],
                                                  &wanted->node_v[vector * nodes], nodes, 1));
    batch_pair_most(&it->worst_current,
                    batch_pair_off(&got->branch_from_a[vector * branches],
                                   &wanted->branch_from_a[vector * branches], branches, 1));
    batch_pair_most(&it->worst_current,
                    batch_pair_off(&got->branch_to_a[vector * branches],
                                   &wanted->branch_to_a[vector * branches], branches, 1));
    batch_pair_most(&it->worst_current,
                    batch_pair_off(&got->transformer_from_a[vector * transformers],
                                   &wanted->transformer_from_a[vector * transformers], transformers,
                                   1));
    batch_pair_most(&it->worst_current,
                    batch_pair_off(&got->transformer_to_a[vector * transformers],
                                   &wanted->transformer_to_a[vector * transformers], transformers,
                                   1));
    batch_pair_most(&it->worst_power,
                    batch_pair_off(&got->source_va[vector * sources],
                                   &wanted->source_va[vector * sources], sources, 1000));
    const double lost = got->loss_w[vector] - wanted->loss_w[vector];
    const double scale = 1000 + gw_phasor_size(wanted->source_va[vector * sources]);
    batch_pair_most(&it->worst_power, (lost < 0 ? -lost : lost) / scale);
}

/* False when a verdict differs. */
static inline bool batch_pair_run(batch_pair *it, const gw_flow_vectors *vectors,
                                  const gw_flow_batch_options *options) {
    const gw_flow_batch_options plain = {.lanes = GW_FLOW_LANES_NONE};
    gw_flow_batch_solve(it->batch, vectors, options, &it->got);
    gw_flow_batch_solve(it->scalar, vectors, &plain, &it->wanted);
    for (size_t vector = 0; vector < vectors->count; vector++) {
        if (it->got.verdicts[vector] != it->wanted.verdicts[vector]) return false;
        if (it->got.verdicts[vector] == GW_FLOW_SOLVED) it->solved++;
        batch_pair_compare(it, vector);
    }
    return true;
}
