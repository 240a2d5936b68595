/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void numbers_go_to_words_and_back(void **state) {
    (void)state;
    const uint64_t numbers[] = {0, 1, 0xff, 0x100, 0x123456789abcdef0u, UINT64_MAX};
    for (size_t at = 0; at < sizeof numbers / sizeof numbers[0]; at++) {
        uint64_t back = 7;
        assert_true(gw_is_ok(gw_word_to_u64(gw_word_from_u64(numbers[at]), &back, NULL)));
        assert_true(back == numbers[at]);
    }
}

static void negative_numbers_are_sign_extended(void **state) {
    (void)state;
    char text[GW_WORD_TEXT_SIZE];
    gw_word_print(gw_word_from_i64(-2), text);
    assert_string_equal(text, "0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe");
}

static void a_word_beyond_64_bits_leaves_the_output_alone(void **state) {
    (void)state;
    gw_word word;
    uint64_t number = 7;
    assert_true(gw_is_ok(gw_word_parse(GW_TEXT("18446744073709551616"), &word, NULL)));
    assert_int_equal(gw_word_to_u64(word, &number, NULL).code, GW_CODE_OVERFLOW);
    assert_int_equal(number, 7);
}

static void decimal_text_is_read_up_to_256_bits(void **state) {
    (void)state;
    gw_word word;
    const gw_text most =
        GW_TEXT("115792089237316195423570985008687907853269984665640564039457584007913129639935");
    const gw_text over =
        GW_TEXT("115792089237316195423570985008687907853269984665640564039457584007913129639936");
    assert_true(gw_is_ok(gw_word_parse(most, &word, NULL)));
    assert_true(gw_word_equal(word, gw_word_from_i64(-1)));
    assert_int_equal(gw_word_parse(over, &word, NULL).code, GW_CODE_MALFORMED);
    assert_true(gw_is_ok(gw_word_parse(GW_TEXT("-17"), &word, NULL)));
    assert_true(gw_word_equal(word, gw_word_from_i64(-17)));
}

static void text_that_is_no_number_is_refused(void **state) {
    (void)state;
    const char *texts[] = {"", "-", "0x", "12a", "0xg", " 1", "+1"};
    gw_word word = gw_word_from_u64(7);
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
        assert_false(gw_is_ok(gw_word_parse(gw_text_from_c(texts[at]), &word, NULL)));
    assert_true(gw_word_equal(word, gw_word_from_u64(7)));
}

static void significant_bytes_do_not_count_leading_zeros(void **state) {
    (void)state;
    assert_int_equal(gw_word_significant(gw_word_from_u64(0)), 0);
    assert_int_equal(gw_word_significant(gw_word_from_u64(0x100)), 2);
    assert_int_equal(gw_word_significant(gw_word_from_i64(-1)), 32);
}

static void more_than_32_bytes_do_not_fit(void **state) {
    (void)state;
    const uint8_t bytes[33] = {0};
    gw_word word;
    assert_int_equal(gw_word_from_bytes((gw_bytes){bytes, 33}, &word, NULL).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_true(gw_is_ok(gw_word_from_bytes((gw_bytes){bytes, 32}, &word, NULL)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_go_to_words_and_back),
        cmocka_unit_test(negative_numbers_are_sign_extended),
        cmocka_unit_test(a_word_beyond_64_bits_leaves_the_output_alone),
        cmocka_unit_test(decimal_text_is_read_up_to_256_bits),
        cmocka_unit_test(text_that_is_no_number_is_refused),
        cmocka_unit_test(significant_bytes_do_not_count_leading_zeros),
        cmocka_unit_test(more_than_32_bytes_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
