/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a three-phase flow, for its own sources only: places are made of the network, ports
 * factored, the sweep writes voltages and currents, the reading follows. Per unit; currents in the
 * base of a phase.
 */
#pragma once

#include "grid/flow_element.h"
#include "grid/flow_tensor.h"
#include "grid/flow_three_phase.h"
#include "grid/flow_tree.h"

#define GW_THREE_NO_PORT UINT32_MAX

/* A plain line: v = v_parent - (own * i + mutual * (ia + ib + ic)). */
typedef struct gw_three_place {
    gw_phasor own;
    gw_phasor mutual;
    double base_a; /* of its node */
    uint32_t parent;
    uint16_t has_earth; /* 0 or 1: the zero sequence finds a way from here */
    uint16_t is_plain;  /* 0 or 1: the edge above is a branch that charges nothing */
} gw_three_place;

/* A place whose edge is no plain line, or with large admittances here or below:
 *   v = fall * v_parent - drop * current      current above += rise * current */
typedef struct gw_three_port {
    uint32_t at;
    gw_tensor fall;
    gw_tensor drop;
    gw_tensor rise;
} gw_three_port;

/* What the zero sequence meets at the edge above a port. */
typedef enum gw_three_zero {
    GW_THREE_THROUGH,
    GW_THREE_EARTHED, /* a winding earths the place; its impedance is that of the edge */
    GW_THREE_FLOATING /* neither: only what stands at the place and below it holds its voltage */
} gw_three_zero;

/* What a port is made of: v = turn * v_parent - z * i, and what stands at its place. */
typedef struct gw_three_part {
    gw_tensor turn;
    gw_tensor z;
    gw_tensor network; /* admittances that are held in the tree: shunts, lines, transformers */
    gw_tensor all;     /* and the points of constant impedance */
    gw_tensor seen;    /* and everything below */
    gw_three_zero zero;
} gw_three_part;

/* What the sweep takes as a current: small admittances. */
typedef struct gw_three_shunt {
    uint32_t at;
    gw_tensor y;
} gw_three_shunt;

/* What the points take at one phase of a place; conjugated, per phase base. */
typedef struct gw_three_load {
    uint32_t at;
    uint32_t phase;
    gw_net_load kind;
    gw_phasor power;
} gw_three_load;

/* v_to = turn * v_from - z * current; a transformer that blocks the zero sequence leaves that of
 * its ends alone and carries none. */
typedef struct gw_three_link {
    uint32_t from;
    uint32_t to;
    bool is_blocked;
    gw_tensor turn;
    gw_tensor back; /* adjoint of turn */
    gw_tensor z;
    gw_triple current;
} gw_three_link;

struct gw_flow_three_phase {
    const gw_net *net;
    gw_flow_tree tree;
    gw_three_place *places;
    uint32_t *port_of; /* by place */
    gw_three_port *ports;
    gw_three_part *parts; /* by port */
    size_t port_count;
    gw_triple *voltage;
    gw_triple *current;
    gw_triple *kept;  /* with loops: the loads' currents between two sweeps */
    gw_triple *spare; /* with loops: voltages while the loops are measured */
    gw_three_shunt *shunts;
    size_t shunt_count;
    gw_three_load *loads; /* of constant power or current */
    size_t load_count;
    gw_three_load *impedances;
    size_t impedance_count;
    gw_three_link *links;
    uint32_t *loose; /* branches that charge without being in the tree */
    size_t loose_count;
    gw_phasor *gap;
    gw_phasor *closing;
    gw_phasor *room; /* to invert it in */
};

/* Places, ports and shunts of a tree that has been grown. */
GW_MUST_CHECK gw_status gw_three_place_make(gw_arena *arena, gw_flow_three_phase *flow,
                                            gw_fault *reterr);
/* Turn and impedance of a transformer from the upper end of an edge to the lower, in the base of
 * the latter. */
gw_sequences gw_three_turn(const gw_flow_element *element, gw_flow_edge edge);
gw_sequences gw_three_impedance(const gw_flow_element *element, gw_flow_edge edge);
gw_three_zero gw_three_zero_of(const gw_flow_element *element, gw_flow_edge edge);
/* One per unit of current at a node. */
double gw_three_base_a(const gw_net *net, uint32_t node);
/* Series impedance of a branch, and the admittance at each of its ends. */
gw_tensor gw_three_branch_z(const gw_net *net, uint32_t branch);
gw_tensor gw_three_branch_y(const gw_net *net, uint32_t branch);
/* The shunt that a branch, open at one end, is at the other. */
gw_tensor gw_three_stub_y(const gw_net *net, uint32_t branch);

/* After factoring: does a zero sequence voltage of the place drive any current to earth? */
bool gw_three_port_is_earthed(const gw_three_part *part);
/* From the leaves up: what every port draws per volt, and with it fall, drop and rise. */
void gw_three_port_factor(gw_flow_three_phase *flow);
/* Gathers what every edge carries into flow->current: the sweep leaves the loads' own. */
void gw_three_gather(gw_flow_three_phase *flow);
/* What a port draws from above. */
gw_triple gw_three_drawn(const gw_flow_three_phase *flow, uint32_t port);
