/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_rebound.h"

#include "base/wide.h"

enum { WHOLE_PPM = 1000000, RECOVERY_STEPS = 8 };
/* So many times what was shifted is as good as no limit. */
static const double recovery_most = 16;

int64_t gw_flow_rebound_spread(const gw_flow_rebound *model, int64_t less_w, size_t from,
                               size_t interval_count, int64_t *back_w) {
    const int64_t width = model->width == 0 ? 1 : (int64_t)model->width;
    const int64_t whole = (int64_t)((gw_wide)less_w * model->share_ppm / WHOLE_PPM);
    int64_t beyond = 0;
    for (int64_t part = 0; part < width; part++) {
        const int64_t size = whole / width + (part < whole % width ? 1 : 0);
        const size_t at = from + 1 + model->delay + (size_t)part;
        if (at < interval_count)
            back_w[at] += size;
        else
            beyond += size;
    }
    return beyond;
}

typedef struct walker {
    gw_arena *arena;
    const gw_flow_rebound_question *question;
    int64_t *back_w;           /* [lever * interval_count + interval] */
    int64_t *shift_w;          /* by lever: taken less in all intervals so far */
    int64_t *offset_w;         /* by point: what comes back in the interval that is looked at */
    double *pattern_w;         /* by point */
    double *change_w;          /* by point */
    gw_flow_scenario scenario; /* turned to one interval after the other */
    gw_flow_rebounds found;
} walker;

/* With room for the most paths of any interval. */
static gw_status open_scenario(walker *it, gw_fault *reterr) {
    const gw_flow_rebound_question *question = it->question;
    size_t most = 0;
    for (size_t at = 1; at < question->interval_count; at++)
        if (question->paths[at].count > question->paths[most].count) most = at;
    return gw_flow_scenario_open(it->arena, question->need.net, &question->need.limits,
                                 &question->paths[most], &it->scenario, reterr);
}

static gw_status open_walker(walker *it, gw_fault *reterr) {
    const gw_flow_rebound_question *question = it->question;
    const size_t levers = question->need.lever_count;
    const size_t points = question->need.net->point_count;
    if (question->interval_count > GW_REBOUND_INTERVALS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "intervals", "%zu, at most %d are taken",
                            question->interval_count, GW_REBOUND_INTERVALS_MOST);
    GW_TRY(
        GW_ARENA_NEW(it->arena, int64_t, levers * question->interval_count, &it->back_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, int64_t, levers, &it->shift_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, int64_t, points, &it->offset_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, points, &it->pattern_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, points, &it->change_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_rebound_step, question->interval_count, &it->found.at,
                        reterr));
    return question->interval_count == 0 ? gw_ok() : open_scenario(it, reterr);
}

/* What comes back in the interval, by lever and by point. */
static gw_status bring_back(walker *it, size_t interval, gw_flow_rebound_step *step,
                            gw_fault *reterr) {
    const gw_flow_need_question *need = &it->question->need;
    GW_TRY(GW_ARENA_NEW(it->arena, int64_t, need->lever_count, &step->back_w, reterr));
    for (size_t at = 0; at < need->net->point_count; at++) it->offset_w[at] = 0;
    for (size_t at = 0; at < need->lever_count; at++) {
        step->back_w[at] = it->back_w[at * it->question->interval_count + interval];
        it->offset_w[need->levers[at].point] += step->back_w[at];
    }
    return gw_ok();
}

/* Turns to the interval, with or without what comes back in it, and solves. */
static gw_status turn(walker *it, size_t interval, const int64_t *offset_w, gw_fault *reterr) {
    gw_flow_paths paths = it->question->paths[interval];
    paths.offset_w = offset_w;
    GW_TRY(gw_flow_scenario_turn(&it->scenario, &paths, reterr));
    gw_flow_scenario_solve(&it->scenario, NULL, it->question->need.cut);
    return gw_ok();
}

/* A need for the interval as the scenario stands; nothing is looked for where nothing is violated.
 */
static gw_status find_need(const walker *it, gw_flow_need *ret, gw_fault *reterr) {
    gw_flow_need_question asked = it->question->need;
    gw_flow_need made = {.verdict = GW_NEED_NONE};
    asked.paths = it->scenario.paths;
    if (gw_flow_scenario_is_violated(&it->scenario))
        return gw_flow_need_find(it->arena, &asked, ret, reterr);
    GW_TRY(GW_ARENA_NEW(it->arena, int64_t, asked.lever_count, &made.change_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_outlook, asked.limits.count, &made.before, reterr));
    for (size_t at = 0; at < asked.limits.count; at++) made.before[at] = it->scenario.outlooks[at];
    made.after = made.before;
    *ret = made;
    return gw_ok();
}

static void shift(walker *it, size_t interval, const gw_flow_need *need) {
    const size_t count = it->question->interval_count;
    for (size_t at = 0; at < it->question->need.lever_count; at++) {
        if (need->change_w[at] >= 0) continue;
        const int64_t less_w = -need->change_w[at];
        it->shift_w[at] += less_w;
        it->found.beyond_w += gw_flow_rebound_spread(&it->question->models[at], less_w, interval,
                                                     count, &it->back_w[at * count]);
    }
}

/* ---- recovery limit ---- */

/* Largest excess over all limits with so many times the pattern. */
static double excess_with(walker *it, double times) {
    const gw_flow_need_question *need = &it->question->need;
    double most = -1e300;
    for (size_t at = 0; at < need->net->point_count; at++)
        it->change_w[at] = it->pattern_w[at] * times;
    gw_flow_scenario_solve(&it->scenario, it->change_w, need->cut);
    if (it->scenario.is_upper_collapsed) return 1e300;
    for (size_t at = 0; at < need->limits.count; at++) {
        const double excess =
            gw_flow_limit_excess(&need->limits.at[at], it->scenario.outlooks[at].upper);
        most = excess > most ? excess : most;
    }
    return most;
}

/* Halves the stretch between what is kept and what is not; the answer is on the kept side. */
static double narrow(walker *it) {
    double kept = 0;
    double beyond = 1;
    if (excess_with(it, 0) > 0) return 0;
    while (beyond <= recovery_most && excess_with(it, beyond) <= 0) {
        kept = beyond;
        beyond *= 4;
    }
    if (beyond > recovery_most) return beyond;
    for (int step = 0; step < RECOVERY_STEPS; step++) {
        const double middle = (kept + beyond) / 2;
        if (excess_with(it, middle) <= 0)
            kept = middle;
        else
            beyond = middle;
    }
    return kept;
}

/* The pattern: every point in proportion to what it was asked to take less so far. */
static void find_recovery(walker *it, int64_t *ret_w) {
    const gw_flow_need_question *need = &it->question->need;
    double sum_w = 0;
    for (size_t at = 0; at < need->net->point_count; at++) it->pattern_w[at] = 0;
    for (size_t at = 0; at < need->lever_count; at++) {
        it->pattern_w[need->levers[at].point] += (double)it->shift_w[at];
        sum_w += (double)it->shift_w[at];
    }
    *ret_w = INT64_MAX;
    if (sum_w == 0) return;
    const double times = narrow(it);
    if (times <= recovery_most) *ret_w = (int64_t)(times * sum_w);
}

/* ---- the walk ---- */

static gw_status walk(walker *it, size_t interval, gw_fault *reterr) {
    gw_flow_rebound_step *step = &it->found.at[interval];
    GW_TRY(bring_back(it, interval, step, reterr));
    GW_TRY(turn(it, interval, NULL, reterr));
    const bool is_violated = gw_flow_scenario_is_violated(&it->scenario);
    find_recovery(it, &step->recovery_w);
    GW_TRY(turn(it, interval, it->offset_w, reterr));
    GW_TRY(find_need(it, &step->need, reterr));
    step->is_second = step->need.verdict != GW_NEED_NONE && !is_violated;
    it->found.seconds += step->is_second ? 1 : 0;
    shift(it, interval, &step->need);
    return gw_ok();
}

gw_status gw_flow_rebounds_find(gw_arena *arena, const gw_flow_rebound_question *question,
                                gw_flow_rebounds *ret, gw_fault *reterr) {
    walker it = {.arena = arena, .question = question};
    GW_TRY(open_walker(&it, reterr));
    for (size_t interval = 0; interval < question->interval_count; interval++) {
        GW_TRY(walk(&it, interval, reterr));
        it.found.count++;
    }
    *ret = it.found;
    return gw_ok();
}
