/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch.h"

#include "tests/support/batch_pair.h"
#include "tests/support/random_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { VECTORS = 7, ROUNDS = 60 };
static const size_t arena_cap = 64UL * 1024 * 1024;

/* Loads between nothing and twice what the network says. */
static gw_flow_vectors random_vectors(gw_arena *arena, const gw_net *net, seeded *random,
                                      double most) {
    gw_fault fault = {0};
    double *p_w = NULL;
    double *q_var = NULL;
    const size_t count = net->point_count;
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, double, VECTORS *count, &p_w, &fault)));
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, double, VECTORS *count, &q_var, &fault)));
    for (size_t at = 0; at < VECTORS * count; at++) {
        p_w[at] = net->points[at % count].p_w * most * random_part(random);
        q_var[at] = net->points[at % count].q_var * most * random_part(random);
    }
    return (gw_flow_vectors){VECTORS, p_w, q_var};
}

static void open_pair(gw_arena *arena, const gw_net *net, batch_pair *ret) {
    gw_fault fault = {0};
    const gw_status valid = gw_net_validate(arena, net, &fault);
    if (!gw_is_ok(valid)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(valid));
    assert_true(gw_is_ok(batch_pair_open(arena, net, VECTORS, ret, &fault)));
}

static void check_random_trees(gw_net_model model) {
    static const gw_flow_lanes lanes[] = {GW_FLOW_LANES_2, GW_FLOW_LANES_4, GW_FLOW_LANES_BEST};
    seeded random = {20261123};
    size_t solved = 0;
    for (int round = 0; round < ROUNDS; round++) {
        random_net it;
        batch_pair pair;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        random_net_make(&it, &random, model);
        open_pair(arena, &it.net, &pair);
        assert_null(gw_flow_batch_shape_of(pair.batch).reason);
        assert_true(gw_flow_batch_shape_of(pair.batch).kept_count <
                    gw_flow_batch_shape_of(pair.batch).place_count);
        const gw_flow_vectors vectors = random_vectors(arena, &it.net, &random, 2);
        const gw_flow_batch_options options = {
            .lanes = lanes[round % 3],
            .flow = {.start = round % 2 == 0 ? GW_FLOW_FLAT : GW_FLOW_WARM}};
        assert_true(batch_pair_run(&pair, &vectors, &options));
        assert_true(batch_pair_run(&pair, &vectors, &options)); /* now from the last call */
        assert_true(pair.worst_pu < 1e-8);
        assert_true(pair.worst_current < 1e-7);
        assert_true(pair.worst_power < 1e-7);
        solved += pair.solved;
    }
    assert_true(solved > ROUNDS * VECTORS);
}

static void random_balanced_trees_agree_with_the_scalar_flow(void **state) {
    (void)state;
    check_random_trees(GW_NET_BALANCED);
}

static void random_three_phase_trees_agree_with_the_scalar_flow(void **state) {
    (void)state;
    check_random_trees(GW_NET_THREE_PHASE);
}

/* Windings that the lanes do not know are the scalar flow's; either way the results agree. */
static void every_pair_of_windings_agrees_with_the_scalar_flow(void **state) {
    (void)state;
    enum { PAIRS = (GW_NET_ZIGZAG_GROUNDED + 1) * (GW_NET_ZIGZAG_GROUNDED + 1), CLOCKS = 12 };
    seeded random = {3};
    size_t tried = 0;
    size_t in_lanes = 0;
    for (int at = 0; at < PAIRS * CLOCKS; at++) {
        random_net it;
        batch_pair pair;
        gw_fault fault = {0};
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        random_net_make(&it, &random, GW_NET_THREE_PHASE);
        it.transformers[0].clock = at % CLOCKS;
        it.transformers[0].from_winding =
            (gw_net_winding)(at / CLOCKS % (GW_NET_ZIGZAG_GROUNDED + 1));
        it.transformers[0].to_winding =
            (gw_net_winding)(at / CLOCKS / (GW_NET_ZIGZAG_GROUNDED + 1));
        it.transformers[0].r_ground_to_ohm = at % 5 == 0 ? 0.5 : 0;
        it.transformers[0].i0_zero_pct = at % 7 == 0 ? 2 : 0;
        /* what floats is held by impedances only */
        for (size_t point = 0; point < RANDOM_POINTS; point++) {
            it.points[point].load = point % 4 == 0 ? GW_NET_POWER : GW_NET_IMPEDANCE;
            it.points[point].p_w = point % 4 == 0 ? 50 : 3000;
        }
        if (!gw_is_ok(gw_net_validate(arena, &it.net, &fault))) continue;
        if (!gw_is_ok(batch_pair_open(arena, &it.net, VECTORS, &pair, &fault))) continue;
        tried++;
        in_lanes += gw_flow_batch_shape_of(pair.batch).reason == NULL ? 1 : 0;
        const gw_flow_vectors vectors = random_vectors(arena, &it.net, &random, 1);
        assert_true(batch_pair_run(&pair, &vectors, &(gw_flow_batch_options){0}));
        assert_true(pair.worst_pu < 1e-8);
        assert_true(pair.worst_current < 1e-7);
        assert_true(pair.worst_power < 1e-7);
    }
    print_message("%zu transformers, %zu in lanes\n", tried, in_lanes);
    assert_int_equal(tried, PAIRS * CLOCKS);
    assert_true(in_lanes > 50);
}

static void a_flat_start_takes_as_many_sweeps_as_the_scalar_flow(void **state) {
    (void)state;
    random_net it;
    batch_pair pair;
    seeded random = {5};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    random_net_make(&it, &random, GW_NET_THREE_PHASE);
    /* the scalar flow holds loads of constant impedance in the tree and needs no sweep for them */
    for (size_t at = 0; at < it.net.point_count; at++)
        if (it.net.points[at].load == GW_NET_IMPEDANCE) it.net.points[at].load = GW_NET_POWER;
    open_pair(arena, &it.net, &pair);
    const gw_flow_vectors vectors = random_vectors(arena, &it.net, &random, 1);
    assert_true(batch_pair_run(&pair, &vectors, &(gw_flow_batch_options){0}));
    for (size_t vector = 0; vector < VECTORS; vector++)
        assert_int_equal(pair.got.iterations[vector], pair.wanted.iterations[vector]);
}

static void one_vector_that_collapses_does_not_spoil_the_others(void **state) {
    (void)state;
    small_net it;
    batch_pair pair;
    double p_w[VECTORS];
    double q_var[VECTORS] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    for (size_t at = 0; at < VECTORS; at++) p_w[at] = at == 2 ? 1e9 : 1000.0 * (double)at;
    open_pair(arena, &it.net, &pair);
    const gw_flow_vectors vectors = {VECTORS, p_w, q_var};
    for (int round = 0; round < 2; round++) {
        const gw_flow_batch_options options = {.flow.start = GW_FLOW_WARM};
        assert_true(batch_pair_run(&pair, &vectors, &options));
        assert_int_equal(pair.got.verdicts[2], GW_FLOW_INFEASIBLE);
        assert_true(pair.got.node_v[2 * 4 + 3].re == 0);
        assert_int_equal(pair.solved, (size_t)(round + 1) * (VECTORS - 1));
    }
    assert_true(pair.worst_pu < 1e-8);
}

static void only_what_is_watched_is_read_in_its_order(void **state) {
    (void)state;
    static const uint32_t nodes[] = {3, 1};
    static const uint32_t branches[] = {2};
    const gw_flow_batch_watch watch = {
        .nodes = nodes, .node_count = 2, .branches = branches, .branch_count = 1};
    small_net it;
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    gw_flow_batch_results results;
    static const double p_w[] = {3000};
    static const double q_var[] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 5);
    assert_true(gw_is_ok(gw_flow_batch_build(arena, &it.net, &watch, &batch, &fault)));
    assert_true(gw_is_ok(gw_flow_batch_results_make(arena, batch, 1, &results, &fault)));
    gw_flow_batch_solve(batch, &(gw_flow_vectors){1, p_w, q_var}, &(gw_flow_batch_options){0},
                        &results);
    assert_int_equal(results.verdicts[0], GW_FLOW_SOLVED);
    assert_true(results.node_v[0].re < results.node_v[1].re); /* node 3 is farther away */
    assert_true(gw_phasor_size(results.branch_from_a[0]) > 4.3);
    assert_true(gw_phasor_size(results.branch_from_a[0]) < 4.5);
    assert_true(results.loss_w[0] > 0);
}

static void a_closed_loop_goes_to_the_scalar_flow(void **state) {
    (void)state;
    small_net it;
    batch_pair pair;
    double p_w[VECTORS];
    double q_var[VECTORS] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 5);
    it.branches[4] = small_line(4, 1);
    it.net.branch_count = 5;
    for (size_t at = 0; at < VECTORS; at++) p_w[at] = 500.0 * (double)at;
    open_pair(arena, &it.net, &pair);
    assert_string_equal(gw_flow_batch_shape_of(pair.batch).reason, "a loop is closed");
    const gw_flow_vectors vectors = {VECTORS, p_w, q_var};
    assert_true(
        batch_pair_run(&pair, &vectors, &(gw_flow_batch_options){.flow.start = GW_FLOW_WARM}));
    assert_true(pair.worst_pu < 1e-8);
    assert_int_equal(pair.solved, VECTORS);
}

static void the_band_goes_to_the_scalar_flow(void **state) {
    (void)state;
    small_net it;
    batch_pair pair;
    double p_w[VECTORS];
    double q_var[VECTORS] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    for (size_t at = 0; at < VECTORS; at++) p_w[at] = 2e5;
    open_pair(arena, &it.net, &pair);
    gw_flow_batch_solve(pair.batch, &(gw_flow_vectors){VECTORS, p_w, q_var},
                        &(gw_flow_batch_options){.flow.band = GW_FLOW_BANDED}, &pair.got);
    assert_int_equal(pair.got.verdicts[0], GW_FLOW_SOLVED); /* far too much, but an impedance */
    gw_flow_batch_solve(pair.batch, &(gw_flow_vectors){VECTORS, p_w, q_var},
                        &(gw_flow_batch_options){0}, &pair.got);
    assert_int_equal(pair.got.verdicts[0], GW_FLOW_INFEASIBLE);
}

static void no_vectors_are_no_work(void **state) {
    (void)state;
    small_net it;
    batch_pair pair;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    open_pair(arena, &it.net, &pair);
    gw_flow_batch_solve(pair.batch, &(gw_flow_vectors){0}, &(gw_flow_batch_options){0}, &pair.got);
}

static void a_watch_of_nothing_is_refused(void **state) {
    (void)state;
    static const uint32_t nodes[] = {4};
    small_net it;
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    const gw_flow_batch_watch watch = {.nodes = nodes, .node_count = 1};
    const gw_status status = gw_flow_batch_build(arena, &it.net, &watch, &batch, &fault);
    assert_int_equal(status.code, GW_CODE_OUT_OF_RANGE);
    assert_string_equal(fault.subject, "/nodes");
    assert_null(batch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_balanced_trees_agree_with_the_scalar_flow),
        cmocka_unit_test(random_three_phase_trees_agree_with_the_scalar_flow),
        cmocka_unit_test(every_pair_of_windings_agrees_with_the_scalar_flow),
        cmocka_unit_test(a_flat_start_takes_as_many_sweeps_as_the_scalar_flow),
        cmocka_unit_test(one_vector_that_collapses_does_not_spoil_the_others),
        cmocka_unit_test(only_what_is_watched_is_read_in_its_order),
        cmocka_unit_test(a_closed_loop_goes_to_the_scalar_flow),
        cmocka_unit_test(the_band_goes_to_the_scalar_flow),
        cmocka_unit_test(no_vectors_are_no_work),
        cmocka_unit_test(a_watch_of_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
