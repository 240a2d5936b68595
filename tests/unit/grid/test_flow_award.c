/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_award.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

enum { LOADS = 4, MOST = 8 };

/* Chain of five nodes, 5 kW at each but the first, which is too much for the last. */
typedef struct chain {
    small_net it;
    gw_flow_limits limits;
    uint32_t place[LOADS];
    int64_t whole[LOADS];
    gw_flow_bid bids[LOADS];
} chain;

static void open_chain(gw_arena *arena, chain *self) {
    small_chain(&self->it, LOADS + 1);
    self->it.net.point_count = LOADS;
    for (size_t at = 0; at <= LOADS; at++) self->it.nodes[at].vmin_pu = 0.975;
    for (uint32_t at = 0; at < LOADS; at++) {
        self->it.points[at] =
            (gw_net_point){.id = GW_TEXT("load"), .node = at + 1, .p_w = 5000, .q_var = 1500};
        self->place[at] = at;
        self->whole[at] = 1000000;
        self->bids[at] = (gw_flow_bid){&self->place[at], &self->whole[at], 1, 4000, 0};
    }
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &self->it.net, &(gw_flow_limit_options){0},
                                             &self->limits, NULL)));
}

static gw_flow_award ask(gw_arena *arena, const chain *self) {
    gw_flow_award made;
    gw_fault fault = {0};
    const gw_flow_award_question question = {.net = &self->it.net,
                                             .limits = self->limits,
                                             .bids = self->bids,
                                             .bid_count = LOADS,
                                             .cut = GW_FLOW_CUT_WHOLE,
                                             .demands_most = MOST};
    const gw_status status = gw_flow_award_demands(arena, &question, &made, &fault);
    if (!gw_is_ok(status)) fail_msg("%s", fault.message);
    return made;
}

static void the_far_end_counts_most(void **state) {
    (void)state;
    chain self;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_chain(arena, &self);
    const gw_flow_award made = ask(arena, &self);
    assert_true(made.broken_count > 0);
    assert_true(made.worst_share_ppm > 1000000);
    assert_true(made.demand_count >= made.broken_count);
    assert_int_equal(made.demands[0].limit, made.worst);
    assert_int_equal(made.demands[0].effect_ppm[LOADS - 1], 1000000);
    for (size_t bid = 1; bid < LOADS; bid++)
        assert_true(made.demands[0].effect_ppm[bid] > made.demands[0].effect_ppm[bid - 1]);
}

/* Taking what the demand wants of the last bid, twice at most, keeps every limit. */
static void what_is_required_keeps_the_limits(void **state) {
    (void)state;
    chain self;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_chain(arena, &self);
    gw_flow_award made = ask(arena, &self);
    for (int round = 0; round < 2; round++) {
        self.bids[LOADS - 1].awarded_w = made.demands[0].required_w;
        made = ask(arena, &self);
    }
    assert_int_equal(made.broken_count, 0);
    assert_true(made.worst_share_ppm > 999000 && made.worst_share_ppm <= 1000001);
}

static void a_bid_on_several_points_is_their_mean(void **state) {
    (void)state;
    chain self;
    static const uint32_t both[] = {0, LOADS - 1};
    static const int64_t halves[] = {500000, 500000};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_chain(arena, &self);
    self.bids[1] = (gw_flow_bid){both, halves, 2, 4000, 0};
    const int64_t *effect_ppm = ask(arena, &self).demands[0].effect_ppm;
    const int64_t mean = (effect_ppm[0] + effect_ppm[LOADS - 1]) / 2;
    assert_in_range(effect_ppm[1], mean - 2, mean + 2);
}

static void impossible_bids_are_refused(void **state) {
    (void)state;
    chain self;
    gw_flow_award made = {.demand_count = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_chain(arena, &self);
    self.bids[2].awarded_w = 4001;
    const gw_flow_award_question question = {
        .net = &self.it.net, .limits = self.limits, .bids = self.bids, .bid_count = LOADS};
    assert_int_equal(gw_flow_award_check(arena, &question, &made, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    self.bids[2].awarded_w = 0;
    self.place[2] = LOADS;
    assert_int_equal(gw_flow_award_check(arena, &question, &made, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_int_equal(made.demand_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_far_end_counts_most),
        cmocka_unit_test(what_is_required_keeps_the_limits),
        cmocka_unit_test(a_bid_on_several_points_is_their_mean),
        cmocka_unit_test(impossible_bids_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
