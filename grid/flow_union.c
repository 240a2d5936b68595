/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_union.h"

gw_status gw_union_init(gw_union *sets, gw_arena *arena, size_t count, gw_fault *reterr) {
    gw_union made = {NULL, NULL};
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &made.parent, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &made.size, reterr));
    for (size_t at = 0; at < count; at++) {
        made.parent[at] = (uint32_t)at;
        made.size[at] = 1;
    }
    *sets = made;
    return gw_ok();
}

uint32_t gw_union_find(gw_union *sets, uint32_t item) {
    uint32_t at = item;
    while (sets->parent[at] != at) {
        sets->parent[at] = sets->parent[sets->parent[at]];
        at = sets->parent[at];
    }
    return at;
}

bool gw_union_join(gw_union *sets, uint32_t left, uint32_t right) {
    const uint32_t one = gw_union_find(sets, left);
    const uint32_t other = gw_union_find(sets, right);
    if (one == other) return false;
    const uint32_t keep = sets->size[one] < sets->size[other] ? other : one;
    const uint32_t drop = keep == one ? other : one;
    sets->parent[drop] = keep;
    sets->size[keep] += sets->size[drop];
    return true;
}
