/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a balanced flow, for its two sources only: the sweep writes it, the reading of the
 * results follows it. Per unit, every place in its own frame.
 */
#pragma once

#include "grid/flow_balanced.h"
#include "grid/flow_element.h"
#include "grid/flow_tree.h"

/* One line of cache: what the sweep needs of a place. z, y and power are seen in its frame. */
typedef struct gw_balanced_place {
    gw_phasor z;
    gw_phasor power; /* conjugated, times the square of the frame */
    gw_phasor y;
    double frame_square;
    uint32_t parent;
} gw_balanced_place;

/* Constant current: rare, so kept apart. */
typedef struct gw_balanced_steady {
    uint32_t at;
    gw_phasor power; /* conjugated, at nominal voltage */
} gw_balanced_steady;

/* v_to = turn * v_from - z * current, in the frames of its ends. */
typedef struct gw_balanced_link {
    uint32_t from;
    uint32_t to;
    gw_phasor turn;
    gw_phasor z;
    gw_phasor current;
} gw_balanced_link;

/* Admittances that a sweep could not settle as currents, because they are large or loads of
 * constant impedance: they are solved with the tree instead. Seen from above, a place and all below
 * it draw admittance * v + current; so with k = 1 / (1 + z * admittance) v = k * v_parent - k * z *
 * current      and the parent sees admittance * k and k * current. All NULL when there is none. */
typedef struct gw_balanced_hold {
    gw_phasor *network; /* by place: shunts, lines, transformers */
    gw_phasor *all;     /* and the points' */
    gw_phasor *seen;    /* the admittance that is seen from above */
    gw_phasor *pass;    /* k */
    gw_phasor *stop;    /* k * z */
} gw_balanced_hold;

struct gw_flow_balanced {
    const gw_net *net;
    gw_flow_tree tree;
    gw_balanced_place *places;
    gw_phasor *frame;
    gw_phasor *voltage;
    gw_phasor *current;
    gw_phasor *kept;  /* with loops: the loads' currents between two sweeps */
    gw_phasor *spare; /* with loops: voltages while the loops are measured */
    gw_phasor *shunt; /* of branches, transformers and shunts, without the points' */
    gw_balanced_hold hold;
    bool has_impedances; /* points of constant impedance */
    gw_balanced_steady *steadies;
    size_t steady_count;
    gw_balanced_link *links;
    gw_phasor *gap;     /* of every link */
    gw_phasor *closing; /* inverse of the loops' impedances */
    gw_phasor *room;    /* to invert them in */
};

/* The ratio of a transformer with its turn. */
gw_phasor gw_balanced_turn(const gw_flow_element *element);
/* Gathers what every edge carries into flow->current: the sweep leaves the loads' own. */
void gw_balanced_gather(gw_flow_balanced *flow);
