/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_reading_limits HOUSE = {
    .interval = {INT64_C(1800) * 1000000},
    .connection = {17250},
    .oldest = {INT64_C(90) * 86400 * 1000000},
    .clock_lead = {INT64_C(120) * 1000000},
};

static const gw_instant NOW = {INT64_C(1768928400) * 1000000}; /* 2026-01-20T17:00Z */

static gw_code check(int64_t wh, int64_t start_us) {
    gw_fault fault = {0};
    const gw_reading reading = {.meter = GW_TEXT("M-1"), .start = {start_us}, .energy = {wh}};
    return gw_reading_check(&reading, &HOUSE, NOW, &fault).code;
}

static const int64_t HALF_HOUR_US = INT64_C(1800) * 1000000;

static void a_plausible_reading_passes(void **state) {
    (void)state;
    assert_int_equal(check(0, NOW.us - HALF_HOUR_US), GW_CODE_OK);
    assert_int_equal(check(312, NOW.us - 1440 * HALF_HOUR_US), GW_CODE_OK);
}

static void more_than_the_connection_carries_is_refused(void **state) {
    (void)state;
    const int64_t most_wh = gw_reading_max_energy(&HOUSE).wh;
    assert_int_equal(most_wh, 10781); /* 17250 W * 1.25 * 0.5 h */
    assert_int_equal(check(most_wh, NOW.us - HALF_HOUR_US), GW_CODE_OK);
    assert_int_equal(check(most_wh + 1, NOW.us - HALF_HOUR_US), GW_CODE_OUT_OF_RANGE);
    assert_int_equal(check(-1, NOW.us - HALF_HOUR_US), GW_CODE_OUT_OF_RANGE);
    assert_int_equal(check(INT64_MAX, NOW.us - HALF_HOUR_US), GW_CODE_OUT_OF_RANGE);
}

static void a_time_that_cannot_be_is_refused(void **state) {
    (void)state;
    assert_int_equal(check(1, NOW.us), GW_CODE_OUT_OF_RANGE); /* not over yet */
    assert_int_equal(check(1, NOW.us - HALF_HOUR_US + 1000000), GW_CODE_INVALID);
    assert_int_equal(check(1, NOW.us - HOUSE.oldest.us - HALF_HOUR_US), GW_CODE_OUT_OF_RANGE);
    assert_int_equal(check(1, -HALF_HOUR_US), GW_CODE_OUT_OF_RANGE);
    assert_int_equal(check(1, INT64_MAX), GW_CODE_OUT_OF_RANGE);
    assert_int_equal(check(1, INT64_MIN), GW_CODE_OUT_OF_RANGE);
}

static void channels_and_qualities_are_read_as_on_the_wire(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_channel channel = GW_CHANNEL_IMPORT;
    gw_quality quality = GW_QUALITY_NONE;
    assert_true(gw_is_ok(gw_channel_parse(GW_TEXT("export"), &channel, &fault)));
    assert_string_equal(gw_channel_print(channel), "export");
    assert_true(gw_is_ok(gw_channel_parse(GW_TEXT("import"), &channel, &fault)));
    assert_string_equal(gw_channel_print(channel), "import");
    assert_int_equal(gw_channel_parse(GW_TEXT("Import"), &channel, &fault).code, GW_CODE_INVALID);
    assert_true(gw_is_ok(gw_quality_parse(GW_TEXT("A"), &quality, &fault)));
    assert_int_equal(quality, GW_QUALITY_ACTUAL);
    assert_int_equal(gw_quality_parse(GW_TEXT("X"), &quality, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_quality_parse(GW_TEXT("AA"), &quality, &fault).code, GW_CODE_INVALID);
    assert_int_equal(gw_quality_parse(GW_TEXT(""), &quality, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plausible_reading_passes),
        cmocka_unit_test(more_than_the_connection_carries_is_refused),
        cmocka_unit_test(a_time_that_cannot_be_is_refused),
        cmocka_unit_test(channels_and_qualities_are_read_as_on_the_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
