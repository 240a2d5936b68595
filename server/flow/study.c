/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/study.h"

#include "grid/flow_need_settle.h"
#include "server/flow/flow.h"
#include "server/flow/study_need.h"
#include "server/flow/study_paths.h"
#include "server/flow/study_rebound.h"

#include <stdlib.h>

/* What stands for the share of a limit that a network without solution uses: ten times. */
static const int64_t COLLAPSED_PPM = 10000000;

enum { SETTLED_MOST = 16 /* limits of an interval whose need is taken from the power flow */ };

typedef struct work {
    gw_arena *arena; /* of the results */
    const gw_study_question *question;
    const gw_net *net;
    gw_segment_map map;
    gw_light_state *states; /* [segment * GW_STUDY_PHASES + phase] */
    gw_study_needs needs;
    gw_study study;
} work;

/* One interval; memory of its own, dropped behind it. */
typedef struct interval_work {
    gw_arena *arena;
    size_t step;
    gw_injections injections;
    gw_flow_paths paths;
    gw_flow_outlook_ppm *shares; /* by limit */
    bool is_middle_collapsed;
    bool is_upper_collapsed;
    gw_flow_need need; /* row_count 0: none was looked for */
} interval_work;

/* ---- paths ---- */

static gw_status solve_paths(work *all, interval_work *it, gw_fault *reterr) {
    gw_flow_scenario scenario;
    const gw_flow_limits *limits = &all->question->limits;
    GW_TRY(gw_flow_scenario_open(it->arena, all->net, limits, &it->paths, &scenario, reterr));
    gw_flow_scenario_solve(&scenario, NULL, GW_FLOW_CUT_WHOLE);
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_outlook_ppm, limits->count, &it->shares, reterr));
    for (size_t at = 0; at < limits->count; at++) {
        const gw_flow_outlook_ppm share = gw_flow_scenario_share(&scenario, at);
        it->shares[at].middle = scenario.is_middle_collapsed ? COLLAPSED_PPM : share.middle;
        it->shares[at].upper = scenario.is_upper_collapsed ? COLLAPSED_PPM : share.upper;
    }
    it->is_middle_collapsed = scenario.is_middle_collapsed;
    it->is_upper_collapsed = scenario.is_upper_collapsed;
    all->study.collapsed_paths += scenario.collapsed;
    return gw_ok();
}

/* ---- needs ---- */

static bool is_violated(const work *all, const interval_work *it) {
    const int64_t beyond = all->question->policy.beyond_ppm;
    const int64_t most = beyond == 0 ? 1000000 : beyond;
    for (size_t at = 0; at < all->question->limits.count; at++)
        if (it->shares[at].upper >= most) return true;
    return false;
}

static gw_status find_need(work *all, interval_work *it, gw_fault *reterr) {
    gw_flow_lever *levers = NULL;
    const gw_study_question *question = all->question;
    GW_TRY(gw_study_levers_make(it->arena, &question->levers, &it->injections, &levers, reterr));
    const gw_flow_need_question asked = {.net = all->net,
                                         .limits = question->limits,
                                         .paths = it->paths,
                                         .levers = levers,
                                         .lever_count = all->net->point_count,
                                         .cut = GW_FLOW_CUT_WHOLE};
    GW_TRY(gw_flow_need_find(it->arena, &asked, &it->need, reterr));
    return gw_flow_need_settle(it->arena, &asked, SETTLED_MOST, &it->need, reterr);
}

/* ---- lights ---- */

static int compare_reasons(const void *left, const void *right) {
    const gw_study_reason *one = left;
    const gw_study_reason *other = right;
    if (one->upper_ppm != other->upper_ppm) return one->upper_ppm > other->upper_ppm ? -1 : 1;
    return one->limit < other->limit ? -1 : one->limit > other->limit;
}

static bool is_in_group(const work *all, size_t segment, size_t phase, size_t limit) {
    const bool is_phase =
        phase == GW_FLOW_PHASE_ALL || all->question->limits.at[limit].phase == (uint32_t)phase;
    return is_phase && gw_segment_has_limit(&all->map, segment, limit);
}

/* The limits of a group, the worst first. */
static gw_status list_group(const work *all, const interval_work *it, size_t group,
                            gw_study_reason **ret, size_t *ret_count, gw_fault *reterr) {
    gw_study_reason *list = NULL;
    size_t count = 0;
    const size_t limits = all->question->limits.count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_study_reason, limits, &list, reterr));
    for (size_t at = 0; at < limits; at++)
        if (is_in_group(all, group / GW_STUDY_PHASES, group % GW_STUDY_PHASES, at))
            list[count++] =
                (gw_study_reason){(uint32_t)at, it->shares[at].middle, it->shares[at].upper};
    if (count > 0) qsort(list, count, sizeof *list, compare_reasons);
    *ret = list;
    *ret_count = count;
    return gw_ok();
}

/* What the group's hardest need asks for and what of it the levers give. */
static void weigh_need(const work *all, const interval_work *it, size_t group,
                       gw_light_interval *ret) {
    const bool is_sure =
        it->need.verdict == GW_NEED_CONFIRMED || it->need.verdict == GW_NEED_NOT_ENOUGH;
    for (size_t at = 0; at < it->need.row_count; at++) {
        const gw_flow_need_row *row = &it->need.rows[at];
        if (!is_in_group(all, group / GW_STUDY_PHASES, group % GW_STUDY_PHASES, row->limit))
            continue;
        const int64_t had_w = is_sure ? row->reference_w - row->missing_w : 0;
        const bool is_harder = row->reference_w - had_w > ret->needed.w - ret->offered.w;
        if (ret->needed.w > 0 && !is_harder) continue;
        ret->needed.w = row->reference_w;
        ret->offered.w = had_w;
    }
}

/* What is measured now speaks for the interval that comes next. */
static gw_status fill_readings(const work *all, const interval_work *it,
                               const gw_study_reason *group, gw_light_interval *ret,
                               gw_fault *reterr) {
    const size_t count = ret->count;
    const int64_t *measured_ppm = it->step == 0 ? all->question->measured_ppm : NULL;
    gw_light_reading *readings = NULL;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_light_reading, count, &readings, reterr));
    for (size_t at = 0; at < count; at++)
        readings[at] = (gw_light_reading){
            .constraint = group[at].limit,
            .middle_ppm = group[at].middle_ppm,
            .upper_ppm = group[at].upper_ppm,
            .measured_ppm = measured_ppm == NULL ? INT64_MIN : measured_ppm[group[at].limit]};
    ret->readings = readings;
    return gw_ok();
}

/* Named are those that are near, at most so many. */
static gw_status keep_light(work *all, const gw_study_reason *group, size_t count,
                            gw_study_light *ret, gw_fault *reterr) {
    static const int64_t near_ppm = 950000;
    if (count > 0) {
        ret->middle_ppm = group[0].middle_ppm;
        ret->upper_ppm = group[0].upper_ppm;
    }
    while (ret->reason_count < count && ret->reason_count < GW_STUDY_REASONS_MOST &&
           group[ret->reason_count].upper_ppm >= near_ppm)
        ret->reason_count++;
    GW_TRY(GW_ARENA_NEW(all->arena, gw_study_reason, ret->reason_count, &ret->reasons, reterr));
    for (size_t at = 0; at < ret->reason_count; at++) ret->reasons[at] = group[at];
    return gw_ok();
}

static gw_status light_group(work *all, const interval_work *interval, size_t group,
                             gw_fault *reterr) {
    GW_AUTO_ARENA scratch = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (scratch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    interval_work own = *interval;
    own.arena = scratch;
    const interval_work *it = &own;
    gw_study_reason *limits = NULL;
    size_t count = 0;
    gw_light_transition transition;
    gw_study_light *light = &all->study.lights[group * all->study.step_count + it->step];
    gw_light_interval asked = {.period = it->injections.interval,
                               .forecast_id = all->question->study_id,
                               .is_infeasible = it->is_middle_collapsed};
    GW_TRY(list_group(all, it, group, &limits, &count, reterr));
    asked.count = count;
    GW_TRY(fill_readings(all, it, limits, &asked, reterr));
    weigh_need(all, it, group, &asked);
    GW_TRY(gw_light_step(it->arena, &all->question->policy, &asked, &all->states[group],
                         &transition, reterr));
    light->light = all->states[group].light;
    light->reason = all->states[group].reason;
    return keep_light(all, limits, count, light, reterr);
}

/* ---- the study ---- */

static gw_status calculate(work *all, interval_work *it, gw_fault *reterr) {
    GW_TRY(
        gw_injection_plan_step(all->question->plan, it->arena, it->step, &it->injections, reterr));
    all->study.missing_points = it->injections.missing_count;
    all->study.path_count = it->injections.path_count;
    GW_TRY(gw_study_paths_make(it->arena, &it->injections, &it->paths, reterr));
    GW_TRY(solve_paths(all, it, reterr));
    if (it->is_upper_collapsed || !is_violated(all, it)) return gw_ok();
    return find_need(all, it, reterr);
}

static gw_status conclude(work *all, interval_work *it, gw_fault *reterr) {
    const size_t groups = all->question->network->segment_count * GW_STUDY_PHASES;
    const gw_study_step at = {.step = it->step, .need = &it->need, .net = all->net};
    GW_TRY(gw_study_needs_add(&all->needs, &all->question->limits, &all->map, &at, reterr));
    for (size_t group = 0; group < groups; group++) GW_TRY(light_group(all, it, group, reterr));
    return gw_ok();
}

static gw_status study_interval(work *all, size_t step, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    interval_work it = {.arena = arena, .step = step};
    GW_TRY(calculate(all, &it, reterr));
    return conclude(all, &it, reterr);
}

/* Without meters every interval is like the first. */
static gw_status study_alike(work *all, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    interval_work it = {.arena = arena};
    GW_TRY(calculate(all, &it, reterr));
    for (; it.step < all->study.step_count; it.step++) GW_TRY(conclude(all, &it, reterr));
    all->study.collapsed_paths *= all->study.step_count;
    return gw_ok();
}

static gw_status study_all(work *all, gw_fault *reterr) {
    if (all->question->plan->meters.count == 0) return study_alike(all, reterr);
    for (size_t step = 0; step < all->study.step_count; step++)
        GW_TRY(study_interval(all, step, reterr));
    return gw_ok();
}

static gw_status open_work(work *all, gw_fault *reterr) {
    const gw_study_question *question = all->question;
    const size_t groups = question->network->segment_count * GW_STUDY_PHASES;
    all->study.step_count = question->plan->step_count;
    GW_TRY(
        gw_segment_map_make(all->arena, question->network, &question->limits, &all->map, reterr));
    GW_TRY(GW_ARENA_NEW(all->arena, gw_light_state, groups, &all->states, reterr));
    for (size_t at = 0; at < groups; at++) all->states[at].light = question->before[at];
    GW_TRY(GW_ARENA_NEW(all->arena, gw_study_light, groups * all->study.step_count,
                        &all->study.lights, reterr));
    return gw_study_needs_open(all->arena, question->limits.count, all->study.step_count,
                               &all->needs, reterr);
}

gw_status gw_study_shares(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                          const gw_injections *injections, int64_t **ret, gw_fault *reterr) {
    gw_flow_paths paths;
    gw_flow_scenario scenario;
    int64_t *shares = NULL;
    GW_TRY(gw_study_paths_make(arena, injections, &paths, reterr));
    GW_TRY(gw_flow_scenario_open(arena, net, limits, &paths, &scenario, reterr));
    gw_flow_scenario_solve(&scenario, NULL, GW_FLOW_CUT_WHOLE);
    if (scenario.is_middle_collapsed)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "state",
                            "the network cannot carry what was measured");
    GW_TRY(GW_ARENA_NEW(arena, int64_t, limits->count, &shares, reterr));
    for (size_t at = 0; at < limits->count; at++)
        shares[at] = gw_flow_scenario_share(&scenario, at).middle;
    *ret = shares;
    return gw_ok();
}

gw_status gw_study_make(gw_arena *arena, const gw_study_question *question, gw_study *ret,
                        gw_fault *reterr) {
    work all = {.arena = arena, .question = question, .net = &question->network->net};
    if (question->plan->step_count > GW_STUDY_STEPS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "period", "more than %d intervals",
                            GW_STUDY_STEPS_MOST);
    GW_TRY(open_work(&all, reterr));
    GW_TRY(study_all(&all, reterr));
    gw_study_needs_sort(&all.needs);
    all.study.needs = all.needs.items;
    all.study.need_count = all.needs.count;
    all.study.needs_left_out = all.needs.left_out;
    GW_TRY(gw_study_rebound_find(arena, question, &all.study, reterr));
    *ret = all.study;
    return gw_ok();
}
