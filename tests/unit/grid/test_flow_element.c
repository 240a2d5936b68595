/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_element.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int is_near(double got, double wanted) {
    const double off = got > wanted ? got - wanted : wanted - got;
    return off <= 1e-14;
}

static void a_turn_is_a_point_of_the_circle(void **state) {
    (void)state;
    for (int degrees = -720; degrees <= 720; degrees++)
        assert_true(is_near(gw_phasor_square(gw_phasor_turn(degrees + 0.25)), 1));
    assert_true(is_near(gw_phasor_turn(45).re, 0.70710678118654752440));
    assert_true(is_near(gw_phasor_turn(45).im, 0.70710678118654752440));
    assert_true(is_near(gw_phasor_turn(-1).im, -0.017452406437283512819));
    assert_true(gw_phasor_turn(90).re == 0 && gw_phasor_turn(-450).im == -1);
}

static void a_transformer_counts_at_its_low_side(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 3);
    it.nodes[0].un_v = 11000;
    it.transformers[0] = small_transformer();
    it.transformers[0].tap_steps = 2;
    it.transformers[0].tap_step_pct = 2.5;
    it.net.transformer_count = 1;
    const gw_flow_element made =
        gw_flow_element_make(&it.net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, 0});
    /* 4 % of 100 kVA on a base of 1 MVA; the tap of the high side leaves it alone */
    assert_true(is_near(gw_phasor_size(made.z1), 0.4));
    assert_true(is_near(made.z1.re, 0.15));
    assert_true(is_near(made.ratio, 1 / 1.05));
    assert_int_equal(made.zero, GW_FLOW_ZERO_TO_GROUND);
}

static void a_source_has_the_impedance_of_its_short_circuit(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.sources[0].isc3_a = 1000;
    it.sources[0].x_over_r = 3;
    const gw_flow_element made =
        gw_flow_element_make(&it.net, (gw_flow_edge){GW_FLOW_SOURCE, false, 0});
    assert_true(is_near(gw_phasor_size(made.z1), 1e6 / (1.7320508075688772935 * 400 * 1000)));
    assert_true(is_near(made.z1.im, 3 * made.z1.re));
    assert_true(is_near(made.z0.re, made.z1.re));
}

static void a_cable_open_at_one_end_still_charges(void **state) {
    (void)state;
    small_net it;
    small_chain(&it, 2);
    it.branches[0].b1_s = 1e-3;
    it.branches[0].open_to = true;
    const gw_flow_stub stub = gw_flow_stub_make(&it.net, &it.branches[0]);
    assert_true(stub.is_live);
    assert_int_equal(stub.node, 0);
    /* 1 mS at 400 V is 160 var; the current in the cable adds a little */
    assert_true(stub.y1.im > 160e-6 && stub.y1.im < 160.1e-6 && stub.y1.re > 0);
    it.branches[0].open_from = true;
    assert_false(gw_flow_stub_make(&it.net, &it.branches[0]).is_live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_a_point_of_the_circle),
        cmocka_unit_test(a_transformer_counts_at_its_low_side),
        cmocka_unit_test(a_source_has_the_impedance_of_its_short_circuit),
        cmocka_unit_test(a_cable_open_at_one_end_still_charges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
