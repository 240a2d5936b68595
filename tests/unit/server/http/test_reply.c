/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const gw_route route = {.operation = "listThings"};

static gw_http_request request_in(gw_arena *arena) {
    return (gw_http_request){.arena = arena, .match = {.route = &route}, .request_id = "r-1"};
}

static void json_keeps_order_and_escapes(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    gw_json json;
    gw_text text;
    const uint8_t bytes[] = {0xab, 0x01};
    gw_json_init(&json, arena);
    gw_json_object(&json, NULL);
    gw_json_c(&json, "b", "a\"\\\n\xc3\xa9\xff");
    gw_json_array(&json, "a");
    gw_json_int64(&json, NULL, 9007199254740991);
    gw_json_int64(&json, NULL, 9007199254740992);
    gw_json_int64(&json, NULL, -9007199254740992);
    gw_json_flag(&json, NULL, 1);
    gw_json_null(&json, NULL);
    gw_json_close(&json);
    gw_json_instant(&json, "t", gw_instant_seconds(0));
    gw_json_hex(&json, "h", (gw_bytes){bytes, 2});
    gw_json_text_if(&json, "none", GW_TEXT(""));
    gw_json_close(&json);
    assert_true(gw_is_ok(gw_json_end(&json, &text, NULL)));
    assert_true(gw_text_is(text, "{\"b\":\"a\\\"\\\\\\u000a\xc3\xa9\\ufffd\",\"a\":["
                                 "9007199254740991,\"9007199254740992\",\"-9007199254740992\","
                                 "true,null],\"t\":\"1970-01-01T00:00:00Z\",\"h\":\"0xab01\"}"));
}

static void a_problem_names_code_request_and_fields(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    gw_http_request request = request_in(arena);
    gw_reply reply = {.header_count = 0};
    gw_fault fault;
    request.faults.count = 1;
    request.faults.items[0] =
        (gw_field_fault){"/id", GW_CODE_INCOMPLETE, "This field is required."};
    gw_ignore(gw_hint(&fault, gw_fail_with(&fault, GW_CODE_INVALID, "/id", "1 field"), "Do it."));
    gw_reply_problem(&request, &reply, &fault);
    assert_int_equal(reply.http_status, 422);
    assert_string_equal(reply.content_type, "application/problem+json");
    assert_true(
        gw_text_is(reply.body,
                   "{\"type\":\"/problems/invalid\",\"title\":\"The input is not valid\","
                   "\"status\":422,\"code\":\"invalid\",\"detail\":\"1 field\",\"subject\":\"/id\","
                   "\"hint\":\"Do it.\",\"request_id\":\"r-1\",\"errors\":[{\"pointer\":\"/id\","
                   "\"code\":\"incomplete\",\"detail\":\"This field is required.\"}]}"));
}

static void causes_inside_the_server_stay_inside(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    const gw_http_request request = request_in(arena);
    gw_reply reply = {.header_count = 0};
    gw_fault fault;
    gw_ignore(gw_fail_with(&fault, GW_CODE_INTERNAL, NULL, "column \"x\" is missing"));
    gw_reply_problem(&request, &reply, &fault);
    assert_null(strstr(reply.body.at, "column"));
}

static void a_page_token_goes_round_and_is_bound_to_its_operation(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    static const gw_route other = {.operation = "listOthers"};
    gw_http_request request = request_in(arena);
    gw_fields *query = NULL;
    gw_text token;
    gw_writer text;
    gw_text line;
    assert_true(gw_is_ok(gw_page_token(&request, GW_TEXT("M-9|x"), &token, NULL)));
    gw_writer_init(&text, arena);
    gw_write_c(&text, "page_size=3&page_token=");
    gw_write_text(&text, token);
    assert_true(gw_is_ok(gw_writer_end_text(&text, &line, NULL)));
    request.query = line;
    assert_true(gw_is_ok(gw_request_query(&request, &query, NULL)));
    const gw_page page = gw_page_read(&request, query);
    assert_true(gw_is_ok(gw_fields_end(query, NULL)));
    assert_int_equal(page.size, 3);
    assert_true(gw_text_is(page.after, "M-9|x"));
    request.match.route = &other;
    (void)gw_page_read(&request, query);
    assert_string_equal(request.faults.items[0].pointer, "?page_token");
}

static void a_known_version_is_not_sent_again(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    const gw_http_header header = {GW_TEXT("if-none-match"), GW_TEXT("\"v1\", W/\"v2\"")};
    gw_http_request request = request_in(arena);
    request.headers = &header;
    request.header_count = 1;
    gw_reply reply = {.http_status = 200};
    assert_true(gw_is_ok(gw_reply_etag(&request, &reply, GW_TEXT("v2"), NULL)));
    assert_int_equal(reply.http_status, 304);
    reply = (gw_reply){.http_status = 200};
    assert_true(gw_is_ok(gw_reply_etag(&request, &reply, GW_TEXT("v3"), NULL)));
    assert_int_equal(reply.http_status, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_keeps_order_and_escapes),
        cmocka_unit_test(a_problem_names_code_request_and_fields),
        cmocka_unit_test(causes_inside_the_server_stay_inside),
        cmocka_unit_test(a_page_token_goes_round_and_is_bound_to_its_operation),
        cmocka_unit_test(a_known_version_is_not_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
