/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char now[] = "2026-01-20T16:00:00Z";

static void a_line_has_the_fields_in_their_order(void **state) {
    (void)state;
    char line[GW_LOG_LINE_MAX];
    const gw_log_entry entry = {.level = GW_LEVEL_WARNING,
                                .event = "outbox.late",
                                .id = GW_TEXT("r-1"),
                                .subject = GW_TEXT("O-7"),
                                .code = GW_CODE_UNAVAILABLE,
                                .detail = GW_TEXT("the chain is away")};
    const size_t length = gw_log_print(&entry, now, line);
    const char *expected = "{\"ts\":\"2026-01-20T16:00:00Z\",\"level\":\"warning\","
                           "\"event\":\"outbox.late\",\"id\":\"r-1\",\"subject\":\"O-7\","
                           "\"code\":\"unavailable\",\"detail\":\"the chain is away\"}\n";
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(line, expected, length);
}

static void empty_fields_are_left_out(void **state) {
    (void)state;
    char line[GW_LOG_LINE_MAX];
    const gw_log_entry entry = {.level = GW_LEVEL_INFO, .event = "app.started"};
    const size_t length = gw_log_print(&entry, now, line);
    const char *expected =
        "{\"ts\":\"2026-01-20T16:00:00Z\",\"level\":\"info\",\"event\":\"app.started\"}\n";
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(line, expected, length);
}

/* Reads the line back as JSON and gives its detail. */
static void detail_of(gw_text detail, char *out, size_t size) {
    char line[GW_LOG_LINE_MAX];
    const gw_log_entry entry = {.level = GW_LEVEL_ERROR, .event = "test.it", .detail = detail};
    const size_t length = gw_log_print(&entry, now, line);
    json_t *object = json_loadb(line, length, 0, NULL);
    assert_non_null(object);
    (void)snprintf(out, size, "%s", json_string_value(json_object_get(object, "detail")));
    assert_int_equal(line[length - 1], '\n');
    assert_ptr_equal(memchr(line, '\n', length), line + length - 1);
    json_decref(object);
}

static void quotes_and_line_ends_cannot_break_the_line(void **state) {
    (void)state;
    char detail[256];
    detail_of(GW_TEXT("a \"b\" \\ c\n{\"level\":\"fake\"}\r\t\x01\x7f"), detail, sizeof detail);
    assert_string_equal(detail, "a \"b\" \\ c\n{\"level\":\"fake\"}\r\t\x01\x7f");
}

static void bytes_that_are_no_utf8_are_replaced(void **state) {
    (void)state;
    char detail[256];
    detail_of(GW_TEXT("ok \xc3\xa9 \xe2\x82\xac \xff\xc3 \xed"), detail, sizeof detail);
    assert_string_equal(detail, "ok \xc3\xa9 \xe2\x82\xac \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd");
}

static void a_line_that_is_too_long_is_cut_and_still_whole_json(void **state) {
    (void)state;
    static char text[8000];
    char detail[GW_LOG_LINE_MAX];
    for (size_t length = 3950; length < 4200; length++) {
        memset(text, '"', length);
        detail_of((gw_text){text, length}, detail, sizeof detail);
    }
    memset(text, 'x', sizeof text);
    detail_of((gw_text){text, sizeof text}, detail, sizeof detail);
    assert_true(strlen(detail) > 3900);
}

static void levels_below_the_least_are_not_written(void **state) {
    (void)state;
    int ends[2];
    char line[GW_LOG_LINE_MAX];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    gw_log_init(GW_LEVEL_WARNING, ends[1]);
    gw_log(GW_LEVEL_INFO, "test.quiet", NULL, "nothing");
    assert_int_equal(read(ends[0], line, sizeof line), -1);
    gw_log(GW_LEVEL_ERROR, "test.loud", "it", "number %d", 7);
    const ssize_t length = read(ends[0], line, sizeof line);
    assert_true(length > 0);
    assert_non_null(memmem(line, (size_t)length, "\"detail\":\"number 7\"", 19));
    gw_log_init(GW_LEVEL_INFO, -1);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_the_fields_in_their_order),
        cmocka_unit_test(empty_fields_are_left_out),
        cmocka_unit_test(quotes_and_line_ends_cannot_break_the_line),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_still_whole_json),
        cmocka_unit_test(levels_below_the_least_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
