/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for lanes of any width, asserted on a random network of each model.
 */
#pragma once

#include "tests/support/batch_pair.h"
#include "tests/support/random_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LANE_VECTORS = 9 };

typedef struct lane_bench {
    random_net it;
    batch_pair pair;
    double p_w[LANE_VECTORS * RANDOM_POINTS];
    double q_var[LANE_VECTORS * RANDOM_POINTS];
} lane_bench;

/* Any number of vectors, also where lanes stay idle. */
static inline void lane_check_counts(lane_bench *bench, gw_flow_lanes lanes) {
    const gw_flow_batch_options options = {.lanes = lanes};
    for (size_t count = 1; count <= LANE_VECTORS; count++) {
        const gw_flow_vectors vectors = {count, bench->p_w, bench->q_var};
        assert_true(batch_pair_run(&bench->pair, &vectors, &options));
    }
    assert_true(bench->pair.worst_pu < 1e-8);
    assert_true(bench->pair.worst_current < 1e-7);
    assert_true(bench->pair.worst_power < 1e-7);
}

/* Equal vectors give equal bits, whatever lane they are in. */
static inline void lane_check_equal(lane_bench *bench, gw_flow_lanes lanes) {
    const size_t nodes = RANDOM_NODES * bench->pair.got.phases;
    const gw_flow_vectors vectors = {LANE_VECTORS, bench->p_w, bench->q_var};
    for (size_t at = 0; at < LANE_VECTORS * RANDOM_POINTS; at++) {
        bench->p_w[at] = bench->p_w[at % RANDOM_POINTS];
        bench->q_var[at] = bench->q_var[at % RANDOM_POINTS];
    }
    gw_flow_batch_solve(bench->pair.batch, &vectors, &(gw_flow_batch_options){.lanes = lanes},
                        &bench->pair.got);
    for (size_t vector = 1; vector < LANE_VECTORS; vector++)
        assert_memory_equal(&bench->pair.got.node_v[vector * nodes], bench->pair.got.node_v,
                            nodes * sizeof *bench->pair.got.node_v);
}

static inline void lane_check_model(gw_net_model model, gw_flow_lanes lanes) {
    gw_fault fault = {0};
    lane_bench *bench = NULL;
    seeded random = {77};
    GW_AUTO_ARENA arena = gw_arena_open(64UL * 1024 * 1024);
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, lane_bench, 1, &bench, &fault)));
    random_net_make(&bench->it, &random, model);
    for (size_t at = 0; at < LANE_VECTORS * RANDOM_POINTS; at++) {
        bench->p_w[at] = 2000 * random_part(&random);
        bench->q_var[at] = 600 * random_part(&random);
    }
    assert_true(gw_is_ok(gw_net_validate(arena, &bench->it.net, &fault)));
    assert_true(
        gw_is_ok(batch_pair_open(arena, &bench->it.net, LANE_VECTORS, &bench->pair, &fault)));
    assert_null(gw_flow_batch_shape_of(bench->pair.batch).reason);
    lane_check_counts(bench, lanes);
    lane_check_equal(bench, lanes);
}

static inline void lane_check_all(gw_flow_lanes lanes) {
    lane_check_model(GW_NET_BALANCED, lanes);
    lane_check_model(GW_NET_THREE_PHASE, lanes);
}
