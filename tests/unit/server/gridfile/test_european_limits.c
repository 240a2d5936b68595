/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits on the IEEE European low-voltage feeder as it is: averaging decides what is a violation.
 * Figures: reference "grid", section 3.1.
 */
#include "grid/flow_effect.h"
#include "grid/flow_run.h"
#include "grid/flow_window.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MINUTES = 1440, LOADS = 55 };
#define FEEDER "minimal/ieee_european_lv_0566.net.json"
#define PROFILES "ieee_european_lv/csv_v2/load_profiles_1min_kw.csv"

static const size_t arena_cap = 512UL * 1024 * 1024;
static const double root_3 = 1.7320508075688772935;

static void assert_near(const char *what, double got, double wanted, double tolerance) {
    const double off = got > wanted ? got - wanted : wanted - got;
    if (off <= tolerance) return;
    print_error("%s: %.12g, expected %.12g within %.3g\n", what, got, wanted, tolerance);
    fail();
}

/* 207 and 253 V at 416 V between lines. */
static gw_flow_limit_options volts_of_230(unsigned kinds) {
    return (gw_flow_limit_options){.kinds = kinds,
                                   .voltage_low_ppm = (int64_t)(207 * root_3 / 416 * 1e6),
                                   .voltage_high_ppm = (int64_t)(253 * root_3 / 416 * 1e6 + 1)};
}

static void load_minute(gw_flow_run *run, const grid_table *profiles, size_t minute) {
    const double tangent = __builtin_sqrt(1 / (0.95 * 0.95) - 1);
    for (size_t at = 0; at < LOADS; at++) {
        gw_net_point *point = &run->net.points[at];
        point->p_w = grid_number(profiles->cells[minute * profiles->columns + at + 1]) * 1000;
        point->q_var = point->p_w * tangent;
    }
}

/* Largest shares over all limits, and the minutes with any limit beyond. */
typedef struct day {
    double peak;
    double window;
    size_t beyond_most;
    size_t peak_minutes;
    size_t budgets;
} day;

static day judge(const gw_flow_windows *windows, size_t count) {
    day found = {.peak = -1e9, .window = -1e9};
    for (size_t at = 0; at < count; at++) {
        const gw_flow_window_tally tally = gw_flow_windows_tally(windows, at);
        const gw_flow_window_verdict verdict = gw_flow_windows_verdict(windows, at);
        found.peak = tally.worst_peak > found.peak ? tally.worst_peak : found.peak;
        found.window = tally.worst_window > found.window ? tally.worst_window : found.window;
        if (tally.windows_beyond > found.beyond_most) found.beyond_most = tally.windows_beyond;
        assert_int_not_equal(verdict, GW_WINDOW_VIOLATED);
        found.budgets += verdict == GW_WINDOW_BUDGET ? 1 : 0;
    }
    return found;
}

static double volts_of_share(const gw_flow_limit *limit, double share) {
    return (1 + share * (limit->limit - 1)) * 416 / root_3;
}

static void the_day_is_above_253_volts_only_in_single_minutes(void **state) {
    (void)state;
    gw_flow_run *run = NULL;
    gw_flow_state found;
    gw_flow_limits limits;
    gw_flow_windows *windows = NULL;
    gw_flow_worst worst;
    size_t minutes_above = 0;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, FEEDER);
    const grid_table profiles = grid_table_read(arena, PROFILES, ',');
    const gw_flow_limit_options options = volts_of_230(1U << GW_LIMIT_VOLTAGE_HIGH);
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &net, &options, &limits, NULL)));
    assert_int_equal(limits.count, LOADS);
    assert_true(gw_is_ok(
        gw_flow_windows_open(arena, &net, &limits, &(gw_flow_window_options){0}, &windows, NULL)));
    assert_true(gw_is_ok(gw_flow_run_open(arena, &net, 0, &run, NULL)));
    assert_true(gw_is_ok(gw_flow_run_build(arena, run, NULL)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &net, 3, &found, NULL)));
    for (size_t minute = 0; minute < MINUTES; minute++) {
        load_minute(run, &profiles, minute);
        assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_WARM, NULL)));
        gw_flow_run_read(run, &found);
        gw_flow_windows_add(windows, &found);
        assert_true(gw_flow_limits_worst(&limits, &net, &found, &worst));
        minutes_above += worst.share > 1 ? 1 : 0;
    }
    const day judged = judge(windows, limits.count);
    assert_int_equal(minutes_above, 51);
    assert_near("highest minute", volts_of_share(&limits.at[0], judged.peak), 255.5, 0.05);
    assert_int_equal(gw_flow_windows_beyond(windows, GW_LIMIT_VOLTAGE_HIGH), 3);
    assert_near("highest window", volts_of_share(&limits.at[0], judged.window), 253.09, 0.005);
    assert_near("share of windows", (double)judged.beyond_most / (MINUTES / 10.0), 0.014, 0.0005);
    assert_true(judged.budgets > 0);
}

static void currents_are_looked_at_by_phase_and_neutral(void **state) {
    (void)state;
    gw_flow_limits limits;
    gw_flow_run *run = NULL;
    gw_flow_state found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, FEEDER);
    net.branches[0].imax_a = 100;
    const gw_flow_limit_options options = {.kinds = 1U << GW_LIMIT_BRANCH_CURRENT |
                                                    1U << GW_LIMIT_NEUTRAL_CURRENT |
                                                    1U << GW_LIMIT_UNBALANCE};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &net, &options, &limits, NULL)));
    assert_true(gw_is_ok(gw_flow_run_open(arena, &net, 0, &run, NULL)));
    assert_true(gw_is_ok(gw_flow_run_build(arena, run, NULL)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &net, 3, &found, NULL)));
    assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_FLAT, NULL)));
    gw_flow_run_read(run, &found);
    static const double wanted_a[] = {74, 148, 26, 105};
    for (size_t at = 0; at < 4; at++)
        assert_near("head current", gw_flow_limit_value(&limits.at[at], &net, &found) * 100,
                    wanted_a[at], 0.6);
    double unbalance = 0;
    for (size_t at = 4; at < limits.count; at++) {
        assert_int_equal(limits.at[at].kind, GW_LIMIT_UNBALANCE);
        if (gw_text_is(limits.at[at].id, "899"))
            unbalance = gw_flow_limit_value(&limits.at[at], &net, &found);
    }
    assert_near("unbalance at 899", unbalance, 0.0096, 5e-5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_is_above_253_volts_only_in_single_minutes),
        cmocka_unit_test(currents_are_looked_at_by_phase_and_neutral),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
