/* SPDX-License-Identifier: Apache-2.0
 *
 * The order in which a sweep walks a network: every live place after its parent. Place 0 to
 * root_count - 1 are the ideal sources, one each; the edge below a root is the source's own
 * impedance. What closes a loop is a link; the switch that closes a loop of bare switches carries
 * nothing and is left out. Trees are chosen in the order of the file: switches, sources,
 * transformers, branches, so that a link is a line whenever it can be. Rebuild after a switching;
 * O(n), no recursion. Memory comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_network.h"

#define GW_PLACE_DARK UINT32_MAX

typedef enum gw_flow_part { GW_FLOW_SOURCE, GW_FLOW_TRANSFORMER, GW_FLOW_BRANCH } gw_flow_part;

/* `element` counts in the array of its kind. `is_reversed`: the parent is at the `to` end. */
typedef struct gw_flow_edge {
    gw_flow_part part;
    bool is_reversed;
    uint32_t element;
} gw_flow_edge;

typedef struct gw_flow_link {
    gw_flow_edge edge;
    uint32_t from; /* places */
    uint32_t to;
} gw_flow_link;

typedef struct gw_flow_tree {
    uint32_t root_count;
    uint32_t place_count;
    uint32_t *place_of;  /* by node; GW_PLACE_DARK: not energised */
    uint32_t *node_of;   /* by place; for a root the node of its source */
    uint32_t *parent;    /* by place; a root is its own */
    gw_flow_edge *above; /* by place: the edge to the parent; nothing for a root */
    gw_flow_link *links;
    size_t link_count;
} gw_flow_tree;

/* The network must have passed gw_net_validate. GW_CODE_TOO_LARGE above GW_NET_LOOPS_MOST links. */
GW_MUST_CHECK gw_status gw_flow_tree_build(gw_arena *arena, const gw_net *net, gw_flow_tree *ret,
                                           gw_fault *reterr);

/* True for a closed switch without impedance. */
bool gw_net_is_bare_switch(const gw_net_branch *branch);
