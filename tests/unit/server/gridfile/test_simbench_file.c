/* SPDX-License-Identifier: Apache-2.0
 *
 * The CSV files of SimBench 1-LV-rural1--0-no_sw: at full load the published result, at a step of
 * the year the reference of that quarter hour.
 */
#include "server/gridfile/simbench.h"

#include "grid/flow_solve.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#define FOLDER "simbench_lv_rural1/"
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const size_t arena_cap = 256UL * 1024 * 1024;

static const char *const files[] = {
    "Node.csv",     "Coordinates.csv", "ExternalNet.csv",     "Line.csv",
    "LineType.csv", "Transformer.csv", "TransformerType.csv", "Load.csv",
    "RES.csv",      "LoadProfile.csv", "RESProfile.csv"};

typedef struct solved {
    gw_net net;
    gw_flow_state state;
} solved;

static solved solve(gw_arena *arena, int64_t step) {
    char path[128];
    gw_gridfile_part parts[COUNT_OF(files)];
    solved it;
    gw_flow_outcome outcome;
    gw_fault fault = {0};
    for (size_t at = 0; at < COUNT_OF(files); at++) {
        (void)snprintf(path, sizeof path, FOLDER "original/%s", files[at]);
        const gw_bytes bytes = grid_data_read(arena, path);
        parts[at] =
            (gw_gridfile_part){gw_text_from_c(files[at]), {(const char *)bytes.at, bytes.length}};
    }
    const gw_gridfile file = {GW_GRIDFILE_SIMBENCH, parts, COUNT_OF(files), step};
    const gw_status status = gw_gridfile_parse(arena, &file, &it.net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s", fault.subject, fault.message);
    assert_true(gw_is_ok(
        gw_flow_solve(arena, &it.net, &(gw_flow_options){0}, &outcome, &it.state, &fault)));
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    return it;
}

static void full_load_meets_the_published_result(void **state) {
    (void)state;
    if (!grid_data_there()) skip();
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const solved it = solve(arena, GW_GRIDFILE_STEP_NONE);
    const grid_table wanted = grid_table_read(arena, FOLDER "original/NodePFResult.csv", ';');
    assert_int_equal(wanted.rows, it.net.node_count);
    for (size_t at = 0; at < wanted.rows; at++) {
        assert_true(gw_text_equal(it.net.nodes[at].id, grid_table_text(&wanted, at, "node")));
        const double off =
            gw_phasor_size(it.state.node_v[at]) - grid_table_number(&wanted, at, "vm");
        assert_true(off < 6e-6 && off > -6e-6);
        assert_int_equal(it.net.nodes[at].place, GW_NET_GEOGRAPHIC);
    }
}

static void a_step_of_the_year_meets_its_reference(void **state) {
    (void)state;
    if (!grid_data_there()) skip();
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const grid_table year =
        grid_table_read(arena, FOLDER "reference/year_powerflow_15min.csv", ',');
    static const int64_t steps[] = {0, 17000, 35135};
    for (size_t at = 0; at < COUNT_OF(steps); at++) {
        GW_AUTO_ARENA own = gw_arena_open(arena_cap);
        const solved it = solve(own, steps[at]);
        const double wanted = grid_table_number(&year, (size_t)steps[at], "p_load_kw") -
                              grid_table_number(&year, (size_t)steps[at], "p_pv_kw");
        const double off = it.state.load_va.re / 1e3 - wanted;
        assert_true(off < 1e-4 && off > -1e-4);
    }
}

static const char *const nodes = "id;vmSetp;vaSetp;vmR\na;1.02;0;0.4\nb;NULL;NULL;0.4\n";
static const char *const types = "id;r;x;b;iMax;type\nT;0.2;0.08;260;270;cable\n";
static const char *const grid = "id;node;calc_type\nX;a;vavm\n";

static const char *fault_of(const char *line, const char *load) {
    static gw_fault fault;
    gw_net net = {.node_count = 77};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_gridfile_part parts[] = {{GW_TEXT("Node.csv"), gw_text_from_c(nodes)},
                                      {GW_TEXT("LineType.csv"), gw_text_from_c(types)},
                                      {GW_TEXT("ExternalNet.csv"), gw_text_from_c(grid)},
                                      {GW_TEXT("Line.csv"), gw_text_from_c(line)},
                                      {GW_TEXT("Load.csv"), gw_text_from_c(load)}};
    const gw_gridfile file = {GW_GRIDFILE_SIMBENCH, parts, COUNT_OF(parts), GW_GRIDFILE_STEP_NONE};
    fault = (gw_fault){0};
    if (!gw_is_ok(gw_simbench_parse(arena, &file, &net, &fault)))
        assert_int_equal(net.node_count, 77);
    return fault.subject;
}

static void faults_name_file_row_and_column(void **state) {
    (void)state;
    const char *const line = "id;nodeA;nodeB;type;length\nL;a;b;T;0.1\n";
    const char *const load = "id;node;profile;pLoad\nP;b;H0;0.01\n";
    assert_string_equal(fault_of(line, load), "");
    assert_string_equal(fault_of("id;nodeA;nodeB;type;length\nL;a;b;U;0.1\n", load),
                        "/Line.csv/0/type");
    assert_string_equal(fault_of("id;nodeA;nodeB;type;length\nL;a;z;T;0.1\n", load),
                        "/Line.csv/0/nodeB");
    assert_string_equal(fault_of(line, "id;node;profile;pLoad\nP;b;H0;much\n"),
                        "/Load.csv/0/pLoad");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_load_meets_the_published_result),
        cmocka_unit_test(a_step_of_the_year_meets_its_reference),
        cmocka_unit_test(faults_name_file_row_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
