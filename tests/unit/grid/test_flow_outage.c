/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_outage.h"

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 4UL * 1024 * 1024;

static gw_flow_outages outages_of(gw_arena *arena, const gw_net *net, gw_flow_limits *limits) {
    gw_fault fault = {0};
    gw_flow_outages found;
    GW_AUTO_ARENA scratch = gw_arena_open(arena_cap);
    assert_true(
        gw_is_ok(gw_flow_limits_make(arena, net, &(gw_flow_limit_options){0}, limits, &fault)));
    const gw_flow_outage_question question = {.net = net, .limits = limits};
    assert_true(gw_is_ok(gw_flow_outages_find(arena, scratch, &question, &found, &fault)));
    return found;
}

/* Source at 0; 0-1-2 and 0-3, tie 2-3; load at 2. */
static void open_ring(small_net *it) {
    small_chain(it, 4);
    it->branches[2] = small_line(0, 3);
    it->branches[3] = small_line(2, 3);
    it->branches[3].closed = false;
    it->net.branch_count = 4;
    it->points[0].node = 2;
}

static void a_tie_feeds_who_lost_the_line(void **state) {
    (void)state;
    small_net it;
    gw_flow_limits limits;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_ring(&it);
    const gw_flow_outages found = outages_of(arena, &it.net, &limits);
    assert_int_equal(found.count, 3); /* the tie itself is not in use */
    assert_int_equal(found.trial_count, 3);
    for (size_t at = 0; at < 3; at++) {
        assert_int_equal(found.at[at].verdict, GW_OUTAGE_RESTORED);
        assert_int_equal(found.trials[found.at[at].best].tie, 3);
    }
    assert_int_equal(found.at[0].dark_nodes, 2);
    assert_int_equal(found.at[0].dark_w, 3000);
    assert_int_equal(found.at[2].dark_w, 0); /* node 3 has no load */
    assert_false(it.branches[3].closed);
    assert_true(it.branches[0].closed);
}

static void a_weak_tie_is_told_from_none(void **state) {
    (void)state;
    small_net it;
    gw_flow_limits limits;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_ring(&it);
    it.nodes[2].vmin_pu = 0.9935;
    it.branches[3].r1_ohm = 1;
    const gw_flow_outages strained = outages_of(arena, &it.net, &limits);
    assert_int_equal(strained.at[0].verdict, GW_OUTAGE_STRAINED);
    const gw_flow_outage_trial *best = &strained.trials[strained.at[0].best];
    assert_int_equal(limits.at[best->worst_limit].element, 2);
    assert_true(best->worst_share_ppm > 1000000 && best->least_voltage_ppm < 993500);
    it.branches[3].r1_ohm = 100;
    const gw_flow_outages collapsed = outages_of(arena, &it.net, &limits);
    assert_int_equal(collapsed.at[0].verdict, GW_OUTAGE_COLLAPSED);
    it.branches[3].open_to = true;
    const gw_flow_outages cut_off = outages_of(arena, &it.net, &limits);
    assert_string_equal(gw_flow_outage_word(cut_off.at[0].verdict), "cut_off");
    assert_int_equal(cut_off.trial_count, 0);
}

static void in_a_closed_ring_nobody_goes_dark(void **state) {
    (void)state;
    small_net it;
    gw_flow_limits limits;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_ring(&it);
    it.branches[3].closed = true;
    const gw_flow_outages found = outages_of(arena, &it.net, &limits);
    assert_int_equal(found.count, 4);
    for (size_t at = 0; at < 4; at++) {
        assert_int_equal(found.at[at].verdict, GW_OUTAGE_HARMLESS);
        assert_int_equal(found.trials[found.at[at].best].tie, GW_OUTAGE_NO_TIE);
    }
}

/* A node that is dark before does not make every outage a cut-off, and a tie to it feeds nobody. */
static void who_was_dark_before_does_not_count(void **state) {
    (void)state;
    small_net it;
    gw_flow_limits limits;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 4);
    it.branches[2].closed = false; /* node 3 is dark */
    it.points[0].node = 2;
    const gw_flow_outages found = outages_of(arena, &it.net, &limits);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.at[1].verdict, GW_OUTAGE_CUT_OFF);
    assert_int_equal(found.at[1].dark_nodes, 1);
    assert_int_equal(found.trial_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tie_feeds_who_lost_the_line),
        cmocka_unit_test(a_weak_tie_is_told_from_none),
        cmocka_unit_test(in_a_closed_ring_nobody_goes_dark),
        cmocka_unit_test(who_was_dark_before_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
