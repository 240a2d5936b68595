/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_quantile.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SLOTS = 24, DAYS = 60 };

static gw_day_table make(gw_arena *arena) {
    gw_day_table table;
    assert_true(gw_is_ok(gw_day_table_make(arena, (gw_date){0}, DAYS, SLOTS, &table, NULL)));
    return table;
}

static void quantiles_are_interpolated(void **state) {
    (void)state;
    const int64_t five[] = {10, 20, 30, 40, 50};
    assert_int_equal(gw_quantile_of(five, 5, 0), 10);
    assert_int_equal(gw_quantile_of(five, 5, 500000), 30);
    assert_int_equal(gw_quantile_of(five, 5, 900000), 46);
    assert_int_equal(gw_quantile_of(five, 5, 1000000), 50);
    assert_int_equal(gw_quantile_of(five, 1, 50000), 10);
    const int64_t two[] = {-3, 0};
    assert_int_equal(gw_quantile_of(two, 2, 500000), -2); /* -1.5, floored */
}

static void only_the_last_56_days_and_two_slots_beside_count(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_day_table table = make(arena);
    gw_band band;
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++) {
        const size_t slot = at % SLOTS;
        const bool is_near = slot <= 2 || slot >= SLOTS - 2; /* of slot 0, across midnight */
        table.w[at] = at / SLOTS < DAYS - GW_POOL_DAYS || !is_near ? 1000000 : 7;
    }
    assert_true(gw_is_ok(gw_band_make(&table, 0, 100, &band, NULL)));
    assert_int_equal(band.residuals, 5 * GW_POOL_DAYS);
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) assert_int_equal(band.w[at], 107);
}

static void missing_residuals_widen_the_window(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_day_table table = make(arena);
    gw_band band = {.residuals = 77};
    gw_fault fault = {0};
    assert_int_equal(gw_band_make(&table, 5, 0, &band, &fault).code, GW_CODE_NO_DATA);
    assert_int_equal(band.residuals, 77);
    for (size_t day = DAYS - 10; day < DAYS; day++)
        for (size_t slot = 0; slot < SLOTS; slot++) table.w[day * SLOTS + slot] = 1;
    assert_true(gw_is_ok(gw_band_make(&table, 5, 0, &band, NULL)));
    assert_int_equal(band.residuals, 150); /* ten days of fifteen slots */
}

static void bands_ascend_and_follow_the_point(void **state) {
    (void)state;
    seeded random = {99};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_day_table table = make(arena);
    for (size_t at = 0; at < (size_t)DAYS * SLOTS; at++)
        table.w[at] = seeded_between(&random, -900, 900);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        gw_band low;
        gw_band high;
        assert_true(gw_is_ok(gw_band_make(&table, slot, 0, &low, NULL)));
        assert_true(gw_is_ok(gw_band_make(&table, slot, 5000, &high, NULL)));
        for (size_t at = 0; at < GW_BAND_LEVELS; at++) {
            assert_int_equal(high.w[at] - low.w[at], 5000);
            if (at > 0) assert_true(low.w[at] >= low.w[at - 1]);
        }
    }
}

static void at_night_a_clipped_band_is_zero(void **state) {
    (void)state;
    gw_band band = {.w = {-30, -20, -10, 0, 10, 20, 30}};
    gw_band_clip(&band, 0, 15);
    const int64_t clipped[] = {0, 0, 0, 0, 10, 15, 15};
    assert_memory_equal(band.w, clipped, sizeof clipped);
    gw_band_clip(&band, 0, 0);
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) assert_int_equal(band.w[at], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_interpolated),
        cmocka_unit_test(only_the_last_56_days_and_two_slots_beside_count),
        cmocka_unit_test(missing_residuals_widen_the_window),
        cmocka_unit_test(bands_ascend_and_follow_the_point),
        cmocka_unit_test(at_night_a_clipped_band_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
