/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_sensitivity.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void it_is_the_slope_of_the_closed_formula(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    double *found = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    it.branches[0].x1_ohm = 0;
    it.points[0].q_var = 0;
    const gw_flow_watch watch = {1, 0};
    const gw_flow_question question = {&it.net, &watch, 1, {10}, GW_FLOW_CUT_ACTIVE};
    assert_true(gw_is_ok(gw_flow_sensitivity(arena, &question, &found, &fault)));
    /* v = (1 + sqrt(1 - 4 r p)) / 2, so dv/dp = -r / sqrt(1 - 4 r p) */
    const double r = 0.1 / 0.16;
    const double slope = r / __builtin_sqrt(1 - 4 * r * 0.003) / 1e6;
    assert_true(found[0] > slope * (1 - 1e-5) && found[0] < slope * (1 + 1e-5));
    assert_true(it.points[0].p_w == 3000);
}

static void another_phase_may_pull_the_other_way(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    double *found = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    it.points[1] = (gw_net_point){.node = 3, .phases = GW_NET_PHASE_C, .p_w = 500};
    it.net.point_count = 2;
    const gw_flow_watch watches[] = {{3, 1}, {3, 2}};
    const gw_flow_question question = {&it.net, watches, 2, {0}, GW_FLOW_CUT_ACTIVE};
    assert_true(gw_is_ok(gw_flow_sensitivity(arena, &question, &found, &fault)));
    assert_true(found[0] > 0); /* less at B lifts B */
    assert_true(found[2] < 0); /* less at C lowers B */
    assert_true(found[3] > 0);
}

static void a_network_beyond_its_limit_has_no_slope(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    double *found = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.points[0].p_w = 1e6;
    const gw_flow_watch watch = {2, 0};
    const gw_flow_watch nowhere = {3, 0};
    gw_flow_question question = {&it.net, &watch, 1, {0}, GW_FLOW_CUT_ACTIVE};
    assert_int_equal(gw_flow_sensitivity(arena, &question, &found, &fault).code,
                     GW_CODE_INFEASIBLE);
    question.watches = &nowhere;
    assert_int_equal(gw_flow_sensitivity(arena, &question, &found, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_null(found);
}

static void a_cut_of_the_whole_load_does_more(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    double *active = NULL;
    double *whole = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    const gw_flow_watch watch = {2, 0};
    gw_flow_question question = {&it.net, &watch, 1, {10}, GW_FLOW_CUT_ACTIVE};
    assert_true(gw_is_ok(gw_flow_sensitivity(arena, &question, &active, &fault)));
    question.cut = GW_FLOW_CUT_WHOLE;
    assert_true(gw_is_ok(gw_flow_sensitivity(arena, &question, &whole, &fault)));
    assert_true(whole[0] > active[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_slope_of_the_closed_formula),
        cmocka_unit_test(another_phase_may_pull_the_other_way),
        cmocka_unit_test(a_cut_of_the_whole_load_does_more),
        cmocka_unit_test(a_network_beyond_its_limit_has_no_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
