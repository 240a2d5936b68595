/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_regress.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_coefficients_are_found(void **state) {
    (void)state;
    seeded random = {5};
    gw_regress regress = gw_regress_init(2, 0.99, 1e6);
    for (int at = 0; at < 60; at++) {
        const double inputs[] = {(double)seeded_between(&random, -10, 10),
                                 (double)seeded_between(&random, -10, 10)};
        gw_regress_update(&regress, inputs, 300 * inputs[0] - 40 * inputs[1]);
    }
    assert_true(regress.theta[0] > 299.99 && regress.theta[0] < 300.01);
    assert_true(regress.theta[1] > -40.01 && regress.theta[1] < -39.99);
    assert_int_equal(regress.count, 60);
}

static void the_past_is_forgotten(void **state) {
    (void)state;
    gw_regress regress = gw_regress_init(1, 0.9, 1e6);
    const double input = 1;
    for (int at = 0; at < 100; at++) gw_regress_update(&regress, &input, 10);
    for (int at = 0; at < 100; at++) gw_regress_update(&regress, &input, 20);
    assert_true(regress.theta[0] > 19.99);
}

static void inputs_that_do_not_move_teach_nothing(void **state) {
    (void)state;
    gw_regress regress = gw_regress_init(2, 0.99, 1e6);
    const double still[] = {0, 0};
    for (int at = 0; at < 10000; at++) gw_regress_update(&regress, still, 5);
    assert_int_equal(regress.count, 0);
    assert_true(regress.covariance[0][0] < 1.1e6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_coefficients_are_found),
        cmocka_unit_test(the_past_is_forgotten),
        cmocka_unit_test(inputs_that_do_not_move_teach_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
