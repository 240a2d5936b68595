/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mqtt/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_kind_is_printed_and_read_back(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < GW_TOPIC_COUNT; kind++) {
        const gw_topic topic = {.kind = (gw_topic_kind)kind,
                                .realm = GW_TEXT("demo-1"),
                                .device = GW_TEXT("dev-1"),
                                .aggregator = GW_TEXT("agg-a")};
        char text[GW_TOPIC_SIZE];
        gw_topic read;
        gw_fault fault;
        assert_true(gw_is_ok(gw_topic_print(&topic, text, &fault)));
        assert_true(gw_is_ok(gw_topic_parse(gw_text_from_c(text), &read, &fault)));
        assert_int_equal(read.kind, kind);
        if (read.device.length > 0) assert_true(gw_text_is(read.device, "dev-1"));
        if (read.realm.length > 0) assert_true(gw_text_is(read.realm, "demo-1"));
    }
}

static void filter_for_all_devices_is_printed(void **state) {
    (void)state;
    const gw_topic topic = {
        .kind = GW_TOPIC_METER, .realm = GW_TEXT("demo"), .device = GW_TEXT("+")};
    char text[GW_TOPIC_SIZE];
    gw_fault fault;
    assert_true(gw_is_ok(gw_topic_print(&topic, text, &fault)));
    assert_string_equal(text, "gw/v1/demo/up/+/m");
}

static void foreign_shapes_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "/",
                                        "gw",
                                        "gw/v1/demo/up/dev/m/",
                                        "gw/v1/demo/up/dev/m/x",
                                        "gw/v1/demo/up/dev",
                                        "gw/v1/demo/up//m",
                                        "gw/v1/DEMO/up/dev/m",
                                        "gw/v1/demo/up/de v/m",
                                        "gw/v1/demo/up/+/m",
                                        "gw/v2/demo/up/dev/m",
                                        "/gw/v1/demo/up/dev/m"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_topic topic = {.kind = GW_TOPIC_ACK};
        gw_fault fault;
        assert_int_equal(gw_topic_parse(gw_text_from_c(wrong[at]), &topic, &fault).code,
                         GW_CODE_MALFORMED);
        assert_int_equal(topic.kind, GW_TOPIC_ACK);
    }
}

static void parts_that_would_break_out_are_not_printed(void **state) {
    (void)state;
    static const char *const wrong[] = {"a/b", "#", "", "a+b"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        const gw_topic topic = {.kind = GW_TOPIC_RECEIPT,
                                .realm = GW_TEXT("demo"),
                                .device = gw_text_from_c(wrong[at])};
        char text[GW_TOPIC_SIZE] = "untouched";
        gw_fault fault;
        assert_int_equal(gw_topic_print(&topic, text, &fault).code, GW_CODE_INVALID);
        assert_string_equal(text, "untouched");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_printed_and_read_back),
        cmocka_unit_test(filter_for_all_devices_is_printed),
        cmocka_unit_test(foreign_shapes_are_refused),
        cmocka_unit_test(parts_that_would_break_out_are_not_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
