/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/european_feeder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 512UL * 1024 * 1024;

double away(double left, double right) { return left > right ? left - right : right - left; }

void assert_near(const char *what, double got, double wanted, double tolerance) {
    if (away(got, wanted) <= tolerance) return;
    print_error("%s: %.12g, expected %.12g within %.3g\n", what, got, wanted, tolerance);
    fail();
}

void open_feeder(feeder *it) {
    gw_fault fault = {0};
    it->arena = gw_arena_open(arena_cap);
    assert_non_null(it->arena);
    it->net = grid_data_net(it->arena, FEEDER);
    it->profiles = grid_table_read(it->arena, FOLDER "csv_v2/load_profiles_1min_kw.csv", ',');
    it->tangent = __builtin_sqrt(1 / (0.95 * 0.95) - 1);
    assert_int_equal(it->net.point_count, LOADS);
    assert_true(gw_is_ok(gw_flow_three_phase_build(it->arena, &it->net, &it->flow, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(it->arena, &it->net, 3, &it->state, &fault)));
}

void load_minute(feeder *it, size_t minute) {
    for (size_t at = 0; at < LOADS; at++) {
        const gw_text cell = it->profiles.cells[(minute - 1) * it->profiles.columns + at + 1];
        it->net.points[at].p_w = grid_number(cell) * 1000;
        it->net.points[at].q_var = it->net.points[at].p_w * it->tangent;
    }
    gw_flow_three_phase_load(it->flow);
}

void solve_feeder(feeder *it) {
    const gw_flow_outcome outcome = gw_flow_three_phase_solve(it->flow, &(gw_flow_options){0});
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    assert_int_equal(outcome.switched, 0);
}

uint32_t node_named(const gw_net *net, gw_text id) {
    for (uint32_t at = 0; at < net->node_count; at++)
        if (gw_text_equal(net->nodes[at].id, id)) return at;
    fail_msg("no node %.*s", GW_TEXT_ARGS(id));
    return 0;
}

double volts(const feeder *it, gw_text node_phase) {
    gw_text rest = node_phase;
    const uint32_t node = node_named(&it->net, gw_text_split(&rest, '.'));
    const size_t phase = (size_t)(rest.at[0] - '1');
    return gw_phasor_size(gw_flow_three_phase_voltage(it->flow, node)[phase]) *
           it->net.nodes[node].un_v / root_3;
}
