/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_study.h"

#include "tests/support/five_trades.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static gw_check_study open_study(gw_arena *arena, const five_trades *it) {
    gw_check_study study = {.slots = NULL};
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_check_study_open(arena, &it->question, &study, &fault)));
    return study;
}

static bool is_near(double left, double right, double within) {
    return __builtin_fabs(left - right) <= within;
}

static const double all_w[FIVE_TRADES] = {20000, 25000, 15000, 10000, 8000};
static const double nothing_w[FIVE_TRADES] = {0};

static double volts_at(const gw_check_study *it, uint32_t node) {
    return gw_phasor_size(it->state.node_v[node]);
}

/* Ref: worked/trade_check_5trades.json, before and uncurtailed. */
static void items_stand_beside_the_base(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_check_study study = open_study(arena, &it);
    assert_true(is_near(study.loss_before_w[0], 77.56, 0.01));
    gw_check_study_put(&study, 0, all_w, NULL);
    assert_true(gw_check_study_solve(&study, GW_FLOW_FLAT));
    assert_true(is_near(volts_at(&study, 3), 1.059153, 1e-6));
    assert_true(is_near(study.state.loss_w, 1579.1, 0.1));
    gw_check_study_put(&study, 0, nothing_w, NULL);
    assert_true(gw_check_study_solve(&study, GW_FLOW_WARM));
    assert_true(is_near(volts_at(&study, 3), 1.011079, 1e-6));
}

static void a_trade_inside_a_node_is_idle(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.items[0].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    const gw_check_study study = open_study(arena, &it);
    assert_true(gw_check_study_is_idle(&study, 0));
    assert_false(gw_check_study_is_idle(&study, 1));
    assert_true(gw_check_study_is_idle(&study, 4));
    assert_int_equal(study.seller[4], GW_FLOW_OUTSIDE);
}

static void two_phases_of_a_node_are_not_one_place(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[2].node = 3;
    it.points[2].phases = GW_NET_PHASE_A;
    it.points[3].phases = GW_NET_PHASE_B;
    const gw_check_study study = open_study(arena, &it);
    assert_false(gw_check_study_is_idle(&study, 3));
}

static void an_unknown_phase_has_a_place_on_each(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[3].is_phase_unknown = true;
    gw_check_study study = open_study(arena, &it);
    assert_true(study.has_unknown);
    const uint8_t on_c[FIVE_POINTS] = {2, 2, 2, 2};
    gw_check_study_put(&study, 0, all_w, on_c);
    const gw_check_slot *slot = &study.slots[study.slot_count - 1];
    const gw_net_point *points = &study.run->net.points[slot->first];
    assert_true(slot->is_unknown && slot->point == 3);
    assert_true(points[0].p_w == 0 && points[1].p_w == 0 && points[2].p_w == -35000);
    gw_check_study_put(&study, 0, all_w, NULL);
    assert_true(is_near(points[0].p_w, -35000.0 / 3, 1e-9));
}

static void a_limit_broken_by_the_base_counts_from_there(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.injections[3].p_w = -60000;
    gw_check_study study = open_study(arena, &it);
    gw_check_study_put(&study, 0, nothing_w, NULL);
    assert_true(gw_check_study_solve(&study, GW_FLOW_WARM));
    size_t broken = 0;
    for (size_t at = 0; at < study.limit_count; at++) {
        if (gw_check_study_is_broken(&study, 0, at)) broken++;
        assert_true(gw_check_study_excess(&study, 0, at) <= 0);
    }
    assert_true(broken > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stand_beside_the_base),
        cmocka_unit_test(a_trade_inside_a_node_is_idle),
        cmocka_unit_test(two_phases_of_a_node_are_not_one_place),
        cmocka_unit_test(an_unknown_phase_has_a_place_on_each),
        cmocka_unit_test(a_limit_broken_by_the_base_counts_from_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
