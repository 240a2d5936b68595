/* SPDX-License-Identifier: Apache-2.0
 *
 * The networks of ../shared/data/grid/minimal against their `expect` blocks: MATPOWER, pandapower,
 * OpenDSS and SimBench. Tolerances: grid research note, section 7.
 */
#include "grid/flow_balanced.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>

static const size_t arena_cap = 512UL * 1024 * 1024;

static double difference(double left, double right) {
    return left > right ? left - right : right - left;
}

static void assert_near(const char *what, double got, double wanted, double tolerance) {
    if (difference(got, wanted) <= tolerance) return;
    print_error("%s: %.12g, expected %.12g within %.3g\n", what, got, wanted, tolerance);
    fail();
}

static uint32_t node_named(const gw_net *net, const char *id) {
    for (uint32_t at = 0; at < net->node_count; at++)
        if (gw_text_is(net->nodes[at].id, id)) return at;
    fail_msg("no node %s", id);
    return 0;
}

static void check_voltages(const gw_net *net, const gw_flow_state *state, json_t *wanted,
                           double tolerance) {
    const char *id = NULL;
    json_t *value = NULL;
    json_object_foreach(wanted, id, value) {
        const double got = gw_phasor_size(state->node_v[node_named(net, id)]);
        assert_near(id, got, json_real_value(value), tolerance);
    }
}

static double smallest_voltage(const gw_net *net, const gw_flow_state *state) {
    double smallest = 10;
    for (size_t at = 0; at < net->node_count; at++) {
        const double size = gw_phasor_size(state->node_v[at]);
        smallest = size < smallest ? size : smallest;
    }
    return smallest;
}

static void check_balanced(const char *path, double tolerance_pu) {
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, path);
    const gw_bytes bytes = grid_data_read(arena, path);
    json_t *file = json_loadb((const char *)bytes.at, bytes.length, 0, NULL);
    json_t *expect = json_object_get(file, "expect");
    gw_flow_balanced *flow = NULL;
    gw_flow_state state;
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, &net, &flow, &fault)));
    const gw_flow_outcome outcome = gw_flow_balanced_solve(flow, &(gw_flow_options){0});
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    assert_true(gw_is_ok(gw_flow_state_make(arena, &net, 1, &state, &fault)));
    gw_flow_balanced_read(flow, &state);
    check_voltages(&net, &state, json_object_get(expect, "v_pu"), tolerance_pu);
    const json_t *slack = json_object_get(expect, "p_slack_w");
    const double load = state.load_va.re;
    /* the files have nine to ten digits */
    if (slack != NULL)
        assert_near("slack", state.source_va[0].re, json_real_value(slack),
                    1e-8 * json_real_value(slack));
    const json_t *loss = json_object_get(expect, "p_loss_w");
    if (loss != NULL) assert_near("loss", state.loss_w, json_real_value(loss), 1e-3);
    const json_t *least = json_object_get(expect, "v_min_pu");
    if (least != NULL)
        assert_near("least", smallest_voltage(&net, &state), json_real_value(least), 1e-8);
    /* energy balance */
    assert_near("balance", state.source_va[0].re, load + state.loss_w,
                1e-9 * (difference(load, 0) + GW_NET_PHASES));
    json_decref(file);
}

static void case33bw_meets_matpower(void **state) {
    (void)state;
    check_balanced("minimal/case33bw.net.json", 1e-8);
}

static void case69_meets_matpower(void **state) {
    (void)state;
    check_balanced("minimal/case69.net.json", 1e-8);
}

static void cigre_lv_meets_pandapower(void **state) {
    (void)state;
    check_balanced("minimal/cigre_lv.net.json", 1e-8);
}

static void cigre_mv_with_cables_open_at_one_end_meets_pandapower(void **state) {
    (void)state;
    check_balanced("minimal/cigre_mv.net.json", 1e-8);
}

static void simbench_rural_meets_its_published_voltages(void **state) {
    (void)state;
    check_balanced("minimal/simbench_lv_rural1.net.json", 6e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case33bw_meets_matpower),
        cmocka_unit_test(case69_meets_matpower),
        cmocka_unit_test(cigre_lv_meets_pandapower),
        cmocka_unit_test(cigre_mv_with_cables_open_at_one_end_meets_pandapower),
        cmocka_unit_test(simbench_rural_meets_its_published_voltages),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
