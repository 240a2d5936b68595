/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_gauge.h"

#include <string.h>

/* So many sets that neither their power nor what is read of them is more numbers than this. */
enum { NUMBERS_MOST = 1 << 20, ROOM_LEAST = 4, ROOM_MOST = 128 };

/* Nodes, branches or transformers that a limit looks at, each once. */
typedef struct watched {
    uint32_t *at;
    size_t count;
} watched;

struct gw_flow_gauge {
    gw_net net; /* with points of its own, for limits that look at them */
    const gw_flow_limits *limits;
    gw_flow_batch *batch;
    gw_flow_batch_results results;
    watched nodes;
    watched branches;
    watched transformers;
    gw_flow_state state; /* zero but for what is watched */
    double *active_w;
    double *reactive_var;
    size_t room;
    gw_flow_lanes lanes;
    bool wants_points;
};

static size_t count_of(const gw_net *net, gw_flow_limit_kind kind) {
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
    return limit->kind < GW_LIMIT_KINDS && limit->element < count_of(net, limit->kind) &&
           limit->phase <= GW_FLOW_PHASE_ALL && is_whole == wants_whole;
}

static gw_status check(const gw_net *net, const gw_flow_limits *limits, gw_fault *reterr) {
    for (size_t at = 0; at < limits->count; at++)
        if (!is_fitting(net, &limits->at[at]))
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "limit %zu names no element and phase of the network", at);
    return gw_ok();
}

/* What the limits of the kinds in the mask look at. */
static gw_status watch(gw_arena *arena, const gw_flow_gauge *gauge, unsigned kinds, size_t most,
                       watched *ret, gw_fault *reterr) {
    bool *is_watched = NULL;
    watched made = {NULL, 0};
    GW_TRY(GW_ARENA_NEW(arena, bool, most, &is_watched, reterr));
    for (size_t at = 0; at < gauge->limits->count; at++)
        if ((kinds >> gauge->limits->at[at].kind & 1U) != 0)
            is_watched[gauge->limits->at[at].element] = true;
    for (size_t at = 0; at < most; at++) made.count += is_watched[at] ? 1 : 0;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, made.count, &made.at, reterr));
    made.count = 0;
    for (size_t at = 0; at < most; at++)
        if (is_watched[at]) made.at[made.count++] = (uint32_t)at;
    *ret = made;
    return gw_ok();
}

static gw_status watch_all(gw_arena *arena, gw_flow_gauge *it, gw_fault *reterr) {
    const unsigned branches = 1U << GW_LIMIT_BRANCH_CURRENT | 1U << GW_LIMIT_NEUTRAL_CURRENT;
    const unsigned transformers = 1U << GW_LIMIT_TRANSFORMER_POWER;
    const unsigned points = 1U << GW_LIMIT_CUSTOMER_UNBALANCE;
    const unsigned nodes = ~(branches | transformers | points);
    for (size_t at = 0; at < it->limits->count; at++)
        if (it->limits->at[at].kind == GW_LIMIT_CUSTOMER_UNBALANCE) it->wants_points = true;
    GW_TRY(watch(arena, it, nodes, it->net.node_count, &it->nodes, reterr));
    GW_TRY(watch(arena, it, branches, it->net.branch_count, &it->branches, reterr));
    return watch(arena, it, transformers, it->net.transformer_count, &it->transformers, reterr);
}

static gw_status take_room(gw_arena *arena, gw_flow_gauge *it, gw_fault *reterr) {
    const size_t points = it->net.point_count;
    const size_t phases = it->net.model == GW_NET_BALANCED ? 1 : GW_NET_PHASES;
    const size_t read =
        phases * (it->nodes.count + 2 * it->branches.count + 2 * it->transformers.count);
    const size_t fitting = NUMBERS_MOST / (1 + (points > read ? points : read));
    it->room = fitting < ROOM_LEAST ? ROOM_LEAST : fitting;
    if (it->room > ROOM_MOST) it->room = ROOM_MOST;
    GW_TRY(GW_ARENA_NEW(arena, double, it->room *points, &it->active_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->room *points, &it->reactive_var, reterr));
    GW_TRY(gw_flow_state_make(arena, &it->net, phases, &it->state, reterr));
    return gw_flow_batch_results_make(arena, it->batch, it->room, &it->results, reterr);
}

gw_status gw_flow_gauge_open(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                             gw_flow_gauge **ret, gw_fault *reterr) {
    gw_flow_gauge *made = NULL;
    GW_TRY(check(net, limits, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_gauge, 1, &made, reterr));
    made->net = *net;
    made->limits = limits;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, net->point_count, &made->net.points, reterr));
    if (net->point_count > 0)
        memcpy(made->net.points, net->points, net->point_count * sizeof *net->points);
    GW_TRY(watch_all(arena, made, reterr));
    const gw_flow_batch_watch watched_places = {
        .nodes = made->nodes.at,
        .node_count = made->nodes.count,
        .branches = made->branches.at,
        .branch_count = made->branches.count,
        .transformers = made->transformers.at,
        .transformer_count = made->transformers.count,
    };
    GW_TRY(gw_flow_batch_build(arena, net, &watched_places, &made->batch, reterr));
    GW_TRY(take_room(arena, made, reterr));
    *ret = made;
    return gw_ok();
}

void gw_flow_gauge_choose(gw_flow_gauge *gauge, gw_flow_lanes lanes) { gauge->lanes = lanes; }

void gw_flow_gauge_use(gw_flow_gauge *gauge, gw_flow_lanes lanes) { gauge->lanes = lanes; }

size_t gw_flow_gauge_room(const gw_flow_gauge *gauge) { return gauge->room; }

double *gw_flow_gauge_active_w(gw_flow_gauge *gauge, size_t set) {
    return &gauge->active_w[set * gauge->net.point_count];
}

double *gw_flow_gauge_reactive_var(gw_flow_gauge *gauge, size_t set) {
    return &gauge->reactive_var[set * gauge->net.point_count];
}

bool gw_flow_gauge_is_solved(const gw_flow_gauge *gauge, size_t set) {
    return gauge->results.verdicts[set] == GW_FLOW_SOLVED;
}

int gw_flow_gauge_iterations(const gw_flow_gauge *gauge, size_t set) {
    return gauge->results.iterations[set];
}

/* From the list of a set to the places in the state. */
static void place(const watched *of, const gw_phasor *list, size_t set, size_t phases,
                  gw_phasor *to) {
    const gw_phasor *from = &list[set * of->count * phases];
    for (size_t at = 0; at < of->count; at++)
        for (size_t phase = 0; phase < phases; phase++)
            to[of->at[at] * phases + phase] = from[at * phases + phase];
}

static void place_points(gw_flow_gauge *it, size_t set) {
    for (size_t at = 0; at < it->net.point_count; at++) {
        it->net.points[at].p_w = gw_flow_gauge_active_w(it, set)[at];
        it->net.points[at].q_var = gw_flow_gauge_reactive_var(it, set)[at];
    }
}

static void read_set(gw_flow_gauge *it, size_t set, double *values) {
    const size_t phases = it->state.phases;
    const gw_flow_batch_results *from = &it->results;
    place(&it->nodes, from->node_v, set, phases, it->state.node_v);
    place(&it->branches, from->branch_from_a, set, phases, it->state.branches.from_a);
    place(&it->branches, from->branch_to_a, set, phases, it->state.branches.to_a);
    place(&it->transformers, from->transformer_from_a, set, phases, it->state.transformers.from_a);
    place(&it->transformers, from->transformer_to_a, set, phases, it->state.transformers.to_a);
    if (it->wants_points) place_points(it, set);
    for (size_t at = 0; at < it->limits->count; at++)
        values[at] = gw_flow_limit_value(&it->limits->at[at], &it->net, &it->state);
}

size_t gw_flow_gauge_read(gw_flow_gauge *gauge, size_t count, gw_flow_start start, double *values) {
    const gw_flow_vectors vectors = {count, gauge->active_w, gauge->reactive_var};
    const gw_flow_batch_options options = {.flow = {.start = start}, .lanes = gauge->lanes};
    size_t solved = 0;
    gw_flow_batch_solve(gauge->batch, &vectors, &options, &gauge->results);
    for (size_t set = 0; set < count; set++) {
        if (!gw_flow_gauge_is_solved(gauge, set)) continue;
        read_set(gauge, set, &values[set * gauge->limits->count]);
        solved++;
    }
    return solved;
}
