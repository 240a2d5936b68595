/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_scene.h"

#include "server/db/reading_store.h"
#include "server/zone.h"

static const gw_span HOUR = {INT64_C(3600) * 1000000};

gw_status gw_forecast_calendar_load(gw_db *db, gw_arena *arena, gw_text zone, gw_period period,
                                    gw_calendar *ret, gw_fault *reterr) {
    gw_date *holidays = NULL;
    gw_calendar made = {.name = zone};
    GW_TRY(gw_forecast_load_holidays(db, arena, zone, &holidays, &made.holiday_count, reterr));
    made.holidays = holidays;
    GW_TRY(gw_zone_load(arena, zone, period, &made, reterr));
    *ret = made;
    return gw_ok();
}

static gw_date day_at(const gw_forecast_scene *scene, size_t index) {
    return (gw_date){scene->first.days + (int32_t)index};
}

static gw_period all_days(const gw_forecast_scene *scene) {
    const gw_date last = day_at(scene, scene->days - 1);
    return (gw_period){gw_calendar_day_period(&scene->calendar, scene->first).from,
                       gw_calendar_day_period(&scene->calendar, last).to};
}

static gw_status load_days(gw_db *db, gw_arena *arena, const gw_forecast_scene_question *question,
                           gw_forecast_scene *scene, gw_fault *reterr) {
    const gw_period period = question->period;
    GW_TRY(gw_forecast_calendar_load(db, arena, question->zone, period, &scene->calendar, reterr));
    const gw_date from = gw_calendar_day(&scene->calendar, period.from);
    const gw_date last =
        gw_calendar_day(&scene->calendar, gw_instant_minus(period.to, question->interval));
    const int32_t ahead = last.days - from.days + 1;
    if (ahead < 1 || ahead > GW_SCENE_AHEAD_DAYS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "to",
                            "the period touches %d local days, at most %d are forecast", (int)ahead,
                            GW_SCENE_AHEAD_DAYS);
    scene->first = (gw_date){from.days - GW_SCENE_PAST_DAYS};
    scene->days = GW_SCENE_PAST_DAYS + (size_t)ahead;
    GW_TRY(GW_ARENA_NEW(arena, gw_day_type, scene->days, &scene->types, reterr));
    for (size_t at = 0; at < scene->days; at++)
        scene->types[at] = gw_day_type_of(&scene->calendar, day_at(scene, at));
    return gw_ok();
}

/* The words of the list from `from` on that lie in the period. */
static gw_weather_list part_in(const gw_weather_list *list, size_t from, gw_period period) {
    gw_weather_list part = {.items = &list->items[from]};
    while (from + part.count < list->count &&
           gw_period_contains(period, list->items[from + part.count].valid_at))
        part.count++;
    return part;
}

/* Different hours; each may have several sources. */
static size_t count_hours(const gw_weather_list *list) {
    size_t count = 0;
    for (size_t at = 0; at < list->count; at++)
        if (at == 0 || !gw_instant_equal(list->items[at].valid_at, list->items[at - 1].valid_at))
            count++;
    return count;
}

static gw_status load_temperatures(gw_db *db, gw_arena *arena, gw_forecast_scene *scene,
                                   gw_fault *reterr) {
    gw_weather_list said;
    size_t at = 0;
    const gw_weather_question question = {.variable = GW_TEXT("temperature_millic"),
                                          .period = all_days(scene),
                                          .known_at = scene->now};
    GW_TRY(gw_weather_load(db, arena, &question, &said, reterr));
    if (said.count == 0) return gw_ok();
    GW_TRY(GW_ARENA_NEW(arena, int64_t, scene->days, &scene->heating_millik, reterr));
    for (size_t day = 0; day < scene->days; day++) {
        const gw_period period = gw_calendar_day_period(&scene->calendar, day_at(scene, day));
        const gw_weather_list part = part_in(&said, at, period);
        at += part.count;
        scene->heating_millik[day] = count_hours(&part) < GW_SCENE_HOURS_LEAST
                                         ? GW_FORECAST_GAP
                                         : gw_heating_millik(gw_weather_mean_of(&part).temperature);
    }
    return gw_ok();
}

/* An hour's irradiance is the mean of the hour before its time stamp. */
static void put_hour(const gw_forecast_scene *scene, const gw_weather_list *hour) {
    const gw_instant end = hour->items[0].valid_at;
    const int64_t milliw_m2 = gw_weather_mean_of(hour).temperature.millic; /* a median as any */
    gw_instant at = gw_instant_minus(end, HOUR);
    for (; at.us < end.us; at = gw_instant_plus(at, scene->interval)) {
        const size_t slot = gw_wall_slot(&scene->calendar, at, scene->interval);
        gw_day_table_put(&scene->irradiance, gw_calendar_day(&scene->calendar, at), slot,
                         milliw_m2);
    }
}

static gw_status load_irradiance(gw_db *db, gw_arena *arena, gw_forecast_scene *scene,
                                 gw_fault *reterr) {
    gw_weather_list said;
    gw_weather_question question = {.variable = GW_TEXT("irradiance_milliw_m2"),
                                    .period = all_days(scene),
                                    .known_at = scene->now};
    question.period.to = gw_instant_plus(question.period.to, HOUR);
    GW_TRY(gw_weather_load(db, arena, &question, &said, reterr));
    if (said.count == 0) return gw_ok();
    GW_TRY(gw_day_table_make(arena, scene->first, scene->days, scene->slots, &scene->irradiance,
                             reterr));
    for (size_t at = 0; at < said.count;) {
        const gw_period instant = {said.items[at].valid_at, {said.items[at].valid_at.us + 1}};
        const gw_weather_list hour = part_in(&said, at, instant);
        put_hour(scene, &hour);
        at += hour.count;
    }
    scene->has_irradiance = true;
    return gw_ok();
}

gw_status gw_forecast_scene_load(gw_db *db, gw_arena *arena,
                                 const gw_forecast_scene_question *question, gw_forecast_scene *ret,
                                 gw_fault *reterr) {
    gw_forecast_scene made = {
        .zone = question->zone, .interval = question->interval, .now = question->now};
    GW_TRY(gw_wall_slots(question->interval, &made.slots, reterr));
    GW_TRY(load_days(db, arena, question, &made, reterr));
    GW_TRY(load_temperatures(db, arena, &made, reterr));
    GW_TRY(load_irradiance(db, arena, &made, reterr));
    *ret = made;
    return gw_ok();
}
