/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_irradiance.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAYS = 50, SLOTS = 24 };

typedef struct roof {
    gw_arena *arena;
    gw_day_table irradiance; /* one day more */
    gw_day_table generation;
} roof;

/* Clear sky is a parabola over the day; clouds take a random share of each day; 5 W per W/m2. */
static void open_roof(roof *on) {
    seeded random = {3};
    on->arena = gw_arena_open(4 << 20);
    assert_true(gw_is_ok(
        gw_day_table_make(on->arena, (gw_date){0}, DAYS + 1, SLOTS, &on->irradiance, NULL)));
    assert_true(
        gw_is_ok(gw_day_table_make(on->arena, (gw_date){0}, DAYS, SLOTS, &on->generation, NULL)));
    for (size_t day = 0; day <= DAYS; day++) {
        const int64_t clear_pct = day % 5 == 0 ? 100 : seeded_between(&random, 10, 100);
        for (int64_t slot = 0; slot < SLOTS; slot++) {
            const int64_t height = 36 - (slot - 12) * (slot - 12);
            const int64_t milliw_m2 = height > 0 ? height * 250 * clear_pct : 0;
            gw_day_table_put(&on->irradiance, (gw_date){(int32_t)day}, (size_t)slot, milliw_m2);
            gw_day_table_put(&on->generation, (gw_date){(int32_t)day}, (size_t)slot,
                             milliw_m2 * 5 / 1000);
        }
    }
}

static gw_sun fit(const roof *on) {
    gw_sun made;
    const gw_sun_question question = {&on->generation, &on->irradiance};
    assert_true(gw_is_ok(gw_sun_fit(on->arena, &question, &made, NULL)));
    return made;
}

static void the_envelope_is_the_most_of_thirty_days(void **state) {
    (void)state;
    int64_t w[40];
    for (int64_t day = 0; day < 40; day++) w[day] = 100 - day;
    const gw_day_table table = {.first = {0}, .days = 40, .slots = 1, .w = w};
    assert_int_equal(gw_envelope_at(&table, (gw_date){40}, 0), 90);
    assert_int_equal(gw_envelope_at(&table, (gw_date){0}, 0), 0);
    assert_int_equal(gw_envelope_clip(-5, 90), 0);
    assert_int_equal(gw_envelope_clip(95, 90), 90);
    assert_int_equal(gw_envelope_clip(GW_FORECAST_GAP, 90), 0);
}

static void generation_follows_the_irradiance(void **state) {
    (void)state;
    roof on;
    open_roof(&on);
    const gw_sun made = fit(&on);
    assert_in_range(made.factor_ppm, 970000, 1030000);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        const int64_t expected_w = gw_day_table_at(&on.irradiance, (gw_date){DAYS}, slot) / 200;
        const int64_t said_w = gw_day_table_at(&made.fitted, (gw_date){DAYS}, slot);
        assert_in_range(said_w, expected_w * 95 / 100, expected_w * 105 / 100);
    }
    gw_arena_close(on.arena);
}

static void nights_are_dark_and_the_envelope_holds(void **state) {
    (void)state;
    roof on;
    open_roof(&on);
    for (size_t slot = 0; slot < SLOTS; slot++) /* a sun that nobody has seen before */
        gw_day_table_put(&on.irradiance, (gw_date){DAYS}, slot, 5000000);
    const gw_sun made = fit(&on);
    for (size_t slot = 0; slot < SLOTS; slot++) {
        const int64_t said_w = gw_day_table_at(&made.fitted, (gw_date){DAYS}, slot);
        assert_in_range(said_w, 0, gw_envelope_at(&on.generation, (gw_date){DAYS}, slot));
        if (slot < 6 || slot > 18) assert_int_equal(said_w, 0);
    }
    gw_arena_close(on.arena);
}

static void unknown_irradiance_stays_a_gap(void **state) {
    (void)state;
    roof on;
    open_roof(&on);
    gw_day_table_put(&on.irradiance, (gw_date){DAYS}, 12, GW_FORECAST_GAP);
    const gw_sun made = fit(&on);
    assert_int_equal(gw_day_table_at(&made.fitted, (gw_date){DAYS}, 12), GW_FORECAST_GAP);
    gw_arena_close(on.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_envelope_is_the_most_of_thirty_days),
        cmocka_unit_test(generation_follows_the_irradiance),
        cmocka_unit_test(nights_are_dark_and_the_envelope_holds),
        cmocka_unit_test(unknown_irradiance_stays_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
