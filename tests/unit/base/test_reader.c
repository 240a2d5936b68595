/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};

static void numbers_are_little_endian_and_all_is_used(void **state) {
    (void)state;
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){bytes, sizeof bytes});
    assert_int_equal(gw_read_u8(&in), 1);
    assert_int_equal(gw_read_u32_le(&in), 0x05040302);
    assert_int_equal(gw_read_u64_le(&in), 0x0d0c0b0a09080706);
    assert_true(gw_is_ok(gw_reader_end(&in, NULL)));
}

static void a_slice_points_into_the_input(void **state) {
    (void)state;
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){bytes, sizeof bytes});
    const gw_bytes piece = gw_read_bytes(&in, 5);
    assert_ptr_equal(piece.at, bytes);
    assert_int_equal(piece.length, 5);
    assert_int_equal(gw_read_bytes(&in, 0).length, 0);
    assert_int_equal(gw_read_u8(&in), 6);
}

static void every_short_input_fails_once_and_then_gives_zeros(void **state) {
    (void)state;
    for (size_t length = 0; length < sizeof bytes; length++) {
        gw_reader in;
        gw_fault fault = {0};
        gw_reader_init(&in, (gw_bytes){bytes, length});
        (void)gw_read_u8(&in);
        (void)gw_read_u32_le(&in);
        assert_int_equal(gw_read_u64_le(&in), 0);
        assert_int_equal(gw_read_u8(&in), 0);
        assert_null(gw_read_bytes(&in, 1).at);
        assert_int_equal(gw_reader_end(&in, &fault).code, GW_CODE_MALFORMED);
        assert_int_equal(fault.code, GW_CODE_MALFORMED);
        assert_int_equal(gw_reader_status(&in, NULL).code, GW_CODE_MALFORMED);
    }
}

static void bytes_left_over_are_a_failure_of_the_end_only(void **state) {
    (void)state;
    gw_reader in;
    gw_fault fault = {0};
    gw_reader_init(&in, (gw_bytes){bytes, sizeof bytes});
    assert_int_equal(gw_read_u8(&in), 1);
    assert_true(gw_is_ok(gw_reader_status(&in, &fault)));
    assert_int_equal(gw_reader_end(&in, &fault).code, GW_CODE_MALFORMED);
    assert_non_null(strstr(fault.message, "12 bytes"));
}

static void nothing_can_be_read_to_its_end(void **state) {
    (void)state;
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){NULL, 0});
    assert_int_equal(gw_read_bytes(&in, 0).length, 0);
    assert_true(gw_is_ok(gw_reader_end(&in, NULL)));
    assert_int_equal(gw_read_bytes(&in, SIZE_MAX).length, 0);
    assert_int_equal(gw_reader_end(&in, NULL).code, GW_CODE_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_little_endian_and_all_is_used),
        cmocka_unit_test(a_slice_points_into_the_input),
        cmocka_unit_test(every_short_input_fails_once_and_then_gives_zeros),
        cmocka_unit_test(bytes_left_over_are_a_failure_of_the_end_only),
        cmocka_unit_test(nothing_can_be_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
