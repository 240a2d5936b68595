/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void texts_are_compared_by_their_bytes(void **state) {
    (void)state;
    assert_true(gw_text_equal(GW_TEXT(""), (gw_text){NULL, 0}));
    assert_true(gw_text_is(GW_TEXT("abc"), "abc"));
    assert_false(gw_text_is(GW_TEXT("abc"), "ab"));
    assert_false(gw_text_equal(GW_TEXT("abc"), GW_TEXT("abd")));
    assert_int_equal(gw_text_compare(GW_TEXT("a"), GW_TEXT("b")), -1);
    assert_int_equal(gw_text_compare(GW_TEXT("b"), GW_TEXT("a")), 1);
    assert_int_equal(gw_text_compare(GW_TEXT("a"), GW_TEXT("ab")), -1);
    assert_int_equal(gw_text_compare(GW_TEXT("ab"), GW_TEXT("a")), 1);
    assert_int_equal(gw_text_compare(GW_TEXT("\xff"), GW_TEXT("a")), 1);
    assert_int_equal(gw_text_compare((gw_text){NULL, 0}, GW_TEXT("")), 0);
}

static void bytes_are_equal_by_content(void **state) {
    (void)state;
    static const uint8_t left[] = {1, 0, 2};
    static const uint8_t right[] = {1, 0, 2};
    assert_true(gw_bytes_equal((gw_bytes){left, 3}, (gw_bytes){right, 3}));
    assert_false(gw_bytes_equal((gw_bytes){left, 3}, (gw_bytes){right, 2}));
    assert_true(gw_bytes_equal((gw_bytes){NULL, 0}, (gw_bytes){right, 0}));
}

static void a_prefix_is_found_only_at_the_front(void **state) {
    (void)state;
    assert_true(gw_text_starts(GW_TEXT("gw/v1"), "gw/"));
    assert_true(gw_text_starts(GW_TEXT("gw/"), "gw/"));
    assert_true(gw_text_starts(GW_TEXT(""), ""));
    assert_false(gw_text_starts(GW_TEXT("gw"), "gw/"));
    assert_false(gw_text_starts(GW_TEXT("agw/"), "gw/"));
}

static void find_gives_the_length_when_there_is_none(void **state) {
    (void)state;
    assert_int_equal(gw_text_find(GW_TEXT("a,b,c"), ','), 1);
    assert_int_equal(gw_text_find(GW_TEXT("abc"), ','), 3);
    assert_int_equal(gw_text_find(GW_TEXT(""), ','), 0);
}

static void a_part_is_clamped_to_the_text(void **state) {
    (void)state;
    const gw_text text = GW_TEXT("0123456789");
    assert_true(gw_text_is(gw_text_part(text, 2, 4), "23"));
    assert_true(gw_text_is(gw_text_part(text, 8, 99), "89"));
    assert_int_equal(gw_text_part(text, 4, 4).length, 0);
    assert_int_equal(gw_text_part(text, 5, 4).length, 0);
    assert_int_equal(gw_text_part(text, 99, 100).length, 0);
    assert_int_equal(gw_text_part((gw_text){NULL, 0}, 0, 1).length, 0);
}

static void trim_takes_blanks_off_both_ends(void **state) {
    (void)state;
    assert_true(gw_text_is(gw_text_trim(GW_TEXT(" \t\r\n a b \n")), "a b"));
    assert_int_equal(gw_text_trim(GW_TEXT(" \t ")).length, 0);
    assert_int_equal(gw_text_trim(GW_TEXT("")).length, 0);
}

static void split_gives_the_pieces_in_order(void **state) {
    (void)state;
    gw_text rest = GW_TEXT("gw//up/dev");
    assert_true(gw_text_is(gw_text_split(&rest, '/'), "gw"));
    assert_true(gw_text_is(gw_text_split(&rest, '/'), ""));
    assert_true(gw_text_is(gw_text_split(&rest, '/'), "up"));
    assert_true(gw_text_is(gw_text_split(&rest, '/'), "dev"));
    assert_int_equal(rest.length, 0);
    assert_int_equal(gw_text_split(&rest, '/').length, 0);
}

static void copies_live_on_their_own(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1000);
    char source[] = "abc";
    gw_text copy = {0};
    const char *string = NULL;
    assert_true(gw_is_ok(gw_text_copy(arena, (gw_text){source, 3}, &copy, NULL)));
    assert_true(gw_is_ok(gw_text_to_c(arena, (gw_text){source, 2}, &string, NULL)));
    source[0] = 'x';
    assert_true(gw_text_is(copy, "abc"));
    assert_string_equal(string, "ab");
}

static void a_copy_that_does_not_fit_leaves_the_output_untouched(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(16);
    gw_text copy = GW_TEXT("kept");
    const char *string = "kept";
    const gw_text longer = GW_TEXT("longer than the arena is");
    assert_int_equal(gw_text_copy(arena, longer, &copy, NULL).code, GW_CODE_NO_MEMORY);
    assert_int_equal(gw_text_to_c(arena, longer, &string, NULL).code, GW_CODE_NO_MEMORY);
    assert_true(gw_text_is(copy, "kept"));
    assert_string_equal(string, "kept");
}

static void every_byte_survives_hex(void **state) {
    (void)state;
    uint8_t bytes[256];
    uint8_t again[256] = {0};
    char text[513];
    for (size_t at = 0; at < sizeof bytes; at++) bytes[at] = (uint8_t)at;
    gw_hex_print(bytes, sizeof bytes, text);
    assert_int_equal(strlen(text), 512);
    assert_true(gw_is_ok(gw_hex_parse(gw_text_from_c(text), again, sizeof again, NULL)));
    assert_memory_equal(bytes, again, sizeof bytes);
}

static void hex_is_read_with_a_prefix_and_in_any_case(void **state) {
    (void)state;
    uint8_t bytes[2] = {0};
    assert_true(gw_is_ok(gw_hex_parse(GW_TEXT("0xAbcD"), bytes, 2, NULL)));
    assert_memory_equal(bytes, "\xab\xcd", 2);
    assert_true(gw_is_ok(gw_hex_parse(GW_TEXT("0x"), bytes, 0, NULL)));
}

static void what_is_no_hex_is_refused_and_leaves_the_output_untouched(void **state) {
    (void)state;
    static const char *const wrong[] = {"",     "abc",  "abcde", "0xabc",
                                        "abcg", "0Xab", "ab d",  "0x0xab"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        uint8_t bytes[2] = {7, 7};
        gw_fault fault = {0};
        assert_int_equal(gw_hex_parse(gw_text_from_c(wrong[at]), bytes, 2, &fault).code,
                         GW_CODE_MALFORMED);
        assert_int_equal(fault.code, GW_CODE_MALFORMED);
        assert_memory_equal(bytes, "\7\7", 2);
    }
}

static void names_are_short_and_safe_in_topics_and_paths(void **state) {
    (void)state;
    char longest[66];
    memset(longest, 'a', sizeof longest);
    assert_true(gw_text_is_name(GW_TEXT("M-1.main_A:0")));
    assert_true(gw_text_is_name((gw_text){longest, 64}));
    assert_false(gw_text_is_name((gw_text){longest, 65}));
    assert_false(gw_text_is_name(GW_TEXT("")));
    for (int letter = 0; letter < 256; letter++) {
        const char text[1] = {(char)letter};
        const bool wanted =
            letter != 0 && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._:-",
                                  letter) != NULL;
        assert_int_equal(gw_text_is_name((gw_text){text, 1}), wanted);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_compared_by_their_bytes),
        cmocka_unit_test(bytes_are_equal_by_content),
        cmocka_unit_test(a_prefix_is_found_only_at_the_front),
        cmocka_unit_test(find_gives_the_length_when_there_is_none),
        cmocka_unit_test(a_part_is_clamped_to_the_text),
        cmocka_unit_test(trim_takes_blanks_off_both_ends),
        cmocka_unit_test(split_gives_the_pieces_in_order),
        cmocka_unit_test(copies_live_on_their_own),
        cmocka_unit_test(a_copy_that_does_not_fit_leaves_the_output_untouched),
        cmocka_unit_test(every_byte_survives_hex),
        cmocka_unit_test(hex_is_read_with_a_prefix_and_in_any_case),
        cmocka_unit_test(what_is_no_hex_is_refused_and_leaves_the_output_untouched),
        cmocka_unit_test(names_are_short_and_safe_in_topics_and_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
