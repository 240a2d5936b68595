/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/study_rebound.h"

#include "server/flow/flow.h"
#include "server/flow/study_need.h"
#include "server/flow/study_paths.h"

enum {
    HOUR_S = 3600,
    AFTER_HOURS = 5,
    PATHS_BYTES_MOST = 64 * 1024 * 1024,
    NEED_BYTES_MOST = 384 * 1024 * 1024,
    NODE_BYTES = 12 * 1024 /* that the needs of one interval take per node, measured with 906 */
};

/* Share and hours over which it comes back. */
typedef struct device_model {
    int64_t share_ppm;
    int64_t hours;
} device_model;

static const device_model MODELS[GW_STUDY_DEVICES] = {
    [GW_STUDY_UNKNOWN] = {800000, 3},
    [GW_STUDY_HEAT_PUMP] = {800000, 3},
    [GW_STUDY_CHARGER] = {1000000, 4},
    [GW_STUDY_PV] = {0, 1},
};

typedef struct stretch {
    size_t from; /* steps of the plan */
    size_t to;
    size_t path_count; /* of an interval; fewer when they would not fit */
} stretch;

static stretch stretch_of(const gw_study_question *question, const gw_study *study) {
    stretch made = {.from = study->step_count, .to = 0};
    for (size_t need = 0; need < study->need_count; need++) {
        const gw_study_need *one = &study->needs[need];
        if (one->steps[0].step < made.from) made.from = one->steps[0].step;
        if (one->steps[one->step_count - 1].step >= made.to)
            made.to = one->steps[one->step_count - 1].step + 1;
    }
    const int64_t interval_s = question->plan->meters.interval.us / 1000000;
    made.to += (size_t)(AFTER_HOURS * (int64_t)HOUR_S / interval_s);
    if (made.to > study->step_count) made.to = study->step_count;
    const size_t intervals = NEED_BYTES_MOST / (question->network->net.node_count * NODE_BYTES + 1);
    if (made.to > made.from + intervals) made.to = made.from + intervals;
    const size_t points = question->network->net.point_count + 1;
    const size_t most = PATHS_BYTES_MOST / (points * (made.to - made.from + 1) * 16);
    made.path_count = study->path_count == 0 ? 1 : study->path_count;
    if (made.path_count > most) made.path_count = most < 1 ? 1 : most;
    return made;
}

static gw_status fill_models(gw_arena *arena, const gw_study_question *question,
                             gw_flow_rebound **ret, gw_fault *reterr) {
    gw_flow_rebound *models = NULL;
    const size_t points = question->network->net.point_count;
    const int64_t interval_s = question->plan->meters.interval.us / 1000000;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_rebound, points, &models, reterr));
    for (size_t at = 0; at < points; at++) {
        const device_model *model = &MODELS[question->devices[at]];
        const int64_t width = model->hours * HOUR_S / interval_s;
        models[at] = (gw_flow_rebound){.share_ppm = model->share_ppm,
                                       .width = width < 1 ? 1 : (uint32_t)width};
    }
    *ret = models;
    return gw_ok();
}

static gw_status fill_paths(gw_arena *arena, const gw_study_question *question, const stretch *over,
                            gw_flow_paths **ret, gw_fault *reterr) {
    gw_flow_paths *paths = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_paths, over->to - over->from, &paths, reterr));
    for (size_t step = over->from; step < over->to; step++) {
        gw_injections injections;
        gw_flow_paths *made = &paths[step - over->from];
        GW_TRY(gw_injection_plan_step(question->plan, arena, step, &injections, reterr));
        GW_TRY(gw_study_paths_make(arena, &injections, made, reterr));
        if (made->count > over->path_count) made->count = over->path_count;
    }
    *ret = paths;
    return gw_ok();
}

static int64_t sum_back(const gw_flow_rebound_step *step, size_t points) {
    int64_t sum = 0;
    for (size_t at = 0; at < points; at++) sum += step->back_w[at];
    return sum;
}

static gw_status keep(gw_arena *arena, const gw_flow_rebounds *found, size_t from, size_t points,
                      gw_study *ret, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_study_rebound, found->count, &ret->rebounds, reterr));
    for (size_t at = 0; at < found->count; at++)
        if (found->at[at].is_second)
            ret->rebounds[ret->rebound_count++] =
                (gw_study_rebound){.step = from + at,
                                   .back_w = sum_back(&found->at[at], points),
                                   .need_w = found->at[at].need.least_w,
                                   .recovery_w = found->at[at].recovery_w};
    return gw_ok();
}

static gw_status find(gw_arena *scratch, const gw_study_question *question, const stretch *over,
                      gw_flow_rebounds *ret, gw_fault *reterr) {
    gw_injections first;
    gw_flow_lever *levers = NULL;
    gw_flow_rebound *models = NULL;
    gw_flow_paths *paths = NULL;
    const gw_net *net = &question->network->net;
    GW_TRY(gw_injection_plan_step(question->plan, scratch, over->from, &first, reterr));
    GW_TRY(gw_study_levers_make(scratch, &question->levers, &first, &levers, reterr));
    GW_TRY(fill_models(scratch, question, &models, reterr));
    GW_TRY(fill_paths(scratch, question, over, &paths, reterr));
    const gw_flow_rebound_question asked = {.need = {.net = net,
                                                     .limits = question->limits,
                                                     .levers = levers,
                                                     .lever_count = net->point_count,
                                                     .cut = GW_FLOW_CUT_WHOLE},
                                            .paths = paths,
                                            .models = models,
                                            .interval_count = over->to - over->from};
    return gw_flow_rebounds_find(scratch, &asked, ret, reterr);
}

gw_status gw_study_rebound_find(gw_arena *arena, const gw_study_question *question, gw_study *ret,
                                gw_fault *reterr) {
    gw_flow_rebounds found;
    if (ret->need_count == 0) return gw_ok();
    const stretch over = stretch_of(question, ret);
    GW_AUTO_ARENA scratch = gw_arena_open(2UL * GW_FLOW_ARENA_BYTES);
    if (scratch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    if (over.to == over.from) return gw_ok();
    const gw_status status = find(scratch, question, &over, &found, reterr);
    if (status.code == GW_CODE_NO_MEMORY) return gw_ok(); /* the lights and needs are worth more */
    GW_TRY(status);
    ret->rebound_intervals = over.to - over.from;
    return keep(arena, &found, over.from, question->network->net.point_count, ret, reterr);
}
