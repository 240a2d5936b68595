/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/transformer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void need_is_what_lies_above_the_rating(void **state) {
    (void)state;
    const gw_power forecast[] = {{39000}, {40000}, {42500}, {43000}, {40001}, {-5}};
    gw_power need[6];
    const gw_power largest = gw_transformer_need((gw_power){40000}, forecast, 6, need);
    assert_int_equal(largest.w, 3000);
    assert_int_equal(need[1].w, 0);
    assert_int_equal(need[2].w, 2500);
    assert_int_equal(need[4].w, 1);
    assert_int_equal(need[5].w, 0);
    size_t from = 77;
    size_t to = 77;
    gw_transformer_need_window(need, 6, &from, &to);
    assert_int_equal(from, 2);
    assert_int_equal(to, 5);
}

static void no_overload_has_no_window(void **state) {
    (void)state;
    const gw_power forecast[] = {{1}, {2}};
    gw_power need[2];
    size_t from = 0;
    size_t to = 1;
    assert_int_equal(gw_transformer_need((gw_power){2}, forecast, 2, need).w, 0);
    gw_transformer_need_window(need, 2, &from, &to);
    assert_int_equal(from, to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(need_is_what_lies_above_the_rating),
        cmocka_unit_test(no_overload_has_no_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
