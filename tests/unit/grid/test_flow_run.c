/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_run.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_flow_run *run_of(gw_arena *arena, const gw_net *net, size_t spare) {
    gw_flow_run *run = NULL;
    assert_true(gw_is_ok(gw_flow_run_open(arena, net, spare, &run, NULL)));
    if (spare > 0)
        run->net.points[net->point_count] =
            (gw_net_point){.node = 1, .phases = GW_NET_PHASE_A, .p_w = 500};
    assert_true(gw_is_ok(gw_flow_run_build(arena, run, NULL)));
    return run;
}

static void other_power_leaves_the_network_as_it_was(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    gw_flow_run *run = run_of(arena, &it.net, 0);
    run->net.points[0].p_w = 5000;
    assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_FLAT, NULL)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &it.net, run->phases, &found, NULL)));
    gw_flow_run_read(run, &found);
    assert_true(found.load_va.re > 4999.999 && found.load_va.re < 5000.001);
    assert_true(it.points[0].p_w == 3000);
}

static void a_spare_point_takes_power_of_its_own(void **state) {
    (void)state;
    small_net it;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    it.net.model = GW_NET_THREE_PHASE;
    gw_flow_run *run = run_of(arena, &it.net, 1);
    assert_int_equal(run->phases, 3);
    assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_FLAT, NULL)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &it.net, run->phases, &found, NULL)));
    gw_flow_run_read(run, &found);
    assert_true(found.load_va.re > 3499.999 && found.load_va.re < 3500.001);
}

static void no_solution_is_told(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 3);
    gw_flow_run *run = run_of(arena, &it.net, 0);
    run->net.points[0].p_w = 1e6;
    assert_int_equal(gw_flow_run_settle(run, GW_FLOW_FLAT, &fault).code, GW_CODE_INFEASIBLE);
    assert_string_equal(fault.subject, "/points");
    run->net.points[0].p_w = 1000;
    /* warm, but from flat: what did not settle is nothing to start from */
    assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_WARM, &fault)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_power_leaves_the_network_as_it_was),
        cmocka_unit_test(a_spare_point_takes_power_of_its_own),
        cmocka_unit_test(no_solution_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
