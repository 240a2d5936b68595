/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_study.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void power_is_scaled_as_a_whole(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    gw_flow_study_scale(&it.net, 1500000);
    assert_true(it.points[0].p_w == 4500 && it.points[0].q_var == 1500);
}

static void only_single_phases_can_be_forgotten(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.points[0].phases = GW_NET_PHASE_B;
    it.points[1] = (gw_net_point){.node = 1, .phases = GW_NET_PHASE_A | GW_NET_PHASE_B};
    it.net.point_count = 2;
    gw_flow_study_forget_phases(&it.net);
    assert_false(it.points[0].is_phase_unknown); /* a balanced model knows none */
    it.net.model = GW_NET_THREE_PHASE;
    gw_flow_study_forget_phases(&it.net);
    assert_true(it.points[0].is_phase_unknown && it.points[0].phases == 0);
    assert_false(it.points[1].is_phase_unknown);
}

static void volts_are_those_of_the_customers(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 3);
    it.nodes[0].un_v = 20000;
    assert_int_equal(gw_flow_study_voltage_ppm(&it.net, 360000), 900000);
    it.net.model = GW_NET_THREE_PHASE;
    assert_int_equal(gw_flow_study_voltage_ppm(&it.net, 207846), 900000);
    it.net.point_count = 0;
    assert_int_equal(gw_flow_study_voltage_ppm(&it.net, 207846), 0);
}

static void generators_may_give_less(void **state) {
    (void)state;
    small_net it;
    gw_flow_levers levers;
    GW_AUTO_ARENA arena = gw_arena_open(4096);
    small_chain(&it, 2);
    it.points[1] = (gw_net_point){.node = 1};
    it.points[2] = (gw_net_point){.node = 1, .p_w = -2000};
    it.net.point_count = 3;
    assert_true(gw_is_ok(gw_flow_study_levers(arena, &it.net, 500000, 100000, &levers, NULL)));
    assert_int_equal(levers.count, 2);
    assert_int_equal(levers.at[0].less.w, 1500);
    assert_int_equal(levers.at[0].more.w, 300);
    assert_int_equal(levers.at[1].point, 2);
    assert_int_equal(levers.at[1].less.w, 0);
    assert_int_equal(levers.at[1].more.w, 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_scaled_as_a_whole),
        cmocka_unit_test(only_single_phases_can_be_forgotten),
        cmocka_unit_test(volts_are_those_of_the_customers),
        cmocka_unit_test(generators_may_give_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
