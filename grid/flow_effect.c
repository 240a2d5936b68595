/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_effect.h"

#include "grid/flow_round.h"
#include "grid/flow_run.h"

static const double step_usual_w = 100;

/* The flow that is solved again and again. Behind the network's own points stand three more for
 * every asked point of unknown phase, one on each phase. */
typedef struct probe {
    const gw_flow_question *question;
    gw_flow_run *run;
    gw_flow_state state;
    double step_w;
    double *slopes; /* by limit, of the point and phase that is looked at */
} probe;

static bool is_spread(const gw_net *net, const gw_net_point *point) {
    return net->model == GW_NET_THREE_PHASE && point->is_phase_unknown;
}

static uint32_t asked(const gw_flow_question *question, size_t at) {
    return question->points == NULL ? (uint32_t)at : question->points[at];
}

static size_t count_asked(const gw_flow_question *question) {
    return question->points == NULL ? question->net->point_count : question->point_count;
}

static size_t element_count(const gw_net *net, gw_flow_limit_kind kind) {
    if (kind == GW_LIMIT_BRANCH_CURRENT || kind == GW_LIMIT_NEUTRAL_CURRENT)
        return net->branch_count;
    return kind == GW_LIMIT_TRANSFORMER_POWER ? net->transformer_count : net->node_count;
}

/* Whether the limit looks at one phase where the model has phases. */
static bool is_fitting(const gw_net *net, const gw_flow_limit *limit) {
    const bool is_whole = limit->phase == GW_FLOW_PHASE_ALL;
    const bool wants_whole = net->model == GW_NET_BALANCED || limit->kind == GW_LIMIT_UNBALANCE ||
                             limit->kind == GW_LIMIT_NEUTRAL_CURRENT ||
                             limit->kind == GW_LIMIT_CUSTOMER_UNBALANCE;
    return limit->kind < GW_LIMIT_KINDS && limit->element < element_count(net, limit->kind) &&
           limit->phase <= GW_FLOW_PHASE_ALL && is_whole == wants_whole;
}

static gw_status check(const gw_flow_question *question, gw_fault *reterr) {
    for (size_t at = 0; at < question->limits.count; at++)
        if (!is_fitting(question->net, &question->limits.at[at]))
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "limit %zu names no element and phase of the network", at);
    for (size_t at = 0; at < count_asked(question); at++)
        if (asked(question, at) >= question->net->point_count)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "point %zu of the question is not in the network", at);
    return gw_ok();
}

static gw_status open_probe(gw_arena *arena, probe *it, gw_fault *reterr) {
    const gw_flow_question *question = it->question;
    const gw_net *net = question->net;
    size_t spare = 0;
    size_t next = net->point_count;
    for (size_t at = 0; at < count_asked(question); at++)
        if (is_spread(net, &net->points[asked(question, at)])) spare += GW_NET_PHASES;
    GW_TRY(gw_flow_run_open(arena, net, spare, &it->run, reterr));
    for (size_t at = 0; at < count_asked(question); at++) {
        const gw_net_point *point = &net->points[asked(question, at)];
        for (unsigned phase = 0; phase < GW_NET_PHASES && is_spread(net, point); phase++)
            it->run->net.points[next++] = (gw_net_point){
                .id = point->id, .node = point->node, .phases = 1U << phase, .load = point->load};
    }
    GW_TRY(GW_ARENA_NEW(arena, double, question->limits.count, &it->slopes, reterr));
    GW_TRY(gw_flow_state_make(arena, net, it->run->phases, &it->state, reterr));
    return gw_flow_run_build(arena, it->run, reterr);
}

/* One half of the difference: changes point `at` by change_w; the reactive power follows `like`. */
static gw_status add_slopes(probe *it, size_t at, const gw_net_point *like, double change_w) {
    const gw_flow_limits *limits = &it->question->limits;
    const double parts = it->question->difference == GW_FLOW_CENTRAL ? 2 : 1;
    const double factor = 1 / (change_w * parts);
    gw_net_point *here = &it->run->net.points[at];
    const gw_net_point before = *here;
    here->p_w += change_w;
    if (it->question->cut == GW_FLOW_CUT_WHOLE && like->p_w != 0)
        here->q_var += change_w * like->q_var / like->p_w;
    const gw_status status = gw_flow_run_settle(it->run, GW_FLOW_WARM, NULL);
    if (gw_is_ok(status)) gw_flow_run_read(it->run, &it->state);
    for (size_t limit = 0; limit < limits->count && gw_is_ok(status); limit++)
        it->slopes[limit] +=
            factor * gw_flow_limit_excess(
                         &limits->at[limit],
                         gw_flow_limit_value(&limits->at[limit], &it->run->net, &it->state));
    *here = before;
    return status;
}

/* Slopes of one point on one phase set; base values are taken off where only one side is solved. */
static gw_status find_slopes(probe *it, const double *values, size_t at, const gw_net_point *like) {
    const gw_flow_limits *limits = &it->question->limits;
    const gw_flow_difference difference = it->question->difference;
    const double side_w = difference == GW_FLOW_LESS ? -it->step_w : it->step_w;
    for (size_t limit = 0; limit < limits->count; limit++)
        it->slopes[limit] = difference == GW_FLOW_CENTRAL
                                ? 0
                                : -gw_flow_limit_excess(&limits->at[limit], values[limit]) / side_w;
    GW_TRY(add_slopes(it, at, like, side_w));
    return difference == GW_FLOW_CENTRAL ? add_slopes(it, at, like, -it->step_w) : gw_ok();
}

static void widen(gw_flow_effect *effect, double slope, bool is_first) {
    if (is_first || slope < effect->low) effect->low = slope;
    if (is_first || slope > effect->high) effect->high = slope;
}

/* `spare` is the place of the first extra point of the next point whose phase is unknown. */
static gw_status find_point(probe *it, size_t number, size_t *spare, gw_flow_effects *found) {
    const uint32_t at = asked(it->question, number);
    const gw_net_point *point = &it->question->net->points[at];
    gw_flow_effect *effects = &found->at[number * found->limit_count];
    const bool is_unknown = is_spread(it->question->net, point);
    for (size_t phase = 0; phase < (is_unknown ? GW_NET_PHASES : 1); phase++) {
        GW_TRY(find_slopes(it, found->values, is_unknown ? (*spare)++ : at, point));
        for (size_t limit = 0; limit < found->limit_count; limit++)
            widen(&effects[limit], it->slopes[limit], phase == 0);
    }
    return gw_ok();
}

static gw_status find_values(probe *it, gw_flow_effects *found, gw_fault *reterr) {
    const gw_flow_limits *limits = &it->question->limits;
    const gw_flow_outcome outcome = gw_flow_run_solve(it->run, &(gw_flow_options){0});
    if (outcome.verdict != GW_FLOW_SOLVED)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/points",
                            "the network cannot carry its load: no solution in %d sweeps",
                            outcome.iterations);
    gw_flow_run_read(it->run, &it->state);
    for (size_t at = 0; at < limits->count; at++)
        found->values[at] = gw_flow_limit_value(&limits->at[at], &it->run->net, &it->state);
    found->iterations = outcome.iterations;
    return gw_ok();
}

gw_status gw_flow_effects_find(gw_arena *arena, const gw_flow_question *question,
                               gw_flow_effects *ret, gw_fault *reterr) {
    const double step_w = question->step.w > 0 ? (double)question->step.w : step_usual_w;
    size_t spare = question->net->point_count;
    probe it = {.question = question, .step_w = step_w};
    gw_flow_effects found = {.point_count = count_asked(question),
                             .limit_count = question->limits.count};
    GW_TRY(check(question, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, found.limit_count, &found.values, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_effect, found.point_count * found.limit_count, &found.at,
                        reterr));
    GW_TRY(open_probe(arena, &it, reterr));
    GW_TRY(find_values(&it, &found, reterr));
    for (size_t number = 0; number < found.point_count; number++) {
        const gw_status status = find_point(&it, number, &spare, &found);
        if (!gw_is_ok(status))
            return gw_fail_with(reterr, status.code, "/points",
                                "no solution with %.0f W more or less at point %u", step_w,
                                asked(question, number));
    }
    *ret = found;
    return gw_ok();
}

double gw_flow_effect_of(const gw_flow_effects *effects, size_t point, size_t limit,
                         double more_w) {
    const gw_flow_effect effect = effects->at[point * effects->limit_count + limit];
    return more_w * (more_w > 0 ? effect.high : effect.low);
}

int64_t gw_flow_effect_ppb(double effect) {
    return effect < 0 ? -gw_flow_round_up(-effect * 1e9) : gw_flow_round_up(effect * 1e9);
}
