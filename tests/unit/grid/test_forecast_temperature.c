/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_temperature.h"

#include "grid/forecast_smooth.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAYS = 60, SLOTS = 4, ALPHA = 200000 };

typedef struct winter {
    gw_arena *arena;
    gw_day_type types[DAYS];
    int64_t heating_millik[DAYS];
    gw_day_table measured;
    gw_day_table residuals;
} winter;

/* 1000 W and 200 W per kelvin of the day, 100 W of the day before. */
static void open_winter(winter *on, int64_t now_w, int64_t before_w) {
    seeded random = {11};
    on->arena = gw_arena_open(4 << 20);
    assert_true(
        gw_is_ok(gw_day_table_make(on->arena, (gw_date){0}, DAYS, SLOTS, &on->measured, NULL)));
    for (size_t day = 0; day < DAYS; day++) {
        on->types[day] = day % 7 < 5    ? GW_DAY_WORKING
                         : day % 7 == 5 ? GW_DAY_SATURDAY
                                        : GW_DAY_SUNDAY;
        on->heating_millik[day] = seeded_between(&random, 5000, 20000);
        const int64_t before = on->heating_millik[day > 0 ? day - 1 : 0];
        for (size_t slot = 0; slot < SLOTS; slot++)
            on->measured.w[day * SLOTS + slot] =
                1000 + (now_w * on->heating_millik[day] + before_w * before) / 1000 +
                seeded_between(&random, -20, 20);
    }
    gw_smoother smoother;
    gw_day_table fitted;
    assert_true(gw_is_ok(gw_smoother_make(on->arena, SLOTS, ALPHA, &smoother, NULL)));
    assert_true(
        gw_is_ok(gw_smoother_run(on->arena, &smoother, &on->measured, on->types, &fitted, NULL)));
    assert_true(
        gw_is_ok(gw_residuals_make(on->arena, &on->measured, &fitted, &on->residuals, NULL)));
}

static gw_heating fit(const winter *on) {
    gw_heating made;
    const gw_heating_question question = {&on->residuals, on->types, on->heating_millik, ALPHA};
    assert_true(gw_is_ok(gw_heating_fit(on->arena, &question, &made, NULL)));
    return made;
}

static void only_cold_days_have_heating_degrees(void **state) {
    (void)state;
    assert_int_equal(gw_heating_millik((gw_temperature){5400}), 9600);
    assert_int_equal(gw_heating_millik((gw_temperature){15000}), 0);
    assert_int_equal(gw_heating_millik((gw_temperature){31000}), 0);
    assert_int_equal(gw_heating_millik((gw_temperature){-12000}), 27000);
}

static void a_heated_house_is_learnt(void **state) {
    (void)state;
    winter on;
    open_winter(&on, 200, 100);
    const gw_heating made = fit(&on);
    assert_true(made.is_used);
    assert_in_range(made.w_per_kelvin, 270, 330);
    /* what is left of the last month is a fraction of what the smoother leaves */
    int64_t left_w = 0;
    int64_t before_w = 0;
    for (size_t day = 30; day < DAYS; day++) {
        const int64_t w = on.residuals.w[day * SLOTS];
        const int64_t rest = w - made.correction_w[day];
        before_w += w < 0 ? -w : w;
        left_w += rest < 0 ? -rest : rest;
    }
    assert_true(left_w * 5 < before_w);
    gw_arena_close(on.arena);
}

static void a_house_that_does_not_care_is_left_alone(void **state) {
    (void)state;
    winter on;
    open_winter(&on, 0, 0);
    const gw_heating made = fit(&on);
    for (size_t day = 0; day < DAYS; day++) assert_in_range(made.correction_w[day] + 30, 0, 60);
    gw_arena_close(on.arena);
}

static void without_temperatures_nothing_is_corrected(void **state) {
    (void)state;
    winter on;
    open_winter(&on, 200, 100);
    for (size_t day = 0; day < DAYS; day++) on.heating_millik[day] = GW_FORECAST_GAP;
    const gw_heating made = fit(&on);
    assert_false(made.is_used);
    assert_int_equal(made.days_fitted, 0);
    for (size_t day = 0; day < DAYS; day++) assert_int_equal(made.correction_w[day], 0);
    gw_arena_close(on.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_cold_days_have_heating_degrees),
        cmocka_unit_test(a_heated_house_is_learnt),
        cmocka_unit_test(a_house_that_does_not_care_is_left_alone),
        cmocka_unit_test(without_temperatures_nothing_is_corrected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
