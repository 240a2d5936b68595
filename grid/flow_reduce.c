/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_reduce.h"

/* What is found out about a place on the way. */
typedef struct trace {
    uint32_t live_below; /* children that carry current */
    uint32_t last_below; /* one of them */
    uint32_t upper;      /* in between: the kept place above */
    bool is_live;
    bool is_kept;
} trace;

typedef struct work {
    const gw_reduce_tree *tree;
    gw_reduced *out;
    trace *traces;
} work;

/* From the leaves: who carries current. */
static void find_live(work *it) {
    const gw_reduce_tree *tree = it->tree;
    for (uint32_t at = tree->place_count; at-- > tree->root_count;) {
        trace *here = &it->traces[at];
        trace *above = &it->traces[tree->parent[at]];
        if (tree->marks[at] != 0) here->is_live = true;
        if (!here->is_live) continue;
        above->is_live = true;
        above->live_below++;
        above->last_below = at;
    }
}

static bool is_kept(const work *it, uint32_t at) {
    const gw_reduce_tree *tree = it->tree;
    const trace *here = &it->traces[at];
    if (at < tree->root_count) return true;
    if (!here->is_live) return false;
    if (tree->marks[at] != 0 || here->live_below != 1) return true;
    return (tree->marks[here->last_below] & GW_REDUCE_TURN) != 0;
}

static void keep(work *it, uint32_t at, uint32_t upper) {
    gw_reduced *out = it->out;
    const uint32_t kept = out->kept_count++;
    out->place[kept] = at;
    out->parent[kept] = upper;
    out->own[kept] = out->seats[at].own;
    out->mutual[kept] = out->seats[at].mutual;
    out->seats[at].at = kept;
}

/* From the roots: the impedance since the last kept place, and the numbers of the kept ones. */
static void add_up(work *it, uint32_t at) {
    const gw_reduce_tree *tree = it->tree;
    const uint32_t parent = tree->parent[at];
    const trace *above = &it->traces[parent];
    gw_reduced_seat *seat = &it->out->seats[at];
    const uint32_t upper = above->is_kept ? it->out->seats[parent].at : above->upper;
    seat->own = tree->own[at];
    seat->mutual = tree->mutual[at];
    if (!above->is_kept) {
        seat->own = gw_phasor_add(it->out->seats[parent].own, seat->own);
        seat->mutual = gw_phasor_add(it->out->seats[parent].mutual, seat->mutual);
    }
    seat->in_between = !it->traces[at].is_kept;
    it->traces[at].upper = upper;
    if (it->traces[at].is_kept) keep(it, at, upper);
}

static void number_kept(work *it) {
    const gw_reduce_tree *tree = it->tree;
    for (uint32_t at = 0; at < tree->place_count; at++) it->traces[at].is_kept = is_kept(it, at);
    for (uint32_t at = 0; at < tree->root_count; at++) keep(it, at, at);
    for (uint32_t at = tree->root_count; at < tree->place_count; at++)
        if (it->traces[at].is_live) add_up(it, at);
}

/* The places in between learn who is below, then the dead ones follow their parents. */
static void seat_others(work *it) {
    const gw_reduce_tree *tree = it->tree;
    gw_reduced *out = it->out;
    for (uint32_t at = tree->place_count; at-- > tree->root_count;) {
        const trace *here = &it->traces[at];
        if (here->is_live && !here->is_kept) out->seats[at].at = out->seats[here->last_below].at;
    }
    for (uint32_t at = 0; at < tree->place_count; at++) {
        const bool carries = it->traces[at].is_live && at >= tree->root_count;
        if (!it->traces[at].is_live && at >= tree->root_count)
            out->seats[at] = out->seats[tree->parent[at]];
        out->stream[at] = carries ? out->seats[at].at : GW_REDUCED_STILL;
    }
}

static gw_status take_room(gw_arena *arena, size_t count, gw_reduced *out, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &out->place, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &out->parent, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &out->own, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &out->mutual, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_reduced_seat, count, &out->seats, reterr));
    return GW_ARENA_NEW(arena, uint32_t, count, &out->stream, reterr);
}

gw_status gw_flow_reduce(gw_arena *arena, const gw_reduce_tree *tree, gw_reduced *ret,
                         gw_fault *reterr) {
    gw_reduced made = {0};
    work it = {.tree = tree, .out = &made};
    GW_TRY(take_room(arena, tree->place_count, &made, reterr));
    GW_TRY(GW_ARENA_NEW(arena, trace, tree->place_count, &it.traces, reterr));
    find_live(&it);
    number_kept(&it);
    seat_others(&it);
    *ret = made;
    return gw_ok();
}
