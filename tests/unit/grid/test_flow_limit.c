/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_limit.h"

#include "grid/flow_solve.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 1024 * 1024;
static const double root_3 = 1.7320508075688772935;

static gw_flow_limits limits_of(gw_arena *arena, const gw_net *net, gw_flow_limit_options options) {
    gw_flow_limits limits = {0};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, net, &options, &limits, NULL)));
    return limits;
}

static size_t count_kind(const gw_flow_limits *limits, gw_flow_limit_kind kind) {
    size_t count = 0;
    for (size_t at = 0; at < limits->count; at++) count += limits->at[at].kind == kind ? 1 : 0;
    return count;
}

static gw_flow_state state_of(gw_arena *arena, const gw_net *net) {
    gw_flow_state state;
    gw_flow_outcome outcome;
    assert_true(gw_is_ok(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, NULL)));
    assert_int_equal(outcome.verdict, GW_FLOW_SOLVED);
    return state;
}

static bool is_near(double got, double wanted) {
    const double off = got > wanted ? got - wanted : wanted - got;
    return off < 1e-9;
}

/* Load of 3 kW and 1 kvar on phase B at the end of a line with 50 A, behind a transformer. */
static void small_feeder(small_net *it) {
    small_chain(it, 3);
    it->net.model = GW_NET_THREE_PHASE;
    it->nodes[0].un_v = 11000;
    it->branches[0] = small_line(1, 2);
    it->branches[0].imax_a = 50;
    it->net.branch_count = 1;
    it->transformers[0] = small_transformer();
    it->net.transformer_count = 1;
    it->points[0].phases = GW_NET_PHASE_B;
}

static void only_phases_that_supply_somebody_are_held(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it);
    gw_flow_limits limits = limits_of(arena, &it.net, (gw_flow_limit_options){0});
    assert_int_equal(count_kind(&limits, GW_LIMIT_VOLTAGE_LOW), 1);
    assert_int_equal(limits.at[0].phase, 1);
    assert_int_equal(count_kind(&limits, GW_LIMIT_BRANCH_CURRENT), 3);
    assert_int_equal(count_kind(&limits, GW_LIMIT_NEUTRAL_CURRENT), 1);
    assert_int_equal(count_kind(&limits, GW_LIMIT_TRANSFORMER_POWER), 3);
    assert_int_equal(count_kind(&limits, GW_LIMIT_UNBALANCE), 1);
    assert_int_equal(count_kind(&limits, GW_LIMIT_CUSTOMER_UNBALANCE), 0);
    limits = limits_of(arena, &it.net, (gw_flow_limit_options){.scope = GW_FLOW_SCOPE_NODES});
    assert_int_equal(count_kind(&limits, GW_LIMIT_VOLTAGE_HIGH), 9);
    limits = limits_of(arena, &it.net,
                       (gw_flow_limit_options){.kinds = 1U << GW_LIMIT_TRANSFORMER_POWER});
    assert_int_equal(limits.count, 3);
    it.points[0].is_phase_unknown = true;
    it.points[0].phases = 0;
    limits = limits_of(arena, &it.net, (gw_flow_limit_options){0});
    assert_int_equal(count_kind(&limits, GW_LIMIT_VOLTAGE_LOW), 3);
}

static void a_balanced_model_has_one_of_each(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.branches[1].imax_a = 20;
    it.nodes[2].vmin_pu = 0.97;
    const gw_flow_limits limits =
        limits_of(arena, &it.net, (gw_flow_limit_options){.branch_ppm = 700000});
    assert_int_equal(limits.count, 3);
    assert_true(limits.at[0].limit == 0.97 && limits.at[0].phase == GW_FLOW_PHASE_ALL);
    assert_true(limits.at[1].limit == 1.10);
    assert_true(limits.at[2].limit == 0.7);
    const gw_flow_state found = state_of(arena, &it.net);
    const double current = gw_phasor_size(found.branches.from_a[1]);
    assert_true(is_near(gw_flow_limit_value(&limits.at[2], &it.net, &found), current / 20));
    assert_int_equal(gw_flow_limit_quantity(&limits.at[0], &it.net, 0.97), 388000);
}

static void each_kind_reads_its_own_quantity(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it);
    const gw_flow_limits limits = limits_of(
        arena, &it.net, (gw_flow_limit_options){.kinds = ~0U, .customer_unbalance_va = 1000});
    const gw_flow_state found = state_of(arena, &it.net);
    double values[GW_LIMIT_KINDS][4] = {{0}};
    for (size_t at = 0; at < limits.count; at++)
        values[limits.at[at].kind][limits.at[at].phase] =
            gw_flow_limit_value(&limits.at[at], &it.net, &found);
    const double v = gw_phasor_size(found.node_v[2 * 3 + 1]);
    const double va = __builtin_sqrt(3000.0 * 3000 + 1000 * 1000);
    const double amperes = va / (v * 400 / root_3);
    assert_true(is_near(values[GW_LIMIT_VOLTAGE_LOW][1], v));
    assert_true(is_near(values[GW_LIMIT_BRANCH_CURRENT][1], amperes / 50));
    assert_true(is_near(values[GW_LIMIT_BRANCH_CURRENT][0], 0));
    assert_true(is_near(values[GW_LIMIT_NEUTRAL_CURRENT][GW_FLOW_PHASE_ALL], amperes / 50));
    /* a third of 100 kVA carries one phase */
    assert_true(is_near(values[GW_LIMIT_TRANSFORMER_POWER][1], amperes * 400 / root_3 / (1e5 / 3)));
    assert_true(values[GW_LIMIT_UNBALANCE][GW_FLOW_PHASE_ALL] > 0.001);
    assert_true(is_near(values[GW_LIMIT_CUSTOMER_UNBALANCE][GW_FLOW_PHASE_ALL], va / 1000));
}

static void a_rise_counts_from_the_run_without_generation(void **state) {
    (void)state;
    small_net it;
    gw_flow_state without;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.points[1] = (gw_net_point){.id = GW_TEXT("roof"), .node = 2, .p_w = -20000};
    it.net.point_count = 2;
    assert_true(gw_is_ok(gw_flow_without_generation(arena, &it.net, &without, NULL)));
    const gw_flow_limits limits =
        limits_of(arena, &it.net,
                  (gw_flow_limit_options){.kinds = 1U << GW_LIMIT_VOLTAGE_RISE,
                                          .without_generation = &without});
    assert_int_equal(limits.count, 1);
    assert_true(limits.at[0].limit == 0.03);
    const gw_flow_state found = state_of(arena, &it.net);
    const double rise = gw_flow_limit_value(&limits.at[0], &it.net, &found);
    assert_true(is_near(rise, gw_phasor_size(found.node_v[2]) - gw_phasor_size(without.node_v[2])));
    assert_true(rise > 0.02 && it.points[1].p_w == -20000);
    assert_int_equal(count_kind(&(gw_flow_limits){limits.at, 1}, GW_LIMIT_VOLTAGE_RISE), 1);
}

static void a_share_is_one_at_the_limit(void **state) {
    (void)state;
    const gw_flow_limit low = {.kind = GW_LIMIT_VOLTAGE_LOW, .limit = 0.9};
    const gw_flow_limit high = {.kind = GW_LIMIT_VOLTAGE_HIGH, .limit = 1.1};
    const gw_flow_limit cable = {.kind = GW_LIMIT_BRANCH_CURRENT, .limit = 0.8};
    assert_true(is_near(gw_flow_limit_share(&low, 0.9), 1));
    assert_true(is_near(gw_flow_limit_share(&low, 0.95), 0.5));
    assert_true(is_near(gw_flow_limit_share(&high, 1.15), 1.5));
    assert_true(is_near(gw_flow_limit_share(&cable, 0.4), 0.5));
    assert_true(gw_flow_limit_excess(&low, 0.89) > 0 && gw_flow_limit_excess(&high, 1.09) < 0);
    assert_int_equal(gw_flow_limit_share_ppm(1.0000000001), 1000001);
    assert_int_equal(gw_flow_limit_share_ppm(0.5), 500000);
    assert_int_equal(gw_flow_limit_share_ppm(-0.5), -500000);
    assert_int_equal(gw_flow_limit_share_ppm(1e300), INT64_MAX);
}

static void a_dark_node_violates_nothing(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.branches[1].closed = false;
    const gw_flow_limits limits = limits_of(arena, &it.net, (gw_flow_limit_options){0});
    const gw_flow_state found = state_of(arena, &it.net);
    gw_flow_worst worst;
    assert_true(gw_flow_limits_worst(&limits, &it.net, &found, &worst));
    assert_true(worst.value == 1 && worst.share == 0);
}

static void the_worst_has_the_largest_share(void **state) {
    (void)state;
    small_net it;
    gw_flow_worst worst = {.at = 77};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_feeder(&it);
    it.branches[0].imax_a = 10;
    const gw_flow_limits limits = limits_of(arena, &it.net, (gw_flow_limit_options){0});
    const gw_flow_state found = state_of(arena, &it.net);
    assert_false(gw_flow_limits_worst(&(gw_flow_limits){NULL, 0}, &it.net, &found, &worst));
    assert_int_equal(worst.at, 77);
    assert_true(gw_flow_limits_worst(&limits, &it.net, &found, &worst));
    assert_string_equal(gw_flow_limit_word(limits.at[worst.at].kind), "branch_current");
    assert_string_equal(gw_flow_limit_unit(limits.at[worst.at].kind), "mA");
    assert_int_equal(limits.at[worst.at].phase, 1);
    assert_true(worst.share > 1.3);
    assert_int_equal(gw_flow_limit_quantity(&limits.at[worst.at], &it.net, 1), 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_phases_that_supply_somebody_are_held),
        cmocka_unit_test(a_balanced_model_has_one_of_each),
        cmocka_unit_test(each_kind_reads_its_own_quantity),
        cmocka_unit_test(a_rise_counts_from_the_run_without_generation),
        cmocka_unit_test(a_share_is_one_at_the_limit),
        cmocka_unit_test(a_dark_node_violates_nothing),
        cmocka_unit_test(the_worst_has_the_largest_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
