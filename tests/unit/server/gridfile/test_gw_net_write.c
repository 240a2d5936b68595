/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/gw_net_write.h"

#include "server/gridfile/gw_net.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static const char *const full =
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"full\",\"model\":\"balanced\",\n"
    "\"source\":[\n{\"id\":\"S\",\"node\":\"a\",\"u_pu\":1.05,\"angle_deg\":-30,\"isc3_a\":3000,"
    "\"x_over_r\":4,\"z0_over_z1\":2.5}],\n"
    "\"nodes\":[\n{\"id\":\"a\",\"un_v\":11000,\"lon\":11.411,\"lat\":53.6407},\n"
    "{\"id\":\"b\\\"\",\"un_v\":400,\"vmin_pu\":0.9,\"vmax_pu\":1.1,\"x\":0.1,\"y\":2},\n"
    "{\"id\":\"c\",\"un_v\":400}],\n"
    "\"branches\":[\n{\"id\":\"L\",\"from\":\"b\\\"\",\"to\":\"c\",\"kind\":\"cable\",\"r1_ohm\":"
    "0.30000000000000004,\"x1_ohm\":0.2,\"r0_ohm\":1,\"x0_ohm\":2,\"b1_s\":1e-05,\"g1_s\":1e-09,"
    "\"b0_s\":2e-05,\"g0_s\":3e-09,\"imax_a\":270,\"open_ends\":[\"from\"]},\n"
    "{\"id\":\"M\",\"from\":\"b\\\"\",\"to\":\"c\",\"kind\":\"switch\",\"r1_ohm\":0,\"x1_ohm\":0,"
    "\"closed\":false}],\n"
    "\"transformers\":[\n{\"id\":\"T\",\"from\":\"a\",\"to\":\"b\\\"\",\"sn_va\":100000,\"u1_v\":"
    "11000,\"u2_v\":400,\"uk_pct\":4,\"pk_w\":1000,\"p0_w\":100,\"i0_pct\":0.2,\"vector_group\":"
    "\"Dyn11\",\"tap\":{\"side\":\"from\",\"pos\":-2,\"step_pct\":2.5},\"magnetising\":\"pi\"}],\n"
    "\"points\":[\n{\"id\":\"P\",\"node\":\"c\",\"phases\":\"AC\",\"p_w\":100,\"q_var\":-5,"
    "\"constant\":\"impedance\"},\n"
    "{\"id\":\"Q\",\"node\":\"c\",\"phases\":\"?\",\"p_w\":100}]}\n";

/* What only a three-phase flow asks for. */
static const char *const three_phase =
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"uneven\",\"model\":\"three_phase\","
    "\"islands\":true,\n"
    "\"source\":[\n{\"id\":\"S\",\"node\":\"a\",\"u_pu\":1}],\n"
    "\"nodes\":[\n{\"id\":\"a\",\"un_v\":11000},\n{\"id\":\"b\",\"un_v\":400},\n"
    "{\"id\":\"c\",\"un_v\":400}],\n"
    "\"branches\":[\n{\"id\":\"L\",\"from\":\"b\",\"to\":\"c\",\"kind\":\"line\",\"z_abc_ohm\":"
    "[[0.25,0.21],[0.06,0.08],[0.27,0.22],[0.05,0.06],[0.06,0.09],[0.24,0.2]],\"y_abc_s\":"
    "[[0,0.0005],[0,-0.0001],[0,0.0006],[0,-0.0001],[0,-0.0001],[0,0.0005]],\"imax_a\":100}],\n"
    "\"transformers\":[\n{\"id\":\"T\",\"from\":\"a\",\"to\":\"b\",\"sn_va\":100000,\"u1_v\":"
    "11000,\"u2_v\":400,\"uk_pct\":4,\"pk_w\":1000,\"vector_group\":\"Yzn5\","
    "\"r_ground_to_ohm\":0.5,\"x_ground_to_ohm\":0.1,\"i0_zero_pct\":2,\"p0_zero_w\":30,"
    "\"open_ends\":[\"to\"]}],\n"
    "\"points\":[\n{\"id\":\"P\",\"node\":\"c\",\"phases\":\"A\",\"p_w\":100}],\n"
    "\"shunts\":[\n{\"id\":\"C\",\"node\":\"c\",\"g1_s\":0.1,\"b1_s\":0.2,\"b0_s\":0.05},\n"
    "{\"id\":\"D\",\"node\":\"c\",\"b1_s\":0.3,\"closed\":false}]}\n";

static gw_text written(gw_arena *arena, const gw_net *net) {
    gw_writer out;
    gw_text text;
    gw_fault fault = {0};
    gw_writer_init(&out, arena);
    gw_net_write(&out, net);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, &fault)));
    return text;
}

static gw_net parsed(gw_arena *arena, gw_text text) {
    gw_net net;
    gw_fault fault = {0};
    const gw_bytes bytes = {(const uint8_t *)text.at, text.length};
    const gw_status status = gw_net_parse(arena, bytes, &net, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s", fault.subject, fault.message);
    return net;
}

static void what_was_read_is_written_byte_for_byte(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_net net = parsed(arena, gw_text_from_c(full));
    assert_string_equal(written(arena, &net).at, full);
    const gw_net uneven = parsed(arena, gw_text_from_c(three_phase));
    assert_string_equal(written(arena, &uneven).at, three_phase);
    assert_true(uneven.branches[0].has_zero_sequence);
}

static void a_written_network_reads_back_the_same(void **state) {
    (void)state;
    static const char *const files[] = {"case33bw", "cigre_lv", "cigre_mv", "ieee_european_lv_0566",
                                        "simbench_lv_rural1"};
    if (!grid_data_there()) skip();
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        char path[96];
        GW_AUTO_ARENA arena = gw_arena_open(64 * 1024 * 1024);
        (void)snprintf(path, sizeof path, "minimal/%s.net.json", files[at]);
        const gw_net net = grid_data_net(arena, path);
        const gw_text first = written(arena, &net);
        const gw_net again = parsed(arena, first);
        assert_true(gw_text_equal(first, written(arena, &again)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written_byte_for_byte),
        cmocka_unit_test(a_written_network_reads_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
