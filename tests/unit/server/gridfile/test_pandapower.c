/* SPDX-License-Identifier: Apache-2.0
 *
 * pandapower's own networks against pandapower's own results: CIGRE LV and MV, the latter with
 * cables open at one end.
 */
#include "server/gridfile/pandapower.h"

#include "grid/flow_balanced.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define FRAME(columns, index, rows)                                                                \
    "{\"_object\":{\"columns\":[" columns "],\"index\":[" index "],\"data\":[" rows "]}}"

static const size_t arena_cap = 64UL * 1024 * 1024;

static gw_net read_net(gw_arena *arena, const char *name) {
    char path[96];
    gw_net net;
    gw_fault fault = {0};
    (void)snprintf(path, sizeof path, "pandapower/%s/%s.pp.json", name, name);
    const gw_status status = gw_pandapower_parse(arena, grid_data_read(arena, path), &net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s: %s", name, fault.subject, fault.message);
    return net;
}

static void compare(gw_arena *arena, const char *name, const gw_net *net,
                    const gw_flow_balanced *flow) {
    char path[96];
    (void)snprintf(path, sizeof path, "pandapower/%s/res_bus.csv", name);
    const grid_table table = grid_table_read(arena, path, ',');
    assert_int_equal(table.rows, net->node_count);
    for (uint32_t at = 0; at < table.rows; at++) {
        const double got = gw_phasor_size(gw_flow_balanced_voltage(flow, at));
        const double difference = got - grid_table_number(&table, at, "vm_pu");
        if (difference > 1e-9 || difference < -1e-9)
            fail_msg("%s: bus %u is off by %g", name, at, difference);
    }
}

static void published_results_are_met(void **state) {
    (void)state;
    static const char *const names[] = {"cigre_lv", "cigre_mv"};
    if (!grid_data_there()) skip();
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        gw_flow_balanced *flow = NULL;
        gw_fault fault = {0};
        const gw_flow_options options = {.tolerance_pu = 1e-12};
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        const gw_net net = read_net(arena, names[at]);
        assert_true(gw_is_ok(gw_flow_balanced_build(arena, &net, &flow, &fault)));
        assert_int_equal(gw_flow_balanced_solve(flow, &options).verdict, GW_FLOW_SOLVED);
        compare(arena, names[at], &net, flow);
    }
}

static const char *const frame_bus =
    FRAME("\"vn_kv\",\"in_service\"", "4,7", "[0.4,true],[0.4,true]");
static const char *const frame_line =
    FRAME("\"from_bus\",\"to_bus\",\"length_km\",\"r_ohm_per_km\",\"x_ohm_per_km\","
          "\"c_nf_per_km\",\"max_i_ka\",\"parallel\",\"in_service\"",
          "0", "[4,7,0.5,0.2,0.1,0,0.27,2,true]");
static const char *const frame_grid = FRAME("\"bus\",\"vm_pu\"", "0", "[4,1.0]");
static const char *const frame_load =
    FRAME("\"bus\",\"p_mw\",\"q_mvar\",\"const_z_percent\"", "3", "[7,0.01,0.002,25.0]");

static gw_status parse(gw_arena *arena, const char *line, const char *more, gw_net *net,
                       gw_fault *fault) {
    char text[4096];
    (void)snprintf(text, sizeof text,
                   "{\"_object\":{\"name\":\"n\",\"f_hz\":50,\"bus\":%s,\"line\":%s,"
                   "\"ext_grid\":%s,\"load\":%s%s}}",
                   frame_bus, line, frame_grid, frame_load, more);
    return gw_pandapower_parse(arena, (gw_bytes){(const uint8_t *)text, strlen(text)}, net, fault);
}

static void parallel_lines_and_mixed_loads_are_read(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    assert_true(gw_is_ok(parse(arena, frame_line, "", &net, &fault)));
    assert_true(gw_text_is(net.nodes[1].id, "7"));
    assert_true(net.branches[0].r1_ohm == 0.05);
    assert_true(net.branches[0].imax_a == 540.0);
    assert_int_equal(net.point_count, 2);
    assert_true(net.points[0].p_w == 7500.0);
    assert_int_equal(net.points[1].load, GW_NET_IMPEDANCE);
    assert_true(net.points[1].q_var == 500.0);
    assert_true(gw_text_is(net.points[1].id, "load/z3"));
}

static void what_is_not_solved_is_refused_with_its_place(void **state) {
    (void)state;
    gw_net net = {.node_count = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const char *const gen = ",\"gen\":" FRAME("\"bus\",\"in_service\"", "0", "[7,true]");
    assert_false(gw_is_ok(parse(arena, frame_line, gen, &net, &fault)));
    assert_string_equal(fault.subject, "/gen/0/in_service");
    const char *const other = FRAME("\"from_bus\",\"to_bus\",\"length_km\"", "0", "[4,9,1.0]");
    assert_false(gw_is_ok(parse(arena, other, "", &net, &fault)));
    assert_string_equal(fault.subject, "/line/0/to_bus");
    const char *const ragged = FRAME("\"from_bus\",\"to_bus\"", "0", "[4]");
    assert_false(gw_is_ok(parse(arena, ragged, "", &net, &fault)));
    assert_string_equal(fault.subject, "/line");
    assert_int_equal(net.node_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_results_are_met),
        cmocka_unit_test(parallel_lines_and_mixed_loads_are_read),
        cmocka_unit_test(what_is_not_solved_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
