/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_paths.h"

#include "base/writer.h"
#include "oracle/keccak.h"
#include "server/flow/forecast_point.h"

#include <string.h>

enum { SCRATCH_BYTES = 64 * 1024 * 1024 };

typedef struct gathering {
    gw_db *db;
    gw_arena *arena;
    gw_arena *scratch; /* of one meter */
    const gw_forecast_paths_question *question;
    gw_text zone;
    gw_span interval;
    gw_forecast_scene scene;
    const gw_day_table **residuals; /* of each meter; NULL: missing */
    const gw_day_table **near;      /* of the steps that follow what was just measured */
    size_t near_count;              /* of the meter that was measured last */
    const int64_t **least_w;
    gw_day_table none; /* residuals of a meter without any */
    gw_forecast_paths made;
} gathering;

/* ---- the register */

static gw_status check_register(gathering *on, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    const gw_forecast_paths_question *question = on->question;
    if (question->meter_count == 0 || question->meter_count > GW_FORECAST_METERS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "meters", "%zu meters, 1 to %d are forecast",
                            question->meter_count, GW_FORECAST_METERS_MOST);
    gw_args_init(&args, on->arena);
    gw_bind_texts(&args, question->meters, question->meter_count);
    GW_TRY(gw_db_query(on->db, GW_QUERY_FORECAST_REGISTERED, &args, &rows, reterr));
    if (rows.count == 0 || rows.count > 1)
        return gw_fail_with(reterr, rows.count == 0 ? GW_CODE_NOT_FOUND : GW_CODE_UNSUPPORTED,
                            "meters", "the meters have %d different zones and intervals",
                            rows.count);
    gw_row row = gw_rows_at(&rows, 0);
    int64_t interval_s = 0;
    int64_t meters = 0;
    gw_row_text(&row, "zone", &on->zone);
    gw_row_int64(&row, "interval_s", &interval_s);
    gw_row_int64(&row, "meters", &meters);
    GW_TRY(gw_row_end(&row, reterr));
    on->interval = gw_span_seconds(interval_s);
    if (meters == (int64_t)question->meter_count) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "meters",
                        "%lld of the %zu meters are registered, each named once", (long long)meters,
                        question->meter_count);
}

/* ---- one meter */

/* The last GW_POOL_DAYS days before those that are forecast. */
static gw_status keep_residuals(const gathering *on, const gw_day_table *all,
                                const gw_day_table **ret, gw_fault *reterr) {
    gw_day_table *kept = NULL;
    const size_t from = GW_SCENE_PAST_DAYS - GW_POOL_DAYS;
    const gw_date first = {all->first.days + (int32_t)from};
    GW_TRY(GW_ARENA_NEW(on->arena, gw_day_table, 1, &kept, reterr));
    GW_TRY(gw_day_table_make(on->arena, first, GW_POOL_DAYS, all->slots, kept, reterr));
    memcpy(kept->w, &all->w[from * all->slots], GW_POOL_DAYS * all->slots * sizeof all->w[0]);
    *ret = kept;
    return gw_ok();
}

static gw_status fill_meter(gathering *on, size_t index, const gw_forecast_point *point,
                            gw_fault *reterr) {
    gw_forecast_meter *meter = &on->made.meters[index];
    int64_t *p50_w = NULL;
    int64_t *least_w = NULL;
    gw_band *bands = NULL;
    GW_TRY(GW_ARENA_NEW(on->arena, int64_t, point->count, &p50_w, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, int64_t, point->count, &least_w, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, gw_band, point->count, &bands, reterr));
    for (size_t at = 0; at < point->count; at++) {
        const gw_forecast_step *step = &point->steps[at];
        bands[at] = step->band;
        p50_w[at] = point->has_bands ? step->band.w[GW_BAND_MEDIAN] : step->point_w;
        least_w[at] = -gw_envelope_at(point->model.fed, step->day, step->slot);
    }
    meter->p50_w = p50_w;
    meter->bands = bands;
    meter->newest_reading = point->newest_at;
    on->least_w[index] = least_w;
    GW_TRY(keep_residuals(on, &point->model.residuals, &on->residuals[index], reterr));
    if (point->near_count == 0) return gw_ok();
    if (point->near_count > on->near_count) on->near_count = point->near_count;
    return keep_residuals(on, &point->near, &on->near[index], reterr);
}

static gw_status miss_meter(gathering *on, size_t index, gw_fault *reterr) {
    int64_t *p50_w = NULL;
    GW_TRY(GW_ARENA_NEW(on->arena, int64_t, on->made.step_count, &p50_w, reterr));
    on->made.meters[index].p50_w = p50_w;
    on->made.meters[index].is_missing = true;
    on->made.missing_count++;
    return gw_ok();
}

static gw_status gather_meter(gathering *on, size_t index, gw_fault *reterr) {
    gw_forecast_subject subject;
    gw_forecast_point point;
    const gw_text meter = on->question->meters[index];
    const gw_forecast_key key = {GW_TEXT("METER"), meter};
    on->made.meters[index].meter = meter;
    gw_arena_reset(on->scratch);
    const gw_status found = gw_forecast_load_subject(on->db, on->scratch, &key, &subject, reterr);
    if (found.code == GW_CODE_NOT_FOUND) return miss_meter(on, index, reterr);
    GW_TRY(found);
    const gw_forecast_point_question question = {&on->scene, &subject, on->question->period};
    const gw_status made = gw_forecast_point_make(on->db, on->scratch, &question, &point, reterr);
    if (made.code == GW_CODE_NO_DATA) return miss_meter(on, index, reterr);
    GW_TRY(made);
    if (!point.has_bands) return miss_meter(on, index, reterr);
    if (on->made.method.length == 0) on->made.method = gw_text_from_c(point.model.method);
    return fill_meter(on, index, &point, reterr);
}

/* ---- paths over all of them */

static gw_status fill_steps(const gathering *on, gw_path_step **ret, gw_fault *reterr) {
    gw_path_step *steps = NULL;
    const gw_forecast_scene *scene = &on->scene;
    const gw_date first = gw_calendar_day(&scene->calendar, on->question->period.from);
    GW_TRY(GW_ARENA_NEW(on->arena, gw_path_step, on->made.step_count, &steps, reterr));
    for (size_t at = 0; at < on->made.step_count; at++) {
        const gw_instant start =
            gw_period_interval(on->question->period, on->interval, (int64_t)at).from;
        const gw_date day = gw_calendar_day(&scene->calendar, start);
        steps[at] = (gw_path_step){gw_wall_slot(&scene->calendar, start, on->interval),
                                   (size_t)(day.days - first.days)};
    }
    *ret = steps;
    return gw_ok();
}

static gw_status draw_paths(gathering *on, gw_fault *reterr) {
    const gw_forecast_paths_question *question = on->question;
    gw_path_point *points = NULL;
    gw_path_step *steps = NULL;
    if (question->path_count == 0 || on->made.missing_count == question->meter_count)
        return gw_ok();
    GW_TRY(gw_day_table_make(on->arena,
                             (gw_date){on->scene.first.days + GW_SCENE_PAST_DAYS - GW_POOL_DAYS},
                             GW_POOL_DAYS, on->scene.slots, &on->none, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, gw_path_point, question->meter_count, &points, reterr));
    for (size_t at = 0; at < question->meter_count; at++)
        points[at] =
            (gw_path_point){.point_w = on->made.meters[at].p50_w,
                            .least_w = on->least_w[at],
                            .residuals = on->residuals[at] == NULL ? &on->none : on->residuals[at],
                            .near = on->near[at]};
    GW_TRY(fill_steps(on, &steps, reterr));
    const gw_path_question asked = {.points = points,
                                    .point_count = question->meter_count,
                                    .steps = steps,
                                    .step_count = on->made.step_count,
                                    .near_count = on->near_count,
                                    .path_count = question->path_count,
                                    .seed = question->seed};
    return gw_paths_draw(on->arena, &asked, &on->made.paths, reterr);
}

/* ---- the id */

static void add_number(gw_keccak *hash, int64_t number) {
    gw_keccak_add(hash, (gw_bytes){(const uint8_t *)&number, sizeof number});
}

static gw_status name_forecast(gathering *on, gw_fault *reterr) {
    gw_keccak hash;
    gw_writer name;
    gw_keccak_init(&hash);
    add_number(&hash, on->question->period.from.us);
    add_number(&hash, on->question->period.to.us);
    add_number(&hash, on->question->now.us);
    for (size_t at = 0; at < on->question->meter_count; at++) {
        const gw_forecast_meter *meter = &on->made.meters[at];
        gw_keccak_add(&hash, (gw_bytes){(const uint8_t *)meter->meter.at, meter->meter.length});
        add_number(&hash, meter->newest_reading.us);
        for (size_t step = 0; step < on->made.step_count; step++)
            add_number(&hash, meter->p50_w[step]);
    }
    const gw_word digest = gw_keccak_end(&hash);
    gw_writer_init(&name, on->arena);
    gw_write_c(&name, "f-");
    for (size_t at = 0; at < 8; at++) gw_write_format(&name, "%02x", digest.bytes[at]);
    return gw_writer_end_text(&name, &on->made.forecast_id, reterr);
}

static gw_status gather(gathering *on, gw_fault *reterr) {
    const size_t meters = on->question->meter_count;
    const gw_forecast_scene_question asked = {on->zone, on->interval, on->question->period,
                                              on->question->now};
    GW_TRY(gw_forecast_scene_load(on->db, on->arena, &asked, &on->scene, reterr));
    GW_TRY(gw_period_count(on->question->period, on->interval, &on->made.step_count, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, gw_forecast_meter, meters, &on->made.meters, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, const gw_day_table *, meters, &on->residuals, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, const gw_day_table *, meters, &on->near, reterr));
    GW_TRY(GW_ARENA_NEW(on->arena, const int64_t *, meters, &on->least_w, reterr));
    for (size_t at = 0; at < meters; at++) GW_TRY(gather_meter(on, at, reterr));
    return draw_paths(on, reterr);
}

gw_status gw_forecast_paths_load(gw_db *db, gw_arena *arena,
                                 const gw_forecast_paths_question *question, gw_forecast_paths *ret,
                                 gw_fault *reterr) {
    GW_AUTO_ARENA scratch = gw_arena_open(SCRATCH_BYTES);
    if (scratch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gathering on = {.db = db, .arena = arena, .scratch = scratch, .question = question};
    GW_TRY(check_register(&on, reterr));
    on.made.interval = on.interval;
    on.made.method = GW_TEXT("");
    GW_TRY(gather(&on, reterr));
    GW_TRY(name_forecast(&on, reterr));
    *ret = on.made;
    return gw_ok();
}
