/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void half_even_matches_the_published_vectors(void **state) {
    (void)state;
    static const struct {
        int dividend, divisor, rounded;
    } cases[] = {{5, 2, 2}, {7, 2, 4},   {-5, 2, -2}, {-7, 2, -4}, {1, 3, 0},
                 {2, 3, 1}, {-2, 3, -1}, {3, 2, 2},   {-1, 2, 0}}; /* dr_mv.md §2.1 */
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++)
        assert_int_equal((int)gw_wide_half_even(cases[at].dividend, cases[at].divisor),
                         cases[at].rounded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_even_matches_the_published_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
