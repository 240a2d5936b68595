/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/open_meteo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_status parse(gw_arena *arena, const char *json, gw_weather_values *ret, gw_fault *fault) {
    return gw_open_meteo_parse(arena, (gw_bytes){(const uint8_t *)json, strlen(json)}, ret, fault);
}

#define FRAME(offset, unit, times, temperatures)                                                   \
    "{\"latitude\":1.5,\"utc_offset_seconds\":" offset                                             \
    ",\"hourly_units\":{\"time\":\"iso8601\",\"temperature_2m\":\"" unit "\"},"                    \
    "\"hourly\":{\"time\":[" times "],\"temperature_2m\":[" temperatures "]}}"
#define TWO "\"2021-11-24T00:00\", \"2021-11-24T01:00\""

static void decimals_and_local_times_are_exact(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_weather_values values;
    gw_fault fault;
    assert_true(gw_is_ok(parse(arena, FRAME("3600", "°C", TWO, "-0.1,7"), &values, &fault)));
    assert_int_equal(values.count, 2);
    assert_int_equal(values.items[0].amount, -100);
    assert_int_equal(values.items[1].amount, 7000);
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(values.items[0].valid_at, text);
    assert_string_equal(text, "2021-11-23T23:00:00Z");
    assert_string_equal(values.items[0].variable, "temperature_millic");
}

static void nulls_are_counted_and_left_out(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_weather_values values;
    gw_fault fault;
    assert_true(gw_is_ok(parse(arena, FRAME("0", "°C", TWO, "null, -0"), &values, &fault)));
    assert_int_equal(values.count, 1);
    assert_int_equal(values.nulls, 1);
    assert_int_equal(values.items[0].amount, 0);
}

static void what_is_not_the_shape_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *json;
        gw_code code;
    } cases[] = {
        {"", GW_CODE_MALFORMED},
        {"{}", GW_CODE_INVALID},
        {"{\"error\":true,\"reason\":\"no such place\"}", GW_CODE_MALFORMED},
        {FRAME("0", "°F", TWO, "1,2"), GW_CODE_UNSUPPORTED},
        {FRAME("0", "°C", TWO, "1"), GW_CODE_INVALID},
        {FRAME("0", "°C", TWO, "1,2,3"), GW_CODE_INVALID},
        {FRAME("0", "°C", TWO, "1,\"2\""), GW_CODE_INVALID},
        {FRAME("0", "°C", TWO, "1,2.12345"), GW_CODE_INVALID},
        {FRAME("0", "°C", TWO, "1,300"), GW_CODE_INVALID},
        {FRAME("0", "°C", "\"2021-11-24T01:00\",\"2021-11-24T01:00\"", "1,2"), GW_CODE_INVALID},
        {FRAME("0", "°C", "1637712000,1637715600", "1,2"), GW_CODE_INVALID},
        {FRAME("\"0\"", "°C", TWO, "1,2"), GW_CODE_INVALID},
        {FRAME("0", "°C", "", ""), GW_CODE_INVALID},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
        gw_weather_values values = {.count = 77};
        gw_fault fault;
        assert_int_equal(parse(arena, cases[at].json, &values, &fault).code, cases[at].code);
        assert_int_equal(values.count, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_and_local_times_are_exact),
        cmocka_unit_test(nulls_are_counted_and_left_out),
        cmocka_unit_test(what_is_not_the_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
