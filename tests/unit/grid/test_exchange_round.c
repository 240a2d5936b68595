/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_round.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_largest_remainders_are_rounded_up(void **state) {
    (void)state;
    const int64_t parts[] = {1700, -600, -1100};
    int64_t whole[3];
    assert_int_equal(gw_exchange_round(parts, 3, 1000, whole), 2);
    assert_int_equal(whole[0], 2);
    assert_int_equal(whole[1], -1); /* 0.4 left, 0.9 and 0.7 went before */
    assert_int_equal(whole[2], -1);
}

static void of_equal_remainders_the_first_is_rounded_up(void **state) {
    (void)state;
    const int64_t parts[] = {500, 500, -500, -500};
    int64_t whole[4];
    assert_int_equal(gw_exchange_round(parts, 4, 1000, whole), 2);
    assert_int_equal(whole[0], 1);
    assert_int_equal(whole[1], 1);
    assert_int_equal(whole[2], -1);
    assert_int_equal(whole[3], -1);
}

static void the_sum_is_zero_and_nobody_moves_a_whole_unit(void **state) {
    (void)state;
    seeded random = {4711};
    for (int run = 0; run < 2000; run++) {
        int64_t parts[20];
        int64_t whole[20];
        int64_t sum = 0;
        const uint32_t count = (uint32_t)seeded_between(&random, 1, 20);
        for (uint32_t i = 0; i + 1 < count; i++) {
            parts[i] = seeded_between(&random, -5000000, 5000000);
            sum += parts[i];
        }
        parts[count - 1] = -sum + seeded_between(&random, -9, 9);
        (void)gw_exchange_round(parts, count, 1000, whole);
        int64_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            const int64_t off = whole[i] * 1000 - parts[i];
            assert_true(off > -1010 && off < 1010);
            total += whole[i];
        }
        assert_int_equal(total, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_remainders_are_rounded_up),
        cmocka_unit_test(of_equal_remainders_the_first_is_rounded_up),
        cmocka_unit_test(the_sum_is_zero_and_nobody_moves_a_whole_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
