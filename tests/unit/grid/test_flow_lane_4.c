/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/lane_check.h"

static void lanes_do_what_the_scalar_flow_does(void **state) {
    (void)state;
    if (4 == 4 && gw_flow_lanes_best() != GW_FLOW_LANES_4) skip();
    lane_check_all(GW_FLOW_LANES_4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_do_what_the_scalar_flow_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
