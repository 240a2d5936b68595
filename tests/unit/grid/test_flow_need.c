/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need.h"

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

static gw_flow_limits limits_of(gw_arena *arena, const gw_net *net) {
    gw_flow_limits limits;
    assert_true(
        gw_is_ok(gw_flow_limits_make(arena, net, &(gw_flow_limit_options){0}, &limits, NULL)));
    return limits;
}

static gw_flow_need need_of(gw_arena *arena, const gw_flow_need_question *question) {
    gw_fault fault = {0};
    gw_flow_need need;
    const gw_status status = gw_flow_need_find(arena, question, &need, &fault);
    if (!gw_is_ok(status)) print_error("%s\n", fault.message);
    assert_true(gw_is_ok(status));
    return need;
}

/* Chain of five nodes, 4 kW at each but the first, which is too much for the last. */
static void heavy_chain(small_net *it) {
    small_chain(it, 5);
    it->net.point_count = 4;
    for (uint32_t at = 0; at < 4; at++)
        it->points[at] =
            (gw_net_point){.id = GW_TEXT("load"), .node = at + 1, .p_w = 5000, .q_var = 1500};
}

static void what_keeps_its_limits_needs_nothing(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    const gw_flow_lever lever = {.point = 0, .less = {1000}};
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = &lever,
                                                .lever_count = 1});
    assert_int_equal(need.verdict, GW_NEED_NONE);
    assert_int_equal(need.row_count, 0);
    assert_int_equal(need.least_w, 0);
    assert_int_equal(need.change_w[0], 0);
    assert_true(need.after[0].upper == need.before[0].upper);
}

static void the_best_point_is_asked_first(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    heavy_chain(&it);
    it.nodes[4].vmin_pu = 0.97;
    const gw_flow_lever levers[] = {{.point = 0, .less = {5000}}, {.point = 3, .less = {5000}}};
    gw_flow_need_question question = {
        .net = &it.net, .limits = limits_of(arena, &it.net), .levers = levers, .lever_count = 2};
    gw_flow_need need = need_of(arena, &question);
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_int_equal(need.change_w[0], 0);
    assert_true(need.change_w[1] < 0 && need.change_w[1] == -need.least_w);
    assert_int_equal(need.most_w, 10000);
    assert_int_equal(need.rows[0].reference, 1);
    assert_int_equal(need.rows[0].effectiveness[1].less_ppm, 1000000);
    assert_true(need.rows[0].effectiveness[0].less_ppm > 200000 &&
                need.rows[0].effectiveness[0].less_ppm < 300000);
    assert_true(need.rows[0].after.upper >= 0.97 - 1e-6);
    assert_true(need.rows[0].after.upper < 0.9701); /* and not more than was needed */
    /* with a margin more is asked for */
    const int64_t without = need.least_w;
    question.margin_ppm[GW_LIMIT_VOLTAGE_LOW] = 2000;
    need = need_of(arena, &question);
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_true(need.rows[0].after.upper >= 0.972 - 1e-6 && need.least_w > without);
}

static void too_little_is_told_with_how_far_it_gets(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    heavy_chain(&it);
    it.nodes[4].vmin_pu = 0.98;
    const gw_flow_lever levers[] = {{.point = 0, .less = {500}}, {.point = 3, .less = {300}}};
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = levers,
                                                .lever_count = 2});
    assert_int_equal(need.verdict, GW_NEED_NOT_ENOUGH);
    assert_int_equal(need.least_w, 800);
    assert_true(need.rows[0].is_short && need.rows[0].missing_w > 0);
    assert_true(need.rows[0].after.upper > need.rows[0].before.upper);
    assert_true(need.rows[0].reference_w > 300);
}

/* Too much generation: consuming more, or generating less, is the same lever. */
static void a_voltage_too_high_asks_for_more_consumption(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    it.points[0].p_w = -60000;
    it.points[0].q_var = 0;
    it.nodes[3].vmax_pu = 1.05;
    const gw_flow_lever lever = {.point = 0, .less = {1000}, .more = {60000}};
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = &lever,
                                                .lever_count = 1});
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_true(need.change_w[0] > 0);
    assert_true(need.rows[0].is_reference_more);
    assert_int_equal(need.most_w, 60000);
}

static void the_other_phase_is_not_brought_beyond(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_B, .p_w = 6000};
    it.points[1] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_C, .p_w = 500};
    it.points[2] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_A, .p_w = 4500};
    it.net.point_count = 3;
    it.nodes[3].vmin_pu = 0.965;
    const gw_flow_lever levers[] = {{.point = 0, .less = {4000}, .more = {0}},
                                    {.point = 1, .less = {500}, .more = {9000}},
                                    {.point = 2, .less = {4500}, .more = {0}}};
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = levers,
                                                .lever_count = 3});
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_int_equal(need.row_count, 2); /* A joins: less on B lowers it below */
    assert_false(need.rows[1].is_violated);
    assert_true(need.change_w[0] < 0 && need.change_w[2] < 0);
    assert_true(need.change_w[1] >= 0); /* less on C would lower B */
    for (size_t at = 0; at < need.row_count; at++)
        assert_true(need.rows[at].after.upper >= 0.965 - 1e-6);
}

/* Fifteen loads behind one cable: which of them is asked hardly matters, so every round could find
 * others. */
static void points_that_are_nearly_alike_settle(void **state) {
    (void)state;
    small_net it;
    gw_flow_lever levers[SMALL_MOST - 1];
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, SMALL_MOST);
    it.net.point_count = SMALL_MOST - 1;
    for (uint32_t at = 0; at < SMALL_MOST - 1; at++) {
        it.branches[at].r1_ohm = it.branches[at].x1_ohm = 1e-4;
        it.points[at] = (gw_net_point){.node = at + 1, .p_w = 5000, .q_var = 1000};
        levers[at] = (gw_flow_lever){.point = at, .less = {5000}};
    }
    it.branches[0].imax_a = 60;
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = levers,
                                                .lever_count = SMALL_MOST - 1});
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_true(need.rows[0].after.upper > 0.9999 && need.rows[0].after.upper <= 1 + 1e-6);
}

/* Unbalance is relieved by less on the loaded phase or by more on another. */
static void more_on_another_phase_mends_an_unbalance(void **state) {
    (void)state;
    small_net it;
    gw_flow_limits limits;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_B, .p_w = 6000};
    it.points[1] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_A, .p_w = 500};
    it.net.point_count = 2;
    const gw_flow_limit_options options = {.kinds = 1U << GW_LIMIT_UNBALANCE,
                                           .unbalance_ppm = 8000};
    const gw_flow_lever levers[] = {{.point = 0, .less = {6000}}, {.point = 1, .more = {6000}}};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &it.net, &options, &limits, NULL)));
    gw_flow_need_question question = {
        .net = &it.net, .limits = limits, .levers = levers, .lever_count = 2};
    const gw_flow_need both = need_of(arena, &question);
    assert_int_equal(both.verdict, GW_NEED_CONFIRMED);
    assert_true(both.rows[0].before.upper > 0.008 && both.rows[0].after.upper <= 0.008 + 1e-6);
    assert_true(both.rows[0].effectiveness[0].less_ppm > 0);
    assert_true(both.rows[0].effectiveness[1].more_ppm > 0);
    limits.at[0].limit = 0.0122; /* what A alone can do for B */
    question.levers = &levers[1];
    question.lever_count = 1;
    const gw_flow_need other = need_of(arena, &question);
    assert_int_equal(other.verdict, GW_NEED_CONFIRMED);
    assert_true(other.change_w[0] > 0);
}

static void no_solution_has_no_need(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.points[0].p_w = 1e6;
    const gw_flow_lever lever = {.point = 0, .less = {900000}};
    const gw_flow_need need =
        need_of(arena, &(gw_flow_need_question){.net = &it.net,
                                                .limits = limits_of(arena, &it.net),
                                                .levers = &lever,
                                                .lever_count = 1});
    assert_int_equal(need.verdict, GW_NEED_COLLAPSED);
    assert_string_equal(gw_flow_need_word(need.verdict), "collapsed");
    assert_int_equal(need.row_count, 0);
}

static void a_lever_without_a_point_is_refused(void **state) {
    (void)state;
    small_net it;
    gw_flow_need need = {.rounds = 77};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    gw_flow_lever lever = {.point = 1};
    const gw_flow_need_question question = {
        .net = &it.net, .limits = limits_of(arena, &it.net), .levers = &lever, .lever_count = 1};
    assert_int_equal(gw_flow_need_find(arena, &question, &need, NULL).code, GW_CODE_OUT_OF_RANGE);
    lever = (gw_flow_lever){.point = 0, .less = {-1}};
    assert_int_equal(gw_flow_need_find(arena, &question, &need, NULL).code, GW_CODE_OUT_OF_RANGE);
    /* not even looked at: the numbers of a network that would take hours */
    it.net.node_count = GW_NET_NODES_MOST;
    const gw_flow_need_question endless = {.net = &it.net, .levers = &lever, .lever_count = 4000};
    assert_int_equal(gw_flow_need_find(arena, &endless, &need, NULL).code, GW_CODE_TOO_LARGE);
    assert_int_equal(need.rounds, 77);
}

/* Property: on random feeders and paths a confirmed need is within every cap and keeps every limit
 * in a power flow that knows nothing of how it was found. */
static void a_confirmed_need_holds_on_random_feeders(void **state) {
    (void)state;
    enum { POINTS = 8, PATHS = 10 };
    seeded random = {77};
    size_t confirmed = 0;
    for (int round = 0; round < 60; round++) {
        small_net it;
        int64_t active_w[PATHS * POINTS];
        double change_w[POINTS] = {0};
        gw_flow_lever levers[POINTS];
        gw_flow_scenario again;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        small_chain(&it, 6);
        it.net.model = round % 2 == 0 ? GW_NET_THREE_PHASE : GW_NET_BALANCED;
        it.net.point_count = POINTS;
        const int64_t most_w = round % 2 == 0 ? 5000 : 9000;
        for (uint32_t at = 0; at < POINTS; at++) {
            it.points[at] = (gw_net_point){.id = GW_TEXT("p"),
                                           .node = (uint32_t)seeded_between(&random, 1, 5),
                                           .phases = (unsigned)seeded_between(&random, 0, 6),
                                           .p_w = 1000,
                                           .q_var = 300};
            it.points[at].is_phase_unknown = it.points[at].phases == 0 && round % 3 == 0;
            levers[at] = (gw_flow_lever){.point = at, .less = {most_w / 2}, .more = {most_w / 4}};
        }
        for (size_t at = 0; at < PATHS * POINTS; at++)
            active_w[at] = seeded_between(&random, most_w / 4, most_w);
        it.branches[0].imax_a = 60;
        const gw_flow_need_question question = {
            .net = &it.net,
            .limits = limits_of(arena, &it.net),
            .paths = {.active_w = active_w, .count = PATHS},
            .levers = levers,
            .lever_count = POINTS,
        };
        const gw_flow_need need = need_of(arena, &question);
        for (size_t at = 0; at < POINTS; at++) {
            assert_true(need.change_w[at] >= -levers[at].less.w);
            assert_true(need.change_w[at] <= levers[at].more.w);
            change_w[at] = (double)need.change_w[at];
        }
        if (need.verdict != GW_NEED_CONFIRMED) continue;
        confirmed++;
        assert_true(gw_is_ok(gw_flow_scenario_open(arena, &it.net, &question.limits,
                                                   &question.paths, &again, NULL)));
        gw_flow_scenario_solve(&again, change_w, GW_FLOW_CUT_ACTIVE);
        for (size_t at = 0; at < question.limits.count; at++)
            assert_true(gw_flow_limit_excess(&question.limits.at[at], again.outlooks[at].upper) <=
                        1e-6);
    }
    print_message("%zu of 60 confirmed\n", confirmed);
    assert_true(confirmed >= 55); /* on some nothing that helps is enough */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keeps_its_limits_needs_nothing),
        cmocka_unit_test(the_best_point_is_asked_first),
        cmocka_unit_test(too_little_is_told_with_how_far_it_gets),
        cmocka_unit_test(a_voltage_too_high_asks_for_more_consumption),
        cmocka_unit_test(the_other_phase_is_not_brought_beyond),
        cmocka_unit_test(points_that_are_nearly_alike_settle),
        cmocka_unit_test(more_on_another_phase_mends_an_unbalance),
        cmocka_unit_test(no_solution_has_no_need),
        cmocka_unit_test(a_lever_without_a_point_is_refused),
        cmocka_unit_test(a_confirmed_need_holds_on_random_feeders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
