/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_effect.h"

#include "grid/flow_gauge.h"
#include "grid/flow_round.h"

#include <string.h>

static const double step_usual_w = 100;

/* One point that is moved; `at` is its place among the points of the probe. */
typedef struct move {
    uint32_t number; /* of the point in the question */
    uint32_t at;
} move;

/* The network that is solved again and again. Behind its own points stand three more for every
 * asked point of unknown phase, one on each phase. */
typedef struct probe {
    const gw_flow_question *question;
    gw_net net;
    gw_flow_gauge *gauge;
    move *moves;
    size_t move_count;
    size_t sides; /* flows per move */
    double step_w;
    double *values; /* of the sets of one reading */
    double *slopes; /* by limit, of the move that is looked at */
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

static gw_status check_points(const gw_flow_question *question, gw_fault *reterr) {
    for (size_t at = 0; at < count_asked(question); at++)
        if (asked(question, at) >= question->net->point_count)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "point %zu of the question is not in the network", at);
    return gw_ok();
}

static void list_moves(probe *it) {
    const gw_net *net = it->question->net;
    for (uint32_t number = 0; number < count_asked(it->question); number++) {
        const uint32_t at = asked(it->question, number);
        const gw_net_point *point = &net->points[at];
        if (!is_spread(net, point)) {
            it->moves[it->move_count++] = (move){number, at};
            continue;
        }
        for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
            it->moves[it->move_count++] = (move){number, (uint32_t)it->net.point_count};
            it->net.points[it->net.point_count++] = (gw_net_point){
                .id = point->id, .node = point->node, .phases = 1U << phase, .load = point->load};
        }
    }
}

static gw_status open_probe(gw_arena *arena, probe *it, gw_fault *reterr) {
    const gw_flow_question *question = it->question;
    const gw_net *net = question->net;
    const size_t limits = question->limits.count;
    size_t spare = 0;
    for (size_t at = 0; at < count_asked(question); at++)
        if (is_spread(net, &net->points[asked(question, at)])) spare += GW_NET_PHASES;
    it->net = *net;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, net->point_count + spare, &it->net.points, reterr));
    if (net->point_count > 0)
        memcpy(it->net.points, net->points, net->point_count * sizeof *net->points);
    GW_TRY(GW_ARENA_NEW(arena, move, count_asked(question) + spare, &it->moves, reterr));
    list_moves(it);
    GW_TRY(gw_flow_gauge_open(arena, &it->net, &question->limits, &it->gauge, reterr));
    gw_flow_gauge_choose(it->gauge, question->lanes);
    GW_TRY(
        GW_ARENA_NEW(arena, double, gw_flow_gauge_room(it->gauge) * limits, &it->values, reterr));
    return GW_ARENA_NEW(arena, double, limits, &it->slopes, reterr);
}

/* One set: the network's own power, and side_w more at the point of a move (NULL: nowhere). */
static void fill(probe *it, size_t set, const move *moved, double side_w) {
    double *active_w = gw_flow_gauge_active_w(it->gauge, set);
    double *reactive_var = gw_flow_gauge_reactive_var(it->gauge, set);
    for (size_t at = 0; at < it->net.point_count; at++) {
        active_w[at] = it->net.points[at].p_w;
        reactive_var[at] = it->net.points[at].q_var;
    }
    if (moved == NULL) return;
    const gw_net_point *like = &it->net.points[asked(it->question, moved->number)];
    active_w[moved->at] += side_w;
    if (it->question->cut == GW_FLOW_CUT_WHOLE && like->p_w != 0)
        reactive_var[moved->at] += side_w * like->q_var / like->p_w;
}

/* The second side of a central difference is less. */
static double side_of(const probe *it, size_t side) {
    const bool is_less = it->question->difference == GW_FLOW_LESS || side == 1;
    return is_less ? -it->step_w : it->step_w;
}

static double excess_of(const probe *it, size_t limit, const double *values) {
    return gw_flow_limit_excess(&it->question->limits.at[limit], values[limit]);
}

/* One side is held against the network as it stands, two against each other. */
static void find_slopes(probe *it, size_t set, const gw_flow_effects *found) {
    const size_t limits = found->limit_count;
    const double *one = &it->values[set * limits];
    const double *other = it->sides == 2 ? &it->values[(set + 1) * limits] : found->values;
    const double apart_w = side_of(it, 0) - (it->sides == 2 ? side_of(it, 1) : 0);
    for (size_t at = 0; at < limits; at++)
        it->slopes[at] = (excess_of(it, at, one) - excess_of(it, at, other)) / apart_w;
}

static void widen(gw_flow_effect *effect, double slope, bool is_first) {
    if (is_first || slope < effect->low) effect->low = slope;
    if (is_first || slope > effect->high) effect->high = slope;
}

static bool is_solved(const probe *it, size_t first_set) {
    return gw_flow_gauge_is_solved(it->gauge, first_set) &&
           gw_flow_gauge_is_solved(it->gauge, first_set + it->sides - 1);
}

static gw_status take_move(probe *it, size_t place, size_t first_set, gw_flow_effects *found,
                           gw_fault *reterr) {
    const uint32_t number = it->moves[place].number;
    const bool is_first = place == 0 || it->moves[place - 1].number != number;
    if (!is_solved(it, first_set))
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/points",
                            "no solution with %.0f W more or less at point %u", it->step_w,
                            asked(it->question, number));
    find_slopes(it, first_set, found);
    for (size_t limit = 0; limit < found->limit_count; limit++)
        widen(&found->at[number * found->limit_count + limit], it->slopes[limit], is_first);
    return gw_ok();
}

static gw_status read_moves(probe *it, size_t first, size_t count, gw_flow_effects *found,
                            gw_fault *reterr) {
    for (size_t at = 0; at < count; at++)
        for (size_t side = 0; side < it->sides; side++)
            fill(it, at * it->sides + side, &it->moves[first + at], side_of(it, side));
    (void)gw_flow_gauge_read(it->gauge, count * it->sides, GW_FLOW_WARM, it->values);
    for (size_t at = 0; at < count; at++)
        GW_TRY(take_move(it, first + at, at * it->sides, found, reterr));
    return gw_ok();
}

static gw_status read_base(probe *it, gw_flow_effects *found, gw_fault *reterr) {
    fill(it, 0, NULL, 0);
    const size_t solved = gw_flow_gauge_read(it->gauge, 1, GW_FLOW_FLAT, it->values);
    found->iterations = gw_flow_gauge_iterations(it->gauge, 0);
    if (solved == 0)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/points",
                            "the network cannot carry its load: no solution in %d sweeps",
                            found->iterations);
    for (size_t at = 0; at < found->limit_count; at++) found->values[at] = it->values[at];
    return gw_ok();
}

gw_status gw_flow_effects_find(gw_arena *arena, const gw_flow_question *question,
                               gw_flow_effects *ret, gw_fault *reterr) {
    probe it = {.question = question,
                .step_w = question->step.w > 0 ? (double)question->step.w : step_usual_w,
                .sides = question->difference == GW_FLOW_CENTRAL ? 2 : 1};
    gw_flow_effects found = {.point_count = count_asked(question),
                             .limit_count = question->limits.count};
    GW_TRY(check_points(question, reterr));
    GW_TRY(open_probe(arena, &it, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, found.limit_count, &found.values, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_effect, found.point_count * found.limit_count, &found.at,
                        reterr));
    GW_TRY(read_base(&it, &found, reterr));
    const size_t room = gw_flow_gauge_room(it.gauge) / 2; /* of moves */
    for (size_t first = 0; first < it.move_count; first += room) {
        const size_t left = it.move_count - first;
        GW_TRY(read_moves(&it, first, left < room ? left : room, &found, reterr));
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
