/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/settlement.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_settlement_line price(int64_t ordered, int64_t delivered, int64_t outage) {
    gw_settlement_line line = {0};
    const gw_delivery delivery = {.ordered_wh = ordered,
                                  .delivered_wh = delivered,
                                  .outage_wh = outage,
                                  .missing_wh = outage};
    assert_true(gw_is_ok(
        gw_settlement_price(&delivery, (gw_price){200000}, (gw_price){300000}, &line, NULL)));
    return line;
}

/* dr_mv.md §3.2: order 1000 kWh at 200/MWh, shortfall 300/MWh. */
static void capped_pay_and_shortfall_follow_the_known_answers(void **state) {
    (void)state;
    static const struct {
        int percent;
        int64_t pay, net;
    } rows[] = {{100, 200, 200}, {96, 192, 180}, {95, 190, 175}, {90, 180, 150},
                {80, 160, 100},  {70, 140, 50},  {60, 120, 0},   {0, 0, -300}};
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        const gw_settlement_line line = price(1000000, rows[at].percent * INT64_C(10000), 0);
        assert_int_equal(line.paid_micros, rows[at].pay * 1000000);
        assert_int_equal(line.paid_micros - line.shortfall_micros, rows[at].net * 1000000);
    }
}

static void our_own_outage_is_not_charged(void **state) {
    (void)state;
    const gw_settlement_line line = price(1000, 600, 300);
    assert_int_equal(line.shortfall_wh, 400);
    assert_int_equal(line.charged_shortfall_wh, 100);
    assert_int_equal(line.shortfall_micros, 30000);
}

/* Invariant 7: more delivered is never paid less nor charged more; all delivered is paid in full.
 */
static void pay_grows_with_delivery(void **state) {
    (void)state;
    seeded random = {17};
    for (int round = 0; round < 300; round++) {
        const int64_t ordered = seeded_between(&random, 1, 100000);
        const int64_t less = seeded_between(&random, 0, ordered);
        const int64_t more = seeded_between(&random, less, ordered);
        const gw_settlement_line low = price(ordered, less, 0);
        const gw_settlement_line high = price(ordered, more, 0);
        assert_true(high.paid_micros >= low.paid_micros);
        assert_true(high.shortfall_micros <= low.shortfall_micros);
        assert_int_equal(price(ordered, ordered, 0).paid_micros, ordered * 200);
    }
}

static void totals_are_sums_of_rounded_lines(void **state) {
    (void)state;
    const gw_settlement_line lines[] = {
        {.order_index = 0, .paid_micros = 5, .shortfall_micros = 1},
        {.order_index = 1, .paid_micros = 7, .shortfall_micros = 2},
        {.order_index = 0, .paid_micros = 11, .shortfall_micros = 3},
    };
    gw_order_total total = {.paid_micros = 77};
    assert_true(gw_is_ok(gw_settlement_total(lines, 3, 0, &total, NULL)));
    assert_int_equal(total.paid_micros, 16);
    assert_int_equal(total.shortfall_micros, 4);
}

static void an_interval_counts_when_it_was_over(void **state) {
    (void)state;
    const gw_period interval = {{1000}, {2000}};
    assert_true(gw_settlement_counts(interval, (gw_instant){2000}));
    assert_false(gw_settlement_counts(interval, (gw_instant){1999}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capped_pay_and_shortfall_follow_the_known_answers),
        cmocka_unit_test(our_own_outage_is_not_charged),
        cmocka_unit_test(pay_grows_with_delivery),
        cmocka_unit_test(totals_are_sums_of_rounded_lines),
        cmocka_unit_test(an_interval_counts_when_it_was_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
