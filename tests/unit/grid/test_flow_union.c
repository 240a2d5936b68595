/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_union.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void joined_items_are_one_set(void **state) {
    (void)state;
    gw_union sets;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(65536);
    assert_true(gw_is_ok(gw_union_init(&sets, arena, 6, &fault)));
    assert_true(gw_union_join(&sets, 0, 1));
    assert_true(gw_union_join(&sets, 2, 3));
    assert_int_not_equal(gw_union_find(&sets, 0), gw_union_find(&sets, 3));
    assert_true(gw_union_join(&sets, 3, 0));
    assert_false(gw_union_join(&sets, 1, 2));
    assert_int_equal(gw_union_find(&sets, 1), gw_union_find(&sets, 2));
    assert_int_not_equal(gw_union_find(&sets, 4), gw_union_find(&sets, 5));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(joined_items_are_one_set)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
