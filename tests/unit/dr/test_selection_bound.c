/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection_bound.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BIDS = 6, INTERVALS = 3 };

/* Whatever the prices are: no selection that covers costs less than the bound. */
static void no_covering_selection_costs_less_than_the_bound(void **state) {
    (void)state;
    static const char *const GROUPS[] = {"A", "B", "C", "D", "E", "F"};
    seeded random = {31};
    for (int round = 0; round < 200; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
        gw_power power[BIDS][INTERVALS];
        gw_power need[INTERVALS] = {{0}, {0}, {0}};
        gw_bid bids[BIDS];
        for (size_t at = 0; at < BIDS; at++) {
            for (size_t t = 0; t < INTERVALS; t++) {
                power[at][t].w = seeded_between(&random, 0, 5000);
                need[t].w += power[at][t].w / 3;
            }
            bids[at] = (gw_bid){.group = gw_text_from_c(GROUPS[at]),
                                .price = {seeded_between(&random, 0, 300000)},
                                .min_activation_pct = 100,
                                .power = power[at]};
        }
        const gw_selection_question question = {.bids = bids,
                                                .bid_count = BIDS,
                                                .need = need,
                                                .interval_count = INTERVALS,
                                                .interval = {INT64_C(900) * 1000000}};
        gw_selection_table table = {0};
        gw_selection_bound bound = {0};
        int64_t all = 0;
        assert_true(gw_is_ok(gw_selection_table_make(arena, &question, &table, NULL)));
        for (size_t at = 0; at < BIDS; at++) all += table.rows[at].options[1].cost_micros;
        assert_true(gw_is_ok(gw_selection_bound_make(arena, &table, all, &bound, NULL)));
        gw_wide least = bound.required;
        for (size_t at = 0; at < BIDS; at++) least += bound.least[at];
        for (unsigned chosen = 0; chosen < 1U << BIDS; chosen++) {
            int64_t cost = 0;
            int64_t given[INTERVALS] = {0};
            for (size_t at = 0; at < BIDS; at++) {
                if ((chosen >> at & 1U) == 0) continue;
                cost += table.rows[at].options[1].cost_micros;
                for (size_t t = 0; t < INTERVALS; t++) given[t] += power[at][t].w;
            }
            bool is_covered = true;
            for (size_t t = 0; t < INTERVALS; t++) is_covered &= given[t] >= table.required_w[t];
            if (is_covered) assert_true(gw_wide_multiply(cost, GW_BOUND_SCALE) >= least);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_covering_selection_costs_less_than_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
