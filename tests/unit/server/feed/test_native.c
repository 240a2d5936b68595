/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/native.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static gw_arena *arena;
static gw_fault fault;

static int begin(void **state) {
    (void)state;
    arena = gw_arena_open(16 * 1024 * 1024);
    return arena == NULL;
}
static int end(void **state) {
    (void)state;
    gw_arena_close(arena);
    return 0;
}

static gw_bytes bytes_of(const char *text) {
    return (gw_bytes){(const uint8_t *)text, strlen(text)};
}

static void batch_gives_its_readings(void **state) {
    (void)state;
    gw_native_batch batch;
    const char *json = "{\"boot\":1,\"seq\":\"7\",\"readings\":["
                       "{\"channel\":\"import\",\"start\":\"2026-01-20T16:00:00Z\","
                       "\"import_wh\":312,\"quality\":\"E\"},"
                       "{\"channel\":\"export\",\"start\":\"2026-01-20T17:00:00+01:00\","
                       "\"export_wh\":\"12.000\"}]}";
    assert_true(gw_is_ok(gw_native_batch_parse(arena, bytes_of(json), &batch, &fault)));
    assert_int_equal(batch.boot, 1);
    assert_int_equal(batch.seq, 7);
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.readings[0].energy.wh, 312);
    assert_int_equal(batch.readings[0].quality, GW_QUALITY_ESTIMATED);
    assert_int_equal(batch.readings[0].seq, 7);
    assert_int_equal(batch.readings[1].channel, GW_CHANNEL_EXPORT);
    assert_int_equal(batch.readings[1].energy.wh, 12);
    assert_int_equal(batch.readings[1].quality, GW_QUALITY_ACTUAL);
    assert_int_equal(batch.readings[1].start.us, batch.readings[0].start.us);
}

#define READING(fields) "{\"boot\":1,\"seq\":1,\"readings\":[{" fields "}]}"
#define START "\"start\":\"2026-01-20T16:00:00Z\""

static void each_fault_is_named_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *json;
        gw_code code;
        const char *subject;
    } cases[] = {
        {"", GW_CODE_MALFORMED, ""},
        {"[]", GW_CODE_MALFORMED, ""},
        {"{\"boot\":1", GW_CODE_MALFORMED, ""},
        {"{\"boot\":1,\"boot\":1,\"seq\":1,\"readings\":[]}", GW_CODE_MALFORMED, ""},
        {"{\"seq\":1,\"readings\":[]}", GW_CODE_INVALID, "/boot"},
        {"{\"boot\":0,\"seq\":1,\"readings\":[]}", GW_CODE_OUT_OF_RANGE, "/boot"},
        {"{\"boot\":1,\"seq\":1,\"readings\":[]}", GW_CODE_INVALID, "/readings"},
        {"{\"boot\":1,\"seq\":1,\"readings\":{}}", GW_CODE_INVALID, "/readings"},
        {"{\"boot\":1,\"seq\":1,\"readings\":[3]}", GW_CODE_INVALID, "/readings/0"},
        {READING("\"channel\":\"import\"," START), GW_CODE_INVALID, "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":1.5"), GW_CODE_INVALID,
         "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":1.0"), GW_CODE_INVALID,
         "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":\"1.5\""), GW_CODE_INVALID,
         "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":null"), GW_CODE_INVALID,
         "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_kwh\":1"), GW_CODE_INVALID,
         "/readings/0/import_wh"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":1,\"unit\":\"kWh\""),
         GW_CODE_INVALID, "/readings/0/unit"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":1,\"export_wh\":1"),
         GW_CODE_INVALID, "/readings/0/export_wh"},
        {READING("\"channel\":\"heat\"," START ",\"import_wh\":1"), GW_CODE_INVALID,
         "/readings/0/channel"},
        {READING("\"channel\":\"import\",\"start\":\"yesterday\",\"import_wh\":1"), GW_CODE_INVALID,
         "/readings/0/start"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":1,\"quality\":\"X\""),
         GW_CODE_INVALID, "/readings/0/quality"},
        {READING("\"channel\":\"import\"," START ",\"import_wh\":99999999999999"),
         GW_CODE_OUT_OF_RANGE, "/readings/0/import_wh"},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        gw_native_batch batch = {.seq = 99};
        const gw_status status =
            gw_native_batch_parse(arena, bytes_of(cases[at].json), &batch, &fault);
        assert_int_equal(status.code, cases[at].code);
        assert_string_equal(fault.subject, cases[at].subject);
        assert_int_equal(batch.seq, 99);
    }
}

static void more_than_the_limit_is_refused(void **state) {
    (void)state;
    static char json[32 * 1024];
    size_t length = (size_t)snprintf(json, sizeof json, "{\"boot\":1,\"seq\":1,\"readings\":[");
    for (int at = 0; at <= GW_NATIVE_READINGS_MOST; at++) {
        length += (size_t)snprintf(json + length, sizeof json - length,
                                   "%s{\"channel\":\"import\"," START ",\"import_wh\":1}",
                                   at == 0 ? "" : ",");
    }
    (void)snprintf(json + length, sizeof json - length, "]}");
    gw_native_batch batch;
    assert_int_equal(gw_native_batch_parse(arena, bytes_of(json), &batch, &fault).code,
                     GW_CODE_TOO_LARGE);
    static const uint8_t blanks[GW_NATIVE_BYTES_MOST + 1];
    assert_int_equal(
        gw_native_batch_parse(arena, (gw_bytes){blanks, sizeof blanks}, &batch, &fault).code,
        GW_CODE_TOO_LARGE);
}

static void birth_and_opt_are_read(void **state) {
    (void)state;
    gw_native_birth birth;
    gw_native_opt opt;
    assert_true(gw_is_ok(
        gw_native_birth_parse(arena,
                              bytes_of("{\"boot\":2,\"firmware\":\"1.0\",\"meter\":\"M-1\","
                                       "\"interval_s\":1800,\"first_seq\":5}"),
                              &birth, &fault)));
    assert_int_equal(birth.interval_s, 1800);
    assert_true(gw_text_is(birth.meter, "M-1"));
    const char *json = "{\"boot\":1,\"seq\":3,\"opt\":\"OUT\","
                       "\"event_id\":\"0198f2a1-7c00-7000-8000-000000000001\","
                       "\"from\":\"2026-01-20T16:00:00Z\",\"to\":\"2026-01-20T18:00:00Z\"}";
    assert_true(gw_is_ok(gw_native_opt_parse(arena, bytes_of(json), &opt, &fault)));
    assert_int_equal(opt.choice, GW_NATIVE_OPT_OUT);
    json = "{\"boot\":1,\"seq\":3,\"opt\":\"OUT\","
           "\"event_id\":\"0198f2a1-7c00-7000-8000-000000000001\","
           "\"from\":\"2026-01-20T18:00:00Z\",\"to\":\"2026-01-20T18:00:00Z\"}";
    assert_false(gw_is_ok(gw_native_opt_parse(arena, bytes_of(json), &opt, &fault)));
}

static void numbers_of_a_message_are_found_even_when_it_is_wrong(void **state) {
    (void)state;
    int64_t boot = 0;
    int64_t seq = 0;
    gw_native_peek(bytes_of("{\"boot\":4,\"seq\":9,\"readings\":\"none\"}"), &boot, &seq);
    assert_int_equal(boot, 4);
    assert_int_equal(seq, 9);
    gw_native_peek(bytes_of("{\"boot\":4}"), &boot, &seq);
    assert_int_equal(boot, 0);
    gw_native_peek(bytes_of("nonsense"), &boot, &seq);
    assert_int_equal(seq, 0);
}

static void items_keep_the_good_ones(void **state) {
    (void)state;
    gw_native_items items;
    const char *json = "{\"readings\":[{\"meter\":\"M-1\",\"channel\":\"import\"," START
                       ",\"import_wh\":5},{\"channel\":\"import\"," START ",\"import_wh\":5}]}";
    assert_true(gw_is_ok(gw_native_items_parse(arena, bytes_of(json), &items, &fault)));
    assert_int_equal(items.count, 2);
    assert_true(gw_is_ok(items.items[0].status));
    assert_false(gw_is_ok(items.items[1].status));
    assert_string_equal(items.items[1].fault.subject, "/readings/1/meter");
    gw_reading again;
    const gw_bytes stored = {(const uint8_t *)items.items[0].json.at, items.items[0].json.length};
    assert_true(gw_is_ok(gw_native_item_parse(arena, stored, &again, &fault)));
    assert_int_equal(again.energy.wh, 5);
    assert_true(gw_text_is(again.meter, "M-1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_gives_its_readings),
        cmocka_unit_test(each_fault_is_named_with_its_place),
        cmocka_unit_test(more_than_the_limit_is_refused),
        cmocka_unit_test(birth_and_opt_are_read),
        cmocka_unit_test(numbers_of_a_message_are_found_even_when_it_is_wrong),
        cmocka_unit_test(items_keep_the_good_ones),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
