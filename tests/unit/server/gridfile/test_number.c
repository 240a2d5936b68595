/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static double number(const char *text) {
    double ret = -1;
    assert_true(gw_number_parse(gw_text_from_c(text), &ret));
    return ret;
}

static void engineers_numbers_are_read(void **state) {
    (void)state;
    assert_true(number("0") == 0.0);
    assert_true(number("007") == 7.0);
    assert_true(number(".5") == 0.5);
    assert_true(number("-.5e1") == -5.0);
    assert_true(number("1.") == 1.0);
    assert_true(number("+2.5E-3") == 0.0025);
    assert_true(number("0.1") == 0.1);
    assert_true(number("00.25") == 0.25);
}

/* One digit above what is looked at. */
static const char too_long[] = "11111111111111111111111111111111111111111111111111111111111111111";

static void what_is_no_number_leaves_the_output_alone(void **state) {
    (void)state;
    static const char *const bad[] = {"",    ".",   "-",   "1 2", "1e",    "1e999", "nan",
                                      "inf", "0x1", "1,5", "--1", "1.2.3", "e5",    too_long};
    for (size_t at = 0; at < sizeof bad / sizeof bad[0]; at++) {
        double ret = 77;
        assert_false(gw_number_parse(gw_text_from_c(bad[at]), &ret));
        assert_true(ret == 77.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engineers_numbers_are_read),
        cmocka_unit_test(what_is_no_number_leaves_the_output_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
