/* SPDX-License-Identifier: Apache-2.0
 *
 * Many power flows of one network: build once, then solve N load vectors at a time and read only
 * what is watched. A radial network is reduced exactly (flow_reduce.h) and several vectors go
 * through a sweep side by side (flow_lane.h); whatever that cannot do (closed loops, the band of
 * voltages, full phase matrices), and every vector that does not settle, is solved by the scalar
 * flow behind the same call. So a verdict of infeasible is always the scalar flow's, and voltages
 * agree with its flat start within 1e-8 pu.
 *
 * A fast path only proposes: what is signed or paid by is checked with gw_flow_solve.
 *
 * Doubles, W and var as in gw_net_point: nothing here leaves the inside of a flow. The batch and
 * its results belong to their arenas; one thread at a time per batch. Pure.
 *
 * Example: P95 voltages over scenario paths.
 *   gw_flow_batch_build(arena, &net, &(gw_flow_batch_watch){.nodes = list, .node_count = n}, ...)
 *   gw_flow_batch_results_make(arena, batch, count, &results, ...)
 *   gw_flow_batch_solve(batch, &(gw_flow_vectors){count, p_w, q_var}, &options, &results)
 *   gw_phasor_size(results.node_v[(vector * n + at) * results.phases + phase])
 */
#pragma once

#include "grid/flow_lane.h"
#include "grid/flow_solver.h"

typedef struct gw_flow_batch gw_flow_batch;

/* What to read of every vector: places in net->nodes, net->branches and net->transformers. */
typedef struct gw_flow_batch_watch {
    const uint32_t *nodes;
    size_t node_count;
    const uint32_t *branches;
    size_t branch_count;
    const uint32_t *transformers;
    size_t transformer_count;
} gw_flow_batch_watch;

/* Power of every point of the network (also of those that do not change), vector after vector:
 * p_w[vector * net->point_count + point]. */
typedef struct gw_flow_vectors {
    size_t count;
    const double *p_w;
    const double *q_var;
} gw_flow_vectors;

/* A warm start takes each vector from the one before it, and the first from the last call: give
 * the steps of a series in order, one series after the other. Vectors that have nothing to do with
 * each other want GW_FLOW_FLAT. */
typedef struct gw_flow_batch_options {
    gw_flow_options flow;
    gw_flow_lanes lanes;
} gw_flow_batch_options;

/* Per unit and amperes as in gw_flow_state, phases values each, the watched in the order of the
 * watch: node_v[(vector * watched nodes + at) * phases + phase]. A list may be set to NULL: then it
 * is not read. A branch without charging carries out at `to` what it takes in at `from`. Where the
 * verdict is infeasible, and where no source feeds, values are zero. */
typedef struct gw_flow_batch_results {
    size_t phases;
    gw_flow_verdict *verdicts; /* by vector */
    int *iterations;           /* by vector */
    gw_phasor *node_v;
    gw_phasor *branch_from_a;
    gw_phasor *branch_to_a;
    gw_phasor *transformer_from_a;
    gw_phasor *transformer_to_a;
    gw_phasor *source_va; /* [vector * sources + source]: fed in, all phases together */
    double *loss_w;       /* by vector: of branches and transformers */
} gw_flow_batch_results;

/* The network must have passed gw_net_validate and must outlive the batch. watch NULL: everything.
 * Refuses what the scalar flows refuse; GW_CODE_OUT_OF_RANGE when a watch names nothing. */
GW_MUST_CHECK gw_status gw_flow_batch_build(gw_arena *arena, const gw_net *net,
                                            const gw_flow_batch_watch *watch, gw_flow_batch **ret,
                                            gw_fault *reterr);

/* Room for the results of vector_count vectors, all lists; take out what is not wanted. Everything
 * watched is 48 bytes per vector, node and phase: long series are best solved some dozen vectors at
 * a time, into the same room, which then stays in the processor's cache. */
GW_MUST_CHECK gw_status gw_flow_batch_results_make(gw_arena *arena, const gw_flow_batch *batch,
                                                   size_t vector_count, gw_flow_batch_results *ret,
                                                   gw_fault *reterr);

/* Fills results, which has room for vectors->count. Infeasible is a verdict of a vector, no error.
 */
void gw_flow_batch_solve(gw_flow_batch *batch, const gw_flow_vectors *vectors,
                         const gw_flow_batch_options *options, gw_flow_batch_results *results);

/* How the batch goes about it: for reports and tests. */
typedef struct gw_flow_batch_shape {
    size_t place_count; /* of the whole tree, with its sources */
    size_t kept_count;  /* after the reduction */
    const char *reason; /* why every vector is solved by the scalar flow; NULL: it is not */
} gw_flow_batch_shape;
gw_flow_batch_shape gw_flow_batch_shape_of(const gw_flow_batch *batch);
