/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ident.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Ref: RFC 9562 appendix A.6, the version 7 example */
static void the_published_example_comes_out(void **state) {
    (void)state;
    static const uint8_t random[GW_UUID_RANDOM_BYTES] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc,
                                                         0x0c, 0x0c, 0x07, 0x39, 0x8f};
    char text[GW_UUID_TEXT_SIZE];
    const gw_instant at = {1645557742000 * 1000};
    gw_uuid_print(gw_uuid_make(at, random), text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void version_and_variant_hold_for_any_random_bytes(void **state) {
    (void)state;
    for (int fill = 0; fill < 256; fill++) {
        uint8_t random[GW_UUID_RANDOM_BYTES];
        memset(random, fill, sizeof random);
        const gw_uuid made = gw_uuid_make((gw_instant){0}, random);
        assert_int_equal(made.bytes[6] >> 4, 7);
        assert_int_equal(made.bytes[8] >> 6, 2);
        assert_int_equal(made.bytes[15], fill);
    }
}

static void later_ids_sort_after_earlier_ones(void **state) {
    (void)state;
    static const uint8_t high[GW_UUID_RANDOM_BYTES] = {255, 255, 255, 255, 255,
                                                       255, 255, 255, 255, 255};
    static const uint8_t low[GW_UUID_RANDOM_BYTES] = {0};
    const gw_uuid early = gw_uuid_make((gw_instant){1768928400000000}, high);
    const gw_uuid late = gw_uuid_make((gw_instant){1768928400001000}, low);
    assert_true(memcmp(early.bytes, late.bytes, sizeof early.bytes) < 0);
}

static void parse_of_print_is_identity(void **state) {
    (void)state;
    uint32_t seed = 12345;
    for (int round = 0; round < 2000; round++) {
        gw_uuid uuid;
        gw_uuid again = {{0}};
        char text[GW_UUID_TEXT_SIZE];
        for (size_t at = 0; at < sizeof uuid.bytes; at++) {
            seed = seed * 1664525 + 1013904223;
            uuid.bytes[at] = (uint8_t)(seed >> 24);
        }
        gw_uuid_print(uuid, text);
        assert_true(gw_is_ok(gw_uuid_parse(gw_text_from_c(text), &again, NULL)));
        assert_true(gw_uuid_equal(uuid, again));
    }
}

static void upper_case_is_read_and_printed_lower(void **state) {
    (void)state;
    gw_uuid uuid;
    char text[GW_UUID_TEXT_SIZE];
    assert_true(
        gw_is_ok(gw_uuid_parse(GW_TEXT("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), &uuid, NULL)));
    gw_uuid_print(uuid, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void what_is_no_uuid_is_refused_and_leaves_the_output_untouched(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b0-7cc3-98c4-dc0c0c0-7398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2_79b0_7cc3_98c4_dc0c0c07398f",
        "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f",
        "------------------------------------",
    };
    const gw_uuid before = {{1, 2, 3}};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_uuid uuid = before;
        gw_fault fault = {0};
        assert_int_equal(gw_uuid_parse(gw_text_from_c(wrong[at]), &uuid, &fault).code,
                         GW_CODE_MALFORMED);
        assert_int_equal(fault.code, GW_CODE_MALFORMED);
        assert_true(gw_uuid_equal(uuid, before));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_comes_out),
        cmocka_unit_test(version_and_variant_hold_for_any_random_bytes),
        cmocka_unit_test(later_ids_sort_after_earlier_ones),
        cmocka_unit_test(parse_of_print_is_identity),
        cmocka_unit_test(upper_case_is_read_and_printed_lower),
        cmocka_unit_test(what_is_no_uuid_is_refused_and_leaves_the_output_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
