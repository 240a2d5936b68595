/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of an exchange as a tree of ties: which members lie behind a tie. Members are numbered
 * again so that those behind a tie stand in one stretch; member 0 is the root, so the numbering
 * follows from the order of members and ties. No recursion. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdint.h>

enum { GW_EXCHANGE_MEMBERS_MOST = 256 };

#define GW_EXCHANGE_NO_LIMIT INT64_MAX

/* A line between two microgrids. */
typedef struct gw_exchange_tie {
    uint32_t from; /* index of a member; a flow from `from` to `to` is positive */
    uint32_t to;
} gw_exchange_tie;

/* One tie seen from the root. */
typedef struct gw_exchange_branch {
    uint32_t first; /* place of the first member behind it */
    uint32_t count; /* of the members behind it; they stand together */
    uint32_t tie;
    int32_t sign; /* +1: the exports of those behind flow as the tie counts; -1: against it */
} gw_exchange_branch;

typedef struct gw_exchange_tree {
    uint32_t member_count;
    uint32_t tie_count;           /* 0, or one less than the members */
    uint32_t *members;            /* place -> member */
    gw_exchange_branch *branches; /* nearest to the root first */
} gw_exchange_tree;

/* GW_CODE_INVALID when the ties do not join all members without a loop; none at all is a copper
 * plate. The fault's subject is "/ties" or "/ties/<index>". */
GW_MUST_CHECK gw_status gw_exchange_tree_make(gw_arena *arena, uint32_t member_count,
                                              const gw_exchange_tie *ties, uint32_t tie_count,
                                              gw_exchange_tree *ret, gw_fault *reterr);

/* Flows of all ties (by index of the tie) that the exports of all members make: any unit. */
void gw_exchange_tree_flows(const gw_exchange_tree *tree, const int64_t *exports, int64_t *flows);
/* The exports that flows make; they always add up to zero. */
void gw_exchange_tree_exports(const gw_exchange_tree *tree, const gw_exchange_tie *ties,
                              const int64_t *flows, int64_t *exports);
