/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct decimal_case {
    const char *text;
    int places;
    int64_t value;
} decimal_case;

static void decimals_are_read_exactly(void **state) {
    (void)state;
    static const decimal_case cases[] = {
        {"12.345", 3, 12345},
        {"-12.345", 3, -12345},
        {"0", 0, 0},
        {"-0", 3, 0},
        {"-0.0", 3, 0},
        {"12", 3, 12000},
        {"12.3000000", 1, 123},
        {"1.2e-2", 3, 12},
        {"1.2E+2", 0, 120},
        {"5e0", 0, 5},
        {"1e18", 0, 1000000000000000000},
        {"1000e-3", 0, 1},
        {"0e40", 18, 0},
        {"0.000000000000000000", 0, 0},
        {"007", 0, 7},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"-9.223372036854775808", 18, INT64_MIN},
        {"922337203685477580.7", 1, INT64_MAX},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        int64_t value = 1;
        assert_true(gw_is_ok(
            gw_decimal_parse(gw_text_from_c(cases[at].text), cases[at].places, &value, NULL)));
        assert_int_equal(value, cases[at].value);
    }
}

typedef struct refused_case {
    const char *text;
    int places;
    gw_code code;
} refused_case;

static void what_does_not_fit_is_refused_and_leaves_the_output_untouched(void **state) {
    (void)state;
    static const refused_case cases[] = {
        {"12.3456", 3, GW_CODE_OUT_OF_RANGE},
        {"0.1", 0, GW_CODE_OUT_OF_RANGE},
        {"1e-40", 18, GW_CODE_OUT_OF_RANGE},
        {"9223372036854775808", 0, GW_CODE_OVERFLOW},
        {"-9223372036854775809", 0, GW_CODE_OVERFLOW},
        {"10", 18, GW_CODE_OVERFLOW},
        {"1e40", 0, GW_CODE_OVERFLOW},
        {"999999999999999999999999999999", 18, GW_CODE_OVERFLOW},
        {"", 3, GW_CODE_MALFORMED},
        {"-", 3, GW_CODE_MALFORMED},
        {"+1", 3, GW_CODE_MALFORMED},
        {".5", 3, GW_CODE_MALFORMED},
        {"5.", 3, GW_CODE_MALFORMED},
        {"1e", 3, GW_CODE_MALFORMED},
        {"1e+", 3, GW_CODE_MALFORMED},
        {"1e41", 3, GW_CODE_MALFORMED},
        {"1e0001", 3, GW_CODE_MALFORMED},
        {"1 ", 3, GW_CODE_MALFORMED},
        {" 1", 3, GW_CODE_MALFORMED},
        {"1,5", 3, GW_CODE_MALFORMED},
        {"1.5.5", 3, GW_CODE_MALFORMED},
        {"0x10", 3, GW_CODE_MALFORMED},
        {"NaN", 3, GW_CODE_MALFORMED},
        {"--1", 3, GW_CODE_MALFORMED},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        int64_t value = 77;
        gw_fault fault = {0};
        const gw_status status =
            gw_decimal_parse(gw_text_from_c(cases[at].text), cases[at].places, &value, &fault);
        assert_int_equal(status.code, cases[at].code);
        assert_int_equal(fault.code, cases[at].code);
        assert_int_equal(value, 77);
    }
}

static void integers_are_read_to_both_ends(void **state) {
    (void)state;
    static const decimal_case cases[] = {
        {"0", 0, 0},
        {"-0", 0, 0},
        {"42", 0, 42},
        {"-42", 0, -42},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"000000000000000000000000000001", 0, 1},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        int64_t value = 77;
        assert_true(gw_is_ok(gw_int64_parse(gw_text_from_c(cases[at].text), &value, NULL)));
        assert_int_equal(value, cases[at].value);
    }
}

static void what_is_no_integer_is_refused(void **state) {
    (void)state;
    static const refused_case cases[] = {
        {"", 0, GW_CODE_MALFORMED},
        {"-", 0, GW_CODE_MALFORMED},
        {"+1", 0, GW_CODE_MALFORMED},
        {"1.0", 0, GW_CODE_MALFORMED},
        {"1e3", 0, GW_CODE_MALFORMED},
        {" 1", 0, GW_CODE_MALFORMED},
        {"9223372036854775808", 0, GW_CODE_OVERFLOW},
        {"-9223372036854775809", 0, GW_CODE_OVERFLOW},
        {"9999999999999999999999999999999999999999999999999", 0, GW_CODE_OVERFLOW},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        int64_t value = 77;
        gw_fault fault = {0};
        assert_int_equal(gw_int64_parse(gw_text_from_c(cases[at].text), &value, &fault).code,
                         cases[at].code);
        assert_int_equal(fault.code, cases[at].code);
        assert_int_equal(value, 77);
    }
}

static void a_slice_is_read_to_its_end_and_not_further(void **state) {
    (void)state;
    int64_t value = 0;
    assert_true(gw_is_ok(gw_int64_parse((gw_text){"12345", 2}, &value, NULL)));
    assert_int_equal(value, 12);
}

static void printing_shows_all_places(void **state) {
    (void)state;
    static const decimal_case cases[] = {
        {"12.345", 3, 12345},
        {"-0.005", 3, -5},
        {"0.000", 3, 0},
        {"7", 0, 7},
        {"-9.223372036854775808", 18, INT64_MIN},
        {"-9223372036854775808", 0, INT64_MIN},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        char text[GW_DECIMAL_TEXT_SIZE];
        gw_decimal_print(cases[at].value, cases[at].places, text);
        assert_string_equal(text, cases[at].text);
    }
}

static void parse_of_print_is_identity(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252ULL;
    for (int round = 0; round < 20000; round++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        const int64_t value = (int64_t)(seed >> (round % 64));
        const int places = round % 19;
        char text[GW_DECIMAL_TEXT_SIZE];
        int64_t again = 0;
        gw_decimal_print(value, places, text);
        assert_true(gw_is_ok(gw_decimal_parse(gw_text_from_c(text), places, &again, NULL)));
        assert_int_equal(again, value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(what_does_not_fit_is_refused_and_leaves_the_output_untouched),
        cmocka_unit_test(integers_are_read_to_both_ends),
        cmocka_unit_test(what_is_no_integer_is_refused),
        cmocka_unit_test(a_slice_is_read_to_its_end_and_not_further),
        cmocka_unit_test(printing_shows_all_places),
        cmocka_unit_test(parse_of_print_is_identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
