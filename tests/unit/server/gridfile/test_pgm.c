/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm.h"

#include "server/gridfile/gw_net.h"
#include "tests/support/flow_case.h"
#include "tests/support/grid_data.h"

#include <string.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

#define HEAD                                                                                       \
    "{\"version\":\"1.0\",\"type\":\"input\",\"is_batch\":false,\"attributes\":{},\"data\":{"
#define UPDATE                                                                                     \
    "{\"version\":\"1.0\",\"type\":\"update\",\"is_batch\":true,\"attributes\":{},\"data\":"
#define NODES "\"node\":[{\"id\":1,\"u_rated\":10000},{\"id\":2,\"u_rated\":10000}]"
#define SOURCE "\"source\":[{\"id\":5,\"node\":1,\"status\":1,\"u_ref\":1.02}]"
#define LINE_MIDDLE                                                                                \
    "\"line\":[{\"id\":3,\"from_node\":1,\"to_node\":2,\"from_status\":1,\"to_status\":1,"         \
    "\"r1\":0.25,\"x1\":0.2,\"c1\":1e-6,\"tan1\":0.01"
#define LINE LINE_MIDDLE ",\"r0\":0.5,\"x0\":0.6,\"c0\":1e-6,\"tan0\":0,\"i_n\":300}]"
#define LOAD                                                                                       \
    "\"sym_load\":[{\"id\":4,\"node\":2,\"status\":1,\"type\":0,\"p_specified\":1e6,"              \
    "\"q_specified\":2e5}]"
#define THREE                                                                                      \
    "\"asym_load\":[{\"id\":7,\"node\":2,\"status\":1,\"type\":2,\"p_specified\":[1e5,2e5,3e5],"   \
    "\"q_specified\":[0,1e4,-1e4]}]"

static gw_bytes bytes_of(const char *text) {
    return (gw_bytes){(const uint8_t *)text, strlen(text)};
}

static gw_net parsed(gw_arena *arena, const char *text) {
    gw_net net = {0};
    gw_fault fault = {0};
    const gw_status status = gw_pgm_parse(arena, bytes_of(text), &net, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return net;
}

static void a_small_file_becomes_a_network(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = parsed(arena, HEAD NODES "," LINE "," LOAD "," SOURCE "}}");
    assert_int_equal(net.model, GW_NET_BALANCED);
    assert_true(gw_text_is(net.nodes[1].id, "2"));
    assert_true(flow_away(net.branches[0].b1_s, 314.159265e-6) < 1e-11);
    assert_true(flow_away(net.branches[0].g1_s, 3.14159265e-6) < 1e-13);
    assert_true(net.branches[0].has_zero_sequence && net.branches[0].imax_a == 300);
    assert_true(flow_away(net.sources[0].isc3_a, 1e10 / 1.7320508075688772 / 10000) < 1e-3);
    assert_true(flow_away(net.sources[0].x_over_r, 10) < 1e-12);
    const gw_flow_state found = flow_solved(arena, &net);
    assert_true(gw_phasor_size(found.node_v[1]) < 1.02);
}

static void three_phases_of_a_load_are_three_points(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = parsed(arena, HEAD NODES "," LINE "," THREE "," SOURCE "}}");
    assert_int_equal(net.model, GW_NET_THREE_PHASE);
    assert_int_equal(net.point_count, 3);
    assert_true(gw_text_is(net.points[2].id, "7/c"));
    assert_int_equal(net.points[2].phases, GW_NET_PHASE_C);
    assert_true(net.points[1].p_w == 2e5 && net.points[2].q_var == -1e4);
    assert_int_equal(net.points[0].load, GW_NET_CURRENT);
}

static void rows_of_named_columns_are_entries_too(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = parsed(
        arena,
        "{\"version\":\"1.0\",\"type\":\"input\",\"is_batch\":false,\"attributes\":{\"node\":"
        "[\"id\",\"u_rated\"]},\"data\":{\"node\":[[1,10000],[2,10000]]," LINE "," SOURCE "}}");
    assert_int_equal(net.node_count, 2);
    assert_true(net.nodes[1].un_v == 10000);
}

static void a_scenario_lies_over_the_file(void **state) {
    (void)state;
    static const char *const file = HEAD NODES "," LINE "," LOAD "," SOURCE "}}";
    static const char *const batch = UPDATE
        "[{\"sym_load\":[{\"id\":4,\"p_specified\":5}],\"line\":[{\"id\":3,\"to_status\":0}]},"
        "{\"sym_load\":[{\"q_specified\":7,\"p_specified\":null}]},"
        "{\"sym_load\":[{\"id\":99,\"p_specified\":5}]}]}";
    gw_net net;
    size_t count = 0;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_pgm_options options = {.updates = bytes_of(batch)};
    assert_true(gw_is_ok(gw_pgm_scenario_count(bytes_of(batch), &count, &fault)));
    assert_int_equal(count, 3);
    assert_true(gw_is_ok(gw_pgm_parse_with(arena, bytes_of(file), &options, &net, &fault)));
    assert_true(net.points[0].p_w == 5 && net.points[0].q_var == 2e5);
    assert_true(net.branches[0].open_to);
    options.scenario = 1;
    assert_true(gw_is_ok(gw_pgm_parse_with(arena, bytes_of(file), &options, &net, &fault)));
    assert_true(net.points[0].p_w == 1e6 && net.points[0].q_var == 7);
    options.scenario = 2;
    assert_int_equal(gw_pgm_parse_with(arena, bytes_of(file), &options, &net, &fault).code,
                     GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/data/sym_load");
    options.scenario = 3;
    assert_int_equal(gw_pgm_parse_with(arena, bytes_of(file), &options, &net, &fault).code,
                     GW_CODE_INVALID);
}

static void faults_point_into_the_file(void **state) {
    (void)state;
    static const struct {
        const char *text;
        gw_code code;
        const char *subject;
    } cases[] = {
        {"[]", GW_CODE_MALFORMED, ""},
        {"{}", GW_CODE_UNSUPPORTED, "/version"},
        {"{\"version\":\"1.0\",\"type\":\"update\"}", GW_CODE_MALFORMED, "/type"},
        {HEAD NODES "," LOAD "," SOURCE ",\"line\":[{\"id\":3,\"from_node\":1,\"to_node\":9}]}}",
         GW_CODE_INVALID, "/data/line/0/to_node"},
        {HEAD NODES "," LOAD "," SOURCE
                    ",\"line\":[{\"id\":3,\"from_node\":1,\"to_node\":2,\"r1\":-1,\"x1\":0}]}}",
         GW_CODE_INVALID, "/data/line/0/r1"},
        {HEAD NODES "," LOAD "," SOURCE
                    ",\"line\":[{\"id\":3,\"from_node\":1,\"to_node\":2,\"r1\":0,\"x1\":0}]}}",
         GW_CODE_INVALID, "/data/line/0/r1"},
        {HEAD NODES "," LINE_MIDDLE "}]," THREE "," SOURCE "}}", GW_CODE_INVALID,
         "/data/line/0/r0"},
        {HEAD NODES "," LINE "," LOAD ",\"source\":[{\"id\":4,\"node\":1,\"u_ref\":1}]}}",
         GW_CODE_INVALID, "/data/source/0/id"},
        {HEAD NODES "," LINE "," LOAD "," SOURCE ",\"shunt\":[{\"id\":-4,\"node\":1}]}}",
         GW_CODE_INVALID, "/data/shunt/0/id"},
        {HEAD NODES
         "," LINE "," SOURCE
         ",\"sym_gen\":[{\"id\":8,\"node\":1,\"type\":3,\"p_specified\":1,\"q_specified\":1}]}}",
         GW_CODE_INVALID, "/data/sym_gen/0/type"},
        {HEAD NODES "," SOURCE ",\"three_winding_transformer\":[{\"id\":9}]}}", GW_CODE_INVALID,
         "/data/three_winding_transformer/0/tap_side"},
        {HEAD NODES "," SOURCE ",\"transformer_tap_regulator\":[{\"id\":9}]}}", GW_CODE_UNSUPPORTED,
         "/data/transformer_tap_regulator"},
        {HEAD NODES "," SOURCE ",\"voltage_regulator\":[{\"id\":9}]}}", GW_CODE_UNSUPPORTED,
         "/data/voltage_regulator"},
        {HEAD NODES "," LINE "," SOURCE ",\"asym_load\":[{\"id\":8,\"node\":1,\"type\":0,"
                    "\"p_specified\":[1,2],\"q_specified\":[1,2,3]}]}}",
         GW_CODE_INVALID, "/data/asym_load/0/p_specified"},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        gw_net net = {.node_count = 77};
        gw_fault fault = {0};
        const gw_status status = gw_pgm_parse(arena, bytes_of(cases[at].text), &net, &fault);
        if (status.code != cases[at].code || strcmp(fault.subject, cases[at].subject) != 0)
            print_error("case %zu: %s: %s\n", at, fault.subject, fault.message);
        assert_int_equal(status.code, cases[at].code);
        assert_string_equal(fault.subject, cases[at].subject);
        assert_int_equal(net.node_count, 77);
    }
}

static void the_neutral_of_a_line_is_reduced(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = parsed(
        arena, HEAD NODES
        "," SOURCE ",\"asym_line\":[{\"id\":3,\"from_node\":1,\"to_node\":2,\"from_status\":1,"
        "\"to_status\":1,\"r_aa\":1,\"r_ba\":0.1,\"r_bb\":1,\"r_ca\":0.1,\"r_cb\":0.1,"
        "\"r_cc\":1,\"x_aa\":0,\"x_ba\":0,\"x_bb\":0,\"x_ca\":0,\"x_cb\":0,\"x_cc\":0,"
        "\"r_na\":0.2,\"r_nb\":0.2,\"r_nc\":0.4,\"r_nn\":2,\"x_na\":0,\"x_nb\":0,"
        "\"x_nc\":0,\"x_nn\":0,\"c0\":3e-7,\"c1\":6e-7}]}}");
    const gw_net_matrix *matrix = net.branches[0].matrix;
    assert_non_null(matrix);
    assert_true(flow_away(matrix->r_ohm[0], 1 - 0.02) < 1e-15);
    assert_true(flow_away(matrix->r_ohm[3], 0.1 - 0.04) < 1e-15);
    assert_true(flow_away(matrix->r_ohm[5], 1 - 0.08) < 1e-15);
    assert_true(flow_away(matrix->b_s[0], 314.15926535897932 * 5e-7) < 1e-15);
    assert_true(flow_away(matrix->b_s[1], -314.15926535897932 * 1e-7) < 1e-15);
    assert_true(net.model == GW_NET_THREE_PHASE);
    assert_true(flow_away(net.branches[0].r1_ohm, 0.96 - (0.08 + 0.06 + 0.06) / 3) < 1e-15);
}

static void a_tap_moves_ratio_and_impedance(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = parsed(
        arena, HEAD NODES
        "," SOURCE ",\"transformer\":[{\"id\":3,\"from_node\":1,\"to_node\":2,\"from_status\":1,"
        "\"to_status\":1,\"u1\":10000,\"u2\":10000,\"sn\":1e6,\"uk\":0.1,\"pk\":1000,"
        "\"i0\":0.01,\"p0\":500,\"winding_from\":1,\"winding_to\":3,\"clock\":-7,"
        "\"tap_side\":0,\"tap_pos\":9,\"tap_min\":4,\"tap_max\":-4,\"tap_nom\":0,"
        "\"tap_size\":100,\"uk_min\":0.2,\"uk_max\":0.06,\"pk_max\":1400}]}}");
    const gw_net_transformer *it = &net.transformers[0];
    /* position 9 is beyond 4, the minimum; the positions count downwards */
    assert_true(flow_away(it->tap_steps, -4) < 1e-12 && flow_away(it->tap_step_pct, 1) < 1e-12);
    assert_true(flow_away(it->uk_pct, 20) < 1e-12 && flow_away(it->pk_w, 1000) < 1e-9);
    assert_int_equal(it->clock, 5);
    assert_int_equal(it->to_winding, GW_NET_ZIGZAG);
    assert_true(it->is_pi && flow_away(it->i0_zero_pct, 1) < 1e-12);
}

/* ---- writing ---- */

static gw_text written(gw_arena *arena, const gw_net *net) {
    gw_writer out;
    gw_text text;
    gw_fault fault = {0};
    gw_writer_init(&out, arena);
    const gw_status status = gw_pgm_write(net, &out, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, &fault)));
    return text;
}

/* Written and read again it has the same voltages, and written again the same bytes. */
static double write_and_read(gw_arena *arena, const gw_net *net) {
    gw_net again;
    gw_fault fault = {0};
    const gw_text text = written(arena, net);
    const gw_pgm_options options = {.model = net->model == GW_NET_THREE_PHASE
                                                 ? GW_PGM_MODEL_THREE_PHASE
                                                 : GW_PGM_MODEL_BALANCED};
    const gw_bytes bytes = {(const uint8_t *)text.at, text.length};
    const gw_status status = gw_pgm_parse_with(arena, bytes, &options, &again, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    const gw_flow_state before = flow_solved(arena, net);
    const gw_flow_state after = flow_solved(arena, &again);
    return flow_voltages_away(net, &before, &after);
}

static void what_is_written_reads_the_same(void **state) {
    (void)state;
    static const char *const cases[] = {"dummy-test",
                                        "1os2msr",
                                        "zero_sequence_yyn_transformer",
                                        "vision-validation-network",
                                        "newton-raphson-initial-value",
                                        "pandapower/networks/asymmetric/transmission-case",
                                        "pandapower/networks/asymmetric/distribution-case"};
    if (!grid_data_there()) return;
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        char path[256];
        gw_net net;
        gw_fault fault = {0};
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        (void)snprintf(path, sizeof path, "pgm_validation/power_flow/%s/input.json", cases[at]);
        assert_true(gw_is_ok(gw_pgm_parse(arena, grid_data_read(arena, path), &net, &fault)));
        assert_true(write_and_read(arena, &net) < 1e-10);
    }
}

static void other_networks_are_numbered(void **state) {
    (void)state;
    static const char *const files[] = {"minimal/case33bw.net.json",
                                        "minimal/ieee_european_lv_0566.net.json",
                                        "minimal/simbench_lv_rural1.net.json"};
    if (!grid_data_there()) return;
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        const gw_net net = grid_data_net(arena, files[at]);
        assert_true(write_and_read(arena, &net) < 1e-9);
    }
}

static void an_id_of_its_own_stays_in_the_file(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = parsed(arena, HEAD NODES "," LINE "," LOAD "," SOURCE "}}");
    net.branches[0].id = GW_TEXT("cable \"A\"");
    net.points[0].id = GW_TEXT("2"); /* as a node */
    const gw_text text = written(arena, &net);
    assert_non_null(strstr(text.at, "{\"id\":1,\"u_rated\":10000}"));
    assert_non_null(strstr(text.at, "\"name\":\"cable \\\"A\\\"\""));
    assert_non_null(strstr(text.at, "{\"id\":7,\"name\":\"2\""));
    assert_true(write_and_read(arena, &net) < 1e-12);
}

static void a_conductance_alone_cannot_be_written(void **state) {
    (void)state;
    gw_writer out;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = parsed(arena, HEAD NODES "," LINE "," LOAD "," SOURCE "}}");
    net.branches[0].b1_s = 0;
    gw_writer_init(&out, arena);
    assert_int_equal(gw_pgm_write(&net, &out, &fault).code, GW_CODE_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_becomes_a_network),
        cmocka_unit_test(three_phases_of_a_load_are_three_points),
        cmocka_unit_test(rows_of_named_columns_are_entries_too),
        cmocka_unit_test(a_scenario_lies_over_the_file),
        cmocka_unit_test(faults_point_into_the_file),
        cmocka_unit_test(the_neutral_of_a_line_is_reduced),
        cmocka_unit_test(a_tap_moves_ratio_and_impedance),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(other_networks_are_numbered),
        cmocka_unit_test(an_id_of_its_own_stays_in_the_file),
        cmocka_unit_test(a_conductance_alone_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
