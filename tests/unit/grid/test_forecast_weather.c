/* SPDX-License-Identifier: Apache-2.0
 *
 * The weather corrections on real years, where ../shared/data has them: a plant of the SimBench
 * year with another plant of the region for a sensor; twelve roofs in California with an irradiance
 * that is not theirs; fifty buildings in Cambridge with temperature. The weather is the measured
 * one, so these are bounds of what a perfect weather forecast gives; docs/FORECAST.md.
 */
#include "grid/forecast_model.h"
#include "grid/forecast_score.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAYS = 365, FIRST_SCORED = 70 };

typedef struct place {
    gw_arena *arena;
    gw_day_table drawn;
    gw_day_table fed;
    gw_day_table irradiance;
    gw_day_type types[DAYS];
    int64_t heating_millik[DAYS];
} place;

static gw_day_table table(gw_arena *arena, size_t slots) {
    gw_day_table made;
    const gw_date first = gw_date_from_civil(2018, 1, 1);
    assert_true(gw_is_ok(gw_day_table_make(arena, first, DAYS, slots, &made, NULL)));
    return made;
}

static place open_place(const char *path, size_t slots) {
    char name[256];
    (void)snprintf(name, sizeof name, "../shared/data/%s/README.md", path);
    if (!grid_data_there() || access(name, R_OK) != 0) exit(GRID_SKIPPED);
    gw_arena *arena = gw_arena_open(512UL << 20);
    return (place){.arena = arena,
                   .drawn = table(arena, slots),
                   .fed = table(arena, slots),
                   .irradiance = table(arena, slots)};
}

/* Sum of all columns that begin like this; kW to W. */
static int64_t sum_of(const grid_table *csv, size_t row, const char *begin) {
    double sum = 0;
    for (size_t column = 0; column < csv->columns; column++)
        if (gw_text_starts(csv->names[column], begin))
            sum += grid_number(csv->cells[row * csv->columns + column]);
    return (int64_t)(sum * 1000 + 0.5);
}

static int64_t mae_of(const place *on, const gw_model_question *asked, const char **ret_method) {
    gw_model model;
    gw_score score = {0};
    assert_true(gw_is_ok(gw_model_make(on->arena, asked, &model, NULL)));
    for (size_t at = (size_t)FIRST_SCORED * model.net.slots; at < (size_t)DAYS * model.net.slots;
         at++) {
        const gw_score_pair pair = {.measured_w = model.net.w[at],
                                    .forecast_w = model.fitted.w[at],
                                    .yesterday_w = GW_FORECAST_GAP,
                                    .last_week_w = GW_FORECAST_GAP,
                                    .threshold_w = INT64_MAX};
        gw_score_add(&score, &pair);
    }
    *ret_method = model.method;
    return gw_accuracy_of(&score).mae_w;
}

static gw_model_question ask(const place *on, gw_smoother *drawn_level, gw_smoother *fed_level) {
    assert_true(gw_is_ok(
        gw_smoother_make(on->arena, on->drawn.slots, GW_SMOOTH_ALPHA_PPM, drawn_level, NULL)));
    assert_true(gw_is_ok(
        gw_smoother_make(on->arena, on->drawn.slots, GW_SMOOTH_ALPHA_PPM, fed_level, NULL)));
    return (gw_model_question){.drawn = &on->drawn,
                               .fed = &on->fed,
                               .types = on->types,
                               .drawn_level = drawn_level,
                               .fed_level = fed_level};
}

/* Error without and with the irradiance; the method of the second. */
typedef struct gain {
    int64_t without_w;
    int64_t with_w;
    const char *method;
} gain;

static gain use_irradiance(const place *on) {
    gw_smoother levels[4];
    gain made;
    gw_model_question asked = ask(on, &levels[0], &levels[1]);
    made.without_w = mae_of(on, &asked, &made.method);
    asked = ask(on, &levels[2], &levels[3]);
    asked.irradiance = &on->irradiance;
    made.with_w = mae_of(on, &asked, &made.method);
    return made;
}

static void a_plant_nearby_tells_of_the_sun(void **state) {
    (void)state;
    place on = open_place("grid", 96);
    const grid_table plants =
        grid_table_read(on.arena, "simbench_lv_rural1/original/RESProfile.csv", ';');
    for (size_t at = 0; at < (size_t)DAYS * on.drawn.slots; at++) {
        on.drawn.w[at] = 0; /* the plant alone: 78 kW */
        on.fed.w[at] = (int64_t)(grid_table_number(&plants, at, "PV8") * 78381);
        on.irradiance.w[at] = (int64_t)(grid_table_number(&plants, at, "PV5") * 1e6);
    }
    const gain made = use_irradiance(&on);
    (void)printf("a plant: %lld W, with the sun of another %lld W\n", (long long)made.without_w,
                 (long long)made.with_w);
    assert_string_equal(made.method, "smoother+irradiance");
    assert_true(made.with_w * 2 < made.without_w);
    gw_arena_close(on.arena);
}

static void a_sun_that_shines_elsewhere_is_not_used(void **state) {
    (void)state;
    place on = open_place("meters_citylearn_pv_battery_ev", 24);
    const grid_table homes =
        grid_table_read(on.arena, "../meters_citylearn_pv_battery_ev/buildings_hourly.csv", ',');
    const grid_table site =
        grid_table_read(on.arena, "../meters_citylearn_pv_battery_ev/site_hourly.csv", ',');
    for (size_t at = 0; at < (size_t)DAYS * on.drawn.slots; at++) {
        on.drawn.w[at] = 0;
        on.fed.w[at] = sum_of(&homes, at, "pv_kwh");
        on.irradiance.w[at] = (int64_t)((grid_table_number(&site, at, "diffuse_wm2") +
                                         grid_table_number(&site, at, "direct_wm2")) *
                                        1000);
    }
    const gain made = use_irradiance(&on);
    assert_string_equal(made.method, "smoother");
    assert_int_equal(made.with_w, made.without_w);
    gw_arena_close(on.arena);
}

static void temperature_helps_a_heated_estate(void **state) {
    enum { SLOTS = 24 };
    (void)state;
    gw_smoother levels[4];
    const char *method = "";
    const gw_calendar utc = {.name = {"utc", 3}};
    place on = open_place("meters_cambridge_hourly", SLOTS);
    const grid_table load =
        grid_table_read(on.arena, "../meters_cambridge_hourly/load_kwh_2018.csv", ',');
    const grid_table weather =
        grid_table_read(on.arena, "../meters_cambridge_hourly/weather_bedford_2018.csv", ',');
    for (size_t day = 0; day < DAYS; day++) {
        int64_t sum_millic = 0;
        on.types[day] = gw_day_type_of(&utc, (gw_date){on.drawn.first.days + (int32_t)day});
        for (size_t at = day * SLOTS; at < (day + 1) * SLOTS; at++) {
            on.drawn.w[at] = sum_of(&load, at, "b");
            on.fed.w[at] = 0;
            sum_millic += (int64_t)(grid_table_number(&weather, at, "temp_c") * 1000);
        }
        on.heating_millik[day] = gw_heating_millik((gw_temperature){sum_millic / SLOTS});
    }
    gw_model_question asked = ask(&on, &levels[0], &levels[1]);
    const int64_t without_w = mae_of(&on, &asked, &method);
    asked = ask(&on, &levels[2], &levels[3]);
    asked.heating_millik = on.heating_millik;
    const int64_t with_w = mae_of(&on, &asked, &method);
    (void)printf("an estate: %lld W, with temperature %lld W (%s)\n", (long long)without_w,
                 (long long)with_w, method);
    assert_true(with_w <= without_w);
    gw_arena_close(on.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plant_nearby_tells_of_the_sun),
        cmocka_unit_test(a_sun_that_shines_elsewhere_is_not_used),
        cmocka_unit_test(temperature_helps_a_heated_estate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
