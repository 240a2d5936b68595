/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solve.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_model_says_how_many_phases(void **state) {
    (void)state;
    static const gw_net_model models[] = {GW_NET_BALANCED, GW_NET_THREE_PHASE};
    double loss_w[2];
    for (size_t at = 0; at < 2; at++) {
        small_net it;
        gw_fault fault = {0};
        gw_flow_outcome outcome;
        gw_flow_state found;
        GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
        small_chain(&it, 4);
        it.net.model = models[at];
        const gw_status status =
            gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &found, &fault);
        assert_true(gw_is_ok(status));
        assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
        assert_int_equal(found.phases, at == 0 ? 1 : 3);
        loss_w[at] = found.loss_w;
    }
    assert_true(loss_w[0] > 0 && loss_w[0] - loss_w[1] < 1e-6 && loss_w[1] - loss_w[0] < 1e-6);
}

static void infeasible_is_a_verdict(void **state) {
    (void)state;
    small_net it;
    gw_fault fault = {0};
    gw_flow_outcome outcome;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.points[0].p_w = 1e6;
    assert_true(
        gw_is_ok(gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &found, &fault)));
    assert_int_equal(outcome.verdict, GW_FLOW_INFEASIBLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_says_how_many_phases),
        cmocka_unit_test(infeasible_is_a_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
