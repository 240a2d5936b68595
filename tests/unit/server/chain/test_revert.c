/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/abi.h"
#include "server/chain/revert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_says(gw_bytes returned, const char *words) {
    char text[GW_REVERT_TEXT_SIZE];
    gw_revert_print(returned, text);
    if (strstr(text, words) == NULL) print_error("%s\n", text);
    assert_non_null(strstr(text, words));
}

static void our_errors_are_named(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_abi_value amounts[] = {gw_abi_u64(5), gw_abi_u64(3)};
    gw_bytes returned;
    assert_true(gw_is_ok(gw_abi_call(arena, GW_TEXT("EscrowTooSmall(uint256,uint256)"), amounts, 2,
                                     &returned, NULL)));
    assert_says(returned, "does not cover the amount (EscrowTooSmall)");
}

static void reasons_and_panics_are_read_and_kept_printable(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_abi_value reason = gw_abi_bytes((gw_bytes){(const uint8_t *)"no\n\x1b[31m luck", 13});
    const gw_abi_value overflow = gw_abi_u64(0x11);
    gw_bytes returned;
    assert_true(
        gw_is_ok(gw_abi_call(arena, GW_TEXT("Error(string)"), &reason, 1, &returned, NULL)));
    assert_says(returned, "no??[31m luc");
    assert_true(
        gw_is_ok(gw_abi_call(arena, GW_TEXT("Panic(uint256)"), &overflow, 1, &returned, NULL)));
    assert_says(returned, "code 0x11");
}

static void what_is_unknown_or_short_is_said_too(void **state) {
    (void)state;
    const uint8_t unknown[] = {0xde, 0xad, 0xbe, 0xef, 1};
    const uint8_t cut[] = {0x08, 0xc3, 0x79, 0xa0, 0, 0};
    assert_says((gw_bytes){unknown, sizeof unknown}, "0xdeadbeef");
    assert_says((gw_bytes){cut, sizeof cut}, "0x08c379a0");
    assert_says((gw_bytes){NULL, 0}, "no reason");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_errors_are_named),
        cmocka_unit_test(reasons_and_panics_are_read_and_kept_printable),
        cmocka_unit_test(what_is_unknown_or_short_is_said_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
