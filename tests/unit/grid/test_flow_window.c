/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_window.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A chain of two nodes whose far voltage and current are set by hand. */
typedef struct bench {
    small_net small;
    gw_phasor node_v[2];
    gw_phasor current_a[1];
    gw_flow_state state;
    gw_flow_limit limit;
    gw_flow_limits limits;
} bench;

static gw_flow_windows *open_bench(gw_arena *arena, bench *it, gw_flow_limit limit,
                                   const gw_flow_window_options *options) {
    gw_flow_windows *windows = NULL;
    small_chain(&it->small, 2);
    it->small.branches[0].imax_a = 100;
    it->state = (gw_flow_state){.phases = 1,
                                .node_v = it->node_v,
                                .branches = {.from_a = it->current_a, .to_a = it->current_a}};
    it->limit = limit;
    it->limits = (gw_flow_limits){&it->limit, 1};
    assert_true(gw_is_ok(
        gw_flow_windows_open(arena, &it->small.net, &it->limits, options, &windows, NULL)));
    return windows;
}

static void step(gw_flow_windows *windows, bench *it, double value) {
    it->node_v[1] = (gw_phasor){value, 0};
    it->current_a[0] = (gw_phasor){0, value * 100};
    gw_flow_windows_add(windows, &it->state);
}

static const gw_flow_limit high = {
    .kind = GW_LIMIT_VOLTAGE_HIGH, .element = 1, .phase = GW_FLOW_PHASE_ALL, .limit = 1.1};
static const gw_flow_limit low = {
    .kind = GW_LIMIT_VOLTAGE_LOW, .element = 1, .phase = GW_FLOW_PHASE_ALL, .limit = 0.9};
static const gw_flow_limit cable = {
    .kind = GW_LIMIT_BRANCH_CURRENT, .phase = GW_FLOW_PHASE_ALL, .limit = 1};

static void a_peak_within_a_window_is_a_warning(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    gw_flow_windows *windows = open_bench(arena, &it, high, &(gw_flow_window_options){0});
    for (int minute = 0; minute < 20; minute++) step(windows, &it, minute == 13 ? 1.12 : 1.05);
    const gw_flow_window_tally tally = gw_flow_windows_tally(windows, 0);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_PEAK);
    assert_int_equal(tally.peaks, 1);
    assert_int_equal(tally.worst_peak_at, 13);
    assert_int_equal(tally.windows, 2);
    assert_int_equal(tally.worst_window_at, 1);
    assert_int_equal(tally.windows_beyond, 0);
}

static void five_in_a_hundred_windows_are_the_budget(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_window_options options = {.step_minutes = 10};
    gw_flow_windows *windows = open_bench(arena, &it, high, &options);
    for (int window = 0; window < 100; window++) step(windows, &it, window < 5 ? 1.11 : 1);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_BUDGET);
    assert_int_equal(gw_flow_windows_beyond(windows, GW_LIMIT_VOLTAGE_HIGH), 5);
    step(windows, &it, 1.11);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_VIOLATED);
}

static void the_outer_band_has_no_budget(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_window_options options = {.step_minutes = 10};
    gw_flow_windows *windows = open_bench(arena, &it, low, &options);
    for (int window = 0; window < 1000; window++) step(windows, &it, 1);
    step(windows, &it, 0.84);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_VIOLATED);
    assert_true(gw_flow_windows_tally(windows, 0).is_outside);
}

static void a_mean_is_of_squares(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    gw_flow_windows *windows = open_bench(arena, &it, high, &(gw_flow_window_options){0});
    /* plain mean 1.0995, rms 1.1042 */
    for (int minute = 0; minute < 10; minute++) step(windows, &it, minute < 5 ? 1.2015 : 0.9975);
    assert_int_equal(gw_flow_windows_tally(windows, 0).windows_beyond, 1);
}

static void the_more_above_the_fewer_minutes(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_window_options options = {.branch = {{1000000, 60}, {1500000, 2}},
                                            .branch_count = 2};
    gw_flow_windows *windows = open_bench(arena, &it, cable, &options);
    for (int minute = 0; minute < 60; minute++) step(windows, &it, minute % 3 == 0 ? 1.6 : 1.1);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_PEAK);
    assert_int_equal(gw_flow_windows_tally(windows, 0).longest_steps, 60);
    step(windows, &it, 1.01);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_VIOLATED);
    windows = open_bench(arena, &it, cable, &options);
    for (int minute = 0; minute < 3; minute++) step(windows, &it, 1.6);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_VIOLATED);
}

static void a_gap_neither_counts_nor_ends_a_time(void **state) {
    (void)state;
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_window_options options = {.branch = {{1000000, 3}}, .branch_count = 1};
    gw_flow_windows *windows = open_bench(arena, &it, cable, &options);
    for (int minute = 0; minute < 2; minute++) step(windows, &it, 1.1);
    gw_flow_windows_add(windows, NULL);
    for (int minute = 0; minute < 2; minute++) step(windows, &it, 1.1);
    assert_int_equal(gw_flow_windows_verdict(windows, 0), GW_WINDOW_VIOLATED);
    assert_int_equal(gw_flow_windows_tally(windows, 0).longest_steps, 4);
    for (int minute = 0; minute < 15; minute++) gw_flow_windows_add(windows, NULL);
    assert_int_equal(gw_flow_windows_tally(windows, 0).windows, 1);
}

static void a_window_that_is_no_multiple_is_refused(void **state) {
    (void)state;
    bench it = {0};
    gw_fault fault = {0};
    gw_flow_windows *windows = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_window_options options = {.step_minutes = 15};
    assert_int_equal(
        gw_flow_windows_open(arena, &it.small.net, &it.limits, &options, &windows, &fault).code,
        GW_CODE_INVALID);
    assert_null(windows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peak_within_a_window_is_a_warning),
        cmocka_unit_test(five_in_a_hundred_windows_are_the_budget),
        cmocka_unit_test(the_outer_band_has_no_budget),
        cmocka_unit_test(a_mean_is_of_squares),
        cmocka_unit_test(the_more_above_the_fewer_minutes),
        cmocka_unit_test(a_gap_neither_counts_nor_ends_a_time),
        cmocka_unit_test(a_window_that_is_no_multiple_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
