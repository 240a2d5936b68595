/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_smooth.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void the_first_value_is_the_level(void **state) {
    (void)state;
    assert_int_equal(gw_smooth_step(GW_FORECAST_GAP, 500, 200000), 500000);
    assert_int_equal(gw_smooth_step(500000, 1000, 200000), 600000);
    assert_int_equal(gw_smooth_step(1, -1, 500000), -499); /* -500.5 rounds to even */
}

static void a_gap_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(gw_smooth_step(500000, GW_FORECAST_GAP, 200000), 500000);
    assert_int_equal(gw_smooth_step(GW_FORECAST_GAP, GW_FORECAST_GAP, 200000), GW_FORECAST_GAP);
    assert_int_equal(gw_smooth_step(500000, INT64_MAX, 200000), 500000);
}

static void another_type_of_day_helps_out(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_smoother smoother;
    assert_true(gw_is_ok(gw_smoother_make(arena, 4, 200000, &smoother, NULL)));
    assert_int_equal(gw_smoother_forecast(&smoother, GW_DAY_SUNDAY, 1), GW_FORECAST_GAP);
    gw_smoother_update(&smoother, GW_DAY_WORKING, 1, 100);
    assert_int_equal(gw_smoother_forecast(&smoother, GW_DAY_SUNDAY, 1), 100);
    gw_smoother_update(&smoother, GW_DAY_SATURDAY, 1, 60);
    assert_int_equal(gw_smoother_forecast(&smoother, GW_DAY_SUNDAY, 1), 60);
    assert_int_equal(gw_smoother_forecast(&smoother, GW_DAY_WORKING, 1), 100);
    assert_int_equal(gw_smoother_forecast(&smoother, GW_DAY_WORKING, 2), GW_FORECAST_GAP);
}

static const gw_day_type TYPES[] = {GW_DAY_WORKING, GW_DAY_WORKING, GW_DAY_SATURDAY,
                                    GW_DAY_SUNDAY,  GW_DAY_WORKING, GW_DAY_WORKING};
enum { DAYS = 6, SLOTS = 8 };

static gw_day_table random_days(gw_arena *arena, uint64_t seed) {
    gw_day_table days;
    seeded random = {seed};
    assert_true(gw_is_ok(gw_day_table_make(arena, (gw_date){0}, DAYS, SLOTS, &days, NULL)));
    for (size_t at = 0; at < DAYS * SLOTS; at++)
        if (seeded_between(&random, 0, 9) > 0) days.w[at] = seeded_between(&random, -5000, 5000);
    return days;
}

static gw_day_table part_of(const gw_day_table *days, size_t from, size_t count) {
    gw_day_table part = *days;
    part.first.days += (int32_t)from;
    part.days = count;
    part.w += from * days->slots;
    return part;
}

static void a_restart_continues_with_the_same_bits(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
        const gw_day_table days = random_days(arena, seed);
        gw_smoother whole;
        gw_smoother halves;
        gw_day_table fitted;
        assert_true(gw_is_ok(gw_smoother_make(arena, SLOTS, 200000, &whole, NULL)));
        assert_true(gw_is_ok(gw_smoother_make(arena, SLOTS, 200000, &halves, NULL)));
        assert_true(gw_is_ok(gw_smoother_run(arena, &whole, &days, TYPES, &fitted, NULL)));
        const gw_day_table first = part_of(&days, 0, 3);
        const gw_day_table second = part_of(&days, 3, 3);
        gw_day_table last;
        assert_true(gw_is_ok(gw_smoother_run(arena, &halves, &first, TYPES, &last, NULL)));
        assert_true(gw_is_ok(gw_smoother_run(arena, &halves, &second, &TYPES[3], &last, NULL)));
        assert_memory_equal(whole.level_milliwatt, halves.level_milliwatt,
                            sizeof(int64_t) * GW_DAY_TYPES * SLOTS);
        assert_memory_equal(&fitted.w[(size_t)3 * SLOTS], last.w, sizeof(int64_t) * 3 * SLOTS);
    }
}

static void a_residual_needs_both_sides(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    int64_t measured_w[] = {5, GW_FORECAST_GAP, 7, GW_FORECAST_GAP};
    int64_t fitted_w[] = {3, 3, GW_FORECAST_GAP, GW_FORECAST_GAP};
    const gw_day_table measured = {.days = 1, .slots = 4, .w = measured_w};
    const gw_day_table fitted = {.days = 1, .slots = 4, .w = fitted_w};
    gw_day_table residuals;
    assert_true(gw_is_ok(gw_residuals_make(arena, &measured, &fitted, &residuals, NULL)));
    assert_int_equal(residuals.w[0], 2);
    for (size_t at = 1; at < 4; at++) assert_int_equal(residuals.w[at], GW_FORECAST_GAP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_value_is_the_level),
        cmocka_unit_test(a_gap_changes_nothing),
        cmocka_unit_test(another_type_of_day_helps_out),
        cmocka_unit_test(a_restart_continues_with_the_same_bits),
        cmocka_unit_test(a_residual_needs_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
