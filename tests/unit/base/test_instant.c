/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct time_case {
    const char *text;
    int64_t us;
} time_case;

static void times_are_read_with_any_offset(void **state) {
    (void)state;
    static const time_case cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-20T17:00:00Z", 1768928400000000},
        {"2026-01-20T18:00:00+01:00", 1768928400000000},
        {"2026-01-20T11:30:00-05:30", 1768928400000000},
        {"2026-01-20t17:00:00z", 1768928400000000},
        {"2026-01-20T17:00Z", 1768928400000000},
        {"2026-01-20T17:00:00.5Z", 1768928400500000},
        {"2026-01-20T17:00:00.000001Z", 1768928400000001},
        {"1970-01-01T01:00:00+01:00", 0},
        {"2000-02-29T00:00:00Z", 951782400000000},
        {"2199-12-31T23:59:59.999999Z", 7258118399999999},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        gw_instant instant = {-1};
        assert_true(gw_is_ok(gw_instant_parse(gw_text_from_c(cases[at].text), &instant, NULL)));
        assert_int_equal(instant.us, cases[at].us);
    }
}

static void what_is_no_time_is_refused_and_leaves_the_output_untouched(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026-01-20",
        "2026-01-20 17:00:00Z",
        "2026-01-20T17:00:00",
        "2026-1-20T17:00:00Z",
        "2026-01-20T17Z",
        "2026-01-20T24:00:00Z",
        "2026-01-20T17:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-13-20T17:00:00Z",
        "2026-00-20T17:00:00Z",
        "2026-02-29T17:00:00Z",
        "1900-02-29T17:00:00Z",
        "2100-02-29T17:00:00Z",
        "2026-04-31T17:00:00Z",
        "2026-04-00T17:00:00Z",
        "2026-01-20T17:00:00.Z",
        "2026-01-20T17:00:00.1234567Z",
        "2026-01-20T17:00:00.9999999999999999999999Z",
        "2026-01-20T17:00:00+15:00",
        "2026-01-20T17:00:00+0100",
        "2026-01-20T17:00:00+01:60",
        "2026-01-20T17:00:00ZZ",
        "2026-01-20T17:00:00Z ",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "2199-12-31T23:59:59-00:01",
        "2200-01-01T00:00:00Z",
        "99999999999999999999999999999999999999999999",
    };
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_instant instant = {77};
        gw_fault fault = {0};
        assert_int_equal(gw_instant_parse(gw_text_from_c(wrong[at]), &instant, &fault).code,
                         GW_CODE_MALFORMED);
        assert_int_equal(fault.code, GW_CODE_MALFORMED);
        assert_true(strlen(fault.hint) > 0);
        assert_int_equal(instant.us, 77);
    }
}

static void printing_leaves_a_fraction_of_zero_out(void **state) {
    (void)state;
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print((gw_instant){1768928400000000}, text);
    assert_string_equal(text, "2026-01-20T17:00:00Z");
    gw_instant_print((gw_instant){1768928400000010}, text);
    assert_string_equal(text, "2026-01-20T17:00:00.000010Z");
    gw_instant_print((gw_instant){0}, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
}

static void parse_of_print_is_identity(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252ULL;
    for (int round = 0; round < 20000; round++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        const gw_instant at = {(int64_t)(seed % 7258118400000000ULL)};
        gw_instant again = {-1};
        char text[GW_INSTANT_TEXT_SIZE];
        gw_instant_print(at, text);
        assert_true(gw_is_ok(gw_instant_parse(gw_text_from_c(text), &again, NULL)));
        assert_int_equal(again.us, at.us);
    }
}

static void the_valid_range_has_sharp_ends(void **state) {
    (void)state;
    assert_false(gw_instant_is_valid((gw_instant){-1}));
    assert_true(gw_instant_is_valid((gw_instant){0}));
    assert_true(gw_instant_is_valid((gw_instant){7258118399999999}));
    assert_false(gw_instant_is_valid((gw_instant){7258118400000000}));
    assert_false(gw_instant_is_valid((gw_instant){INT64_MAX}));
    assert_false(gw_instant_is_valid((gw_instant){INT64_MIN}));
}

static void every_day_of_two_centuries_follows_the_day_before(void **state) {
    (void)state;
    static const int longest[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 1970;
    int month = 1;
    int day = 1;
    for (int32_t days = 0; days < 84000; days++) {
        int got_year = 0;
        int got_month = 0;
        int got_day = 0;
        gw_date_to_civil((gw_date){days}, &got_year, &got_month, &got_day);
        assert_int_equal(got_year * 10000 + got_month * 100 + got_day,
                         year * 10000 + month * 100 + day);
        assert_int_equal(gw_date_from_civil(year, month, day).days, days);
        assert_int_equal(gw_date_weekday((gw_date){days}), (days + 3) % 7);
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        const int last = longest[month - 1] + (month == 2 && leap ? 1 : 0);
        day = day == last ? 1 : day + 1;
        if (day == 1) month = month == 12 ? 1 : month + 1;
        if (day == 1 && month == 1) year++;
    }
}

static void known_days_have_their_weekday(void **state) {
    (void)state;
    assert_int_equal(gw_date_weekday(gw_date_from_civil(1970, 1, 1)), 3);  /* a Thursday */
    assert_int_equal(gw_date_weekday(gw_date_from_civil(2026, 1, 20)), 1); /* a Tuesday */
    assert_int_equal(gw_date_weekday(gw_date_from_civil(2000, 2, 29)), 1); /* a Tuesday */
}

static void dates_are_read_and_printed(void **state) {
    (void)state;
    gw_date date = {77};
    char text[GW_DATE_TEXT_SIZE];
    assert_true(gw_is_ok(gw_date_parse(GW_TEXT("2024-02-29"), &date, NULL)));
    gw_date_print(date, text);
    assert_string_equal(text, "2024-02-29");
    static const char *const wrong[] = {"",           "2023-02-29",  "2024-2-29", "20240229",
                                        "2024-02-30", "2024-02-29Z", "1969-12-31"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_date kept = {77};
        assert_int_equal(gw_date_parse(gw_text_from_c(wrong[at]), &kept, NULL).code,
                         GW_CODE_MALFORMED);
        assert_int_equal(kept.days, 77);
    }
}

static void instants_move_by_spans(void **state) {
    (void)state;
    const gw_instant at = gw_instant_seconds(1768928400);
    const gw_instant later = gw_instant_plus(at, gw_span_seconds(90));
    assert_int_equal(gw_instant_since(later, at).us, 90000000);
    assert_true(gw_instant_equal(gw_instant_minus(later, gw_span_seconds(90)), at));
    assert_true(gw_instant_before(at, later));
    assert_false(gw_instant_before(later, at));
    assert_false(gw_instant_before(at, at));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_with_any_offset),
        cmocka_unit_test(what_is_no_time_is_refused_and_leaves_the_output_untouched),
        cmocka_unit_test(printing_leaves_a_fraction_of_zero_out),
        cmocka_unit_test(parse_of_print_is_identity),
        cmocka_unit_test(the_valid_range_has_sharp_ends),
        cmocka_unit_test(every_day_of_two_centuries_follows_the_day_before),
        cmocka_unit_test(known_days_have_their_weekday),
        cmocka_unit_test(dates_are_read_and_printed),
        cmocka_unit_test(instants_move_by_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
