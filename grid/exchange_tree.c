/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_tree.h"

#include <stdio.h>

#define NOWHERE UINT32_MAX

typedef struct growing {
    const gw_exchange_tie *ties;
    uint32_t tie_count;
    uint32_t *place;    /* member -> place */
    uint32_t *entry;    /* place -> tie it was reached by */
    uint32_t *ancestor; /* place -> place before it on the way to the root */
    uint32_t *tried;    /* place -> the first tie that was not followed yet */
    gw_exchange_tree tree;
} growing;

static gw_status fail_at(uint32_t tie, const char *why, gw_fault *reterr) {
    char subject[32];
    (void)snprintf(subject, sizeof subject, "/ties/%u", tie);
    return gw_fail_with(reterr, GW_CODE_INVALID, subject, "%s", why);
}

static gw_status check_ties(const growing *on, gw_fault *reterr) {
    const uint32_t count = on->tree.member_count;
    for (uint32_t i = 0; i < on->tie_count; i++) {
        if (on->ties[i].from >= count || on->ties[i].to >= count)
            return fail_at(i, "the tie ends at no member", reterr);
        if (on->ties[i].from == on->ties[i].to)
            return fail_at(i, "the tie begins and ends at one member", reterr);
    }
    if (on->tie_count == 0 || on->tie_count == count - 1) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "/ties",
                        "%u ties cannot join %u members without a loop", on->tie_count, count);
}

static void put(growing *on, uint32_t member, uint32_t tie, uint32_t ancestor) {
    const uint32_t place = on->tree.tie_count++;
    on->tree.members[place] = member;
    on->place[member] = place;
    on->entry[place] = tie;
    on->ancestor[place] = ancestor;
}

/* The next tie of a member that leads to somebody who has no place yet. */
static uint32_t next_tie(const growing *on, uint32_t member, uint32_t from) {
    for (uint32_t i = from; i < on->tie_count; i++) {
        const gw_exchange_tie tie = on->ties[i];
        if (tie.from == member && on->place[tie.to] == NOWHERE) return i;
        if (tie.to == member && on->place[tie.from] == NOWHERE) return i;
    }
    return NOWHERE;
}

/* Depth first: a member's followers stand right behind it. tree.tie_count counts places here. */
static void walk(growing *on) {
    uint32_t at = 0;
    put(on, 0, NOWHERE, NOWHERE);
    while (at != NOWHERE) {
        const uint32_t member = on->tree.members[at];
        const uint32_t tie = next_tie(on, member, on->tried[at]);
        if (tie == NOWHERE) {
            at = on->ancestor[at];
            continue;
        }
        on->tried[at] = tie + 1;
        const uint32_t other = on->ties[tie].from == member ? on->ties[tie].to : on->ties[tie].from;
        const uint32_t place = on->tree.tie_count;
        put(on, other, tie, at);
        at = place;
    }
}

static void make_branches(growing *on) {
    gw_exchange_tree *tree = &on->tree;
    for (uint32_t place = 1; place < tree->member_count; place++) {
        const uint32_t tie = on->entry[place];
        tree->branches[place - 1] = (gw_exchange_branch){
            .first = place,
            .count = 1,
            .tie = tie,
            .sign = on->ties[tie].from == tree->members[place] ? 1 : -1,
        };
    }
    for (uint32_t place = tree->member_count - 1; place > 0; place--) {
        const uint32_t before = on->ancestor[place];
        if (before > 0) tree->branches[before - 1].count += tree->branches[place - 1].count;
    }
    tree->tie_count = tree->member_count - 1;
}

static gw_status take_room(gw_arena *arena, growing *on, gw_fault *reterr) {
    const uint32_t count = on->tree.member_count;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &on->place, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &on->entry, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &on->ancestor, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &on->tried, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &on->tree.members, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_branch, count, &on->tree.branches, reterr));
    for (uint32_t i = 0; i < count; i++) {
        on->place[i] = NOWHERE;
        on->tree.members[i] = i;
    }
    return gw_ok();
}

gw_status gw_exchange_tree_make(gw_arena *arena, uint32_t member_count, const gw_exchange_tie *ties,
                                uint32_t tie_count, gw_exchange_tree *ret, gw_fault *reterr) {
    growing on = {.ties = ties, .tie_count = tie_count, .tree = {.member_count = member_count}};
    if (member_count == 0 || member_count > GW_EXCHANGE_MEMBERS_MOST)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "/members",
                            "an exchange has 1 to %d members, not %u", GW_EXCHANGE_MEMBERS_MOST,
                            member_count);
    GW_TRY(check_ties(&on, reterr));
    GW_TRY(take_room(arena, &on, reterr));
    if (tie_count > 0) {
        walk(&on);
        if (on.tree.tie_count != member_count)
            return gw_fail_with(reterr, GW_CODE_INVALID, "/ties",
                                "the ties close a loop and leave members alone");
        make_branches(&on);
    }
    *ret = on.tree;
    return gw_ok();
}

void gw_exchange_tree_flows(const gw_exchange_tree *tree, const int64_t *exports, int64_t *flows) {
    for (uint32_t i = 0; i < tree->tie_count; i++) {
        const gw_exchange_branch *branch = &tree->branches[i];
        int64_t sum = 0;
        for (uint32_t at = 0; at < branch->count; at++)
            sum += exports[tree->members[branch->first + at]];
        flows[branch->tie] = sum * branch->sign;
    }
}

void gw_exchange_tree_exports(const gw_exchange_tree *tree, const gw_exchange_tie *ties,
                              const int64_t *flows, int64_t *exports) {
    for (uint32_t i = 0; i < tree->member_count; i++) exports[i] = 0;
    for (uint32_t i = 0; i < tree->tie_count; i++) {
        exports[ties[i].from] += flows[i];
        exports[ties[i].to] -= flows[i];
    }
}
