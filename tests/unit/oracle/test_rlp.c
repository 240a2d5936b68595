/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/rlp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16 };

static void assert_refused(const uint8_t *bytes, size_t count) {
    gw_rlp_item item = {.payload = {NULL, 7}};
    assert_int_equal(gw_rlp_read_all((gw_bytes){bytes, count}, &item, NULL).code,
                     GW_CODE_MALFORMED);
    assert_int_equal(item.payload.length, 7);
}

static void forms_that_are_not_shortest_are_refused(void **state) {
    (void)state; /* yellow paper, appendix B */
    assert_refused((const uint8_t[]){0x81, 0x05}, 2);
    assert_refused((const uint8_t[]){0xb8, 0x01, 0xff}, 3);
    assert_refused((const uint8_t[]){0xb9, 0x00, 0x38}, 3);
    assert_refused((const uint8_t[]){0xf8, 0x00}, 2);
}

static void input_that_ends_early_or_late_is_refused(void **state) {
    (void)state;
    assert_refused(NULL, 0);
    assert_refused((const uint8_t[]){0x83, 1, 2}, 3);
    assert_refused((const uint8_t[]){0xb8}, 1);
    assert_refused((const uint8_t[]){0x80, 0x80}, 2);
    assert_refused((const uint8_t[]){0xff, 255, 255, 255, 255, 255, 255, 255, 255}, 9);
}

static void numbers_with_leading_zeros_are_refused(void **state) {
    (void)state;
    const uint8_t bytes[] = {0x82, 0x00, 0xff};
    gw_bytes rest = {bytes, sizeof bytes};
    uint64_t number = 7;
    assert_int_equal(gw_rlp_read_u64(&rest, &number, NULL).code, GW_CODE_MALFORMED);
    assert_int_equal(number, 7);
    assert_int_equal(rest.length, 3);
}

static void numbers_and_strings_of_every_header_are_read_back(void **state) {
    (void)state;
    static const uint8_t zeros[70000] = {0};
    const size_t lengths[] = {0, 1, 2, 55, 56, 255, 256, 65535, 65536, 70000};
    GW_AUTO_ARENA arena = gw_arena_open(CAP * 64);
    for (size_t at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        gw_writer out;
        gw_writer_init(&out, arena);
        gw_rlp_write_bytes(&out, (gw_bytes){zeros, lengths[at]});
        gw_rlp_item item;
        assert_true(gw_is_ok(gw_rlp_read_all((gw_bytes){out.at, out.length}, &item, NULL)));
        assert_int_equal(item.payload.length, lengths[at]);
    }
}

static void a_list_where_a_string_is_wanted_is_refused(void **state) {
    (void)state;
    const uint8_t list[] = {0xc0};
    gw_bytes rest = {list, 1};
    gw_bytes string;
    assert_int_equal(gw_rlp_read_string(&rest, &string, NULL).code, GW_CODE_MALFORMED);
    assert_true(gw_is_ok(gw_rlp_read_list(&rest, &string, NULL)));
}

static void nesting_beyond_the_limit_is_refused(void **state) {
    (void)state;
    for (size_t depth = GW_RLP_DEEPEST; depth <= GW_RLP_DEEPEST + 1; depth++) {
        GW_AUTO_ARENA arena = gw_arena_open(CAP * 16);
        gw_bytes nested = {NULL, 0};
        for (size_t at = 0; at < depth; at++) {
            gw_writer out;
            gw_writer_init(&out, arena);
            gw_rlp_write_list(&out, nested);
            nested = (gw_bytes){out.at, out.length};
        }
        assert_int_equal(gw_is_ok(gw_rlp_check(nested, NULL)), depth == GW_RLP_DEEPEST);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_are_not_shortest_are_refused),
        cmocka_unit_test(input_that_ends_early_or_late_is_refused),
        cmocka_unit_test(numbers_with_leading_zeros_are_refused),
        cmocka_unit_test(numbers_and_strings_of_every_header_are_read_back),
        cmocka_unit_test(a_list_where_a_string_is_wanted_is_refused),
        cmocka_unit_test(nesting_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
