/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a three-phase flow, for its two sources only: the sweep writes it, the reading of
 * the results follows it. Per unit; currents in the base of a phase.
 */
#pragma once

#include "grid/flow_three_phase.h"
#include "grid/flow_tree.h"
#include "grid/flow_triple.h"

/* A line: v = v_parent - (own * i + mutual * (ia + ib + ic)). */
typedef struct gw_three_place {
    gw_phasor own;
    gw_phasor mutual;
    uint32_t parent;
    uint32_t has_shunt; /* 0 or 1 */
    uint32_t has_earth; /* 0 or 1: the zero sequence finds a way from here */
} gw_three_place;

/* A place below a transformer. */
typedef struct gw_three_turn {
    uint32_t at;
    gw_phasor positive; /* v1 below = positive * v1 above - z1 * i1 */
    double zero;        /* v0 below = zero * v0 above - z0 * i0 */
    gw_phasor z1;
    gw_phasor z0;
} gw_three_turn;

/* What the points take at one phase of a place; conjugated, per phase base. */
typedef struct gw_three_load {
    uint32_t at;
    uint32_t phase;
    gw_net_load kind;
    gw_phasor power;
} gw_three_load;

typedef struct gw_three_link {
    uint32_t from;
    uint32_t to;
    gw_phasor own;
    gw_phasor mutual;
    gw_triple current;
} gw_three_link;

struct gw_flow_three_phase {
    const gw_net *net;
    gw_flow_tree tree;
    gw_three_place *places;
    gw_three_turn *turns;
    size_t turn_count;
    gw_triple *voltage;
    gw_triple *current;
    gw_triple *kept;     /* with loops: the loads' currents between two sweeps */
    gw_coupling *shunts; /* by place */
    gw_three_load *loads;
    size_t load_count;
    gw_three_link *links;
    gw_phasor *gap;
    gw_phasor *closing;
};

/* Gathers the currents from the leaves to the roots once more: the sweep leaves those of the loads.
 */
void gw_three_gather(gw_flow_three_phase *flow);
/* What a transformer's place draws from above. */
gw_triple gw_three_drawn(const gw_flow_three_phase *flow, const gw_three_turn *here);
