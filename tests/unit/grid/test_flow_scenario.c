/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_scenario.h"

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PATHS = 20 };

static gw_flow_limits low_limit(gw_flow_limit *storage) {
    *storage = (gw_flow_limit){
        .kind = GW_LIMIT_VOLTAGE_LOW, .element = 1, .phase = GW_FLOW_PHASE_ALL, .limit = 0.9};
    return (gw_flow_limits){storage, 1};
}

static gw_flow_scenario scenario_of(gw_arena *arena, const small_net *it,
                                    const gw_flow_limits *limits, const gw_flow_paths *paths) {
    gw_flow_scenario scenario;
    assert_true(gw_is_ok(gw_flow_scenario_open(arena, &it->net, limits, paths, &scenario, NULL)));
    gw_flow_scenario_solve(&scenario, NULL, GW_FLOW_CUT_ACTIVE);
    return scenario;
}

static void without_paths_the_network_is_the_only_one(void **state) {
    (void)state;
    small_net it;
    gw_flow_limit storage;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    const gw_flow_limits limits = low_limit(&storage);
    const gw_flow_scenario found = scenario_of(arena, &it, &limits, &(gw_flow_paths){0});
    assert_true(found.outlooks[0].middle == found.outlooks[0].upper);
    assert_true(found.outlooks[0].upper < 1 && found.outlooks[0].upper > 0.97);
    assert_int_equal(found.outlooks[0].upper_path, 0);
}

static bool is_near(double left, double right) {
    return left - right < 1e-8 && right - left < 1e-8;
}

/* 1, 2 ... 20 kW: the middle is 10 kW, the 95 % are 19 kW, and no customer's own quantile. */
static void quantiles_are_taken_of_the_limit(void **state) {
    (void)state;
    small_net it;
    gw_flow_limit storage;
    int64_t active_w[PATHS];
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    const gw_flow_limits limits = low_limit(&storage);
    for (size_t path = 0; path < PATHS; path++)
        active_w[path] = (int64_t)((path * 7) % PATHS + 1) * 1000;
    const gw_flow_paths paths = {.active_w = active_w, .count = PATHS};
    const gw_flow_scenario found = scenario_of(arena, &it, &limits, &paths);
    assert_int_equal(active_w[found.outlooks[0].upper_path], 19000);
    it.points[0].p_w = 10000;
    it.points[0].q_var = 10000.0 / 3;
    const gw_flow_scenario middle = scenario_of(arena, &it, &limits, &(gw_flow_paths){0});
    assert_true(is_near(found.outlooks[0].middle, middle.outlooks[0].upper));
    const gw_flow_outlook_ppm share = gw_flow_scenario_share(&found, 0);
    assert_true(share.middle < share.upper && share.middle > 0);
}

/* Property: for every number of paths the quantiles are those of the sorted list, also with many
 * equal ones. */
static void ranks_are_those_of_a_sorted_list(void **state) {
    (void)state;
    enum { MOST = 64 };
    seeded random = {31};
    small_net it;
    gw_flow_limit storage;
    int64_t active_w[MOST];
    small_chain(&it, 2);
    it.points[0].q_var = 0;
    const gw_flow_limits limits = low_limit(&storage);
    for (size_t count = 1; count <= MOST; count++) {
        size_t below_middle = 0;
        size_t below_upper = 0;
        GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
        for (size_t path = 0; path < count; path++)
            active_w[path] = 1000 * seeded_between(&random, 1, count % 2 == 0 ? 3 : 30);
        const gw_flow_paths paths = {.active_w = active_w, .count = count};
        const gw_flow_scenario found = scenario_of(arena, &it, &limits, &paths);
        for (size_t path = 0; path < count; path++) {
            const double value = limits.at[0].limit - found.excess[path];
            below_middle += value >= found.outlooks[0].middle ? 1 : 0;
            below_upper += value >= found.outlooks[0].upper ? 1 : 0;
        }
        assert_true(below_middle * 2 >= count && below_upper * 100 >= count * 95);
        assert_true(found.outlooks[0].upper <= found.outlooks[0].middle);
    }
}

static void a_path_without_a_solution_is_beyond_everything(void **state) {
    (void)state;
    small_net it;
    gw_flow_limit storage;
    int64_t active_w[PATHS];
    int64_t reactive_var[PATHS] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    const gw_flow_limits limits = low_limit(&storage);
    for (size_t path = 0; path < PATHS; path++) active_w[path] = path < 1 ? 10000000 : 1000;
    const gw_flow_paths paths = {
        .active_w = active_w, .reactive_var = reactive_var, .count = PATHS};
    gw_flow_scenario found = scenario_of(arena, &it, &limits, &paths);
    assert_int_equal(found.collapsed, 1);
    assert_false(found.is_upper_collapsed);
    active_w[1] = active_w[0];
    gw_flow_scenario_solve(&found, NULL, GW_FLOW_CUT_ACTIVE);
    assert_true(found.is_upper_collapsed);
    assert_false(found.is_middle_collapsed);
    for (size_t path = 0; path < PATHS; path++) active_w[path] = path < 11 ? 10000000 : 1000;
    gw_flow_scenario_solve(&found, NULL, GW_FLOW_CUT_ACTIVE);
    assert_true(found.is_middle_collapsed);
}

static void a_change_goes_to_every_path(void **state) {
    (void)state;
    small_net it;
    gw_flow_limit storage;
    gw_net_point put[1] = {{.node = 1}};
    const double change_w[] = {-500};
    const int64_t active_w[] = {1000, 2000};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    const gw_flow_limits limits = low_limit(&storage);
    const gw_flow_paths paths = {.active_w = active_w, .count = 2};
    gw_flow_scenario found = scenario_of(arena, &it, &limits, &paths);
    const double before = found.outlooks[0].upper;
    gw_flow_scenario_solve(&found, change_w, GW_FLOW_CUT_WHOLE);
    assert_true(found.outlooks[0].upper > before);
    gw_flow_scenario_put(&found, 1, change_w, GW_FLOW_CUT_WHOLE, put);
    assert_true(put[0].p_w == 1500 && put[0].q_var > 499.9 && put[0].q_var < 500.1);
    gw_flow_scenario_put(&found, 1, change_w, GW_FLOW_CUT_ACTIVE, put);
    assert_true(put[0].q_var > 666.6 && put[0].q_var < 666.7);
}

static void what_is_out_of_range_is_refused(void **state) {
    (void)state;
    small_net it;
    gw_flow_limit storage;
    gw_flow_scenario found;
    const int64_t active_w[] = {1};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    const gw_flow_limits limits = low_limit(&storage);
    gw_flow_paths paths = {.active_w = active_w, .count = GW_FLOW_PATHS_MOST + 1};
    assert_int_equal(gw_flow_scenario_open(arena, &it.net, &limits, &paths, &found, NULL).code,
                     GW_CODE_TOO_LARGE);
    paths = (gw_flow_paths){.active_w = active_w, .count = 1, .quantile_ppm = 100000};
    assert_int_equal(gw_flow_scenario_open(arena, &it.net, &limits, &paths, &found, NULL).code,
                     GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_paths_the_network_is_the_only_one),
        cmocka_unit_test(quantiles_are_taken_of_the_limit),
        cmocka_unit_test(ranks_are_those_of_a_sorted_list),
        cmocka_unit_test(a_path_without_a_solution_is_beyond_everything),
        cmocka_unit_test(a_change_goes_to_every_path),
        cmocka_unit_test(what_is_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
