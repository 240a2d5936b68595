/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_allocation.h"

#include "grid/flow_reach.h"
#include "grid/flow_round.h"
#include "grid/flow_run.h"

#include <string.h>

enum { ROUNDS_MOST = 40, TOLERANCE_USUAL_PPM = 15000 };
enum { SCALE_LEAST_PPM = 200000, SCALE_MOST_PPM = 5000000 };
static const double root_3 = 1.7320508075688772935;
static const double settled_w = 0.5;
static const double settled_pu = 1e-6;
/* What a class 1 meter may be off, and a little for many small ones. */
static const double rest_share = 0.01;
static const double rest_w = 20;
/* A source further from its set value than this is a wrong measurement, not a voltage. */
static const double source_least = 0.85;
static const double source_most = 1.15;

/* One value per phase; a balanced model uses the first. */
typedef struct by_phase {
    double at[GW_NET_PHASES];
} by_phase;

typedef struct allocator {
    const gw_flow_allocation_question *question;
    gw_flow_run *run;
    gw_flow_state state;
    bool *is_mover;  /* by point: not metered, and the head feeds it */
    by_phase single; /* weights of movers on one phase */
    double shared;   /* weight of movers on several */
    double source_factor;
    gw_flow_allocation found;
} allocator;

const char *gw_flow_origin_word(gw_flow_origin origin) {
    static const char *const words[] = {"meter", "allocated", "forecast"};
    return words[origin];
}

const char *gw_flow_voltage_word(gw_flow_voltage_verdict verdict) {
    static const char *const words[] = {"not_measured", "plausible",   "above_model",
                                        "below_model",  "other_phase", "model_is_dark"};
    return words[verdict];
}

const char *gw_flow_head_word(gw_flow_head_verdict verdict) {
    static const char *const words[] = {"not_measured", "matched", "unlikely", "unmatched",
                                        "infeasible"};
    return words[verdict];
}

/* ---- setting out ---- */

static gw_status check_head(const gw_flow_allocation_question *question, gw_fault *reterr) {
    const gw_net *net = question->net;
    const gw_flow_head *head = &question->head;
    const size_t count =
        head->kind == GW_HEAD_TRANSFORMER ? net->transformer_count : net->branch_count;
    if (head->kind == GW_HEAD_NONE || head->element < count) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "head",
                        "the head names no transformer or branch of the network");
}

static uint32_t node_below(const gw_net *net, const gw_flow_head *head) {
    return head->kind == GW_HEAD_TRANSFORMER ? net->transformers[head->element].to
                                             : net->branches[head->element].to;
}

/* Below the head is what loses its feed without it; with a loop around it that is nothing, and
 * everything is. */
static gw_status mark_movers(gw_arena *arena, allocator *it, gw_fault *reterr) {
    const gw_net *net = it->question->net;
    const gw_flow_head *head = &it->question->head;
    gw_flow_reach reach;
    const gw_flow_edge edge = {.part = head->kind == GW_HEAD_TRANSFORMER ? GW_FLOW_TRANSFORMER
                                                                         : GW_FLOW_BRANCH,
                               .element = head->element};
    GW_TRY(GW_ARENA_NEW(arena, bool, net->point_count, &it->is_mover, reterr));
    if (head->kind == GW_HEAD_NONE) return gw_ok();
    GW_TRY(gw_flow_reach_find(arena, net, &edge, &reach, reterr));
    const uint32_t below = node_below(net, head);
    const bool is_all = gw_flow_reach_is_fed(&reach, below);
    for (size_t at = 0; at < net->point_count; at++)
        it->is_mover[at] = !it->question->points[at].is_metered &&
                           (is_all || gw_flow_reach_is_joined(&reach, net->points[at].node, below));
    return gw_ok();
}

/* Phase of a point on a single one, GW_NET_PHASES for more; in a balanced model all are on the
 * first. */
static uint32_t phase_of(const allocator *it, size_t at) {
    const unsigned phases = it->run->net.points[at].phases;
    if (it->run->phases == 1 || phases == GW_NET_PHASE_A) return 0;
    if (phases == GW_NET_PHASE_B) return 1;
    return phases == GW_NET_PHASE_C ? 2 : GW_NET_PHASES;
}

static double size_of(double number) { return number < 0 ? -number : number; }

/* Profiles weigh; where nobody of a kind has one, all weigh the same. */
static double weight_of(const allocator *it, size_t at) {
    const double profile = size_of((double)it->question->points[at].profile_w);
    return profile > 0 ? profile : 1e-3;
}

static void weigh(allocator *it) {
    for (size_t at = 0; at < it->question->net->point_count; at++) {
        if (!it->is_mover[at]) continue;
        const uint32_t phase = phase_of(it, at);
        if (phase == GW_NET_PHASES)
            it->shared += weight_of(it, at);
        else
            it->single.at[phase] += weight_of(it, at);
    }
}

static void set_out(allocator *it) {
    for (size_t at = 0; at < it->run->net.point_count; at++) {
        const gw_flow_point_data *given = &it->question->points[at];
        gw_net_point *point = &it->run->net.points[at];
        point->p_w = (double)(given->is_metered ? given->metered_w : given->profile_w);
        point->q_var = (double)(given->is_metered ? given->metered_var : given->profile_var);
    }
}

static gw_status open_allocator(gw_arena *arena, allocator *it, gw_fault *reterr) {
    const gw_net *net = it->question->net;
    gw_net_source *sources = NULL;
    GW_TRY(gw_flow_run_open(arena, net, 0, &it->run, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_net_source, net->source_count, &sources, reterr));
    if (net->source_count > 0) memcpy(sources, net->sources, net->source_count * sizeof *sources);
    it->run->net.sources = sources;
    GW_TRY(gw_flow_run_build(arena, it->run, reterr));
    GW_TRY(gw_flow_state_make(arena, net, it->run->phases, &it->state, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_point_state, net->point_count, &it->found.points, reterr));
    GW_TRY(mark_movers(arena, it, reterr));
    weigh(it);
    set_out(it);
    return gw_ok();
}

/* ---- the head ---- */

/* Volts against earth, or line to line in a balanced model. */
static double base_v(const allocator *it, uint32_t node) {
    return it->run->net.nodes[node].un_v / (it->run->phases == 1 ? 1 : root_3);
}

static uint32_t node_of_head(const allocator *it) {
    const gw_flow_head *head = &it->question->head;
    return head->kind == GW_HEAD_TRANSFORMER ? it->run->net.transformers[head->element].to
                                             : it->run->net.branches[head->element].from;
}

/* Power towards the points in the solved flow. */
static gw_phasor flow_of_head(const allocator *it, size_t phase) {
    const gw_flow_head *head = &it->question->head;
    const uint32_t node = node_of_head(it);
    const bool is_transformer = head->kind == GW_HEAD_TRANSFORMER;
    const gw_phasor *current =
        is_transformer ? it->state.transformers.to_a : it->state.branches.from_a;
    const gw_phasor power =
        gw_phasor_multiply(it->state.node_v[node * it->run->phases + phase],
                           gw_phasor_conjugate(current[head->element * it->run->phases + phase]));
    const double scale = base_v(it, node) * (it->run->phases == 1 ? root_3 : 1);
    return gw_phasor_scale(power, is_transformer ? -scale : scale);
}

/* Measured less calculated. */
static void find_rest(const allocator *it, by_phase *active, by_phase *reactive) {
    const gw_flow_head *head = &it->question->head;
    for (size_t phase = 0; phase < it->run->phases; phase++) {
        const gw_phasor flow = flow_of_head(it, phase);
        active->at[phase] = (double)head->active_w[phase] - flow.re;
        reactive->at[phase] = (double)head->reactive_var[phase] - flow.im;
    }
}

/* Part of a rest that goes to one mover: those on several phases take their share of the whole,
 * those on one take what is then left of their phase. */
static double part_of(const allocator *it, size_t at, const by_phase *rest) {
    const uint32_t phase = phase_of(it, at);
    const double whole = rest->at[0] + rest->at[1] + rest->at[2];
    const double single = it->single.at[0] + it->single.at[1] + it->single.at[2];
    const double to_shared = it->shared > 0 ? whole * it->shared / (it->shared + single) : 0;
    if (phase == GW_NET_PHASES) return to_shared * weight_of(it, at) / it->shared;
    const double left = rest->at[phase] - (it->run->phases == 1 ? 0 : to_shared / GW_NET_PHASES);
    return left * weight_of(it, at) / it->single.at[phase];
}

/* Lays the rest on the movers; the most that any of them was moved. */
static double move(allocator *it, const by_phase *active, const by_phase *reactive) {
    double most_w = 0;
    for (size_t at = 0; at < it->run->net.point_count; at++) {
        if (!it->is_mover[at]) continue;
        const double part_w = part_of(it, at, active);
        it->run->net.points[at].p_w += part_w;
        it->run->net.points[at].q_var += part_of(it, at, reactive);
        most_w = size_of(part_w) > most_w ? size_of(part_w) : most_w;
    }
    return most_w;
}

/* Brings the sources to where the head has its measured voltage; by how much they were moved. */
static double meet_voltage(allocator *it) {
    const uint32_t node = node_of_head(it);
    double measured = 0;
    double calculated = 0;
    for (size_t phase = 0; phase < it->run->phases; phase++) {
        measured += (double)it->question->head.voltage_mv[phase] / 1e3;
        calculated +=
            base_v(it, node) * gw_phasor_size(it->state.node_v[node * it->run->phases + phase]);
    }
    if (measured <= 0 || calculated <= 0) return 0;
    double factor = it->source_factor * measured / calculated;
    if (factor < source_least) factor = source_least;
    if (factor > source_most) factor = source_most;
    const double moved = size_of(factor - it->source_factor);
    it->source_factor = factor;
    for (size_t at = 0; at < it->run->net.source_count; at++)
        it->run->net.sources[at].u_pu = it->question->net->sources[at].u_pu * factor;
    return moved;
}

/* Solves, compares, moves, until nothing moves. False: there is no solution. */
static bool settle(allocator *it, by_phase *active) {
    const bool has_head = it->question->head.kind != GW_HEAD_NONE;
    by_phase reactive = {{0}};
    double moved_w = 1;
    double moved_pu = 1;
    while (it->found.rounds < ROUNDS_MOST) {
        it->found.rounds++;
        if (!gw_is_ok(gw_flow_run_settle(it->run, GW_FLOW_WARM, NULL))) return false;
        gw_flow_run_read(it->run, &it->state);
        if (has_head) find_rest(it, active, &reactive);
        if (!has_head || (moved_w < settled_w && moved_pu < settled_pu)) return true;
        moved_pu = meet_voltage(it);
        moved_w = move(it, active, &reactive);
    }
    return true;
}

/* ---- answers ---- */

/* Scale of the profiles per phase: those on several phases count with a third. */
static void find_scales(allocator *it) {
    by_phase profile = {{0}};
    by_phase found = {{0}};
    for (size_t at = 0; at < it->run->net.point_count; at++) {
        const uint32_t own = phase_of(it, at);
        for (uint32_t phase = 0; phase < it->run->phases && it->is_mover[at]; phase++) {
            if (own != GW_NET_PHASES && own != phase) continue;
            const double share = own == GW_NET_PHASES ? 1.0 / 3 : 1;
            profile.at[phase] += share * (double)it->question->points[at].profile_w;
            found.at[phase] += share * it->run->net.points[at].p_w;
        }
    }
    for (uint32_t phase = 0; phase < it->run->phases; phase++)
        if (profile.at[phase] != 0)
            it->found.scale_ppm[phase] = gw_flow_round(found.at[phase] / profile.at[phase] * 1e6);
}

static int64_t or_usual(int64_t given, int64_t usual) { return given == 0 ? usual : given; }

static gw_flow_head_verdict judge_head(const allocator *it, const by_phase *rest) {
    const gw_flow_allocation_question *question = it->question;
    const int64_t least_ppm = or_usual(question->scale_least_ppm, SCALE_LEAST_PPM);
    const int64_t most_ppm = or_usual(question->scale_most_ppm, SCALE_MOST_PPM);
    bool is_likely = true;
    if (question->head.kind == GW_HEAD_NONE) return GW_HEAD_NOT_MEASURED;
    for (size_t phase = 0; phase < it->run->phases; phase++) {
        const double allowed =
            rest_w + rest_share * size_of((double)question->head.active_w[phase]);
        const int64_t scale_ppm = it->found.scale_ppm[phase];
        if (size_of(rest->at[phase]) > allowed) return GW_HEAD_UNMATCHED;
        if (scale_ppm != 0 && (scale_ppm < least_ppm || scale_ppm > most_ppm)) is_likely = false;
    }
    return is_likely ? GW_HEAD_MATCHED : GW_HEAD_UNLIKELY;
}

/* Mean over the phases of the point. */
static double model_pu(const allocator *it, size_t at) {
    const gw_net_point *point = &it->run->net.points[at];
    const uint32_t own = phase_of(it, at);
    const gw_phasor *v = &it->state.node_v[point->node * it->run->phases];
    if (own != GW_NET_PHASES) return gw_phasor_size(v[own]);
    return (gw_phasor_size(v[0]) + gw_phasor_size(v[1]) + gw_phasor_size(v[2])) / GW_NET_PHASES;
}

static bool fits_other_phase(const allocator *it, size_t at, double measured_pu, double tolerance) {
    const gw_net_point *point = &it->run->net.points[at];
    for (size_t phase = 0; phase < it->run->phases; phase++) {
        const double size = gw_phasor_size(it->state.node_v[point->node * it->run->phases + phase]);
        if (size_of(size - measured_pu) <= tolerance) return true;
    }
    return false;
}

static gw_flow_voltage_verdict judge_voltage(const allocator *it, size_t at) {
    const int64_t measured_mv = it->question->points[at].voltage_mv;
    const double tolerance =
        (double)or_usual(it->question->voltage_tolerance_ppm, TOLERANCE_USUAL_PPM) / 1e6;
    const double measured_pu = (double)measured_mv / 1e3 / base_v(it, it->run->net.points[at].node);
    const double model = model_pu(it, at);
    if (measured_mv == 0) return GW_VOLTAGE_NOT_MEASURED;
    if (model == 0) return GW_VOLTAGE_MODEL_IS_DARK;
    if (size_of(measured_pu - model) <= tolerance) return GW_VOLTAGE_PLAUSIBLE;
    if (phase_of(it, at) != GW_NET_PHASES && fits_other_phase(it, at, measured_pu, tolerance))
        return GW_VOLTAGE_OTHER_PHASE;
    return measured_pu > model ? GW_VOLTAGE_ABOVE_MODEL : GW_VOLTAGE_BELOW_MODEL;
}

/* The band of the forecast, widened where the head says more or less than it. */
static void describe_point(allocator *it, size_t at) {
    const gw_flow_point_data *given = &it->question->points[at];
    gw_flow_point_state *made = &it->found.points[at];
    made->active_w = gw_flow_round(it->run->net.points[at].p_w);
    made->reactive_var = gw_flow_round(it->run->net.points[at].q_var);
    made->low_w = made->high_w = made->active_w;
    if (given->is_metered) {
        made->origin = GW_ORIGIN_METER;
        return;
    }
    made->origin = it->is_mover[at] ? GW_ORIGIN_ALLOCATED : GW_ORIGIN_FORECAST;
    if (given->low_w < made->low_w) made->low_w = given->low_w;
    if (given->high_w > made->high_w) made->high_w = given->high_w;
}

static void check_voltage(allocator *it, size_t at) {
    gw_flow_point_state *made = &it->found.points[at];
    made->model_mv =
        gw_flow_round(model_pu(it, at) * base_v(it, it->run->net.points[at].node) * 1e3);
    made->voltage = judge_voltage(it, at);
    if (made->voltage > GW_VOLTAGE_PLAUSIBLE) it->found.doubtful++;
}

gw_status gw_flow_allocate(gw_arena *arena, const gw_flow_allocation_question *question,
                           gw_flow_allocation *ret, gw_fault *reterr) {
    allocator it = {.question = question, .source_factor = 1};
    by_phase rest = {{0}};
    GW_TRY(check_head(question, reterr));
    GW_TRY(open_allocator(arena, &it, reterr));
    const bool is_solved = settle(&it, &rest);
    for (size_t at = 0; at < question->net->point_count; at++) describe_point(&it, at);
    find_scales(&it);
    it.found.verdict = is_solved ? judge_head(&it, &rest) : GW_HEAD_INFEASIBLE;
    it.found.source_ppm = gw_flow_round(it.source_factor * 1e6);
    for (size_t phase = 0; phase < it.run->phases; phase++)
        it.found.rest_w[phase] = gw_flow_round(rest.at[phase]);
    for (size_t at = 0; at < question->net->point_count && is_solved; at++) check_voltage(&it, at);
    *ret = it.found;
    return gw_ok();
}
