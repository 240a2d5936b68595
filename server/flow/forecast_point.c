/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_point.h"

#include <stdlib.h>
#include <string.h>

enum { EVENT_PPM = 970000 };

/* ---- the past */

static void take_levels(const gw_row_array *stored, const gw_smoother *smoother) {
    if (stored->count != GW_DAY_TYPES * smoother->slots) return; /* none yet */
    memcpy(smoother->level_milliwatt, stored->items, stored->count * sizeof stored->items[0]);
}

/* A day before the scene only moves the levels. */
static void take_early(const gw_forecast_scene *scene, const gw_forecast_day_row *row,
                       const gw_forecast_past *past) {
    const gw_day_type type = gw_day_type_of(&scene->calendar, row->day);
    for (size_t slot = 0; slot < scene->slots; slot++) {
        gw_smoother_update(&past->drawn_level, type, slot, row->drawn_w.items[slot]);
        gw_smoother_update(&past->fed_level, GW_DAY_WORKING, slot, row->fed_w.items[slot]);
    }
}

static void take_row(const gw_forecast_scene *scene, const gw_forecast_day_row *row,
                     const gw_forecast_past *past) {
    if (row->drawn_w.count != scene->slots || row->fed_w.count != scene->slots) return;
    if (row->day.days < scene->first.days) {
        take_early(scene, row, past);
        return;
    }
    for (size_t slot = 0; slot < scene->slots; slot++) {
        gw_day_table_put(&past->drawn, row->day, slot, row->drawn_w.items[slot]);
        gw_day_table_put(&past->fed, row->day, slot, row->fed_w.items[slot]);
    }
}

gw_status gw_forecast_past_load(gw_db *db, gw_arena *arena, const gw_forecast_scene *scene,
                                const gw_forecast_subject *subject, gw_forecast_past *ret,
                                gw_fault *reterr) {
    gw_forecast_past made;
    gw_forecast_day_list rows;
    const gw_forecast_days days = {subject->before_day, {scene->first.days + (int32_t)scene->days}};
    GW_TRY(gw_day_table_make(arena, scene->first, scene->days, scene->slots, &made.drawn, reterr));
    GW_TRY(gw_day_table_make(arena, scene->first, scene->days, scene->slots, &made.fed, reterr));
    GW_TRY(gw_smoother_make(arena, scene->slots, GW_SMOOTH_ALPHA_PPM, &made.drawn_level, reterr));
    GW_TRY(gw_smoother_make(arena, scene->slots, GW_SMOOTH_ALPHA_PPM, &made.fed_level, reterr));
    take_levels(&subject->drawn_level_milliwatt, &made.drawn_level);
    take_levels(&subject->fed_level_milliwatt, &made.fed_level);
    GW_TRY(gw_forecast_load_days(db, arena, &subject->key, days, &rows, reterr));
    for (int at = 0; at < rows.count; at++) take_row(scene, &rows.items[at], &made);
    *ret = made;
    return gw_ok();
}

/* ---- the period */

typedef struct shaping {
    const gw_forecast_point_question *question;
    gw_forecast_point *made;
    gw_model_last last; /* slot of the newest measured interval */
    bool has_last;      /* it lies before the period, so its error may be carried on */
} shaping;

static gw_status find_last(shaping *on, gw_arena *arena, gw_fault *reterr) {
    const gw_forecast_scene *scene = on->question->scene;
    const gw_instant newest = on->question->subject->newest_at;
    const int64_t behind_us = gw_instant_since(on->question->period.from, newest).us;
    on->has_last = behind_us > 0 && behind_us <= INT64_C(1000000) * GW_MODEL_NEAR_S;
    if (!on->has_last) return gw_ok();
    on->last.day = gw_calendar_day(&scene->calendar, newest);
    on->last.slot = gw_wall_slot(&scene->calendar, newest, scene->interval);
    return gw_model_near(arena, &on->made->model, on->last, &on->made->near, reterr);
}

/* How far behind the newest measured interval; 0: too far for its errors to matter. */
static size_t near_steps(const shaping *on, gw_instant start) {
    const int64_t behind_us = gw_instant_since(start, on->question->subject->newest_at).us;
    if (!on->has_last || behind_us > INT64_C(1000000) * GW_MODEL_NEAR_S) return 0;
    return (size_t)(behind_us / on->question->scene->interval.us);
}

static gw_status shape_step(const shaping *on, gw_instant start, gw_forecast_step *ret,
                            gw_fault *reterr) {
    const gw_forecast_scene *scene = on->question->scene;
    const gw_model *model = &on->made->model;
    const size_t steps = near_steps(on, start);
    const int64_t recent_w = steps > 0 ? gw_model_recent(model, on->last, steps) : 0;
    gw_forecast_step step = {.start = start,
                             .day = gw_calendar_day(&scene->calendar, start),
                             .slot = gw_wall_slot(&scene->calendar, start, scene->interval)};
    step.point_w = gw_model_point(model, step.day, step.slot, recent_w);
    if (step.point_w == GW_FORECAST_GAP)
        return gw_fail_with(reterr, GW_CODE_NO_DATA, "subject",
                            "\"%.*s\" was never measured at this time of day",
                            GW_TEXT_ARGS(on->question->subject->key.id));
    const gw_model_band_question asked = {steps > 0 ? &on->made->near : &model->residuals, step.day,
                                          step.slot, step.point_w};
    const gw_status banded = gw_model_band(model, &asked, &step.band, NULL);
    if (banded.code == GW_CODE_NO_DATA) on->made->has_bands = false;
    if (steps > 0) on->made->near_count++;
    *ret = step;
    return gw_ok();
}

static gw_status shape(const shaping *on, gw_arena *arena, gw_fault *reterr) {
    const gw_period period = on->question->period;
    const gw_span interval = on->question->scene->interval;
    size_t count = 0;
    GW_TRY(gw_period_count(period, interval, &count, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_step, count, &on->made->steps, reterr));
    for (size_t at = 0; at < count; at++) {
        const gw_instant start = gw_period_interval(period, interval, (int64_t)at).from;
        GW_TRY(shape_step(on, start, &on->made->steps[at], reterr));
    }
    on->made->count = count;
    return gw_ok();
}

gw_status gw_forecast_point_make(gw_db *db, gw_arena *arena,
                                 const gw_forecast_point_question *question, gw_forecast_point *ret,
                                 gw_fault *reterr) {
    const gw_forecast_scene *scene = question->scene;
    gw_forecast_past *past = NULL; /* the model points at it */
    gw_forecast_point made = {.newest_at = question->subject->newest_at, .has_bands = true};
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_past, 1, &past, reterr));
    GW_TRY(gw_forecast_past_load(db, arena, scene, question->subject, past, reterr));
    const gw_model_question asked = {.drawn = &past->drawn,
                                     .fed = &past->fed,
                                     .types = scene->types,
                                     .drawn_level = &past->drawn_level,
                                     .fed_level = &past->fed_level,
                                     .heating_millik = scene->heating_millik,
                                     .irradiance =
                                         scene->has_irradiance ? &scene->irradiance : NULL};
    GW_TRY(gw_model_make(arena, &asked, &made.model, reterr));
    shaping on = {.question = question, .made = &made};
    GW_TRY(find_last(&on, arena, reterr));
    GW_TRY(shape(&on, arena, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- events */

static int compare(const void *left, const void *right) {
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

gw_status gw_forecast_threshold(gw_arena *arena, const gw_day_table *net, int64_t *ret,
                                gw_fault *reterr) {
    int64_t *values = NULL;
    size_t count = 0;
    const size_t days = net->days > GW_POOL_DAYS ? GW_POOL_DAYS : net->days;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, days * net->slots, &values, reterr));
    for (size_t at = (net->days - days) * net->slots; at < net->days * net->slots; at++)
        if (net->w[at] != GW_FORECAST_GAP) values[count++] = net->w[at];
    qsort(values, count, sizeof values[0], compare);
    *ret = count < net->slots ? INT64_MAX : gw_quantile_of(values, count, EVENT_PPM);
    return gw_ok();
}
