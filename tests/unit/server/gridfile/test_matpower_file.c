/* SPDX-License-Identifier: Apache-2.0
 *
 * Case files as MATPOWER writes them, made from its solved tables in per unit and in the idiom of
 * ohm and kW, must give MATPOWER's voltages.
 */
#include "server/gridfile/matpower.h"

#include "grid/flow_balanced.h"
#include "tests/support/grid_data.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

typedef enum idiom { PER_UNIT, OHM_AND_KW } idiom;

static const char *const conversion =
    "[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...\n"
    "    VA, BASE_KV] = idx_bus;\n"
    "Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts\n"
    "Sbase = mpc.baseMVA * 1e6;\n"
    "mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\n"
    "mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\n";

static void write_buses(gw_writer *out, const grid_table *buses, idiom how) {
    const double load = how == OHM_AND_KW ? 1e3 : 1;
    gw_write_c(out, "mpc.bus = [ %% a comment\n");
    for (size_t at = 0; at < buses->rows; at++)
        gw_write_format(
            out, "\t%.0f\t%.0f\t%.17g\t%.17g\t%.17g\t%.17g 1 1 %.17g %.17g 1 1.1 0.9;\n",
            grid_table_number(buses, at, "bus"), grid_table_number(buses, at, "type"),
            grid_table_number(buses, at, "pd_mw") * load,
            grid_table_number(buses, at, "qd_mvar") * load, grid_table_number(buses, at, "gs"),
            grid_table_number(buses, at, "bs"), grid_table_number(buses, at, "va_deg"),
            grid_table_number(buses, at, "base_kv"));
    gw_write_c(out, "];\n");
}

static void write_gens(gw_writer *out, const grid_table *buses) {
    gw_write_c(out, "mpc.gen = [\n");
    for (size_t at = 0; at < buses->rows; at++)
        if (gw_text_is(grid_table_text(buses, at, "type"), "3"))
            gw_write_format(out, "%.0f 0 0 Inf -Inf %.17g 100 1 10 0;\n",
                            grid_table_number(buses, at, "bus"),
                            grid_table_number(buses, at, "vm_pu"));
    gw_write_c(out, "];\nmpc.gencost = [\n2 0 0 3 0 20 0;\n];\n");
}

static void write_branches(gw_writer *out, const grid_table *table, double ohm) {
    gw_write_c(out, "mpc.branch = [");
    for (size_t at = 0; at < table->rows; at++)
        gw_write_format(
            out, "%.0f %.0f %.17g %.17g %.17g 0 0 0 %.17g %.17g %.0f -360 360;",
            grid_table_number(table, at, "from"), grid_table_number(table, at, "to"),
            grid_table_number(table, at, "r_pu") * ohm, grid_table_number(table, at, "x_pu") * ohm,
            grid_table_number(table, at, "b_pu"), grid_table_number(table, at, "ratio"),
            grid_table_number(table, at, "shift"), grid_table_number(table, at, "status"));
    gw_write_c(out, "];\n");
}

static gw_text write_case(gw_arena *arena, const char *name, double base_mva, idiom how) {
    char path[128];
    gw_writer out;
    gw_text text;
    (void)snprintf(path, sizeof path, "matpower/reference/%s_bus.csv", name);
    const grid_table buses = grid_table_read(arena, path, ',');
    (void)snprintf(path, sizeof path, "matpower/reference/%s_branch.csv", name);
    const grid_table branches = grid_table_read(arena, path, ',');
    const double kv = grid_table_number(&buses, 0, "base_kv");
    gw_writer_init(&out, arena);
    gw_write_format(&out, "function mpc = %s\n%%%s of comment\nmpc.version = '2';\r\n", name, name);
    gw_write_format(&out, "mpc.baseMVA = %.17g/3;\n", base_mva * 3);
    write_buses(&out, &buses, how);
    write_gens(&out, &buses);
    write_branches(&out, &branches, how == OHM_AND_KW ? kv * kv / base_mva : 1);
    if (how == OHM_AND_KW) gw_write_c(&out, conversion);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    return text;
}

static void check_case(const char *name, double base_mva, idiom how) {
    char path[128];
    gw_net net;
    gw_flow_balanced *flow = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_text text = write_case(arena, name, base_mva, how);
    const gw_status status = gw_matpower_parse(arena, text, &net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s: %s", name, fault.subject, fault.message);
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, &net, &flow, &fault)));
    const gw_flow_options options = {.tolerance_pu = 1e-12};
    assert_int_equal(gw_flow_balanced_solve(flow, &options).verdict, GW_FLOW_SOLVED);
    (void)snprintf(path, sizeof path, "matpower/reference/%s_bus.csv", name);
    const grid_table buses = grid_table_read(arena, path, ',');
    for (uint32_t at = 0; at < net.node_count; at++) {
        const double got = gw_phasor_size(gw_flow_balanced_voltage(flow, at));
        const double difference = got - grid_table_number(&buses, at, "vm_pu");
        if (difference > 1e-9 || difference < -1e-9)
            fail_msg("%s: bus %u is off by %g", name, at, difference);
    }
}

static void every_case_file_gives_matpowers_voltages(void **state) {
    (void)state;
    if (!grid_data_there()) skip();
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const grid_table cases = grid_table_read(arena, "matpower/reference/summary.csv", ',');
    for (size_t row = 0; row < cases.rows; row++) {
        char name[64];
        const gw_text text = grid_table_text(&cases, row, "case");
        (void)snprintf(name, sizeof name, "%.*s", GW_TEXT_ARGS(text));
        const gw_text base = grid_table_text(&cases, row, "baseMVA");
        /* the summary rounds 50 / 3 to six digits */
        const double base_mva = gw_text_is(base, "16.6667") ? 50.0 / 3 : grid_number(base);
        check_case(name, base_mva, PER_UNIT);
        /* the idiom knows the voltage of the first bus only */
        if (!gw_text_starts(text, "case533") && !gw_text_is(text, "case18"))
            check_case(name, base_mva, OHM_AND_KW);
    }
}

#define HEAD                                                                                       \
    "function mpc = t\nmpc.baseMVA = 1;\nmpc.bus = [1 3 0 0 0 0 1 1 0 10 1 1.1 0.9; "              \
    "2 1 100 50 0 0 1 1 0 10 1 1.1 0.9];\nmpc.gen = [1 0 0 1 1 1.02 1 1];\n"
#define TAIL "mpc.branch = [1 2 0.5 0.25 0 0 0 0 0 0 1];\n"

static gw_status parse(gw_arena *arena, const char *text, gw_net *net, gw_fault *fault) {
    return gw_matpower_parse(arena, gw_text_from_c(text), net, fault);
}

static void ohms_and_kilowatts_are_kept(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    char text[2048];
    (void)snprintf(text, sizeof text, HEAD TAIL "%spf = 0.6;\n%s%s", conversion,
                   "mpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));\n",
                   "mpc.bus(:, PD) = mpc.bus(:, PD) * pf;\n");
    assert_true(gw_is_ok(parse(arena, text, &net, &fault)));
    assert_true(net.branches[0].r1_ohm == 0.5);
    assert_true(net.points[0].p_w == 60000.0);
    assert_true(net.points[0].q_var == 80000.0);
    assert_true(net.sources[0].u_pu == 1.02);
}

static void unknown_statements_are_refused_with_their_line(void **state) {
    (void)state;
    gw_net net = {.node_count = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_status status = parse(arena, HEAD TAIL "mpc.bus(:, PD) = 2;\n", &net, &fault);
    assert_int_equal(status.code, GW_CODE_UNSUPPORTED);
    assert_string_equal(fault.subject, "/line/6");
    status = parse(arena, HEAD "mpc.branch = [1 2 0.5];\n", &net, &fault);
    assert_int_equal(status.code, GW_CODE_MALFORMED);
    assert_string_equal(fault.subject, "/line/5");
    status = parse(arena, HEAD "mpc.branch = [1 9 0.5 0.25 0 0 0 0 0 0 1];\n", &net, &fault);
    assert_int_equal(status.code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/branch/0/to");
    assert_int_equal(net.node_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_file_gives_matpowers_voltages),
        cmocka_unit_test(ohms_and_kilowatts_are_kept),
        cmocka_unit_test(unknown_statements_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
