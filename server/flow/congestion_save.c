/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/congestion_save.h"

#include "server/db/event_log.h"
#include "server/http/json.h"

#include <stdio.h>

static const char *const PHASES[GW_STUDY_PHASES] = {"A", "B", "C", "ALL"};

typedef struct save_work {
    gw_congestion_work *work;
    gw_db *tx;
    gw_congestion *ret;
} save_work;

const char *gw_congestion_word(gw_light light) {
    static const char *const words[] = {"GREEN", "YELLOW", "RED"};
    return words[light];
}

static gw_status append(save_work *save, const char *entity, const char *type, gw_text subject,
                        gw_json *json, gw_fault *reterr) {
    int64_t seq = 0;
    gw_event_entry entry = {.at = save->work->now,
                            .entity = gw_text_from_c(entity),
                            .type = gw_text_from_c(type),
                            .subject = subject};
    GW_TRY(gw_json_end(json, &entry.body, reterr));
    return gw_event_append(save->tx, save->work->arena, &entry, &seq, reterr);
}

/* ---- the study ---- */

static gw_status save_study(save_work *save, gw_fault *reterr) {
    const gw_congestion_work *work = save->work;
    const gw_study_row row = {.study_id = work->study_id,
                              .network_id = work->network.id,
                              .version = work->network.version,
                              .forecast_id = work->plan.forecast.forecast_id.length > 0
                                                 ? work->plan.forecast.forecast_id
                                                 : GW_TEXT(""),
                              .made_at = work->now,
                              .period = work->period,
                              .interval_s = work->interval.us / 1000000,
                              .path_count = (int64_t)work->study.path_count,
                              .missing_points = (int64_t)work->study.missing_points,
                              .collapsed_paths = (int64_t)work->study.collapsed_paths};
    save->ret->study = row;
    return gw_study_insert(save->tx, work->arena, &row, reterr);
}

/* ---- lights ---- */

static const gw_study_light *light_at(const gw_congestion_work *work, size_t segment, size_t phase,
                                      size_t step) {
    const size_t group = segment * GW_STUDY_PHASES + phase;
    return &work->study.lights[group * work->study.step_count + step];
}

static gw_status write_reasons(const gw_congestion_work *work, const gw_study_light *light,
                               gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, work->arena);
    gw_json_array(&json, NULL);
    for (size_t at = 0; at < light->reason_count; at++) {
        const gw_study_reason *reason = &light->reasons[at];
        const gw_flow_limit *limit = &work->limits.at[reason->limit];
        gw_json_object(&json, NULL);
        gw_json_c(&json, "kind", gw_flow_limit_word(limit->kind));
        gw_json_text(&json, "element", limit->id);
        gw_json_c(&json, "phase", PHASES[limit->phase]);
        gw_json_int64(&json, "middle_ppm", reason->middle_ppm);
        gw_json_int64(&json, "upper_ppm", reason->upper_ppm);
        gw_json_close(&json);
    }
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

typedef struct segment_lights {
    const gw_light_row *stands[GW_STUDY_PHASES][GW_STUDY_STEPS_MOST]; /* NULL: none yet */
    gw_light_list changed;
    size_t worse; /* changes that are told: not those from nothing to green */
} segment_lights;

static void place_rows(const gw_congestion_work *work, const gw_light_list *rows,
                       segment_lights *ret) {
    for (size_t at = 0; at < rows->count; at++) {
        const gw_light_row *row = &rows->items[at];
        const int64_t step = (row->start.us - work->period.from.us) / work->interval.us;
        if (step >= 0 && (size_t)step < work->study.step_count) ret->stands[row->phase][step] = row;
    }
}

static gw_status add_change(const gw_congestion_work *work, size_t segment, size_t phase,
                            size_t step, segment_lights *ret, gw_fault *reterr) {
    const gw_study_light *light = light_at(work, segment, phase, step);
    const gw_light_row *stands = ret->stands[phase][step];
    const char *word = gw_congestion_word(light->light);
    if (stands != NULL && gw_text_is(stands->light, word)) return gw_ok();
    gw_light_row *row = &ret->changed.items[ret->changed.count++];
    *row = (gw_light_row){.start =
                              gw_period_interval(work->period, work->interval, (int64_t)step).from,
                          .phase = (int64_t)phase,
                          .number = stands == NULL ? 1 : stands->number + 1,
                          .light = gw_text_from_c(word),
                          .middle_ppm = light->middle_ppm,
                          .upper_ppm = light->upper_ppm};
    if (stands != NULL || light->light != GW_LIGHT_GREEN) ret->worse++;
    return write_reasons(work, light, &row->reasons, reterr);
}

static gw_status list_changes(const gw_congestion_work *work, size_t segment, segment_lights *ret,
                              gw_fault *reterr) {
    const size_t phases = work->network.net.model == GW_NET_THREE_PHASE ? 0 : GW_FLOW_PHASE_ALL;
    GW_TRY(GW_ARENA_NEW(work->arena, gw_light_row, GW_STUDY_PHASES * work->study.step_count,
                        &ret->changed.items, reterr));
    for (size_t step = 0; step < work->study.step_count; step++)
        for (size_t phase = phases; phase < GW_STUDY_PHASES; phase++)
            GW_TRY(add_change(work, segment, phase, step, ret, reterr));
    return gw_ok();
}

/* Neighbouring intervals with the same light are told as one stretch. */
static void write_stretches(const gw_congestion_work *work, size_t segment, gw_json *json) {
    const size_t last = work->study.step_count;
    gw_json_array(json, "lights");
    for (size_t from = 0; from < last;) {
        size_t to = from + 1;
        const gw_study_light *light = light_at(work, segment, GW_FLOW_PHASE_ALL, from);
        while (to < last && light_at(work, segment, GW_FLOW_PHASE_ALL, to)->light == light->light)
            to++;
        gw_json_object(json, NULL);
        gw_json_instant(json, "from",
                        gw_period_interval(work->period, work->interval, (int64_t)from).from);
        gw_json_instant(json, "to",
                        gw_period_interval(work->period, work->interval, (int64_t)to).from);
        gw_json_c(json, "light", gw_congestion_word(light->light));
        gw_json_close(json);
        from = to;
    }
    gw_json_close(json);
}

static gw_status tell_lights(save_work *save, size_t segment, gw_fault *reterr) {
    gw_json json;
    const gw_congestion_work *work = save->work;
    const gw_text id = work->network.segments[segment].id;
    gw_json_init(&json, work->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "segment_id", id);
    gw_json_uuid(&json, "study_id", work->study_id);
    gw_json_text_if(&json, "forecast_id", save->ret->study.forecast_id);
    write_stretches(work, segment, &json);
    gw_json_close(&json);
    return append(save, "segment", "light.changed", id, &json, reterr);
}

static void keep_worst(save_work *save, size_t segment) {
    for (size_t step = 0; step < save->work->study.step_count; step++) {
        const gw_light light = light_at(save->work, segment, GW_FLOW_PHASE_ALL, step)->light;
        if (light > save->ret->worst) save->ret->worst = light;
    }
}

static gw_status save_lights(save_work *save, size_t segment, gw_fault *reterr) {
    gw_light_list rows;
    segment_lights *lights = NULL;
    const gw_congestion_work *work = save->work;
    const gw_text id = work->network.segments[segment].id;
    GW_TRY(GW_ARENA_NEW(work->arena, segment_lights, 1, &lights, reterr));
    GW_TRY(gw_light_load(save->tx, work->arena, id, work->period, &rows, reterr));
    place_rows(work, &rows, lights);
    GW_TRY(list_changes(work, segment, lights, reterr));
    keep_worst(save, segment);
    if (lights->changed.count == 0) return gw_ok();
    save->ret->changed_lights += lights->changed.count;
    GW_TRY(gw_light_insert(save->tx, work->arena, id, work->study_id, &lights->changed, reterr));
    return lights->worse == 0 ? gw_ok() : tell_lights(save, segment, reterr);
}

/* ---- needs ---- */

static gw_text word_of(gw_flow_need_verdict verdict) {
    static const char *const words[] = {"NONE", "CONFIRMED", "UNCONFIRMED", "NOT_ENOUGH",
                                        "COLLAPSED"};
    return gw_text_from_c(words[verdict]);
}

static gw_status fill_intervals(const gw_congestion_work *work, const gw_study_need *need,
                                gw_grid_need_row *row, gw_fault *reterr) {
    gw_grid_need_interval *items = NULL;
    GW_TRY(GW_ARENA_NEW(work->arena, gw_grid_need_interval, need->step_count, &items, reterr));
    row->is_confirmed = true;
    for (size_t at = 0; at < need->step_count; at++) {
        const gw_study_need_step *step = &need->steps[at];
        const gw_period interval =
            gw_period_interval(work->period, work->interval, (int64_t)step->step);
        items[at] = (gw_grid_need_interval){.start = interval.from,
                                            .need = {step->need_w},
                                            .missing = {step->missing_w},
                                            .before_ppm = step->before_ppm,
                                            .after_ppm = step->after_ppm,
                                            .verdict = word_of(step->verdict)};
        if (step->verdict != GW_NEED_CONFIRMED) row->is_confirmed = false;
        if (at == 0) row->period.from = interval.from;
        row->period.to = interval.to;
    }
    row->intervals = items;
    row->interval_count = need->step_count;
    return gw_ok();
}

static gw_status fill_effects(const gw_congestion_work *work, const gw_study_need *need,
                              gw_grid_need_row *row, gw_fault *reterr) {
    gw_grid_need_effect *items = NULL;
    const gw_net *net = &work->network.net;
    GW_TRY(GW_ARENA_NEW(work->arena, gw_grid_need_effect, net->point_count, &items, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        items[at] = (gw_grid_need_effect){.point = net->points[at].id,
                                          .less_ppm = need->effects[at].less_ppm,
                                          .more_ppm = need->effects[at].more_ppm};
    row->effects = items;
    row->effect_count = net->point_count;
    const bool has_reference = need->reference < net->point_count;
    row->reference_point = has_reference ? net->points[need->reference].id : GW_TEXT("");
    row->is_reference_more = need->is_reference_more;
    return gw_ok();
}

static gw_status write_rebounds(const gw_congestion_work *work, gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, work->arena);
    gw_json_array(&json, NULL);
    for (size_t at = 0; at < work->study.rebound_count; at++) {
        const gw_study_rebound *one = &work->study.rebounds[at];
        gw_json_object(&json, NULL);
        gw_json_instant(&json, "start",
                        gw_period_interval(work->period, work->interval, (int64_t)one->step).from);
        gw_json_int64(&json, "back_w", one->back_w);
        gw_json_int64(&json, "need_w", one->need_w);
        if (one->recovery_w != INT64_MAX) gw_json_int64(&json, "recovery_w", one->recovery_w);
        gw_json_close(&json);
    }
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

static gw_status tell_need(save_work *save, const gw_grid_need_row *row, const gw_study_need *need,
                           gw_fault *reterr) {
    gw_json json;
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(row->need_id, id);
    gw_json_init(&json, save->work->arena);
    gw_json_object(&json, NULL);
    gw_json_c(&json, "need_id", id);
    gw_json_text(&json, "segment_id", row->segment_id);
    gw_json_text(&json, "kind", row->kind);
    gw_json_c(&json, "phase", PHASES[row->phase]);
    gw_json_instant(&json, "from", row->period.from);
    gw_json_instant(&json, "to", row->period.to);
    gw_json_int64(&json, "largest_w", need->largest_w);
    gw_json_flag(&json, "confirmed", row->is_confirmed);
    gw_json_close(&json);
    gw_text subject;
    GW_TRY(gw_text_copy(save->work->arena, gw_text_from_c(id), &subject, reterr));
    return append(save, "need", "need.opened", subject, &json, reterr);
}

static gw_status save_need(save_work *save, size_t number, gw_fault *reterr) {
    char label[96];
    char study[GW_UUID_TEXT_SIZE];
    const gw_congestion_work *work = save->work;
    const gw_study_need *need = &work->study.needs[number];
    const gw_flow_limit *limit = &work->limits.at[need->limit];
    gw_uuid_print(work->study_id, study);
    const int length = snprintf(label, sizeof label, "need/%s/%zu", study, number);
    /* a millisecond apart, so that their ids are in their order: the worst first */
    const gw_instant at = gw_instant_plus(work->now, (gw_span){(int64_t)number * 1000});
    gw_grid_need_row row = {
        .need_id = gw_random_uuid(work->flow->random, (gw_text){label, (size_t)length}, at),
        .study_id = work->study_id,
        .segment_id = work->network.segments[need->segment].id,
        .kind = gw_text_from_c(gw_flow_limit_word(limit->kind)),
        .element = limit->id,
        .phase = limit->phase,
        .made_at = work->now};
    GW_TRY(fill_intervals(work, need, &row, reterr));
    GW_TRY(fill_effects(work, need, &row, reterr));
    GW_TRY(write_rebounds(work, &row.rebounds, reterr));
    GW_TRY(gw_grid_need_insert(save->tx, work->arena, &row, reterr));
    return tell_need(save, &row, need, reterr);
}

/* ---- the transaction ---- */

static gw_status save_all(gw_db *tx, void *context, gw_fault *reterr) {
    save_work *save = context;
    const gw_congestion_work *work = save->work;
    save->tx = tx;
    *save->ret = (gw_congestion){.need_count = work->study.need_count,
                                 .needs_left_out = work->study.needs_left_out,
                                 .rebound_intervals = work->study.rebound_intervals};
    GW_TRY(gw_network_lock(tx, work->network.id, reterr)); /* two may study it at once */
    GW_TRY(save_study(save, reterr));
    for (size_t segment = 0; segment < work->network.segment_count; segment++) {
        GW_TRY(save_lights(save, segment, reterr));
        GW_TRY(gw_grid_need_supersede(tx, work->arena, work->network.segments[segment].id,
                                      work->study_id, reterr));
    }
    for (size_t need = 0; need < work->study.need_count; need++)
        GW_TRY(save_need(save, need, reterr));
    return gw_ok();
}

gw_status gw_congestion_save(gw_congestion_work *work, gw_congestion *ret, gw_fault *reterr) {
    gw_congestion made = {0};
    save_work save = {.work = work, .ret = &made};
    GW_TRY(gw_db_transact(work->flow->db, GW_ISOLATION_READ_COMMITTED, save_all, &save, reterr));
    *ret = made;
    return gw_ok();
}
