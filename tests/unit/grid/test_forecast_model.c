/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_model.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PAST = 60, DAYS = 62, SLOTS = 24 };

typedef struct house {
    gw_arena *arena;
    gw_day_type types[DAYS];
    gw_day_table drawn;
    gw_day_table fed;
    gw_smoother drawn_level;
    gw_smoother fed_level;
    gw_model_question question;
} house;

/* Draws 500 W at night and 1500 W from 06:00; feeds back up to `sun_w` from 10:00 to 14:00. */
static void open_house(house *on, int64_t sun_w) {
    seeded random = {21};
    on->arena = gw_arena_open(8 << 20);
    assert_true(
        gw_is_ok(gw_day_table_make(on->arena, (gw_date){0}, DAYS, SLOTS, &on->drawn, NULL)));
    assert_true(gw_is_ok(gw_day_table_make(on->arena, (gw_date){0}, DAYS, SLOTS, &on->fed, NULL)));
    assert_true(gw_is_ok(gw_smoother_make(on->arena, SLOTS, 200000, &on->drawn_level, NULL)));
    assert_true(gw_is_ok(gw_smoother_make(on->arena, SLOTS, 200000, &on->fed_level, NULL)));
    memset(on->types, 0, sizeof on->types);
    for (size_t at = 0; at < (size_t)PAST * SLOTS; at++) {
        const size_t slot = at % SLOTS;
        const bool is_noon = slot >= 10 && slot < 14;
        on->drawn.w[at] = (slot < 6 ? 500 : 1500) + seeded_between(&random, -100, 100);
        on->fed.w[at] = is_noon && sun_w > 0 ? seeded_between(&random, 0, sun_w) : 0;
    }
    on->question = (gw_model_question){.drawn = &on->drawn,
                                       .fed = &on->fed,
                                       .types = on->types,
                                       .drawn_level = &on->drawn_level,
                                       .fed_level = &on->fed_level};
}

static gw_model make(const house *on) {
    gw_model made;
    assert_true(gw_is_ok(gw_model_make(on->arena, &on->question, &made, NULL)));
    return made;
}

static gw_status band_of(const gw_model *model, int32_t day, size_t slot, int64_t point_w,
                         gw_band *ret) {
    const gw_model_band_question asked = {&model->residuals, {day}, slot, point_w};
    return gw_model_band(model, &asked, ret, NULL);
}

static void the_days_ahead_follow_the_days_before(void **state) {
    (void)state;
    house on;
    open_house(&on, 0);
    const gw_model model = make(&on);
    assert_string_equal(model.method, "smoother");
    for (int32_t day = PAST; day < DAYS; day++) {
        assert_in_range(gw_day_table_at(&model.fitted, (gw_date){day}, 3), 400, 600);
        assert_in_range(gw_day_table_at(&model.fitted, (gw_date){day}, 12), 1400, 1600);
        assert_int_equal(gw_day_table_at(&model.residuals, (gw_date){day}, 3), GW_FORECAST_GAP);
    }
    gw_arena_close(on.arena);
}

static void feeding_back_lowers_the_net_within_its_envelope(void **state) {
    (void)state;
    house on;
    open_house(&on, 4000);
    const gw_model model = make(&on);
    const gw_date ahead = {PAST};
    const int64_t noon_w = gw_day_table_at(&model.fitted, ahead, 12);
    assert_true(noon_w > -3000 && noon_w < 1000);
    gw_band band;
    assert_true(gw_is_ok(band_of(&model, PAST, 12, noon_w, &band)));
    assert_true(band.w[0] >= -gw_envelope_at(&on.fed, ahead, 12));
    assert_true(band.w[0] < noon_w && noon_w < band.w[6]);
    gw_arena_close(on.arena);
}

static void a_plant_that_only_generates_is_dark_at_night(void **state) {
    (void)state;
    house on;
    open_house(&on, 4000);
    for (size_t at = 0; at < (size_t)PAST * SLOTS; at++) on.drawn.w[at] = 0;
    const gw_model model = make(&on);
    for (size_t slot = 0; slot < 8; slot++) {
        gw_band band;
        assert_int_equal(gw_day_table_at(&model.fitted, (gw_date){PAST}, slot), 0);
        assert_true(gw_is_ok(band_of(&model, PAST, slot, 0, &band)));
        for (size_t at = 0; at < GW_BAND_LEVELS; at++) assert_int_equal(band.w[at], 0);
    }
    gw_arena_close(on.arena);
}

static void residuals_know_nothing_of_their_own_day(void **state) {
    (void)state;
    house on;
    open_house(&on, 4000);
    const gw_model before = make(&on);
    const int64_t said_w = gw_day_table_at(&before.fitted, (gw_date){40}, 12);
    house other;
    open_house(&other, 4000);
    for (size_t at = (size_t)40 * SLOTS; at < (size_t)PAST * SLOTS; at++) other.drawn.w[at] = 9000;
    const gw_model after = make(&other);
    assert_int_equal(gw_day_table_at(&after.fitted, (gw_date){40}, 12), said_w);
    gw_arena_close(on.arena);
    gw_arena_close(other.arena);
}

static void the_last_errors_fade_within_hours(void **state) {
    (void)state;
    house on;
    open_house(&on, 0);
    gw_model model = make(&on);
    const gw_model_last last = {{PAST}, 9};
    assert_int_equal(gw_model_recent(&model, last, 1), 0); /* nothing measured yet */
    gw_day_table_put(&model.residuals, (gw_date){PAST}, 9, 1000);
    assert_int_equal(gw_model_recent(&model, last, 0), 800);
    assert_int_equal(gw_model_recent(&model, last, 1), 600);
    assert_int_equal(gw_model_recent(&model, last, 2), 400);
    assert_int_equal(gw_model_recent(&model, last, 4), 200);
    assert_int_equal(gw_model_recent(&model, last, 400), 0);
    assert_int_equal(gw_model_point(&model, (gw_date){PAST}, 12, 7),
                     gw_day_table_at(&model.fitted, (gw_date){PAST}, 12) + 7);
    assert_int_equal(gw_model_point(&model, (gw_date){PAST}, 12, -9000), 0);
    gw_arena_close(on.arena);
}

static void what_was_just_measured_narrows_the_residuals(void **state) {
    (void)state;
    house on;
    open_house(&on, 0);
    /* whole days are too high or too low, as in a cold spell */
    for (size_t at = 0; at < (size_t)PAST * SLOTS; at++)
        on.drawn.w[at] += at / SLOTS % 2 == 0 ? 400 : 0;
    const gw_model model = make(&on);
    const gw_model_last last = {{PAST}, 9};
    gw_day_table near;
    assert_true(gw_is_ok(gw_model_near(on.arena, &model, last, &near, NULL)));
    for (size_t slot = 10; slot < 12; slot++) {
        int64_t plain_w = 0;
        int64_t near_w = 0;
        for (int32_t day = 20; day < PAST; day++) {
            const int64_t w = gw_day_table_at(&model.residuals, (gw_date){day}, slot);
            const int64_t rest_w = gw_day_table_at(&near, (gw_date){day}, slot);
            plain_w += w < 0 ? -w : w;
            near_w += rest_w < 0 ? -rest_w : rest_w;
        }
        assert_true(near_w * 4 < plain_w * 3);
    }
    assert_int_equal(gw_day_table_at(&near, (gw_date){PAST}, 10), GW_FORECAST_GAP);
    gw_arena_close(on.arena);
}

static void too_short_a_past_gives_no_band(void **state) {
    (void)state;
    house on;
    open_house(&on, 0);
    const gw_model model = make(&on);
    gw_band band = {.residuals = 77};
    assert_int_equal(band_of(&model, 1, 3, 0, &band).code, GW_CODE_NO_DATA);
    assert_int_equal(band_of(&model, -5, 3, 0, &band).code, GW_CODE_NO_DATA);
    assert_int_equal(band.residuals, 77);
    gw_arena_close(on.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_days_ahead_follow_the_days_before),
        cmocka_unit_test(feeding_back_lowers_the_net_within_its_envelope),
        cmocka_unit_test(a_plant_that_only_generates_is_dark_at_night),
        cmocka_unit_test(residuals_know_nothing_of_their_own_day),
        cmocka_unit_test(the_last_errors_fade_within_hours),
        cmocka_unit_test(what_was_just_measured_narrows_the_residuals),
        cmocka_unit_test(too_short_a_past_gives_no_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
