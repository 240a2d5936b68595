/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_tensor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double re[6] = {0.31, 0.05, 0.29, 0.04, 0.06, 0.33};
static const double im[6] = {0.71, 0.21, 0.69, 0.17, 0.23, 0.70};

static double away(const gw_triple *left, const gw_triple *right) {
    double most = 0;
    for (int at = 0; at < 3; at++) {
        const double size = gw_phasor_size(gw_phasor_subtract(left->at[at], right->at[at]));
        most = size > most ? size : most;
    }
    return most;
}

static const gw_triple sample = {{{1, 0.2}, {-0.4, -0.9}, {-0.6, 0.8}}};

static void a_triangle_is_symmetric_and_scaled(void **state) {
    (void)state;
    const gw_tensor made = gw_tensor_of_triangle(re, im, 2);
    assert_true(made.at[2][1].re == 0.12 && made.at[1][2].im == 0.46);
    assert_true(made.at[1][1].re == 0.58 && made.at[0][1].re == 0.1);
    assert_true(gw_tensor_size(&made) > 1.5 && gw_tensor_size(&made) < 1.6);
}

static void a_matrix_times_its_inverse_changes_nothing(void **state) {
    (void)state;
    const gw_tensor it = gw_tensor_of_triangle(re, im, 1);
    const gw_tensor back = gw_tensor_invert(&it);
    const gw_tensor both = gw_tensor_multiply(&back, &it);
    const gw_triple made = gw_tensor_apply(&both, &sample);
    assert_true(away(&made, &sample) < 1e-14);
}

static void sequences_are_multiplied_one_by_one(void **state) {
    (void)state;
    const gw_sequences factors = {{2, 1}, {0.5, -0.25}, {-1, 3}};
    const gw_tensor it = gw_tensor_of_sequences(&factors);
    const gw_triple got = gw_tensor_apply(&it, &sample);
    gw_sequences parts = gw_sequences_of(&sample);
    parts.zero = gw_phasor_multiply(parts.zero, factors.zero);
    parts.positive = gw_phasor_multiply(parts.positive, factors.positive);
    parts.negative = gw_phasor_multiply(parts.negative, factors.negative);
    const gw_triple wanted = gw_triple_of(&parts);
    assert_true(away(&got, &wanted) < 1e-14);
}

static void a_coupling_is_the_same_as_its_matrix(void **state) {
    (void)state;
    const gw_coupling coupling = {{0.3, 0.1}, {0.05, -0.2}};
    const gw_tensor it = gw_tensor_of_coupling(&coupling);
    const gw_triple got = gw_tensor_apply(&it, &sample);
    const gw_triple wanted = gw_coupling_apply(&coupling, &sample);
    assert_true(away(&got, &wanted) < 1e-15);
}

static void the_adjoint_keeps_the_power(void **state) {
    (void)state;
    const gw_triple other = {{{0.3, 0.7}, {0.1, -0.2}, {-0.5, 0.4}}};
    const gw_sequences factors = {{2, 1}, {0.5, -0.25}, {-1, 3}};
    const gw_tensor turn = gw_tensor_of_sequences(&factors);
    const gw_tensor back = gw_tensor_adjoint(&turn);
    const gw_triple on = gw_tensor_apply(&turn, &sample);
    const gw_triple drawn = gw_tensor_apply(&back, &other);
    gw_phasor below = {0, 0};
    gw_phasor above = {0, 0};
    for (int at = 0; at < 3; at++) {
        below =
            gw_phasor_add(below, gw_phasor_multiply(on.at[at], gw_phasor_conjugate(other.at[at])));
        above = gw_phasor_add(above,
                              gw_phasor_multiply(sample.at[at], gw_phasor_conjugate(drawn.at[at])));
    }
    assert_true(gw_phasor_size(gw_phasor_subtract(below, above)) < 1e-14);
}

static void sums_and_differences_cancel(void **state) {
    (void)state;
    const gw_tensor one = gw_tensor_of_triangle(re, im, 1);
    const gw_tensor other = gw_tensor_of_triangle(im, re, 3);
    const gw_tensor sum = gw_tensor_add(&one, &other);
    const gw_tensor rest = gw_tensor_subtract(&sum, &other);
    const gw_tensor nothing = gw_tensor_subtract(&rest, &one);
    assert_true(gw_tensor_size(&nothing) < 1e-15);
    const gw_triple twice = gw_triple_add(&sample, &sample);
    const gw_triple once = gw_triple_subtract(&twice, &sample);
    assert_true(away(&once, &sample) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_triangle_is_symmetric_and_scaled),
        cmocka_unit_test(a_matrix_times_its_inverse_changes_nothing),
        cmocka_unit_test(sequences_are_multiplied_one_by_one),
        cmocka_unit_test(a_coupling_is_the_same_as_its_matrix),
        cmocka_unit_test(the_adjoint_keeps_the_power),
        cmocka_unit_test(sums_and_differences_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
