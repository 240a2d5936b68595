/* SPDX-License-Identifier: Apache-2.0
 *
 * The IEEE European LV feeder as it comes with OpenDSS, at minutes 1, 566 and 1440 of its load
 * shapes, against OpenDSS's own voltages with constant power.
 */
#include "server/gridfile/opendss.h"

#include "grid/flow_solve.h"
#include "tests/support/grid_data.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#define FOLDER "ieee_european_lv/"
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { PROFILES = 100, PARTS = PROFILES + 7, NAME_SIZE = 32 };

static const size_t arena_cap = 512UL * 1024 * 1024;

static gw_text profile_text(gw_arena *arena, const grid_table *profiles, size_t column) {
    gw_writer out;
    gw_text text;
    gw_writer_init(&out, arena);
    for (size_t row = 0; row < profiles->rows; row++) {
        gw_write_text(&out, profiles->cells[row * profiles->columns + column]);
        gw_write_c(&out, "\r\n");
    }
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    return text;
}

static gw_text data_text(gw_arena *arena, const char *path) {
    const gw_bytes bytes = grid_data_read(arena, path);
    return (gw_text){(const char *)bytes.at, bytes.length};
}

/* The files of the folder, the monitors left empty, and the shapes from the joined table. */
static size_t collect(gw_arena *arena, gw_gridfile_part parts[PARTS]) {
    static const char *const files[] = {"Master.dss", "LineCode.txt",     "Lines.txt",
                                        "Loads.txt",  "Transformers.txt", "LoadShapes.txt"};
    static char names[PROFILES][NAME_SIZE];
    size_t count = 0;
    for (size_t at = 0; at < COUNT_OF(files); at++) {
        char path[96];
        (void)snprintf(path, sizeof path, FOLDER "opendss/%s", files[at]);
        parts[count++] = (gw_gridfile_part){gw_text_from_c(files[at]), data_text(arena, path)};
    }
    parts[count++] = (gw_gridfile_part){GW_TEXT("Monitors.txt"), GW_TEXT("")};
    const grid_table profiles =
        grid_table_read(arena, FOLDER "csv_v2/load_profiles_1min_kw.csv", ',');
    for (size_t at = 0; at < PROFILES; at++) {
        const size_t column = profiles.columns - PROFILES + at;
        (void)snprintf(names[at], NAME_SIZE, "Load_profile_%zu.txt", at + 1);
        parts[count++] =
            (gw_gridfile_part){gw_text_from_c(names[at]), profile_text(arena, &profiles, column)};
    }
    return count;
}

static uint32_t node_named(const gw_net *net, gw_text id) {
    for (uint32_t at = 0; at < net->node_count; at++)
        if (gw_text_equal(net->nodes[at].id, id)) return at;
    fail_msg("no node %.*s", GW_TEXT_ARGS(id));
    return 0;
}

/* Largest complex difference in volts over all nodes and phases. */
static double worst_volts(const gw_net *net, const gw_flow_state *state, const grid_table *wanted) {
    const double root_three = 1.7320508075688772;
    double worst = 0;
    for (size_t row = 0; row < wanted->rows; row++) {
        gw_text phase = grid_table_text(wanted, row, "node_phase");
        const uint32_t node = node_named(net, gw_text_split(&phase, '.'));
        const gw_phasor got = state->node_v[node * 3 + (size_t)(phase.at[0] - '1')];
        const double base_v = net->nodes[node].un_v / root_three;
        const gw_phasor off = {got.re * base_v - grid_table_number(wanted, row, "v_re"),
                               got.im * base_v - grid_table_number(wanted, row, "v_im")};
        const double size = gw_phasor_size(off);
        worst = size > worst ? size : worst;
    }
    return worst;
}

static void check_minute(gw_arena *arena, const gw_gridfile_part *parts, size_t count, int minute) {
    char path[96];
    gw_net net;
    gw_flow_outcome outcome;
    gw_flow_state state;
    gw_fault fault = {0};
    const gw_gridfile file = {GW_GRIDFILE_OPENDSS, parts, count, minute - 1};
    const gw_status status = gw_gridfile_parse(arena, &file, &net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s", fault.subject, fault.message);
    assert_int_equal(net.node_count, 907);
    assert_int_equal(net.point_count, 55);
    assert_true(
        gw_is_ok(gw_flow_solve(arena, &net, &(gw_flow_options){0}, &outcome, &state, &fault)));
    (void)snprintf(path, sizeof path, FOLDER "reference/volts_minute_%04d_constpq.csv", minute);
    const grid_table wanted = grid_table_read(arena, path, ',');
    const double worst = worst_volts(&net, &state, &wanted);
    if (worst > 1e-4) fail_msg("minute %d is off by %g V", minute, worst);
}

static void the_european_feeder_meets_opendss(void **state) {
    (void)state;
    gw_gridfile_part parts[PARTS];
    if (!grid_data_there()) skip();
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const size_t count = collect(arena, parts);
    check_minute(arena, parts, count, 1);
    check_minute(arena, parts, count, 566);
    check_minute(arena, parts, count, 1440);
}

#define CIRCUIT "New Circuit.c bus1=a basekv=0.4 pu=1.02 isc3=5000 isc1=4000\n"
#define CODE                                                                                       \
    "new linecode.K nphases=3 R1=0.2 X1=0.1 ! behind\n~ R0=0.8, X0=0.4 C1=0 C0=0 units=km\n"
#define LINE "New Line.L bus1=a.1.2.3 bus2=b linecode=k length=500 units=m // behind\n"

static gw_status parse(gw_arena *arena, const char *text, gw_net *net, gw_fault *fault) {
    const gw_gridfile_part part = {GW_TEXT("m.dss"), gw_text_from_c(text)};
    const gw_gridfile file = {GW_GRIDFILE_OPENDSS, &part, 1, GW_GRIDFILE_STEP_NONE};
    return gw_opendss_parse(arena, &file, net, fault);
}

static void a_small_script_is_read(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const char *const text =
        "clear\nSet DefaultBaseFrequency=50\n" CIRCUIT CODE LINE "/* nothing\nNew Reactor.X\n*/\n"
        "New Load.P phases=1 bus1=b.2 kV=0.23 kW=3 kvar=1\n"
        "New \"Load.Q\" bus1=B kV=0.4 kW=6 PF=-0.6\nEdit Load.P kW=2\nsolve\n";
    const gw_status status = parse(arena, text, &net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s", fault.subject, fault.message);
    assert_int_equal(net.node_count, 2);
    assert_true(net.nodes[1].un_v == 400.0);
    assert_true(net.branches[0].r1_ohm == 0.1);
    assert_true(net.branches[0].x0_ohm == 0.2);
    assert_int_equal(net.points[0].phases, GW_NET_PHASE_B);
    assert_true(net.points[0].p_w == 2000.0);
    assert_true(net.points[0].q_var == 1000.0);
    assert_int_equal(net.points[1].phases, 0);
    assert_true(net.points[1].q_var < -7999.9 && net.points[1].q_var > -8000.1);
}

static void expect_fault(const char *text, const char *subject) {
    gw_net net = {.node_count = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    assert_false(gw_is_ok(parse(arena, text, &net, &fault)));
    assert_string_equal(fault.subject, subject);
    assert_int_equal(net.node_count, 77);
}

static void what_is_not_solved_is_refused_with_file_and_line(void **state) {
    (void)state;
    expect_fault(CIRCUIT CODE LINE "New Capacitor.C bus1=b kvar=10\n", "/m.dss/5/class");
    expect_fault(CIRCUIT CODE LINE "New Load.P bus1=b kW=much\n", "/m.dss/5/kw");
    expect_fault(CIRCUIT CODE LINE "New Load.P bus1=b 1\n", "/m.dss/5");
    expect_fault(CIRCUIT CODE LINE "Redirect more/Lines.txt\n", "/m.dss/5");
    expect_fault(CIRCUIT "New Line.L bus1=a bus2=b linecode=none length=1\n", "/m.dss/2/linecode");
    expect_fault(CIRCUIT CODE "New Line.L bus1=a.1 bus2=b.1 phases=1 linecode=k length=1\n",
                 "/m.dss/4/bus1");
}

static void a_matrix_gives_the_sequences_as_averages(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const char *const text =
        CIRCUIT "New Linecode.M rmatrix=(0.4 | 0.1 0.4 | 0.1 0.1 0.4) xmatrix=[0.3|0.1 0.3|0.1 "
                "0.1 0.3] cmatrix=(0 | 0 0 | 0 0 0) units=km\n"
                "New Line.L bus1=a bus2=b linecode=M length=1 units=km\n";
    assert_true(gw_is_ok(parse(arena, text, &net, &fault)));
    assert_non_null(net.branches[0].matrix);
    assert_true(net.branches[0].r1_ohm > 0.2999 && net.branches[0].r1_ohm < 0.3001);
    assert_true(net.branches[0].r0_ohm > 0.5999 && net.branches[0].r0_ohm < 0.6001);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_european_feeder_meets_opendss),
        cmocka_unit_test(a_small_script_is_read),
        cmocka_unit_test(what_is_not_solved_is_refused_with_file_and_line),
        cmocka_unit_test(a_matrix_gives_the_sequences_as_averages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
