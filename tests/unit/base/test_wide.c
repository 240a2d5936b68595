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

static void floor_goes_down_on_both_sides_of_zero(void **state) {
    (void)state;
    static const struct {
        int dividend, divisor, floor;
    } cases[] = {{7, 2, 3}, {-7, 2, -4}, {6, 2, 3}, {-6, 2, -3}, {0, 5, 0}, {-1, 1000, -1}};
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++)
        assert_int_equal((int)gw_wide_floor(cases[at].dividend, cases[at].divisor),
                         cases[at].floor);
}

static void roundings_differ_from_the_truth_by_less_than_they_may(void **state) {
    (void)state;
    for (int divisor = 1; divisor <= 40; divisor++) {
        for (int dividend = -200; dividend <= 200; dividend++) {
            const int down = (int)gw_wide_floor(dividend, divisor);
            const int near = (int)gw_wide_half_even(dividend, divisor);
            const int off = dividend - near * divisor;
            assert_true(down * divisor <= dividend && dividend < (down + 1) * divisor);
            assert_true(2 * off <= divisor && -2 * off <= divisor);
            if (2 * off == divisor || -2 * off == divisor) assert_int_equal(near % 2, 0);
            assert_int_equal((int)gw_wide_half_even(-dividend, divisor), -near);
        }
    }
}

static void the_largest_products_are_rounded_without_overflow(void **state) {
    (void)state;
    const gw_wide product = gw_wide_multiply(INT64_MIN, INT64_MAX);
    assert_true(gw_wide_floor(product, INT64_MAX) == INT64_MIN);
    assert_true(gw_wide_half_even(product, INT64_MAX) == INT64_MIN);
    assert_true(gw_wide_half_even(gw_wide_multiply(INT64_MIN, INT64_MIN), 1) > 0);
}

static void what_does_not_fit_64_bits_is_refused_and_leaves_the_output_untouched(void **state) {
    (void)state;
    int64_t value = 77;
    gw_fault fault = {0};
    assert_int_equal(gw_int64_add(INT64_MAX, 1, &value, &fault).code, GW_CODE_OVERFLOW);
    assert_int_equal(fault.code, GW_CODE_OVERFLOW);
    assert_int_equal(gw_int64_add(INT64_MIN, -1, &value, NULL).code, GW_CODE_OVERFLOW);
    assert_int_equal(gw_int64_subtract(INT64_MIN, 1, &value, NULL).code, GW_CODE_OVERFLOW);
    assert_int_equal(gw_int64_subtract(0, INT64_MIN, &value, NULL).code, GW_CODE_OVERFLOW);
    assert_int_equal(gw_wide_to_int64((gw_wide)INT64_MAX + 1, &value, NULL).code, GW_CODE_OVERFLOW);
    assert_int_equal(value, 77);
}

static void sums_reach_both_ends(void **state) {
    (void)state;
    int64_t value = 0;
    assert_true(gw_is_ok(gw_int64_add(INT64_MAX - 1, 1, &value, NULL)));
    assert_int_equal(value, INT64_MAX);
    assert_true(gw_is_ok(gw_int64_subtract(-1, INT64_MAX, &value, NULL)));
    assert_int_equal(value, INT64_MIN);
    assert_true(gw_is_ok(gw_int64_subtract(-1, INT64_MIN, &value, NULL)));
    assert_int_equal(value, INT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floor_goes_down_on_both_sides_of_zero),
        cmocka_unit_test(roundings_differ_from_the_truth_by_less_than_they_may),
        cmocka_unit_test(the_largest_products_are_rounded_without_overflow),
        cmocka_unit_test(what_does_not_fit_64_bits_is_refused_and_leaves_the_output_untouched),
        cmocka_unit_test(sums_reach_both_ends),
        cmocka_unit_test(half_even_matches_the_published_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
