/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum { ARENA_BYTES = 1024 * 1024 };

#define ID "019bdc40-0000-7000-8000-000000000001"

static gw_bytes bytes_of(gw_text text) { return (gw_bytes){(const uint8_t *)text.at, text.length}; }

static void an_answer_reads_as_it_was_written(void **state) {
    (void)state;
    gw_exchange_reply reply;
    gw_fault fault = {0};
    gw_text text;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const char json[] = "{\"exchange_id\":\"" ID
                        "\",\"iteration\":3,\"counter\":7,\"power_milliwatt\":[60000000,-5]}";
    const gw_text said = gw_text_from_c(json);
    assert_true(gw_is_ok(gw_exchange_reply_parse(arena, bytes_of(said), &reply, &fault)));
    assert_int_equal(reply.iteration, 3);
    assert_int_equal(reply.counter, 7);
    assert_int_equal(reply.power_count, 2);
    assert_int_equal(reply.powers[1], -5);
    assert_true(gw_is_ok(gw_exchange_reply_print(arena, &reply, &text, &fault)));
    assert_true(gw_text_equal(text, said));
}

static void a_call_reads_as_it_was_written(void **state) {
    (void)state;
    gw_exchange_call call;
    gw_fault fault = {0};
    gw_text text;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_text said = gw_text_from_c(
        "{\"exchange_id\":\"" ID "\",\"state\":\"OPEN\",\"run\":1,\"iteration\":3,\"counter\":7,"
        "\"penalty_nanos_per_kwh_kw\":1000000,\"answer_by\":\"2026-01-20T12:00:00Z\","
        "\"target_milliwatt\":[180000000]}");
    assert_true(gw_is_ok(gw_exchange_call_parse(arena, bytes_of(said), &call, &fault)));
    assert_true(gw_exchange_call_is_open(&call));
    assert_int_equal(call.targets[0], 180000000);
    assert_true(gw_is_ok(gw_exchange_call_print(arena, &call, &text, &fault)));
    assert_true(gw_text_equal(text, said));
}

static void an_end_reads_as_it_was_written(void **state) {
    (void)state;
    gw_exchange_call call;
    gw_fault fault = {0};
    gw_text text;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_text said =
        gw_text_from_c("{\"exchange_id\":\"" ID "\",\"state\":\"AGREED\",\"export_w\":[60000,-1],"
                       "\"price_nanos_per_kwh\":[140000000,252000000]}");
    assert_true(gw_is_ok(gw_exchange_call_parse(arena, bytes_of(said), &call, &fault)));
    assert_false(gw_exchange_call_is_open(&call));
    assert_int_equal(call.prices[1], 252000000);
    assert_true(gw_is_ok(gw_exchange_call_print(arena, &call, &text, &fault)));
    assert_true(gw_text_equal(text, said));
}

static void refuse(const char *json) {
    gw_exchange_reply reply = {.iteration = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_false(
        gw_is_ok(gw_exchange_reply_parse(arena, bytes_of(gw_text_from_c(json)), &reply, &fault)));
    assert_int_equal(reply.iteration, 77);
}

static void a_member_cannot_say_more_than_powers(void **state) {
    (void)state;
    refuse("[]");
    refuse("{\"exchange_id\":\"" ID "\",\"iteration\":1,\"counter\":1}");
    refuse("{\"exchange_id\":\"" ID "\",\"iteration\":1,\"counter\":1,\"power_milliwatt\":[]}");
    refuse("{\"exchange_id\":\"" ID "\",\"iteration\":1,\"counter\":1,\"power_milliwatt\":[1.5]}");
    refuse("{\"exchange_id\":\"" ID "\",\"iteration\":0,\"counter\":1,\"power_milliwatt\":[1]}");
    refuse("{\"exchange_id\":\"" ID "\",\"iteration\":201,\"counter\":1,\"power_milliwatt\":[1]}");
    refuse("{\"exchange_id\":\"" ID
           "\",\"iteration\":1,\"counter\":1,\"power_milliwatt\":[9000000000000000]}");
    refuse("{\"exchange_id\":\"" ID
           "\",\"iteration\":1,\"counter\":1,\"power_milliwatt\":[1],\"cost\":8}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_reads_as_it_was_written),
        cmocka_unit_test(a_call_reads_as_it_was_written),
        cmocka_unit_test(an_end_reads_as_it_was_written),
        cmocka_unit_test(a_member_cannot_say_more_than_powers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
