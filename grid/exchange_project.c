/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_project.h"

#include "base/wide.h"
#include "grid/exchange_round.h"

enum { PARTS = 1024, STILL = 1 };

static int64_t sum_of(const int64_t *values, uint32_t count) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += values[i];
    return sum;
}

static void shift(int64_t *values, uint32_t count, int64_t by) {
    for (uint32_t i = 0; i < count; i++) values[i] += by;
}

static int64_t beyond(int64_t flow, int64_t limit) {
    if (flow > limit) return flow - limit;
    if (flow < -limit) return flow + limit;
    return 0;
}

/* Takes the old correction of a tie back, and gives the new one. */
static int64_t correct(const gw_exchange_branch *branch, int64_t limit, gw_exchange_room *room) {
    int64_t *behind = room->fine + branch->first;
    const int64_t before = room->corrections[branch->tie];
    const int64_t flow = sum_of(behind, branch->count) + before * branch->count;
    const int64_t after = (int64_t)gw_wide_half_even(beyond(flow, limit), branch->count);
    room->corrections[branch->tie] = after;
    if (after != before) shift(behind, branch->count, before - after);
    return after > before ? after - before : before - after;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
    if (value < least) return least;
    return value > most ? most : value;
}

/* The same for the connection of one member. */
static int64_t correct_member(const gw_exchange_tree *tree, const gw_exchange_bounds *bounds,
                              uint32_t place, gw_exchange_room *room) {
    const uint32_t member = tree->members[place];
    int64_t *correction = &room->corrections[tree->tie_count + member];
    const int64_t before = *correction;
    const int64_t value = room->fine[place] + before;
    room->fine[place] = clamp(value, bounds->least[member] * PARTS, bounds->most[member] * PARTS);
    *correction = value - room->fine[place];
    return *correction > before ? *correction - before : before - *correction;
}

static int64_t sweep_members(const gw_exchange_tree *tree, const gw_exchange_bounds *bounds,
                             gw_exchange_room *room) {
    int64_t most = 0;
    for (uint32_t place = 0; bounds->least != NULL && place < tree->member_count; place++) {
        const int64_t moved = correct_member(tree, bounds, place, room);
        if (moved > most) most = moved;
    }
    return most;
}

static int64_t sweep(const gw_exchange_tree *tree, const gw_exchange_bounds *bounds,
                     gw_exchange_room *room) {
    const int64_t *limits = bounds->limits;
    int64_t most = sweep_members(tree, bounds, room);
    for (uint32_t i = 0; i < tree->tie_count; i++) {
        const gw_exchange_branch *branch = &tree->branches[i];
        if (limits[branch->tie] == GW_EXCHANGE_NO_LIMIT) continue;
        const int64_t moved = correct(branch, limits[branch->tie] * PARTS, room);
        if (moved > most) most = moved;
    }
    const int64_t mean =
        (int64_t)gw_wide_half_even(sum_of(room->fine, tree->member_count), tree->member_count);
    shift(room->fine, tree->member_count, -mean);
    if (mean > most) return mean;
    return -mean > most ? -mean : most;
}

/* Begins with the corrections of the last call. */
static void begin(const gw_exchange_tree *tree, const int64_t *exports, gw_exchange_room *room) {
    for (uint32_t place = 0; place < tree->member_count; place++) {
        const uint32_t member = tree->members[place];
        room->fine[place] = exports[member] * PARTS - room->corrections[tree->tie_count + member];
    }
    for (uint32_t i = 0; i < tree->tie_count; i++) {
        const gw_exchange_branch *branch = &tree->branches[i];
        shift(room->fine + branch->first, branch->count, -room->corrections[branch->tie]);
    }
}

static void lay_down_flows(const gw_exchange_tree *tree, const gw_exchange_tie *ties,
                           const int64_t *limits, int64_t *exports, gw_exchange_room *room) {
    for (uint32_t i = 0; i < tree->tie_count; i++) {
        const gw_exchange_branch *branch = &tree->branches[i];
        const int64_t limit = limits[branch->tie];
        const int64_t sum = sum_of(room->fine + branch->first, branch->count) * branch->sign;
        const int64_t flow = (int64_t)gw_wide_half_even(sum, PARTS);
        room->flows[branch->tie] = flow - beyond(flow, limit);
    }
    gw_exchange_tree_exports(tree, ties, room->flows, exports);
}

uint32_t gw_exchange_project(const gw_exchange_tree *tree, const gw_exchange_tie *ties,
                             const gw_exchange_bounds *bounds, int64_t *exports,
                             gw_exchange_room *room) {
    uint32_t sweeps = 0;
    int64_t moved = STILL + 1;
    begin(tree, exports, room);
    while (moved > STILL && sweeps < GW_EXCHANGE_SWEEPS_MOST) {
        moved = sweep(tree, bounds, room);
        sweeps++;
    }
    if (tree->tie_count > 0)
        lay_down_flows(tree, ties, bounds->limits, exports, room);
    else
        (void)gw_exchange_round(room->fine, tree->member_count, PARTS, exports);
    return sweeps;
}
