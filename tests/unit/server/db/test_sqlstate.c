/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct state_case {
    const char *sqlstate;
    gw_code code;
} state_case;

static void each_class_has_its_code(void **state) {
    (void)state;
    static const state_case cases[] = {
        {"23505", GW_CODE_CONFLICT},     {"23503", GW_CODE_NOT_FOUND},
        {"23514", GW_CODE_INVALID},      {"22P02", GW_CODE_INVALID},
        {"22003", GW_CODE_OUT_OF_RANGE}, {"57014", GW_CODE_TIMED_OUT},
        {"57P01", GW_CODE_UNAVAILABLE},  {"08006", GW_CODE_UNAVAILABLE},
        {"40001", GW_CODE_UNAVAILABLE},  {"42703", GW_CODE_INTERNAL},
        {"", GW_CODE_INTERNAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(gw_sqlstate_code(cases[i].sqlstate), cases[i].code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_class_has_its_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
