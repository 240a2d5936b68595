/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solver.h"

#include "grid/flow_element.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void unbalance_is_negative_over_positive_sequence(void **state) {
    (void)state;
    const gw_phasor even[] = {gw_phasor_turn(0), gw_phasor_turn(-120), gw_phasor_turn(120)};
    const gw_phasor backward[] = {gw_phasor_turn(0), gw_phasor_turn(120), gw_phasor_turn(-120)};
    gw_phasor mixed[3];
    for (int at = 0; at < 3; at++)
        mixed[at] = gw_phasor_add(even[at], gw_phasor_scale(backward[at], 0.02));
    assert_true(gw_flow_unbalance(even) < 1e-15);
    const double got = gw_flow_unbalance(mixed);
    assert_true(got > 0.02 - 1e-14 && got < 0.02 + 1e-14);
    assert_true(gw_flow_unbalance((const gw_phasor[3]){{0, 0}, {0, 0}, {0, 0}}) == 0);
}

static void zero_sequence_and_neutral_come_from_the_same_three(void **state) {
    (void)state;
    gw_phasor mixed[] = {gw_phasor_turn(0), gw_phasor_turn(-120), gw_phasor_turn(120)};
    for (int at = 0; at < 3; at++) mixed[at].re += 0.03;
    const double ratio = gw_flow_zero_unbalance(mixed);
    assert_true(ratio > 0.03 - 1e-14 && ratio < 0.03 + 1e-14);
    const double neutral = gw_flow_neutral_a(mixed);
    assert_true(neutral > 0.09 - 1e-14 && neutral < 0.09 + 1e-14);
    assert_true(gw_flow_zero_unbalance((const gw_phasor[3]){{0, 0}, {0, 0}, {0, 0}}) == 0);
}

static void a_matrix_times_its_inverse_is_one(void **state) {
    (void)state;
    enum { ORDER = 7 };
    gw_phasor matrix[ORDER * ORDER];
    gw_phasor inverse[ORDER * ORDER];
    gw_phasor room[ORDER * ORDER];
    gw_fault fault = {0};
    for (size_t at = 0; at < sizeof matrix / sizeof matrix[0]; at++)
        inverse[at] = matrix[at] =
            (gw_phasor){(double)(at * 7919 % 101) - 50, (double)(at * 104729 % 97) - 48};
    matrix[0] = inverse[0] = (gw_phasor){0, 0}; /* rows must be exchanged */
    assert_true(gw_is_ok(gw_flow_invert(inverse, room, ORDER, &fault)));
    for (size_t row = 0; row < ORDER; row++)
        for (size_t column = 0; column < ORDER; column++) {
            gw_phasor sum = {row == column ? -1.0 : 0.0, 0};
            for (size_t at = 0; at < ORDER; at++)
                sum = gw_phasor_add(sum, gw_phasor_multiply(matrix[row * ORDER + at],
                                                            inverse[at * ORDER + column]));
            assert_true(gw_phasor_size(sum) < 1e-10);
        }
}

static void a_loop_without_impedance_is_refused(void **state) {
    (void)state;
    gw_phasor matrix[] = {{1, 0}, {0, 0}, {0, 0}, {0, 0}};
    gw_phasor room[4];
    gw_fault fault = {0};
    assert_int_equal(gw_flow_invert(matrix, room, 2, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unbalance_is_negative_over_positive_sequence),
        cmocka_unit_test(zero_sequence_and_neutral_come_from_the_same_three),
        cmocka_unit_test(a_matrix_times_its_inverse_is_one),
        cmocka_unit_test(a_loop_without_impedance_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
