/* SPDX-License-Identifier: Apache-2.0
 *
 * How far apart two nodes are, as a tariff sees it: by what the energy has to pass. A feeder is
 * what hangs on one branch of a busbar; a busbar is where a transformer or a source ends. In a
 * meshed network the tree of the sweep decides. Pure.
 */
#pragma once

#include "grid/flow_network.h"
#include "grid/flow_tree.h"

typedef enum gw_flow_distance {
    GW_FLOW_SAME_NODE,
    GW_FLOW_SAME_FEEDER,
    GW_FLOW_SAME_TRANSFORMER,
    GW_FLOW_BEYOND, /* through medium voltage, or one side outside */
    GW_FLOW_DISTANCE_COUNT
} gw_flow_distance;

/* "same_node", "same_feeder", "same_transformer", "beyond" */
const char *gw_flow_distance_name(gw_flow_distance distance);

typedef struct gw_flow_map {
    gw_flow_tree tree;
    uint32_t *feeder; /* by place: the first place of its feeder; a busbar is its own */
    uint32_t *busbar; /* by place */
} gw_flow_map;

/* The network has passed gw_net_validate. Memory comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_map_build(gw_arena *arena, const gw_net *net, gw_flow_map *ret,
                                          gw_fault *reterr);
/* False: no source feeds the node. */
bool gw_flow_map_is_live(const gw_flow_map *map, uint32_t node);
/* GW_FLOW_BEYOND when one of them is not live. */
gw_flow_distance gw_flow_map_distance(const gw_flow_map *map, uint32_t from, uint32_t to);
