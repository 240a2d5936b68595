/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch.h"

#include "grid/flow_balanced.h"
#include "grid/flow_batch_plan.h"
#include "grid/flow_batch_tree.h"

#include <string.h>

static const double tolerance_usual_pu = 1e-10;
/* How far the lanes may be from the scalar flow at the network's own loads: of the nominal voltage,
 * or of the largest current. */
static const double agreement = 1e-8;
enum { ITERATIONS_USUAL = 200, ROOM_STEP = 64 };

struct gw_flow_batch {
    gw_net net; /* with points of its own: they take the power of a vector */
    size_t phases;
    gw_flow_batch_watch watch;
    gw_flow_balanced *balanced; /* one of the two */
    gw_flow_three_phase *three_phase;
    gw_flow_state state;
    bool is_warm; /* the scalar flow holds a solution */
    const char *reason;
    gw_flow_batch_shape shape;
    gw_lane_plan plan;
    gw_lane_room room;
    gw_flow_lanes lanes; /* that the room was used with */
};

/* ---- the scalar flow ---- */

static void load(gw_flow_batch *batch) {
    if (batch->balanced != NULL)
        gw_flow_balanced_load(batch->balanced);
    else
        gw_flow_three_phase_load(batch->three_phase);
}

/* Solves what the points say and reads the state. */
static gw_flow_outcome solve_scalar(gw_flow_batch *batch, const gw_flow_options *options) {
    gw_flow_outcome outcome;
    load(batch);
    outcome = batch->balanced != NULL ? gw_flow_balanced_solve(batch->balanced, options)
                                      : gw_flow_three_phase_solve(batch->three_phase, options);
    batch->is_warm = outcome.verdict == GW_FLOW_SOLVED;
    if (outcome.verdict != GW_FLOW_SOLVED) return outcome;
    if (batch->balanced != NULL)
        gw_flow_balanced_read(batch->balanced, &batch->state);
    else
        gw_flow_three_phase_read(batch->three_phase, &batch->state);
    return outcome;
}

/* The watched ones of a list, or zeros. */
static void write_list(const gw_flow_batch *batch, const gw_phasor *from, const uint32_t *watched,
                       size_t count, gw_phasor *to) {
    const size_t phases = batch->phases;
    const size_t size = phases * sizeof *to;
    for (size_t at = 0; at < count; at++) {
        if (batch->is_warm)
            memcpy(&to[at * phases], &from[watched[at] * phases], size);
        else
            memset(&to[at * phases], 0, size);
    }
}

static void write_ends(const gw_flow_batch *batch, const gw_phasor *from, const uint32_t *watched,
                       size_t count, gw_phasor *list, size_t vector) {
    if (list == NULL) return;
    write_list(batch, from, watched, count, &list[vector * count * batch->phases]);
}

static void write_state(const gw_flow_batch *batch, size_t vector, gw_flow_batch_results *to) {
    const gw_flow_batch_watch *watch = &batch->watch;
    const gw_flow_state *state = &batch->state;
    const size_t sources = batch->net.source_count;
    write_ends(batch, state->node_v, watch->nodes, watch->node_count, to->node_v, vector);
    write_ends(batch, state->branches.from_a, watch->branches, watch->branch_count,
               to->branch_from_a, vector);
    write_ends(batch, state->branches.to_a, watch->branches, watch->branch_count, to->branch_to_a,
               vector);
    write_ends(batch, state->transformers.from_a, watch->transformers, watch->transformer_count,
               to->transformer_from_a, vector);
    write_ends(batch, state->transformers.to_a, watch->transformers, watch->transformer_count,
               to->transformer_to_a, vector);
    for (size_t at = 0; at < sources && to->source_va != NULL; at++)
        to->source_va[vector * sources + at] =
            batch->is_warm ? state->source_va[at] : (gw_phasor){0, 0};
    if (to->loss_w != NULL) to->loss_w[vector] = batch->is_warm ? state->loss_w : 0;
}

static void solve_vector(gw_flow_batch *batch, const gw_flow_vectors *vectors, size_t vector,
                         gw_flow_options options, gw_flow_batch_results *results) {
    const size_t count = batch->net.point_count;
    for (size_t at = 0; at < count; at++) {
        batch->net.points[at].p_w = vectors->p_w[vector * count + at];
        batch->net.points[at].q_var = vectors->q_var[vector * count + at];
    }
    if (!batch->is_warm) options.start = GW_FLOW_FLAT;
    const gw_flow_outcome outcome = solve_scalar(batch, &options);
    results->verdicts[vector] = outcome.verdict;
    results->iterations[vector] = outcome.iterations;
    write_state(batch, vector, results);
}

/* ---- lanes ---- */

static void run_lanes(gw_flow_batch *batch, const gw_flow_vectors *vectors,
                      const gw_flow_options *options, gw_flow_lanes lanes,
                      gw_flow_batch_results *results) {
    const gw_lane_job job = {
        .plan = &batch->plan,
        .vectors = vectors,
        .tolerance_pu = options->tolerance_pu > 0 ? options->tolerance_pu : tolerance_usual_pu,
        .iterations_most =
            options->iterations_most > 0 ? options->iterations_most : ITERATIONS_USUAL,
        .start = options->start,
        .room = &batch->room,
        .results = results};
    if (batch->lanes != lanes) batch->room.warm = -1;
    batch->lanes = lanes;
    if (lanes == GW_FLOW_LANES_4)
        gw_flow_lane_run_4(&job);
    else
        gw_flow_lane_run_2(&job);
}

/* Never more than the processor has. */
static gw_flow_lanes lanes_of(gw_flow_lanes wanted) {
    const gw_flow_lanes best = gw_flow_lanes_best();
    return wanted == GW_FLOW_LANES_BEST || wanted > best ? best : wanted;
}

void gw_flow_batch_solve(gw_flow_batch *batch, const gw_flow_vectors *vectors,
                         const gw_flow_batch_options *options, gw_flow_batch_results *results) {
    const bool is_scalar = batch->reason != NULL || options->lanes == GW_FLOW_LANES_NONE ||
                           options->flow.band != GW_FLOW_CONSTANT;
    gw_flow_options again = options->flow;
    if (vectors->count == 0) return;
    if (is_scalar) {
        for (size_t vector = 0; vector < vectors->count; vector++)
            solve_vector(batch, vectors, vector, options->flow, results);
        return;
    }
    again.start = GW_FLOW_FLAT;
    run_lanes(batch, vectors, &options->flow, lanes_of(options->lanes), results);
    for (size_t vector = 0; vector < vectors->count; vector++)
        if (results->verdicts[vector] != GW_FLOW_SOLVED)
            solve_vector(batch, vectors, vector, again, results);
}

/* ---- building ---- */

static gw_status check_places(const uint32_t *places, size_t count, size_t most, const char *list,
                              gw_fault *reterr) {
    for (size_t at = 0; at < count; at++)
        if (places[at] >= most)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, list,
                                "what is to be watched is not in the network");
    return gw_ok();
}

static gw_status copy_places(gw_arena *arena, const uint32_t *places, size_t count, uint32_t **ret,
                             gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, ret, reterr));
    for (size_t at = 0; at < count; at++) (*ret)[at] = places != NULL ? places[at] : (uint32_t)at;
    return gw_ok();
}

static gw_status take_watch(gw_arena *arena, gw_flow_batch *batch, const gw_flow_batch_watch *watch,
                            gw_fault *reterr) {
    const gw_net *net = &batch->net;
    const gw_flow_batch_watch all = {.node_count = net->node_count,
                                     .branch_count = net->branch_count,
                                     .transformer_count = net->transformer_count};
    gw_flow_batch_watch *own = &batch->watch;
    uint32_t *places = NULL;
    *own = watch != NULL ? *watch : all;
    if (watch != NULL) {
        GW_TRY(check_places(own->nodes, own->node_count, net->node_count, "/nodes", reterr));
        GW_TRY(
            check_places(own->branches, own->branch_count, net->branch_count, "/branches", reterr));
        GW_TRY(check_places(own->transformers, own->transformer_count, net->transformer_count,
                            "/transformers", reterr));
    }
    GW_TRY(copy_places(arena, own->nodes, own->node_count, &places, reterr));
    own->nodes = places;
    GW_TRY(copy_places(arena, own->branches, own->branch_count, &places, reterr));
    own->branches = places;
    GW_TRY(copy_places(arena, own->transformers, own->transformer_count, &places, reterr));
    own->transformers = places;
    return gw_ok();
}

static gw_status take_points(gw_arena *arena, gw_flow_batch *batch, gw_fault *reterr) {
    const size_t count = batch->net.point_count;
    const gw_net_point *given = batch->net.points;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, count, &batch->net.points, reterr));
    if (count > 0) memcpy(batch->net.points, given, count * sizeof *given);
    return gw_ok();
}

static gw_status take_vectors(gw_arena *arena, size_t count, void **ret, gw_fault *reterr) {
    unsigned char *room = NULL;
    GW_TRY(
        GW_ARENA_NEW(arena, unsigned char, 2 * GW_LANE_BYTES * count + ROOM_STEP, &room, reterr));
    *ret = room + (ROOM_STEP - (uintptr_t)room % ROOM_STEP);
    return gw_ok();
}

static gw_status take_room(gw_arena *arena, gw_flow_batch *batch, gw_fault *reterr) {
    const size_t count = batch->plan.place_count * batch->phases;
    GW_TRY(take_vectors(arena, count, &batch->room.voltage, reterr));
    GW_TRY(take_vectors(arena, count, &batch->room.current, reterr));
    return take_vectors(arena, batch->plan.draw_count, &batch->room.power, reterr);
}

/* ---- room for results ---- */

gw_status gw_flow_batch_results_make(gw_arena *arena, const gw_flow_batch *batch,
                                     size_t vector_count, gw_flow_batch_results *ret,
                                     gw_fault *reterr) {
    const gw_flow_batch_watch *watch = &batch->watch;
    const size_t nodes = vector_count * watch->node_count * batch->phases;
    const size_t branches = vector_count * watch->branch_count * batch->phases;
    const size_t transformers = vector_count * watch->transformer_count * batch->phases;
    gw_flow_batch_results made = {.phases = batch->phases};
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_verdict, vector_count, &made.verdicts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int, vector_count, &made.iterations, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, nodes, &made.node_v, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, branches, &made.branch_from_a, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, branches, &made.branch_to_a, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, transformers, &made.transformer_from_a, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, transformers, &made.transformer_to_a, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, vector_count * batch->net.source_count, &made.source_va,
                        reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, vector_count, &made.loss_w, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- a look at oneself ---- */

/* Near by the largest of the list, or by `least`. */
static bool is_near(const gw_phasor *left, const gw_phasor *right, size_t count, double least) {
    double largest = least;
    for (size_t at = 0; at < count; at++) {
        const double size = gw_phasor_size(left[at]);
        largest = size > largest ? size : largest;
    }
    for (size_t at = 0; at < count; at++)
        if (!(gw_phasor_size(gw_phasor_subtract(left[at], right[at])) <= agreement * largest))
            return false;
    return true;
}

static bool agrees(const gw_flow_batch *batch, const gw_flow_batch_results *one,
                   const gw_flow_batch_results *other) {
    const gw_flow_batch_watch *watch = &batch->watch;
    const size_t branches = watch->branch_count * batch->phases;
    const size_t transformers = watch->transformer_count * batch->phases;
    if (one->verdicts[0] != other->verdicts[0]) return false;
    return is_near(one->node_v, other->node_v, watch->node_count * batch->phases, 1) &&
           is_near(one->branch_from_a, other->branch_from_a, branches, 1) &&
           is_near(one->branch_to_a, other->branch_to_a, branches, 1) &&
           is_near(one->transformer_from_a, other->transformer_from_a, transformers, 1) &&
           is_near(one->transformer_to_a, other->transformer_to_a, transformers, 1) &&
           is_near(one->source_va, other->source_va, batch->net.source_count, 1e5);
}

/* One vector both ways; false when the scalar flow has no solution for it. */
static bool compare(gw_flow_batch *batch, const gw_flow_vectors *vector,
                    gw_flow_batch_results *scalar, gw_flow_batch_results *lanes) {
    static const gw_flow_options options = {.start = GW_FLOW_FLAT};
    solve_vector(batch, vector, 0, options, scalar);
    if (scalar->verdicts[0] != GW_FLOW_SOLVED) return false;
    run_lanes(batch, vector, &options, GW_FLOW_LANES_2, lanes);
    if (!agrees(batch, scalar, lanes)) batch->reason = "the lanes do not agree with the flow";
    return true;
}

/* An element that the scalar flow has learnt and the plan has not then costs time, not truth.
 * Points without power of their own get a little; a network that cannot carry its load is tried
 * with a hundredth of it. */
static gw_status look_at_oneself(gw_arena *arena, gw_flow_batch *batch, gw_fault *reterr) {
    static const double little_w = 100;
    const size_t count = batch->net.point_count;
    gw_flow_batch_results scalar;
    gw_flow_batch_results lanes;
    double *p_w = NULL;
    double *q_var = NULL;
    GW_TRY(gw_flow_batch_results_make(arena, batch, 1, &scalar, reterr));
    GW_TRY(gw_flow_batch_results_make(arena, batch, 1, &lanes, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, count, &p_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, count, &q_var, reterr));
    for (size_t at = 0; at < count; at++) {
        /* unevenly, so that every sequence has its current */
        const double share = 1 - 0.08 * (double)(at % 7);
        const double own_w = batch->net.points[at].p_w;
        p_w[at] = share * (own_w != 0 ? own_w : little_w);
        q_var[at] = share * batch->net.points[at].q_var;
    }
    const gw_flow_vectors vector = {1, p_w, q_var};
    if (!compare(batch, &vector, &scalar, &lanes)) {
        for (size_t at = 0; at < count; at++) {
            p_w[at] /= 100;
            q_var[at] /= 100;
        }
        if (!compare(batch, &vector, &scalar, &lanes))
            batch->reason = "no load was found to try the lanes with";
    }
    batch->is_warm = false;
    batch->room.warm = -1;
    return gw_ok();
}

static gw_status build_balanced(gw_arena *arena, gw_flow_batch *batch, gw_batch_tree *ret,
                                gw_fault *reterr) {
    gw_flow_tree *tree = NULL;
    GW_TRY(gw_flow_balanced_build(arena, &batch->net, &batch->balanced, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_tree, 1, &tree, reterr));
    GW_TRY(gw_flow_tree_build(arena, &batch->net, tree, reterr));
    return gw_batch_tree_balanced(arena, &batch->net, tree, ret, reterr);
}

static gw_status build_three_phase(gw_arena *arena, gw_flow_batch *batch, gw_batch_tree *ret,
                                   gw_fault *reterr) {
    GW_TRY(gw_flow_three_phase_build(arena, &batch->net, &batch->three_phase, reterr));
    return gw_batch_tree_three_phase(arena, &batch->net, batch->three_phase, ret, reterr);
}

static gw_status build_flows(gw_arena *arena, gw_flow_batch *batch, gw_fault *reterr) {
    gw_batch_tree tree;
    if (batch->phases == 1)
        GW_TRY(build_balanced(arena, batch, &tree, reterr));
    else
        GW_TRY(build_three_phase(arena, batch, &tree, reterr));
    batch->reason = tree.refusal;
    batch->shape = (gw_flow_batch_shape){tree.tree->place_count, tree.tree->place_count, NULL};
    if (batch->reason != NULL) return gw_ok();
    GW_TRY(gw_flow_batch_plan(arena, &tree, &batch->watch, &batch->plan, reterr));
    batch->shape.kept_count = batch->plan.place_count;
    GW_TRY(take_room(arena, batch, reterr));
    return look_at_oneself(arena, batch, reterr);
}

gw_status gw_flow_batch_build(gw_arena *arena, const gw_net *net, const gw_flow_batch_watch *watch,
                              gw_flow_batch **ret, gw_fault *reterr) {
    const size_t phases = net->model == GW_NET_THREE_PHASE ? GW_NET_PHASES : 1;
    gw_flow_batch *batch = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_batch, 1, &batch, reterr));
    *batch = (gw_flow_batch){.net = *net, .phases = phases, .room = {.warm = -1}};
    GW_TRY(take_points(arena, batch, reterr));
    GW_TRY(take_watch(arena, batch, watch, reterr));
    GW_TRY(gw_flow_state_make(arena, net, phases, &batch->state, reterr));
    GW_TRY(build_flows(arena, batch, reterr));
    *ret = batch;
    return gw_ok();
}

gw_flow_batch_shape gw_flow_batch_shape_of(const gw_flow_batch *batch) {
    gw_flow_batch_shape shape = batch->shape;
    shape.reason = batch->reason;
    return shape;
}
