/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_triple.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int is_near(gw_phasor got, double re, double im) {
    const gw_phasor off = {got.re - re, got.im - im};
    return gw_phasor_square(off) < 1e-28;
}

static void an_even_system_has_only_a_positive_sequence(void **state) {
    (void)state;
    const double h = 0.86602540378443864676;
    const gw_triple even = {{{1, 0}, {-0.5, -h}, {-0.5, h}}};
    const gw_sequences found = gw_sequences_of(&even);
    assert_true(is_near(found.positive, 1, 0));
    assert_true(is_near(found.negative, 0, 0));
    assert_true(is_near(found.zero, 0, 0));
}

static void sequences_and_back_is_the_same(void **state) {
    (void)state;
    const gw_triple any = {{{1, 2}, {-3, 0.5}, {0.25, -7}}};
    const gw_sequences there = gw_sequences_of(&any);
    const gw_triple back = gw_triple_of(&there);
    for (int phase = 0; phase < 3; phase++)
        assert_true(is_near(back.at[phase], any.at[phase].re, any.at[phase].im));
}

static void a_coupling_adds_what_all_share(void **state) {
    (void)state;
    const gw_coupling coupling = {{2, 0}, {0, 1}};
    const gw_triple to = {{{1, 0}, {2, 0}, {3, 0}}};
    const gw_triple made = gw_coupling_apply(&coupling, &to);
    assert_true(is_near(made.at[0], 2, 6));
    assert_true(is_near(made.at[2], 6, 6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_system_has_only_a_positive_sequence),
        cmocka_unit_test(sequences_and_back_is_the_same),
        cmocka_unit_test(a_coupling_adds_what_all_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
