/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/gw_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define NODES "[{\"id\":\"a\",\"un_v\":11000},{\"id\":2,\"un_v\":400},{\"id\":\"c\",\"un_v\":400}]"
#define LINE "{\"id\":\"L\",\"from\":\"2\",\"to\":\"c\",\"r1_ohm\":0.1,\"x1_ohm\":0.2}"
#define TRANSFORMER                                                                                \
    "{\"id\":\"T\",\"from\":\"a\",\"to\":2,\"sn_va\":1e5,\"u1_v\":11000,\"u2_v\":400,"             \
    "\"uk_pct\":4,\"pk_w\":1000,\"vector_group\":\"Dyn11\",\"tap\":{\"side\":\"lv\",\"pos\":3,"    \
    "\"neutral\":1,\"step_pct\":2.5}}"
#define SOURCE "{\"id\":\"S\",\"node\":\"a\",\"u_pu\":1.05}"
#define POINT "{\"id\":\"P\",\"node\":\"c\",\"phases\":\"CA\",\"p_w\":100,\"q_var\":-5}"

typedef struct parts {
    const char *nodes;
    const char *branches;
    const char *transformers;
    const char *points;
    const char *source;
} parts;

static const parts good = {NODES, "[" LINE "]", "[" TRANSFORMER "]", "[" POINT "]", SOURCE};

static gw_status parse(gw_arena *arena, const parts *from, gw_net *net, gw_fault *fault) {
    char text[4096];
    const int length =
        snprintf(text, sizeof text,
                 "{\"format\":\"gw-net\",\"version\":1,\"model\":\"balanced\",\"nodes\":%s,"
                 "\"branches\":%s,\"transformers\":%s,\"points\":%s,\"source\":%s}\n",
                 from->nodes, from->branches, from->transformers, from->points, from->source);
    assert_true(length > 0 && (size_t)length < sizeof text);
    return gw_net_parse(arena, (gw_bytes){(const uint8_t *)text, (size_t)length}, net, fault);
}

static void expect_fault(const parts *from, const char *pointer) {
    gw_fault fault = {0};
    gw_net net = {.node_count = 77};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_status status = parse(arena, from, &net, &fault);
    assert_false(gw_is_ok(status));
    assert_string_equal(fault.subject, pointer);
    assert_int_equal(net.node_count, 77);
}

static void a_network_is_read(void **state) {
    (void)state;
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    assert_true(gw_is_ok(parse(arena, &good, &net, &fault)));
    assert_int_equal(net.node_count, 3);
    assert_true(gw_text_is(net.nodes[1].id, "2"));
    assert_int_equal(net.branches[0].from, 1);
    assert_int_equal(net.branches[0].to, 2);
    assert_true(net.branches[0].closed);
    assert_int_equal(net.transformers[0].clock, 11);
    assert_int_equal(net.transformers[0].from_winding, GW_NET_DELTA);
    assert_int_equal(net.transformers[0].to_winding, GW_NET_WYE_GROUNDED);
    assert_true(net.transformers[0].tap_at_to);
    assert_true(net.transformers[0].tap_steps == 2);
    assert_int_equal(net.points[0].phases, GW_NET_PHASE_A | GW_NET_PHASE_C);
    assert_true(net.sources[0].u_pu == 1.05);
}

static void a_phase_may_be_unknown(void **state) {
    (void)state;
    gw_net net;
    parts with = good;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    with.points = "[{\"id\":\"P\",\"node\":\"c\",\"phases\":\"?\",\"p_w\":1}]";
    assert_true(gw_is_ok(parse(arena, &with, &net, NULL)));
    assert_true(net.points[0].is_phase_unknown);
    assert_int_equal(net.points[0].phases, 0);
    with.points = "[{\"id\":\"P\",\"node\":\"c\",\"phases\":\"A?\",\"p_w\":1}]";
    expect_fault(&with, "/points/0/phases");
}

static void every_fault_has_its_pointer(void **state) {
    (void)state;
    parts bad = good;
    bad.nodes = "[{\"id\":\"a\",\"un_v\":11000},{\"id\":2,\"un_v\":400},{\"id\":\"a\",\"un_v\":4}]";
    expect_fault(&bad, "/nodes/2/id");
    bad.nodes = "[{\"id\":\"a\",\"un_v\":11000},{\"id\":2,\"un_v\":\"400\"}]";
    expect_fault(&bad, "/nodes/1/un_v");
    bad.nodes = "[{\"id\":\"a\",\"un_v\":1e999}]"; /* more than a number holds */
    expect_fault(&bad, "/nodes/0");
    bad.nodes = "[{\"id\":\"a\",\"un_v\":NaN}]";
    expect_fault(&bad, "/nodes/0");
    bad = good;
    bad.branches = "[{\"id\":\"L\",\"from\":\"2\",\"to\":\"x\",\"r1_ohm\":0.1,\"x1_ohm\":0.2}]";
    expect_fault(&bad, "/branches/0/to");
    bad.branches = "[{\"id\":\"L\",\"from\":\"2\",\"to\":\"c\",\"r1_ohm\":-1,\"x1_ohm\":0.2}]";
    expect_fault(&bad, "/branches/0/r1_ohm");
    bad.branches = "[" LINE "," LINE "]";
    expect_fault(&bad, "/branches/1/id");
    bad.branches = "[" LINE ",7]";
    expect_fault(&bad, "/branches/1");
    bad.branches = "[]";
    expect_fault(&bad, "/nodes/2/id");
    bad = good;
    bad.points = "[{\"id\":\"P\",\"node\":\"c\",\"phases\":\"AA\",\"p_w\":1}]";
    expect_fault(&bad, "/points/0/phases");
    bad.points = "[{\"id\":\"P\",\"node\":\"c\"}]";
    expect_fault(&bad, "/points/0/p_w");
    bad = good;
    bad.source = "[]";
    expect_fault(&bad, "/source");
}

static void expect_shift(const char *shift, int clock) {
    char transformer[512];
    gw_net net;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    parts with = good;
    (void)snprintf(transformer, sizeof transformer,
                   "[{\"id\":\"T\",\"from\":\"a\",\"to\":2,\"sn_va\":1e5,\"u1_v\":11000,"
                   "\"u2_v\":400,\"uk_pct\":4,\"pk_w\":1000,%s}]",
                   shift);
    with.transformers = transformer;
    const gw_status status = parse(arena, &with, &net, &fault);
    assert_int_equal(gw_is_ok(status), clock >= 0);
    if (clock >= 0) assert_int_equal(net.transformers[0].clock, clock);
}

static void a_shift_is_a_clock_number(void **state) {
    (void)state;
    expect_shift("\"shift_deg\":150", 5);
    expect_shift("\"shift_deg\":-30.0", 11);
    expect_shift("\"shift_deg\":45", -1);
    expect_shift("\"vector_group\":\"YNd1\"", 1);
    expect_shift("\"vector_group\":\"Yzn5\"", 5);
    expect_shift("\"vector_group\":\"Wz0\"", -1);
    expect_shift("\"vector_group\":\"Dyn12\"", -1);
    expect_shift("\"vector_group\":\"Dyn\"", -1);
}

static void a_matrix_of_phases_is_six_pairs(void **state) {
    (void)state;
    parts bad = good;
    bad.branches = "[{\"id\":\"L\",\"from\":2,\"to\":\"c\",\"z_abc_ohm\":[[1,2],[3,4]]}]";
    expect_fault(&bad, "/branches/0/z_abc_ohm");
    bad.branches = "[{\"id\":\"L\",\"from\":2,\"to\":\"c\",\"z_abc_ohm\":[[-1,2],[3,4],[1,1],"
                   "[0,0],[0,0],[1,1]]}]";
    expect_fault(&bad, "/branches/0/z_abc_ohm");
}

static void other_documents_are_refused(void **state) {
    (void)state;
    static const char *const others[] = {"",
                                         "[]",
                                         "{}",
                                         "{\"format\":\"gw-net\",\"version\":2}",
                                         "{\"format\":\"gw-net\",\"version\":1,\"model\":\"x\"}",
                                         "{\"format\":\"gw-net\",\"version\":1"};
    for (size_t at = 0; at < sizeof others / sizeof others[0]; at++) {
        gw_net net;
        gw_fault fault = {0};
        GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
        const gw_bytes bytes = {(const uint8_t *)others[at], strlen(others[at])};
        assert_false(gw_is_ok(gw_net_parse(arena, bytes, &net, &fault)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_is_read),
        cmocka_unit_test(a_phase_may_be_unknown),
        cmocka_unit_test(every_fault_has_its_pointer),
        cmocka_unit_test(a_shift_is_a_clock_number),
        cmocka_unit_test(a_matrix_of_phases_is_six_pairs),
        cmocka_unit_test(other_documents_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
