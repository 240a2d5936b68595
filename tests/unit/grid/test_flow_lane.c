/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_lane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_choice_is_one_that_can_be_run(void **state) {
    (void)state;
    const gw_flow_lanes best = gw_flow_lanes_best();
    assert_true(best == GW_FLOW_LANES_2 || best == GW_FLOW_LANES_4);
    assert_int_equal(gw_flow_lanes_best(), best);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_choice_is_one_that_can_be_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
