/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/delivery.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_order_meter METERS[] = {
    {{"M-1", 3}, {2000}}, {{"M-2", 3}, {1000}}, {{"M-3", 3}, {1000}}};
static const gw_order ORDER = {.meters = METERS, .meter_count = 3};

static gw_delivery measure(int64_t ordered_wh, const gw_meter_interval *meters) {
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_delivery delivery = {0};
    assert_true(gw_is_ok(
        gw_delivery_measure(arena, &ORDER, (gw_energy){ordered_wh}, meters, &delivery, NULL)));
    return delivery;
}

static void the_group_is_summed_before_it_is_clamped(void **state) {
    (void)state;
    const gw_meter_interval meters[] = {{GW_PRESENCE_METERED, 900400, 300},
                                        {GW_PRESENCE_METERED, 500300, 700},
                                        {GW_PRESENCE_METERED, 400299, 200}};
    const gw_delivery delivery = measure(1000, meters);
    assert_int_equal(delivery.delivered_mwh, 600400 - 199700 + 200299);
    assert_int_equal(delivery.delivered_wh, 600); /* floor of 600.999 */
    assert_int_equal(measure(500, meters).delivered_wh, 500);
}

static void a_group_that_used_more_delivered_nothing(void **state) {
    (void)state;
    const gw_meter_interval meters[] = {{GW_PRESENCE_METERED, 100000, 300},
                                        {GW_PRESENCE_METERED, 100000, 100},
                                        {GW_PRESENCE_METERED, 100000, 100}};
    const gw_delivery delivery = measure(1000, meters);
    assert_int_equal(delivery.delivered_mwh, -200000);
    assert_int_equal(delivery.delivered_wh, 0);
}

static void a_missing_meter_leaves_whole_and_its_share_is_undelivered(void **state) {
    (void)state;
    const gw_meter_interval meters[] = {{GW_PRESENCE_MISSING, 900000, 0},
                                        {GW_PRESENCE_METERED, 900000, 100},
                                        {GW_PRESENCE_OWN_OUTAGE, 0, 0}};
    const gw_delivery delivery = measure(1001, meters);
    /* shares of 1001 by 2:1:1 are 501, 250, 250 (remainders .5, .25, .25) */
    assert_int_equal(delivery.missing_wh, 751);
    assert_int_equal(delivery.outage_wh, 250);
    assert_int_equal(delivery.missing_meters, 2);
    assert_int_equal(delivery.delivered_mwh, 800000);
    assert_int_equal(delivery.delivered_wh, 250);
}

static void shares_follow_the_known_answers(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_fault fault = {0};
    int64_t *shares = NULL;
    static const int64_t WEIGHTS[] = {40000, 25000, 10000}; /* dr_mv.md §3.3 */
    static const int64_t EVEN[] = {1, 1, 1};
    static const int64_t NONE[] = {0, 0, 0};
    assert_true(gw_is_ok(gw_share_largest_remainder(arena, 10000001, WEIGHTS, 3, &shares, &fault)));
    assert_int_equal(shares[0], 5333334);
    assert_int_equal(shares[1], 3333334);
    assert_int_equal(shares[2], 1333333);
    assert_true(gw_is_ok(gw_share_largest_remainder(arena, 100, EVEN, 3, &shares, &fault)));
    assert_int_equal(shares[0], 34);
    assert_int_equal(shares[2], 33);
    assert_int_equal(gw_share_largest_remainder(arena, 100, NONE, 3, &shares, &fault).code,
                     GW_CODE_INVALID);
}

/* Invariant 8 of dr_mv.md §7.4: the whole is the sum of the shares, to the unit. */
static void shares_always_sum_to_the_total(void **state) {
    (void)state;
    seeded random = {8};
    for (int round = 0; round < 500; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
        int64_t weights[20];
        int64_t *shares = NULL;
        int64_t sum = 0;
        const size_t count = (size_t)seeded_between(&random, 1, 20);
        const int64_t total = seeded_between(&random, 0, 1000000);
        for (size_t at = 0; at < count; at++) weights[at] = seeded_between(&random, 1, 10000);
        assert_true(
            gw_is_ok(gw_share_largest_remainder(arena, total, weights, count, &shares, NULL)));
        for (size_t at = 0; at < count; at++) sum += shares[at];
        assert_int_equal(sum, total);
    }
}

/* Invariant 7: never more than what was ordered of the meters that are there. */
static void delivery_stays_within_its_bounds(void **state) {
    (void)state;
    seeded random = {7};
    for (int round = 0; round < 500; round++) {
        gw_meter_interval meters[3];
        const int64_t ordered = seeded_between(&random, 0, 2000);
        for (size_t at = 0; at < 3; at++)
            meters[at] = (gw_meter_interval){(gw_presence)seeded_between(&random, 0, 2),
                                             seeded_between(&random, 0, 2000000),
                                             seeded_between(&random, 0, 2000)};
        const gw_delivery delivery = measure(ordered, meters);
        assert_true(delivery.delivered_wh >= 0);
        assert_true(delivery.delivered_wh <= ordered - delivery.missing_wh);
        assert_true(delivery.outage_wh <= delivery.missing_wh);
        assert_true(delivery.missing_wh <= ordered);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_group_is_summed_before_it_is_clamped),
        cmocka_unit_test(a_group_that_used_more_delivered_nothing),
        cmocka_unit_test(a_missing_meter_leaves_whole_and_its_share_is_undelivered),
        cmocka_unit_test(shares_follow_the_known_answers),
        cmocka_unit_test(shares_always_sum_to_the_total),
        cmocka_unit_test(delivery_stays_within_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
