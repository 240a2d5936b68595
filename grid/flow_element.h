/* SPDX-License-Identifier: Apache-2.0
 *
 * Electrical values of sources, branches and transformers in per unit, for positive and zero
 * sequence. Bases: GW_FLOW_BASE_VA (three-phase) and the nominal voltage of the node. The series
 * impedance stands at the `to` end, behind an ideal ratio:
 *   v_to = turn * ratio * v_from - z * i      i_from = conj(turn * ratio) * i
 * The network has passed gw_net_validate. Pure.
 */
#pragma once

#include "grid/flow_network.h"
#include "grid/flow_phasor.h"
#include "grid/flow_tree.h"

#define GW_FLOW_BASE_VA 1e6

/* What the zero sequence meets in a transformer. */
typedef enum gw_flow_zero {
    GW_FLOW_ZERO_THROUGH,     /* both ends grounded, and everything that is no transformer */
    GW_FLOW_ZERO_TO_GROUND,   /* seen from `to` an impedance to ground, seen from `from` nothing */
    GW_FLOW_ZERO_FROM_GROUND, /* the other way round */
    GW_FLOW_ZERO_BOTH_GROUND, /* each end an impedance to ground, nothing between them */
    GW_FLOW_ZERO_BLOCKED
} gw_flow_zero;

typedef struct gw_flow_element {
    double ratio;
    int clock; /* v_to lags by clock * 30 degrees */
    gw_flow_zero zero;
    gw_phasor z1;
    gw_phasor z0;
    gw_phasor y1_from; /* shunts, each in the base of its own node */
    gw_phasor y1_to;
    gw_phasor y0_from;
    gw_phasor y0_to;
    double zero_ratio; /* of the zero sequence where it passes: ratio, or -ratio */
    gw_phasor
        ground_from;     /* TO, FROM, BOTH_GROUND: zero sequence admittance of the winding at its */
    gw_phasor ground_to; /* own node, in the base of that node */
} gw_flow_element;

gw_flow_element gw_flow_element_make(const gw_net *net, gw_flow_edge edge);

/* The shunt that a branch or transformer, open at one end, is to the node at the other: positive
 * and zero sequence. Nothing when it is open at both ends or not closed. */
typedef struct gw_flow_stub {
    bool is_live;
    uint32_t node;
    gw_phasor y1;
    gw_phasor y0;
} gw_flow_stub;
gw_flow_stub gw_flow_stub_make(const gw_net *net, const gw_net_branch *branch);
gw_flow_stub gw_flow_stub_transformer(const gw_net *net, const gw_net_transformer *it);
/* A shunt of the network, seen the same way. */
gw_flow_stub gw_flow_shunt_make(const gw_net *net, const gw_net_shunt *shunt);

/* Sources alike in voltage and kind of impedance at one node are one to the flow: the first of them
 * stands for all. */
uint32_t gw_flow_source_first(const gw_net *net, uint32_t source);
/* The part of that one's current that is its own. */
double gw_flow_source_share(const gw_net *net, uint32_t source);

/* u_pu at angle_deg. */
gw_phasor gw_flow_source_voltage(const gw_net_source *source);
/* One turned by so many degrees, |degrees| <= 720; exact at multiples of 30. */
gw_phasor gw_phasor_turn(double degrees);
