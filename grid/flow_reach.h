/* SPDX-License-Identifier: Apache-2.0
 *
 * Which nodes conduct to each other as the switches stand, and which of them a source feeds. Pure.
 */
#pragma once

#include "grid/flow_tree.h"
#include "grid/flow_union.h"

typedef struct gw_flow_reach {
    gw_union sets;
    uint32_t root; /* the set of what is fed: all sources are one; UINT32_MAX: there is none */
} gw_flow_reach;

/* `without` is left out as if it were open; NULL: nothing is. Memory comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_reach_find(gw_arena *arena, const gw_net *net,
                                           const gw_flow_edge *without, gw_flow_reach *ret,
                                           gw_fault *reterr);
bool gw_flow_reach_is_fed(gw_flow_reach *reach, uint32_t node);
bool gw_flow_reach_is_joined(gw_flow_reach *reach, uint32_t left, uint32_t right);
/* False for what is open, at one end or as a whole. */
bool gw_net_conducts(const gw_net_branch *branch);
