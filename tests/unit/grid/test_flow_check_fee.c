/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_fee.h"

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

static bool is_near(int64_t left, int64_t right, int64_t within) {
    return left - right <= within && right - left <= within;
}

typedef struct priced {
    gw_flow_check_item items[FIVE_TRADES];
    gw_flow_check_result result;
} priced;

static void price(gw_arena *arena, const five_trades *it, priced *ret) {
    gw_check_study study = open_study(arena, it);
    gw_check_rounds rounds = {.rows = NULL};
    memset(ret, 0, sizeof *ret);
    ret->result.items = ret->items;
    ret->result.item_count = FIVE_TRADES;
    assert_true(gw_is_ok(gw_check_rounds_run(arena, &study, &rounds, NULL)));
    for (size_t at = 0; at < FIVE_TRADES; at++)
        ret->items[at].accepted.w = (int64_t)rounds.accepted_w[at];
    assert_true(gw_is_ok(gw_check_fees_fill(&rounds, &ret->result, NULL)));
}

/* Ref: worked/trade_check_5trades.json, marginal_loss_kwh_per_kwh_at_qp. */
static void marginal_losses_are_those_of_the_worked_example(void **state) {
    (void)state;
    const int64_t ppm[FIVE_TRADES] = {52750, 57260, 30740, -22000, 0};
    five_trades it;
    priced found;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    price(arena, &it, &found);
    for (size_t at = 0; at < FIVE_TRADES; at++)
        assert_true(is_near(found.items[at].loss_factor_ppm, ppm[at], 200));
}

static void average_losses_add_up_to_what_is_lost(void **state) {
    (void)state;
    five_trades it;
    priced found;
    int64_t lost_uw = 0;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    price(arena, &it, &found);
    for (size_t at = 0; at < FIVE_TRADES; at++)
        lost_uw += found.items[at].loss_share_ppm * found.items[at].accepted.w;
    const int64_t lost_w = found.result.loss_after_w - found.result.loss_before_w;
    assert_true(is_near(lost_uw / 1000000, lost_w, 2));
}

static void a_fee_is_the_sum_of_its_parts(void **state) {
    (void)state;
    five_trades it;
    priced found;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.question.tariff = (gw_flow_tariff){.loss = {100000},
                                          .curtailed_per_kw = {1000},
                                          .shadow_ppm = 1000000,
                                          .distance = {{0}, {2000}, {5000}, {20000}}};
    price(arena, &it, &found);
    for (size_t at = 0; at < FIVE_TRADES; at++) {
        const gw_flow_check_item *item = &found.items[at];
        assert_true(item->network_fee.micros ==
                    item->fee_loss.micros + item->fee_shadow.micros + item->fee_distance.micros);
    }
    /* A: 16567 W for a quarter of an hour is 4141 Wh, along the feeder for 2000 micros per kWh */
    assert_int_equal(found.items[0].fee_distance.micros, 8282);
    assert_int_equal(found.items[1].distance, GW_FLOW_SAME_TRANSFORMER);
    assert_true(found.items[4].network_fee.micros == 0); /* inside one node nothing is due */
    assert_true(found.items[3].fee_shadow.micros < 0 && found.items[3].fee_loss.micros < 0);
    /* B pushes out most: 5.004 kW of cut at 1000 micros for each */
    assert_true(is_near(found.items[1].fee_shadow.micros, 4999 * 5004 / 1000, 30));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marginal_losses_are_those_of_the_worked_example),
        cmocka_unit_test(average_losses_add_up_to_what_is_lost),
        cmocka_unit_test(a_fee_is_the_sum_of_its_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
