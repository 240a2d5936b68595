/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_verdict_has_a_wire_code_that_reads_back(void **state) {
    (void)state;
    for (unsigned at = 0; at < GW_VERDICT_COUNT; at++) {
        gw_verdict verdict = GW_VERDICT_COUNT;
        const char *wire = gw_verdict_wire((gw_verdict)at);
        assert_true(gw_is_ok(gw_verdict_parse(gw_text_from_c(wire), &verdict, NULL)));
        assert_int_equal(verdict, at);
        assert_true(strlen(gw_verdict_sentence((gw_verdict)at)) > 20);
    }
}

static void unknown_codes_are_refused(void **state) {
    (void)state;
    gw_verdict verdict = GW_VERDICT_STALE;
    assert_int_equal(gw_verdict_parse(GW_TEXT("signed"), &verdict, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_verdict_parse(GW_TEXT(""), &verdict, NULL).code, GW_CODE_INVALID);
    assert_int_equal(verdict, GW_VERDICT_STALE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verdict_has_a_wire_code_that_reads_back),
        cmocka_unit_test(unknown_codes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
