/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_allocation.h"

#include "grid/flow_round.h"
#include "grid/flow_solve.h"
#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { POINTS = 6 };
static const size_t arena_cap = 4UL * 1024 * 1024;
static const double root_3 = 1.7320508075688772935;

/* A feeder behind a transformer, the truth of its points, and what is known of it. */
typedef struct bench {
    small_net small;
    gw_flow_point_data points[POINTS];
    gw_flow_allocation_question question;
} bench;

static gw_flow_state true_state(gw_arena *arena, const gw_net *net) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    assert_true(gw_is_ok(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, NULL)));
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    return state;
}

static void measure_head(const gw_net *net, const gw_flow_state *state, gw_flow_head *head) {
    *head = (gw_flow_head){.kind = GW_HEAD_TRANSFORMER};
    for (size_t phase = 0; phase < 3; phase++) {
        const gw_phasor v = gw_phasor_scale(state->node_v[3 + phase], net->nodes[1].un_v / root_3);
        const gw_phasor s = gw_phasor_multiply(
            v, gw_phasor_conjugate(gw_phasor_scale(state->transformers.to_a[phase], -1)));
        head->active_w[phase] = gw_flow_round(s.re);
        head->reactive_var[phase] = gw_flow_round(s.im);
        head->voltage_mv[phase] = gw_flow_round(gw_phasor_size(v) * 1e3);
    }
}

/* Six points of 1 to 6 kW on A, B, C, A, B, C. */
static void open_bench(gw_arena *arena, bench *it) {
    memset(it, 0, sizeof *it);
    small_chain(&it->small, 6);
    gw_net *net = &it->small.net;
    net->model = GW_NET_THREE_PHASE;
    it->small.nodes[0].un_v = 11000;
    for (uint32_t at = 0; at < 4; at++) it->small.branches[at] = small_line(at + 1, at + 2);
    net->branch_count = 4;
    it->small.transformers[0] = small_transformer();
    net->transformer_count = 1;
    net->point_count = POINTS;
    for (uint32_t at = 0; at < POINTS; at++)
        it->small.points[at] = (gw_net_point){.id = GW_TEXT("p"),
                                              .node = 2 + at % 4,
                                              .phases = 1U << at % 3,
                                              .p_w = 1000.0 * (at + 1),
                                              .q_var = 300.0 * (at + 1)};
    const gw_flow_state state = true_state(arena, net);
    measure_head(net, &state, &it->question.head);
    for (uint32_t at = 0; at < POINTS; at++) {
        const gw_net_point *point = &it->small.points[at];
        const double v = gw_phasor_size(state.node_v[point->node * 3 + at % 3]);
        it->points[at] = (gw_flow_point_data){
            .voltage_mv = gw_flow_round(v * 400 / root_3 * 1e3),
            .metered_w = (int64_t)point->p_w,
            .metered_var = (int64_t)point->q_var,
            .profile_w = (int64_t)point->p_w / 2,
            .profile_var = (int64_t)point->q_var / 2,
            .low_w = 100,
            .high_w = 9000,
        };
    }
    it->question.net = net;
    it->question.points = it->points;
}

static gw_flow_allocation allocate(gw_arena *arena, const bench *it) {
    gw_flow_allocation found;
    assert_true(gw_is_ok(gw_flow_allocate(arena, &it->question, &found, NULL)));
    return found;
}

static void assert_about(int64_t got, int64_t wanted, int64_t tolerance) {
    if (got >= wanted - tolerance && got <= wanted + tolerance) return;
    print_error("%lld, expected %lld within %lld\n", (long long)got, (long long)wanted,
                (long long)tolerance);
    fail();
}

static void sums_match_the_head_and_meters_stay(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    for (size_t at = 0; at < 3; at++) it.points[at].is_metered = true;
    const gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.verdict, GW_HEAD_MATCHED);
    for (size_t at = 0; at < POINTS; at++) {
        const gw_flow_point_state *point = &found.points[at];
        assert_int_equal(point->origin, at < 3 ? GW_ORIGIN_METER : GW_ORIGIN_ALLOCATED);
        assert_about(point->active_w, 1000 * ((int64_t)at + 1), at < 3 ? 0 : 2);
        assert_about(point->reactive_var, 300 * ((int64_t)at + 1), at < 3 ? 0 : 2);
        assert_int_equal(point->voltage, GW_VOLTAGE_PLAUSIBLE);
        assert_int_equal(point->low_w, at < 3 ? point->active_w : 100);
        assert_int_equal(point->high_w, at < 3 ? point->active_w : 9000);
    }
    for (size_t phase = 0; phase < 3; phase++) {
        assert_about(found.rest_w[phase], 0, 1);
        assert_about(found.scale_ppm[phase], 2000000, 1000);
    }
    assert_int_equal(found.doubtful, 0);
}

static void without_a_head_the_forecast_stays_with_its_band(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    it.question.head.kind = GW_HEAD_NONE;
    const gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.verdict, GW_HEAD_NOT_MEASURED);
    assert_int_equal(found.points[3].origin, GW_ORIGIN_FORECAST);
    assert_int_equal(found.points[3].active_w, 2000);
    assert_int_equal(found.points[3].low_w, 100);
    assert_int_equal(found.points[3].high_w, 9000);
    assert_string_equal(gw_flow_origin_word(found.points[3].origin), "forecast");
}

static void points_on_three_phases_take_their_share(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    for (size_t at = 0; at < POINTS; at++) {
        it.small.points[at].phases = 0;
        it.small.points[at].is_phase_unknown = at % 2 == 0;
    }
    gw_flow_state truth = true_state(arena, &it.small.net);
    measure_head(&it.small.net, &truth, &it.question.head);
    it.points[0].is_metered = true;
    const gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.verdict, GW_HEAD_MATCHED);
    for (size_t at = 1; at < POINTS; at++)
        assert_about(found.points[at].active_w, 1000 * ((int64_t)at + 1), 2);
}

static void the_sources_move_to_the_measured_voltage(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    it.small.sources[0].u_pu = 0.98;
    gw_flow_state truth = true_state(arena, &it.small.net);
    measure_head(&it.small.net, &truth, &it.question.head);
    it.small.sources[0].u_pu = 1;
    for (size_t at = 0; at < POINTS; at++) it.points[at].voltage_mv = 0;
    const gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.verdict, GW_HEAD_MATCHED);
    assert_about(found.source_ppm, 980000, 20);
    assert_int_equal(found.points[0].voltage, GW_VOLTAGE_NOT_MEASURED);
    assert_true(it.small.sources[0].u_pu == 1);
}

static void a_voltage_that_fits_another_phase_is_named(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    it.question.voltage_tolerance_ppm = 4000;
    const int64_t kept = it.points[5].voltage_mv;
    it.small.points[5].phases = GW_NET_PHASE_A;
    it.points[5].is_metered = true; /* 6 kW are really on C */
    gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.points[5].voltage, GW_VOLTAGE_OTHER_PHASE);
    assert_int_equal(found.doubtful > 0, 1);
    it.points[5].voltage_mv = kept - 30000;
    found = allocate(arena, &it);
    assert_int_equal(found.points[5].voltage, GW_VOLTAGE_BELOW_MODEL);
    it.points[5].voltage_mv = kept + 30000;
    found = allocate(arena, &it);
    assert_string_equal(gw_flow_voltage_word(found.points[5].voltage), "above_model");
}

static void a_meter_alive_on_a_dark_node_is_named(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    it.small.branches[3].closed = false; /* node 5 */
    const gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(it.small.points[3].node, 5);
    assert_int_equal(found.points[3].voltage, GW_VOLTAGE_MODEL_IS_DARK);
    assert_int_equal(found.points[3].origin, GW_ORIGIN_FORECAST);
    assert_int_equal(found.points[3].model_mv, 0);
}

static void what_nobody_can_carry_is_told(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    for (size_t at = 0; at < POINTS; at++) it.points[at].is_metered = true;
    assert_int_equal(allocate(arena, &it).verdict, GW_HEAD_MATCHED);
    it.question.head.active_w[1] += 3000;
    gw_flow_allocation found = allocate(arena, &it);
    assert_int_equal(found.verdict, GW_HEAD_UNMATCHED);
    assert_about(found.rest_w[1], 3000, 10);
    for (size_t at = 0; at < POINTS; at++) it.points[at].is_metered = false;
    it.question.head.active_w[1] += 20000;
    found = allocate(arena, &it);
    assert_string_equal(gw_flow_head_word(found.verdict), "unlikely");
    it.question.head.active_w[1] += 2000000;
    assert_int_equal(allocate(arena, &it).verdict, GW_HEAD_INFEASIBLE);
}

static void a_head_that_is_nowhere_is_refused(void **state) {
    (void)state;
    bench it;
    gw_flow_allocation found = {.rounds = 77};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it);
    it.question.head.element = 1;
    assert_int_equal(gw_flow_allocate(arena, &it.question, &found, NULL).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_int_equal(found.rounds, 77);
}

/* Property: whatever is metered and however wrong the profiles, the head's sums come out. */
static void sums_match_for_random_meters_and_profiles(void **state) {
    (void)state;
    seeded random = {5};
    for (int round = 0; round < 60; round++) {
        bench it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        open_bench(arena, &it);
        for (size_t at = 0; at < POINTS; at++) {
            it.points[at].is_metered = at >= 3 && seeded_between(&random, 0, 1) == 1;
            it.points[at].profile_w = seeded_between(&random, -500, 4000);
            it.points[at].profile_var = seeded_between(&random, 0, 500);
        }
        const gw_flow_allocation found = allocate(arena, &it);
        for (size_t phase = 0; phase < 3; phase++) {
            assert_about(found.rest_w[phase], 0, 1);
            assert_about(found.points[phase].active_w + found.points[phase + 3].active_w,
                         (int64_t)(1000 * (phase + 1) + 1000 * (phase + 4)),
                         400); /* losses move with the load */
        }
        for (size_t at = 0; at < POINTS; at++)
            assert_true(found.points[at].low_w <= found.points[at].active_w &&
                        found.points[at].high_w >= found.points[at].active_w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_match_the_head_and_meters_stay),
        cmocka_unit_test(without_a_head_the_forecast_stays_with_its_band),
        cmocka_unit_test(points_on_three_phases_take_their_share),
        cmocka_unit_test(the_sources_move_to_the_measured_voltage),
        cmocka_unit_test(a_voltage_that_fits_another_phase_is_named),
        cmocka_unit_test(a_meter_alive_on_a_dark_node_is_named),
        cmocka_unit_test(what_nobody_can_carry_is_told),
        cmocka_unit_test(a_head_that_is_nowhere_is_refused),
        cmocka_unit_test(sums_match_for_random_meters_and_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
