/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_code_has_its_own_wire_word(void **state) {
    (void)state;
    for (int left = 0; left < GW_CODE_COUNT; left++) {
        assert_true(strlen(gw_code_wire((gw_code)left)) > 0);
        for (int right = left + 1; right < GW_CODE_COUNT; right++)
            assert_string_not_equal(gw_code_wire((gw_code)left), gw_code_wire((gw_code)right));
    }
}

static void every_failure_is_an_http_error_with_a_title(void **state) {
    (void)state;
    assert_int_equal(gw_code_http(GW_CODE_OK), 200);
    assert_string_equal(gw_code_title(GW_CODE_OK), "");
    assert_false(gw_code_is_retryable(GW_CODE_OK));
    for (int at = 1; at < GW_CODE_COUNT; at++) {
        const int http = gw_code_http((gw_code)at);
        assert_true(http >= 400 && http <= 599);
        assert_true(strlen(gw_code_title((gw_code)at)) > 0);
    }
}

static void a_number_outside_the_table_is_an_internal_fault(void **state) {
    (void)state;
    assert_string_equal(gw_code_wire((gw_code)GW_CODE_COUNT), "internal");
    assert_int_equal(gw_code_http((gw_code)-1), 500);
}

static void fail_uses_the_title_as_message(void **state) {
    (void)state;
    gw_fault fault;
    memset(&fault, 'x', sizeof fault);
    const gw_status status = gw_fail(&fault, GW_CODE_GATE_CLOSED);
    assert_int_equal(status.code, GW_CODE_GATE_CLOSED);
    assert_int_equal(fault.code, GW_CODE_GATE_CLOSED);
    assert_string_equal(fault.message, "The gate is closed");
    assert_string_equal(fault.subject, "");
    assert_string_equal(fault.hint, "");
}

static void fail_with_says_subject_and_message_and_forgets_the_old_hint(void **state) {
    (void)state;
    gw_fault fault;
    gw_ignore(gw_hint(&fault, gw_fail(&fault, GW_CODE_INVALID), "Old.")); /* only to have a hint */
    const gw_status status = gw_fail_with(&fault, GW_CODE_NOT_FOUND, "/meter", "no \"%s\"", "M-1");
    assert_int_equal(status.code, GW_CODE_NOT_FOUND);
    assert_string_equal(fault.subject, "/meter");
    assert_string_equal(fault.message, "no \"M-1\"");
    assert_string_equal(fault.hint, "");
}

static void long_texts_are_cut_and_not_overrun(void **state) {
    (void)state;
    char text[1000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    gw_fault fault;
    const gw_status status =
        gw_hint(&fault, gw_fail_with(&fault, GW_CODE_INVALID, text, "%s", text), text);
    assert_int_equal(status.code, GW_CODE_INVALID);
    assert_int_equal(strlen(fault.subject), sizeof fault.subject - 1);
    assert_int_equal(strlen(fault.message), sizeof fault.message - 1);
    assert_int_equal(strlen(fault.hint), sizeof fault.hint - 1);
}

static void nobody_has_to_want_the_fault(void **state) {
    (void)state;
    assert_int_equal(gw_fail(NULL, GW_CODE_IO).code, GW_CODE_IO);
    assert_int_equal(gw_hint(NULL, gw_fail(NULL, GW_CODE_IO), "Try.").code, GW_CODE_IO);
}

static void a_failure_without_a_code_is_our_fault(void **state) {
    (void)state;
    assert_int_equal(gw_fail(NULL, GW_CODE_OK).code, GW_CODE_INTERNAL);
}

static void a_hint_on_success_changes_nothing(void **state) {
    (void)state;
    gw_fault fault = {.hint = "kept"};
    assert_true(gw_is_ok(gw_hint(&fault, gw_ok(), "Not this.")));
    assert_string_equal(fault.hint, "kept");
}

static gw_status passes_on(gw_status inner, int *ret_reached) {
    GW_TRY(inner);
    *ret_reached = 1;
    return gw_ok();
}

static void try_leaves_at_the_first_failure_only(void **state) {
    (void)state;
    int reached = 0;
    assert_int_equal(passes_on(gw_fail(NULL, GW_CODE_CONFLICT), &reached).code, GW_CODE_CONFLICT);
    assert_int_equal(reached, 0);
    assert_true(gw_is_ok(passes_on(gw_ok(), &reached)));
    assert_int_equal(reached, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_wire_word),
        cmocka_unit_test(every_failure_is_an_http_error_with_a_title),
        cmocka_unit_test(a_number_outside_the_table_is_an_internal_fault),
        cmocka_unit_test(fail_uses_the_title_as_message),
        cmocka_unit_test(fail_with_says_subject_and_message_and_forgets_the_old_hint),
        cmocka_unit_test(long_texts_are_cut_and_not_overrun),
        cmocka_unit_test(nobody_has_to_want_the_fault),
        cmocka_unit_test(a_failure_without_a_code_is_our_fault),
        cmocka_unit_test(a_hint_on_success_changes_nothing),
        cmocka_unit_test(try_leaves_at_the_first_failure_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
