/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_status nothing(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    (void)request;
    (void)reply;
    (void)reterr;
    return gw_ok();
}

#define ROW(method, path, operation)                                                               \
    { GW_METHOD_##method, path, operation, nothing, GW_SCOPE_NONE, GW_BODY_NONE, GW_ROUTE_PLAIN }

static const gw_route rows[] = {
    ROW(GET, "/v1/bids", "listBids"),
    ROW(GET, "/v1/bids/{id}", "getBid"),
    ROW(POST, "/v1/bids/{id}:withdraw", "withdrawBid"),
    ROW(GET, "/v1/requests/{id}/bids", "listBidsOfRequest"),
    ROW(POST, "/v1/requests/{id}/bids", "createBid"),
    ROW(POST, "/v1/requests", "createRequest"),
    ROW(POST, "/v1/requests:from-forecast", "createFromForecast"),
    ROW(POST, "/v1/requests/{id}:publish", "publishRequest"),
    ROW(GET, "/v1/settlements/{id}/lines.csv", "getLinesCsv"),
    ROW(GET, "/", "getHome"),
};
static const gw_route_table table = {rows, sizeof rows / sizeof rows[0]};

static gw_status find(gw_arena *arena, gw_http_method method, const char *path,
                      gw_route_match *ret) {
    gw_fault fault;
    const gw_route_query query = {method, gw_text_from_c(path)};
    return gw_route_find(&table, arena, query, ret, &fault);
}

static void each_path_finds_its_operation(void **state) {
    (void)state;
    static const struct {
        gw_http_method method;
        const char *path, *operation, *parameter;
    } cases[] = {
        {GW_METHOD_GET, "/v1/bids", "listBids", NULL},
        {GW_METHOD_GET, "/v1/bids/a", "getBid", "a"},
        {GW_METHOD_GET, "/v1/bids/a%20b", "getBid", "a b"},
        {GW_METHOD_POST, "/v1/bids/a:withdraw", "withdrawBid", "a"},
        {GW_METHOD_POST, "/v1/bids/x:y:withdraw", "withdrawBid", "x:y"},
        {GW_METHOD_POST, "/v1/requests:from-forecast", "createFromForecast", NULL},
        {GW_METHOD_POST, "/v1/requests/r1:publish", "publishRequest", "r1"},
        {GW_METHOD_GET, "/v1/requests/r1/bids", "listBidsOfRequest", "r1"},
        {GW_METHOD_GET, "/v1/settlements/s/lines.csv", "getLinesCsv", "s"},
        {GW_METHOD_GET, "/", "getHome", NULL},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(4096);
        gw_route_match match;
        assert_true(gw_is_ok(find(arena, cases[at].method, cases[at].path, &match)));
        assert_string_equal(match.route->operation, cases[at].operation);
        assert_int_equal(match.parameter_count, cases[at].parameter == NULL ? 0 : 1);
        if (cases[at].parameter != NULL)
            assert_true(gw_text_is(match.parameters[0].text, cases[at].parameter));
    }
}

static void unknown_paths_and_methods_are_told_apart(void **state) {
    (void)state;
    static const struct {
        gw_http_method method;
        const char *path;
        gw_code code;
    } cases[] = {
        {GW_METHOD_GET, "/v1/nothing", GW_CODE_NOT_FOUND},
        {GW_METHOD_GET, "/v1/bids/", GW_CODE_NOT_FOUND},
        {GW_METHOD_GET, "/v1//bids", GW_CODE_NOT_FOUND},
        {GW_METHOD_GET, "v1/bids", GW_CODE_NOT_FOUND},
        {GW_METHOD_GET, "", GW_CODE_NOT_FOUND},
        {GW_METHOD_GET, "/v1/bids/a/b", GW_CODE_NOT_FOUND},
        {GW_METHOD_POST, "/v1/bids/:withdraw", GW_CODE_NO_METHOD}, /* an empty id; GET knows it */
        {GW_METHOD_DELETE, "/v1/bids", GW_CODE_NO_METHOD},
        {GW_METHOD_GET, "/v1/bids/%zz", GW_CODE_MALFORMED},
        {GW_METHOD_GET, "/v1/bids/a%00", GW_CODE_MALFORMED},
        {GW_METHOD_GET, "/v1/bids/a%2", GW_CODE_MALFORMED},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(4096);
        gw_route_match match = {.parameter_count = 77};
        assert_int_equal(find(arena, cases[at].method, cases[at].path, &match).code,
                         cases[at].code);
        assert_int_equal(match.parameter_count, 77);
    }
}

static void methods_of_a_path_are_listed(void **state) {
    (void)state;
    assert_int_equal(gw_route_methods(&table, GW_TEXT("/v1/requests/r/bids")),
                     (1 << GW_METHOD_GET) | (1 << GW_METHOD_POST));
    assert_int_equal(gw_route_methods(&table, GW_TEXT("/v2")), 0);
}

static void methods_and_scopes_are_read_by_name(void **state) {
    (void)state;
    gw_http_method method = GW_METHOD_COUNT;
    unsigned scope = 0;
    assert_true(gw_is_ok(gw_method_parse(GW_TEXT("HEAD"), &method, NULL)));
    assert_int_equal(method, GW_METHOD_GET);
    assert_int_equal(gw_method_parse(GW_TEXT("get"), &method, NULL).code, GW_CODE_NO_METHOD);
    assert_true(gw_is_ok(gw_scope_parse(GW_TEXT("oracle"), &scope, NULL)));
    assert_int_equal(scope, GW_SCOPE_ORACLE);
    assert_string_equal(gw_scope_name(GW_SCOPE_READER), "reader");
    assert_int_equal(gw_scope_parse(GW_TEXT("root"), &scope, NULL).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_finds_its_operation),
        cmocka_unit_test(unknown_paths_and_methods_are_told_apart),
        cmocka_unit_test(methods_of_a_path_are_listed),
        cmocka_unit_test(methods_and_scopes_are_read_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
