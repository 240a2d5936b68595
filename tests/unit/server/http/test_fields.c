/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct room {
    gw_arena *arena;
    gw_field_faults faults;
    gw_fault fault;
} room;

static int room_open(void **state) {
    static room made;
    made = (room){.arena = gw_arena_open(1 << 20)};
    *state = &made;
    return made.arena == NULL;
}

static int room_close(void **state) {
    gw_arena_close(((room *)*state)->arena);
    return 0;
}

static gw_fields *body(room *in, const char *json) {
    gw_fields *fields = NULL;
    const gw_bytes bytes = {(const uint8_t *)json, strlen(json)};
    assert_true(gw_is_ok(gw_fields_parse(in->arena, bytes, &in->faults, &fields, &in->fault)));
    return fields;
}

static gw_fields *query(room *in, const char *text) {
    gw_fields *fields = NULL;
    assert_true(gw_is_ok(
        gw_fields_parse_query(in->arena, gw_text_from_c(text), &in->faults, &fields, &in->fault)));
    return fields;
}

static void every_type_is_read(void **state) {
    room *in = *state;
    static const char *const kinds[] = {"DSO", "AGGREGATOR", NULL};
    uint8_t bytes[2] = {0};
    gw_fields *fields =
        body(in, "{\"id\":\"M-1\",\"big\":\"9007199254740993\",\"small\":-3,\"at\":"
                 "\"2026-01-20T16:00:00Z\",\"day\":\"2026-01-20\",\"kind\":\"AGGREGATOR\","
                 "\"hex\":\"0xBEEF\",\"on\":true,\"price\":\"1.25\",\"none\":null,"
                 "\"uuid\":\"0198d5a4-0000-7000-8000-000000000001\"}");
    assert_true(gw_text_is(gw_field_name(fields, "id", GW_FIELD_REQUIRED), "M-1"));
    assert_int_equal(gw_field_int64(fields, "big", GW_FIELD_REQUIRED, 0, INT64_MAX),
                     9007199254740993);
    assert_int_equal(gw_field_int64(fields, "small", GW_FIELD_REQUIRED, -3, 3), -3);
    assert_int_equal(gw_field_instant(fields, "at", GW_FIELD_REQUIRED).us, 1768924800000000);
    assert_int_equal(gw_field_date(fields, "day", GW_FIELD_REQUIRED).days, 20473);
    assert_int_equal(gw_field_enum(fields, "kind", GW_FIELD_REQUIRED, kinds), 1);
    assert_true(gw_field_hex(fields, "hex", GW_FIELD_REQUIRED, bytes, sizeof bytes));
    assert_int_equal(bytes[0], 0xbe);
    assert_true(gw_field_flag(fields, "on", GW_FIELD_REQUIRED));
    assert_int_equal(gw_field_decimal(fields, "price", GW_FIELD_REQUIRED, 3), 1250);
    assert_false(gw_field_has(fields, "none"));
    assert_int_equal(gw_field_uuid(fields, "uuid", GW_FIELD_REQUIRED).bytes[15], 1);
    assert_true(gw_is_ok(gw_fields_end(fields, &in->fault)));
}

static void all_faults_of_a_body_come_at_once(void **state) {
    room *in = *state;
    static const char *const kinds[] = {"DSO", NULL};
    gw_fields *fields = body(in, "{\"id\":\"a b\",\"power_w\":1.5,\"kind\":\"X\",\"extra\":1,"
                                 "\"members\":[{\"meter\":\"M\",\"qualified_w\":-1,\"x\":0},7]}");
    (void)gw_field_name(fields, "id", GW_FIELD_REQUIRED);
    (void)gw_field_int64(fields, "power_w", GW_FIELD_REQUIRED, 0, 10);
    (void)gw_field_enum(fields, "kind", GW_FIELD_REQUIRED, kinds);
    (void)gw_field_text(fields, "absent", GW_FIELD_REQUIRED, 10);
    assert_int_equal(gw_field_array(fields, "members", GW_FIELD_REQUIRED, 10), 2);
    for (size_t at = 0; at < 2; at++) {
        gw_fields *member = gw_field_item(fields, "members", at);
        (void)gw_field_name(member, "meter", GW_FIELD_REQUIRED);
        (void)gw_field_int64(member, "qualified_w", GW_FIELD_REQUIRED, 0, 10);
    }
    assert_int_equal(gw_fields_end(fields, &in->fault).code, GW_CODE_INVALID);
    static const char *const pointers[] = {"/id",
                                           "/power_w",
                                           "/kind",
                                           "/absent",
                                           "/members/0/qualified_w",
                                           "/members/1",
                                           "/members/1/meter",
                                           "/members/1/qualified_w",
                                           "/extra",
                                           "/members/0/x"};
    assert_int_equal(in->faults.count, sizeof pointers / sizeof pointers[0]);
    for (size_t at = 0; at < in->faults.count; at++)
        assert_string_equal(in->faults.items[at].pointer, pointers[at]);
}

static void what_is_not_an_object_is_malformed(void **state) {
    room *in = *state;
    static const char *const bodies[] = {"",
                                         "{",
                                         "[]",
                                         "7",
                                         "{\"a\":1,\"a\":2}",
                                         "{\"a\":\"\\u0000\"}",
                                         "\xff",
                                         "{\"a\":01}",
                                         "{\"a\":1}x",
                                         "{\"a\":NaN}",
                                         "{\"a\":99999999999999999999}"};
    for (size_t at = 0; at < sizeof bodies / sizeof bodies[0]; at++) {
        gw_fields *fields = NULL;
        const gw_bytes bytes = {(const uint8_t *)bodies[at], strlen(bodies[at])};
        assert_int_equal(gw_fields_parse(in->arena, bytes, &in->faults, &fields, &in->fault).code,
                         GW_CODE_MALFORMED);
        assert_null(fields);
    }
}

static void deep_nesting_is_refused_before_it_is_parsed(void **state) {
    room *in = *state;
    char deep[4096];
    gw_fields *fields = NULL;
    memset(deep, '[', sizeof deep);
    const gw_bytes bytes = {(const uint8_t *)deep, sizeof deep};
    assert_int_equal(gw_fields_parse(in->arena, bytes, &in->faults, &fields, &in->fault).code,
                     GW_CODE_MALFORMED);
}

static void a_query_is_read_like_a_body(void **state) {
    room *in = *state;
    gw_fields *fields = query(in, "after=12&name=a%2Bb+c&on=true");
    assert_int_equal(gw_field_int64(fields, "after", GW_FIELD_REQUIRED, 0, 100), 12);
    assert_true(gw_text_is(gw_field_text(fields, "name", GW_FIELD_REQUIRED, 20), "a+b c"));
    assert_true(gw_field_flag(fields, "on", GW_FIELD_OPTIONAL));
    assert_true(gw_is_ok(gw_fields_end(fields, &in->fault)));
    fields = query(in, "page=1");
    assert_int_equal(gw_fields_end(fields, &in->fault).code, GW_CODE_INVALID);
    assert_string_equal(in->faults.items[0].pointer, "?page");
}

static void a_repeated_parameter_is_refused(void **state) {
    room *in = *state;
    gw_fields *fields = NULL;
    assert_int_equal(
        gw_fields_parse_query(in->arena, GW_TEXT("a=1&a=2"), &in->faults, &fields, &in->fault).code,
        GW_CODE_MALFORMED);
    assert_null(fields);
}

static void faults_beyond_the_room_are_counted(void **state) {
    room *in = *state;
    gw_fields *fields = body(in, "{}");
    for (int at = 0; at < GW_FIELD_FAULTS + 3; at++)
        gw_field_blame(fields, "x", GW_CODE_INVALID, "Wrong.");
    assert_int_equal(gw_fields_end(fields, &in->fault).code, GW_CODE_INVALID);
    assert_int_equal(in->faults.count, GW_FIELD_FAULTS);
    assert_int_equal(in->faults.left_out, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, room_open, room_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_type_is_read),
        TEST(all_faults_of_a_body_come_at_once),
        TEST(what_is_not_an_object_is_malformed),
        TEST(deep_nesting_is_refused_before_it_is_parsed),
        TEST(a_query_is_read_like_a_body),
        TEST(a_repeated_parameter_is_refused),
        TEST(faults_beyond_the_room_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
