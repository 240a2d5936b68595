/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/abi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_status parse(gw_arena *arena, const char *text, gw_abi_type *ret) {
    return gw_abi_type_parse(arena, gw_text_from_c(text), ret, NULL);
}

static void types_know_their_head_and_whether_they_are_dynamic(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t head_bytes;
        bool is_dynamic;
    } cases[] = {{"uint256", 32, false},          {"uint", 32, false},
                 {"bytes32", 32, false},          {"bytes", 32, true},
                 {"uint8[3]", 96, false},         {"uint8[]", 32, true},
                 {"(uint8,bytes4)", 64, false},   {"(uint8,bytes)", 32, true},
                 {"(uint8,bool)[2]", 128, false}, {"string[2]", 32, true}};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        gw_abi_type type;
        assert_true(gw_is_ok(parse(arena, cases[at].text, &type)));
        assert_int_equal(type.head_bytes, cases[at].head_bytes);
        assert_int_equal(type.is_dynamic, cases[at].is_dynamic);
    }
}

static void text_that_is_no_type_is_refused(void **state) {
    (void)state;
    const char *texts[] = {"",         "uint7",    "uint264",   "uint0",   "bytes33",
                           "bytes0",   "uint08",   "(uint8",    "uint8)",  "uint8[",
                           "uint8[0]", "function", "uint8 ",    "(,)",     "(uint8,)",
                           "()[2]",    "fixed",    "uint8[-1]", "address8"};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_abi_type type = {.width = 7};
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
        assert_int_equal(parse(arena, texts[at], &type).code, GW_CODE_MALFORMED);
    assert_int_equal(type.width, 7);
}

static void nesting_and_arrays_are_limited(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_abi_type type;
    assert_true(gw_is_ok(parse(arena, "(((((((uint8)))))))", &type)));
    assert_false(gw_is_ok(parse(arena, "((((((((uint8))))))))", &type)));
    assert_false(gw_is_ok(parse(arena, "uint8[1024][1024][1024]", &type)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_know_their_head_and_whether_they_are_dynamic),
        cmocka_unit_test(text_that_is_no_type_is_refused),
        cmocka_unit_test(nesting_and_arrays_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
