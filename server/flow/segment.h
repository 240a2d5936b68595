/* SPDX-License-Identifier: Apache-2.0
 *
 * Which limits belong to which segment of a network. A segment with an element is what lies on its
 * far side, seen from the source, with the element itself; without one it is the whole network.
 * What a switching puts on the other side of the element changes segment with the next version.
 */
#pragma once

#include "grid/flow_limit.h"
#include "server/flow/network.h"

typedef struct gw_segment_map {
    const gw_network *network;
    bool *has_node;  /* [segment * node_count + node] */
    bool *has_limit; /* [segment * limit_count + limit] */
    size_t limit_count;
    size_t *home; /* by limit: the smallest segment that has it; segment_count: none */
} gw_segment_map;

/* Memory comes from the arena. A segment whose element is not in the network any more is empty. */
GW_MUST_CHECK gw_status gw_segment_map_make(gw_arena *arena, const gw_network *network,
                                            const gw_flow_limits *limits, gw_segment_map *ret,
                                            gw_fault *reterr);
bool gw_segment_has_limit(const gw_segment_map *map, size_t segment, size_t limit);
bool gw_segment_has_node(const gw_segment_map *map, size_t segment, uint32_t node);
