/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_effect.h"

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_flow_limit low_at(uint32_t node, uint32_t phase) {
    return (gw_flow_limit){
        .kind = GW_LIMIT_VOLTAGE_LOW, .element = node, .phase = phase, .limit = 0.9};
}

static gw_flow_effects effects_of(gw_arena *arena, const gw_flow_question *question) {
    gw_fault fault = {0};
    gw_flow_effects found = {0};
    const gw_status status = gw_flow_effects_find(arena, question, &found, &fault);
    if (!gw_is_ok(status)) print_error("%s\n", fault.message);
    assert_true(gw_is_ok(status));
    return found;
}

static bool is_near(double got, double wanted, double part) {
    const double off = got > wanted ? got - wanted : wanted - got;
    return off <= part * (wanted < 0 ? -wanted : wanted);
}

static void it_is_the_slope_of_the_closed_formula(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    it.branches[0].x1_ohm = 0;
    it.points[0].q_var = 0;
    gw_flow_limit limit = low_at(1, GW_FLOW_PHASE_ALL);
    gw_flow_question question = {.net = &it.net, .limits = {&limit, 1}, .step = {10}};
    /* v = (1 + sqrt(1 - 4 r p)) / 2, so dv/dp = -r / sqrt(1 - 4 r p) */
    const double r = 0.1 / 0.16;
    const double root = __builtin_sqrt(1 - 4 * r * 0.003);
    for (int side = GW_FLOW_CENTRAL; side <= GW_FLOW_MORE; side++) {
        question.difference = (gw_flow_difference)side;
        const gw_flow_effects found = effects_of(arena, &question);
        assert_true(
            is_near(found.at[0].low, r / root / 1e6, side == GW_FLOW_CENTRAL ? 1e-5 : 1e-4));
        assert_true(found.at[0].low == found.at[0].high);
        assert_true(is_near(found.values[0], (1 + root) / 2, 1e-9));
    }
    assert_true(it.points[0].p_w == 3000);
}

static void another_phase_may_pull_the_other_way(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    it.points[1] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_C, .p_w = 500};
    it.net.point_count = 2;
    gw_flow_limit limits[] = {low_at(3, 1), low_at(3, 2)};
    const gw_flow_effects found =
        effects_of(arena, &(gw_flow_question){.net = &it.net, .limits = {limits, 2}});
    assert_true(found.at[0].high > 0); /* more at B lowers B */
    assert_true(found.at[2].high < 0); /* more at C lifts B */
    assert_true(found.at[3].high > 0);
}

/* The known phases are within the ends of the unknown one, and the ends are among them. */
static void an_unknown_phase_has_the_ends_of_all_three(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(4 * 1024 * 1024);
    small_chain(&it, 4);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    it.points[1] = (gw_net_point){.node = 2, .is_phase_unknown = true, .p_w = 900};
    it.net.point_count = 2;
    gw_flow_limit limits[] = {
        low_at(3, 1),
        {.kind = GW_LIMIT_UNBALANCE, .element = 3, .phase = GW_FLOW_PHASE_ALL, .limit = 0.02}};
    const gw_flow_question question = {.net = &it.net, .limits = {limits, 2}};
    const gw_flow_effects found = effects_of(arena, &question);
    assert_true(found.at[2].low < 0 && found.at[2].high > 0);
    double least = 1;
    double most = -1;
    /* the same power on each phase, and one of them is moved */
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        it.points[1] = (gw_net_point){.node = 2, .p_w = 900};
        it.points[2] = (gw_net_point){.node = 2, .phases = 1U << phase};
        it.net.point_count = 3;
        const gw_flow_effect got = effects_of(arena, &question).at[4];
        least = got.low < least ? got.low : least;
        most = got.high > most ? got.high : most;
    }
    assert_true(is_near(found.at[2].low, least, 1e-6) && is_near(found.at[2].high, most, 1e-6));
    assert_true(gw_flow_effect_of(&found, 1, 0, 1000) == 1000 * found.at[2].high);
    assert_true(gw_flow_effect_of(&found, 1, 0, -1000) == -1000 * found.at[2].low);
}

static void a_balanced_model_knows_no_phase_to_doubt(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.points[0].is_phase_unknown = true;
    gw_flow_limit limit = low_at(2, GW_FLOW_PHASE_ALL);
    const gw_flow_effects found =
        effects_of(arena, &(gw_flow_question){.net = &it.net, .limits = {&limit, 1}});
    assert_true(found.at[0].low == found.at[0].high && found.at[0].low > 0);
}

static void a_network_beyond_its_limit_has_no_effects(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_effects found = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.points[0].p_w = 1e6;
    gw_flow_limit limit = low_at(2, GW_FLOW_PHASE_ALL);
    gw_flow_question question = {.net = &it.net, .limits = {&limit, 1}};
    assert_int_equal(gw_flow_effects_find(arena, &question, &found, &fault).code,
                     GW_CODE_INFEASIBLE);
    limit.element = 3;
    assert_int_equal(gw_flow_effects_find(arena, &question, &found, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    limit = low_at(2, 0); /* no phase A in a balanced model */
    assert_int_equal(gw_flow_effects_find(arena, &question, &found, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    limit = low_at(2, GW_FLOW_PHASE_ALL);
    const uint32_t nobody = 1;
    question.points = &nobody;
    question.point_count = 1;
    assert_int_equal(gw_flow_effects_find(arena, &question, &found, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_null(found.at);
}

static void a_cut_of_the_whole_load_does_more(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.branches[0].imax_a = 50;
    gw_flow_limit limits[] = {
        low_at(2, GW_FLOW_PHASE_ALL),
        {.kind = GW_LIMIT_BRANCH_CURRENT, .element = 0, .phase = GW_FLOW_PHASE_ALL, .limit = 1}};
    gw_flow_question question = {.net = &it.net, .limits = {limits, 2}, .step = {10}};
    const gw_flow_effects active = effects_of(arena, &question);
    question.cut = GW_FLOW_CUT_WHOLE;
    const gw_flow_effects whole = effects_of(arena, &question);
    assert_true(whole.at[0].low > active.at[0].low);
    assert_true(whole.at[1].low > active.at[1].low && active.at[1].low > 0);
}

/* Property: the sum of the points' effects is the effect of all moving together. */
static void effects_of_many_points_add_up(void **state) {
    (void)state;
    seeded random = {20260101};
    for (int round = 0; round < 20; round++) {
        small_net it;
        GW_AUTO_ARENA arena = gw_arena_open(4 * 1024 * 1024);
        small_chain(&it, 6);
        it.net.model = GW_NET_THREE_PHASE;
        it.net.point_count = 6;
        for (uint32_t at = 0; at < 6; at++)
            it.points[at] = (gw_net_point){.node = (uint32_t)seeded_between(&random, 1, 5),
                                           .phases = (unsigned)seeded_between(&random, 0, 6),
                                           .p_w = (double)seeded_between(&random, -3000, 3000)};
        gw_flow_limit limit = low_at(5, (uint32_t)seeded_between(&random, 0, 2));
        const gw_flow_question question = {.net = &it.net, .limits = {&limit, 1}, .step = {1}};
        const gw_flow_effects before = effects_of(arena, &question);
        double sum = 0;
        for (size_t at = 0; at < 6; at++) sum += gw_flow_effect_of(&before, at, 0, 5);
        for (size_t at = 0; at < 6; at++) it.points[at].p_w += 5;
        const double moved = before.values[0] - effects_of(arena, &question).values[0];
        assert_true(is_near(moved, sum, 0.01));
    }
}

static void an_effect_never_reads_as_none_when_there_is_one(void **state) {
    (void)state;
    assert_int_equal(gw_flow_effect_ppb(0), 0);
    assert_int_equal(gw_flow_effect_ppb(1e-12), 1);
    assert_int_equal(gw_flow_effect_ppb(-1e-12), -1);
    assert_int_equal(gw_flow_effect_ppb(2.5e-6), 2500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_slope_of_the_closed_formula),
        cmocka_unit_test(another_phase_may_pull_the_other_way),
        cmocka_unit_test(an_unknown_phase_has_the_ends_of_all_three),
        cmocka_unit_test(a_balanced_model_knows_no_phase_to_doubt),
        cmocka_unit_test(a_cut_of_the_whole_load_does_more),
        cmocka_unit_test(a_network_beyond_its_limit_has_no_effects),
        cmocka_unit_test(effects_of_many_points_add_up),
        cmocka_unit_test(an_effect_never_reads_as_none_when_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
