/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"
#include "base/writer.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_written_can_be_read_back(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_writer out;
    gw_bytes bytes = {0};
    gw_writer_init(&out, arena);
    gw_write_u8(&out, 0xab);
    gw_write_u32_le(&out, 0xdeadbeef);
    gw_write_u64_le(&out, 0x0123456789abcdef);
    gw_write_zeros(&out, 3);
    gw_write_text(&out, GW_TEXT("end"));
    assert_true(gw_is_ok(gw_writer_end(&out, &bytes, NULL)));
    gw_reader in;
    gw_reader_init(&in, bytes);
    assert_int_equal(gw_read_u8(&in), 0xab);
    assert_int_equal(gw_read_u32_le(&in), 0xdeadbeef);
    assert_int_equal(gw_read_u64_le(&in), 0x0123456789abcdef);
    const gw_bytes zeros = gw_read_bytes(&in, 3);
    assert_memory_equal(zeros.at, "\0\0\0", 3);
    assert_memory_equal(gw_read_bytes(&in, 3).at, "end", 3);
    assert_true(gw_is_ok(gw_reader_end(&in, NULL)));
}

static void it_grows_and_keeps_what_it_has(void **state) {
    (void)state;
    enum { LINES = 2000 };
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_writer out;
    gw_text text = {0};
    gw_writer_init(&out, arena);
    for (int at = 0; at < LINES; at++) gw_write_format(&out, "%05d,", at);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    assert_int_equal(text.length, LINES * 6);
    assert_memory_equal(text.at, "00000,00001,", 12);
    assert_memory_equal(text.at + text.length - 6, "01999,", 6);
}

static void a_full_arena_fails_for_good_and_leaves_the_output_untouched(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1000);
    gw_writer out;
    gw_bytes bytes = {NULL, 77};
    gw_text text = {NULL, 77};
    gw_fault fault = {0};
    gw_writer_init(&out, arena);
    gw_write_zeros(&out, 5000);
    gw_write_u8(&out, 1);
    assert_int_equal(gw_writer_end(&out, &bytes, &fault).code, GW_CODE_NO_MEMORY);
    assert_int_equal(gw_writer_end_text(&out, &text, NULL).code, GW_CODE_NO_MEMORY);
    assert_int_equal(bytes.length, 77);
    assert_int_equal(text.length, 77);
    assert_int_equal(fault.code, GW_CODE_NO_MEMORY);
}

static void a_format_that_is_too_long_is_a_failure_and_not_a_cut(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_writer out;
    gw_bytes bytes = {NULL, 77};
    gw_writer_init(&out, arena);
    gw_write_format(&out, "%511d", 1);
    assert_true(gw_is_ok(gw_writer_end(&out, &bytes, NULL)));
    assert_int_equal(bytes.length, 511);
    gw_write_format(&out, "%512d", 1);
    assert_false(gw_is_ok(gw_writer_end(&out, &bytes, NULL)));
    assert_int_equal(bytes.length, 511);
}

static void nothing_written_is_an_empty_result(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1000);
    gw_writer out;
    gw_bytes bytes = {NULL, 77};
    gw_writer_init(&out, arena);
    gw_write_bytes(&out, NULL, 0);
    gw_write_c(&out, "");
    gw_write_zeros(&out, 0);
    assert_true(gw_is_ok(gw_writer_end(&out, &bytes, NULL)));
    assert_int_equal(bytes.length, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read_back),
        cmocka_unit_test(it_grows_and_keeps_what_it_has),
        cmocka_unit_test(a_full_arena_fails_for_good_and_leaves_the_output_untouched),
        cmocka_unit_test(a_format_that_is_too_long_is_a_failure_and_not_a_cut),
        cmocka_unit_test(nothing_written_is_an_empty_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
