/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"
#include "tests/support/flow_case.h"
#include "tests/support/small_net.h"

static const size_t arena_cap = 16UL * 1024 * 1024;

/* 11 kV, a transformer, 400 V lines; three points on single phases. */
static void small_feeder(small_net *it, size_t node_count) {
    small_chain(it, node_count);
    it->net.model = GW_NET_THREE_PHASE;
    it->nodes[0].un_v = 11000;
    it->transformers[0] = small_transformer();
    it->net.transformer_count = 1;
    for (size_t at = 2; at < node_count; at++)
        it->branches[at - 2] = small_line((uint32_t)at - 1, (uint32_t)at);
    it->net.branch_count = node_count - 2;
    it->points[0].phases = GW_NET_PHASE_A;
}

static const gw_net_matrix uneven = {.r_ohm = {0.25, 0.06, 0.27, 0.05, 0.06, 0.24},
                                     .x_ohm = {0.21, 0.08, 0.22, 0.06, 0.09, 0.20},
                                     .b_s = {5e-4, -1e-4, 6e-4, -5e-5, -1e-4, 5e-4}};

/* The matrix that the sequence data of a line amount to. */
static gw_net_matrix matrix_of(const gw_net_branch *branch) {
    const double own_r = (branch->r0_ohm + 2 * branch->r1_ohm) / 3;
    const double own_x = (branch->x0_ohm + 2 * branch->x1_ohm) / 3;
    const double own_b = (branch->b0_s + 2 * branch->b1_s) / 3;
    const double r = (branch->r0_ohm - branch->r1_ohm) / 3;
    const double x = (branch->x0_ohm - branch->x1_ohm) / 3;
    const double b = (branch->b0_s - branch->b1_s) / 3;
    return (gw_net_matrix){.r_ohm = {own_r, r, own_r, r, r, own_r},
                           .x_ohm = {own_x, x, own_x, x, x, own_x},
                           .b_s = {own_b, b, own_b, b, b, own_b}};
}

static void a_matrix_of_sequence_data_gives_the_same_voltages(void **state) {
    (void)state;
    for (int open = 0; open < 2; open++) {
        small_net it;
        gw_net_matrix matrices[SMALL_MOST];
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_feeder(&it, 5);
        for (size_t at = 0; at < it.net.branch_count; at++) {
            it.branches[at].b1_s = 2e-3;
            it.branches[at].b0_s = 1e-3;
        }
        it.points[0].node = 3;
        it.branches[2].open_to = open != 0;
        const gw_flow_state plain = flow_solved(arena, &it.net);
        for (size_t at = 0; at < it.net.branch_count; at++) {
            matrices[at] = matrix_of(&it.branches[at]);
            it.branches[at].matrix = &matrices[at];
        }
        const gw_flow_state full = flow_solved(arena, &it.net);
        assert_true(flow_voltages_away(&it.net, &plain, &full) < 1e-12);
        for (size_t at = 0; at < it.net.branch_count * 3; at++)
            assert_true(gw_phasor_size(gw_phasor_subtract(plain.branches.from_a[at],
                                                          full.branches.from_a[at])) < 1e-9);
    }
}

static gw_net_matrix turned(const gw_net_matrix *it) {
    /* what was A is B now: ca, cb -> ab, ac */
    static const int from[GW_NET_TRIANGLE] = {5, 3, 0, 4, 1, 2};
    gw_net_matrix made;
    for (int at = 0; at < GW_NET_TRIANGLE; at++) {
        made.r_ohm[at] = it->r_ohm[from[at]];
        made.x_ohm[at] = it->x_ohm[from[at]];
        made.g_s[at] = it->g_s[from[at]];
        made.b_s[at] = it->b_s[from[at]];
    }
    return made;
}

static void turning_the_phases_turns_an_untransposed_line(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 4);
    it.branches[0].matrix = it.branches[1].matrix = &uneven;
    const gw_flow_state before = flow_solved(arena, &it.net);
    const gw_net_matrix other = turned(&uneven);
    it.branches[0].matrix = it.branches[1].matrix = &other;
    it.points[0].phases = GW_NET_PHASE_B;
    const gw_flow_state after = flow_solved(arena, &it.net);
    const gw_phasor back = gw_phasor_turn(-120);
    for (size_t node = 0; node < it.net.node_count; node++)
        for (size_t phase = 0; phase < 3; phase++) {
            const gw_phasor wanted = gw_phasor_multiply(before.node_v[node * 3 + phase], back);
            const gw_phasor got = after.node_v[node * 3 + (phase + 1) % 3];
            assert_true(gw_phasor_size(gw_phasor_subtract(wanted, got)) < 1e-11);
        }
}

static void an_uneven_line_unbalances_an_even_load(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 3);
    it.points[0].phases = 0;
    const gw_flow_state even = flow_solved(arena, &it.net);
    assert_true(gw_flow_unbalance(&even.node_v[6]) < 1e-12);
    it.branches[0].matrix = &uneven;
    const gw_flow_state odd = flow_solved(arena, &it.net);
    assert_true(gw_flow_unbalance(&odd.node_v[6]) > 1e-5);
    assert_true(gw_flow_zero_unbalance(&odd.node_v[6]) > 1e-5);
}

static void a_loop_may_close_over_an_uneven_line(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 4);
    it.branches[0].matrix = &uneven;
    it.branches[2] = it.branches[0];
    it.net.branch_count = 3;
    const gw_flow_state twin = flow_solved(arena, &it.net);
    gw_net_matrix half = uneven;
    for (int at = 0; at < GW_NET_TRIANGLE; at++) {
        half.r_ohm[at] /= 2;
        half.x_ohm[at] /= 2;
        half.b_s[at] *= 2;
    }
    it.branches[0].matrix = &half;
    it.net.branch_count = 2;
    const gw_flow_state single = flow_solved(arena, &it.net);
    assert_true(flow_voltages_away(&it.net, &twin, &single) < 1e-11);
}

static void an_earthing_impedance_takes_the_neutral_current(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it, 2);
    it.points[0].node = 1;
    const gw_flow_state solid = flow_solved(arena, &it.net);
    it.transformers[0].r_ground_to_ohm = 0.5;
    const gw_flow_state raised = flow_solved(arena, &it.net);
    const double neutral_a = gw_flow_neutral_a(&raised.transformers.to_a[0]);
    const gw_triple v = {{raised.node_v[3], raised.node_v[4], raised.node_v[5]}};
    const double zero_v = gw_phasor_size(gw_sequences_of(&v).zero) * 400 / 1.7320508075688772935;
    assert_true(gw_flow_zero_unbalance(&solid.node_v[3]) <
                gw_flow_zero_unbalance(&raised.node_v[3]));
    /* the star point stands at Z times the neutral current; the rest drops inside the transformer
     */
    assert_true(flow_away(zero_v, 0.5 * neutral_a) < 0.02 * neutral_a + 0.5);
}

/* Every group: the same turn for positive as for balanced flows, and the ways of the zero sequence.
 */
static void the_windings_decide_where_the_zero_sequence_goes(void **state) {
    (void)state;
    static const struct {
        gw_net_winding from;
        gw_net_winding to;
        int clock;
        double i0_zero_pct;
        double most; /* zero sequence current in the lines above, over that below */
        double least;
    } cases[] = {
        {GW_NET_DELTA, GW_NET_WYE_GROUNDED, 11, 0, 1e-9, 0},
        {GW_NET_WYE_GROUNDED, GW_NET_WYE_GROUNDED, 0, 0, 1.01, 0.99},
        {GW_NET_WYE_GROUNDED, GW_NET_WYE_GROUNDED, 6, 0, 1.01, 0.99},
        {GW_NET_WYE, GW_NET_ZIGZAG_GROUNDED, 5, 0, 1e-9, 0},
        {GW_NET_DELTA, GW_NET_ZIGZAG_GROUNDED, 6, 0, 1e-9, 0},
        {GW_NET_WYE, GW_NET_WYE_GROUNDED, 0, 50, 1e-9, 0},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        small_net it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_feeder(&it, 3);
        it.sources[0].isc3_a = 10000;
        it.sources[0].x_over_r = 10;
        it.points[0].p_w = 1000;
        it.transformers[0].from_winding = cases[at].from;
        it.transformers[0].to_winding = cases[at].to;
        it.transformers[0].clock = cases[at].clock;
        it.transformers[0].i0_zero_pct = cases[at].i0_zero_pct;
        const gw_flow_state found = flow_solved(arena, &it.net);
        const double above_a = gw_flow_neutral_a(&found.source_a[0]) * 11000 / 400;
        const double below_a = gw_flow_neutral_a(&found.branches.to_a[0]);
        assert_true(above_a <= cases[at].most * below_a);
        assert_true(above_a >= cases[at].least * below_a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matrix_of_sequence_data_gives_the_same_voltages),
        cmocka_unit_test(turning_the_phases_turns_an_untransposed_line),
        cmocka_unit_test(an_uneven_line_unbalances_an_even_load),
        cmocka_unit_test(a_loop_may_close_over_an_uneven_line),
        cmocka_unit_test(an_earthing_impedance_takes_the_neutral_current),
        cmocka_unit_test(the_windings_decide_where_the_zero_sequence_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
