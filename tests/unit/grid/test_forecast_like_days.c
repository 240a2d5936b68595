/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_like_days.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SLOTS = 24, HISTORY = 12 };

static const gw_calendar UTC = {.name = {"utc", 3}};
static const gw_span HOUR = {INT64_C(3600) * 1000000};

static gw_power slots[HISTORY][SLOTS];
static gw_load_day history[HISTORY];

/* Days before Tuesday 2026-01-20, oldest first; load 1000 W per day number. */
static void fill(void) {
    for (int at = 0; at < HISTORY; at++) {
        for (int slot = 0; slot < SLOTS; slot++)
            slots[at][slot] = (gw_power){1000 * (at + 1) + slot};
        history[at] = (gw_load_day){.day = {gw_date_from_civil(2026, 1, 20).days - HISTORY + at},
                                    .slots = slots[at],
                                    .slot_count = SLOTS,
                                    .mean_temperature = {5000},
                                    .has_temperature = true};
    }
}

static gw_like_days_question question(int64_t millic) {
    return (gw_like_days_question){.calendar = &UTC,
                                   .day = gw_date_from_civil(2026, 1, 20),
                                   .interval = HOUR,
                                   .sensitivity_ppm_per_k = -28000,
                                   .temperature = {millic},
                                   .has_temperature = true};
}

static void the_last_five_working_days_are_averaged(void **state) {
    (void)state;
    fill();
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_like_days_forecast forecast = {0};
    const gw_like_days_question asked = question(5000);
    assert_true(gw_is_ok(gw_forecast_like_days(arena, &asked, history, HISTORY, &forecast, NULL)));
    assert_int_equal(forecast.used_count, 5);
    /* Mon 19, Fri 16, Thu 15, Wed 14, Tue 13 = histories 12, 9, 8, 7, 6 */
    assert_int_equal(forecast.used[0].days, gw_date_from_civil(2026, 1, 19).days);
    assert_int_equal(forecast.used[4].days, gw_date_from_civil(2026, 1, 13).days);
    assert_int_equal(forecast.slots[3].w, (12 + 9 + 8 + 7 + 6) * 200 + 3);
    assert_true(forecast.is_corrected);
    assert_int_equal(forecast.correction.ppm, 1000000);
}

static void cold_raises_the_load_by_its_sensitivity(void **state) {
    (void)state;
    fill();
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_like_days_forecast forecast = {0};
    gw_like_days_question asked = question(0); /* five degrees colder: + 14 % */
    assert_true(gw_is_ok(gw_forecast_like_days(arena, &asked, history, HISTORY, &forecast, NULL)));
    assert_int_equal(forecast.correction.ppm, 1140000);
    assert_int_equal(forecast.slots[0].w, 8400 * 114 / 100);
    asked.temperature.millic = -90000;
    assert_true(gw_is_ok(gw_forecast_like_days(arena, &asked, history, HISTORY, &forecast, NULL)));
    assert_int_equal(forecast.correction.ppm, 1500000);
}

static void without_temperature_the_mean_stands(void **state) {
    (void)state;
    fill();
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_like_days_forecast forecast = {0};
    gw_like_days_question asked = question(0);
    history[11].has_temperature = false;
    assert_true(gw_is_ok(gw_forecast_like_days(arena, &asked, history, HISTORY, &forecast, NULL)));
    assert_false(forecast.is_corrected);
    assert_int_equal(forecast.slots[0].w, 8400);
}

static void incomplete_days_are_passed_over(void **state) {
    (void)state;
    fill();
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_fault fault = {0};
    gw_like_days_forecast forecast = {.used_count = 77};
    gw_like_days_question asked = question(5000);
    slots[11][5].w = -1;
    assert_true(gw_is_ok(gw_forecast_like_days(arena, &asked, history, HISTORY, &forecast, NULL)));
    assert_int_equal(forecast.used[0].days, gw_date_from_civil(2026, 1, 16).days);
    forecast.used_count = 77;
    assert_int_equal(gw_forecast_like_days(arena, &asked, &history[11], 1, &forecast, &fault).code,
                     GW_CODE_NO_DATA);
    assert_int_equal(forecast.used_count, 77);
}

static void residuals_are_those_of_forecasts_made_before(void **state) {
    (void)state;
    fill();
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_day_table residuals;
    const gw_like_days_question asked = question(5000);
    slots[11][5].w = -1; /* Monday 19 January */
    assert_true(
        gw_is_ok(gw_like_days_residuals(arena, &asked, history, HISTORY, &residuals, NULL)));
    assert_int_equal(residuals.days, HISTORY);
    /* Mon 19 = history 12 from Fri, Thu, Wed, Tue, Mon = 9, 8, 7, 6, 5: 12000 - 7000 */
    assert_int_equal(gw_day_table_at(&residuals, history[11].day, 4), 5000);
    assert_int_equal(gw_day_table_at(&residuals, history[11].day, 5), GW_FORECAST_GAP);
    assert_int_equal(gw_day_table_at(&residuals, history[0].day, 4), GW_FORECAST_GAP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_five_working_days_are_averaged),
        cmocka_unit_test(cold_raises_the_load_by_its_sensitivity),
        cmocka_unit_test(without_temperature_the_mean_stands),
        cmocka_unit_test(incomplete_days_are_passed_over),
        cmocka_unit_test(residuals_are_those_of_forecasts_made_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
