/* SPDX-License-Identifier: Apache-2.0
 *
 * A network as plain structs: what a file says, before any calculation. SI units: volts line to
 * line, watts, var, ohms, siemens, amperes. Consumption at a point is positive, generation
 * negative. Nodes are named by their place in net->nodes. The arrays belong to whoever made them;
 * the texts too. Pure.
 *
 * Floating point, not integers: impedances span 1e-7 to 1e3 ohm and admittances go down to 1e-9 S,
 * while voltages are wanted to 1e-8; what leaves a power flow is quantised at the border instead.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_NET_NODES_MOST = 1000000,
    GW_NET_BRANCHES_MOST = 2000000,
    GW_NET_POINTS_MOST = 4000000,
    GW_NET_SHUNTS_MOST = 1000000,
    GW_NET_SOURCES_MOST = 64,
    GW_NET_LOOPS_MOST = 64
};

typedef enum gw_net_model { GW_NET_BALANCED, GW_NET_THREE_PHASE } gw_net_model;
typedef enum gw_net_kind { GW_NET_LINE, GW_NET_CABLE, GW_NET_SWITCH } gw_net_kind;
typedef enum gw_net_winding {
    GW_NET_WYE,
    GW_NET_WYE_GROUNDED,
    GW_NET_DELTA,
    GW_NET_ZIGZAG,
    GW_NET_ZIGZAG_GROUNDED
} gw_net_winding;
typedef enum gw_net_load { GW_NET_POWER, GW_NET_CURRENT, GW_NET_IMPEDANCE } gw_net_load;

/* Phases of a point; 0 means all three alike. */
enum { GW_NET_PHASE_A = 1, GW_NET_PHASE_B = 2, GW_NET_PHASE_C = 4, GW_NET_PHASES = 3 };

/* Where a node is drawn: nowhere, in a plan without meaning, or at longitude x and latitude y. */
typedef enum gw_net_place { GW_NET_NOWHERE, GW_NET_SCHEMATIC, GW_NET_GEOGRAPHIC } gw_net_place;

typedef struct gw_net_node {
    gw_text id;
    double un_v;
    double vmin_pu; /* 0: no limit */
    double vmax_pu; /* 0: no limit */
    gw_net_place place;
    double x;
    double y;
} gw_net_node;

/* A line whose phases differ: lower triangles of symmetric matrices in the order aa, ba, bb, ca,
 * cb, cc. Whole length; half of the admittance stands at each end. A neutral has been reduced
 * (Kron). */
enum { GW_NET_TRIANGLE = 6 };
typedef struct gw_net_matrix {
    double r_ohm[GW_NET_TRIANGLE];
    double x_ohm[GW_NET_TRIANGLE];
    double g_s[GW_NET_TRIANGLE];
    double b_s[GW_NET_TRIANGLE];
} gw_net_matrix;

typedef struct gw_net_branch {
    gw_text id;
    uint32_t from;
    uint32_t to;
    gw_net_kind kind;
    bool closed;
    bool open_from; /* a cable open at one end is live and still charges */
    bool open_to;
    bool has_zero_sequence;
    double r1_ohm;
    double x1_ohm;
    double r0_ohm;
    double x0_ohm;
    double b1_s; /* of the whole length; half of it stands at each end */
    double g1_s;
    double b0_s;
    double g0_s;
    double imax_a; /* 0: no limit */
    /* NULL: the sequences above say it all. Otherwise a three-phase flow takes this instead and the
     * sequences are its averages (gw_net_branch_average), which a balanced flow takes. */
    const gw_net_matrix *matrix;
} gw_net_branch;

typedef struct gw_net_transformer {
    gw_text id;
    uint32_t from; /* the side of u1_v */
    uint32_t to;
    gw_net_winding from_winding;
    gw_net_winding to_winding;
    int clock; /* the `to` side lags by so many times 30 degrees */
    bool closed;
    bool open_from; /* open at one end only, it is live and magnetised from the other */
    bool open_to;
    bool is_leg; /* of a star of three windings: its impedance may be negative */
    bool is_pi;  /* the magnetising branch stands at both ends; otherwise in the middle (T) */
    double sn_va;
    double u1_v;
    double u2_v;
    double uk_pct;
    double pk_w;
    double p0_w;
    double i0_pct;
    bool tap_at_to;
    double tap_steps; /* pos - neutral */
    double tap_step_pct;
    double r_ground_from_ohm; /* between a grounded star point and the earth */
    double x_ground_from_ohm;
    double r_ground_to_ohm;
    double x_ground_to_ohm;
    double i0_zero_pct; /* magnetising branch of the zero sequence */
    double p0_zero_w;
} gw_net_transformer;

/* An admittance between a node and the earth. */
typedef struct gw_net_shunt {
    gw_text id;
    uint32_t node;
    bool closed;
    double g1_s;
    double b1_s;
    double g0_s;
    double b0_s;
} gw_net_shunt;

typedef struct gw_net_point {
    gw_text id;
    uint32_t node;
    unsigned phases;
    bool
        is_phase_unknown; /* on one phase, nobody knows which: `phases` is 0, the power is spread */
    gw_net_load load;
    double p_w;
    double q_var;
} gw_net_point;

/* isc3_a 0: a stiff source without impedance. */
typedef struct gw_net_source {
    gw_text id;
    uint32_t node;
    double u_pu;
    double angle_deg;
    double isc3_a;
    double x_over_r;
    double z0_over_z1; /* 0 stands for 1 */
} gw_net_source;

typedef struct gw_net {
    gw_text name;
    gw_net_model model;
    gw_net_node *nodes;
    size_t node_count;
    gw_net_branch *branches;
    size_t branch_count;
    gw_net_transformer *transformers;
    size_t transformer_count;
    gw_net_point *points;
    size_t point_count;
    gw_net_source *sources;
    size_t source_count;
    gw_net_shunt *shunts;
    size_t shunt_count;
    /* A node that no branch could ever reach is dark, a branch may begin and end at one node and
     * there may be no source at all; otherwise these are faults. */
    bool has_islands;
} gw_net;

/* Refuses what cannot be calculated: no or too many of a kind, numbers that are no numbers or out
 * of range, a node that does not exist, a line between different voltages, no impedance on what is
 * no switch, no zero sequence in a three-phase model, a node that no branch could ever reach. The
 * fault's subject is a JSON pointer into the network file. Ids are looked at by gw_net_index_build.
 */
GW_MUST_CHECK gw_status gw_net_validate(gw_arena *arena, const gw_net *net, gw_fault *reterr);

/* Sequence data that come closest to the phase matrix: the averages of its diagonal and of the
 * rest. Ref: Kersting, Distribution System Modeling and Analysis, section 4.1. */
void gw_net_branch_average(gw_net_branch *branch);

/* Names in order. Borrows the texts. */
typedef struct gw_net_name {
    gw_text id;
    uint32_t at;
} gw_net_name;

typedef struct gw_net_index {
    gw_net_name *names;
    size_t count;
} gw_net_index;

/* Sorts names[count] in place; refuses an id that is there twice, with pointer /<list>/<at>/id. */
GW_MUST_CHECK gw_status gw_net_index_build(gw_net_name *names, size_t count, const char *list,
                                           gw_net_index *ret, gw_fault *reterr);
/* False when there is no such id. */
bool gw_net_index_find(const gw_net_index *index, gw_text id, uint32_t *ret);
