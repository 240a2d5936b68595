/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits that a network must keep, as a plain list: each is one quantity of one element and
 * phase that a state is held against. The figures are configuration, not a claim of conformity; the
 * defaults are those that EN 50160 (voltage band, unbalance), VDE-AR-N 4105/4110 (voltage rise by
 * generators) and VDE-AR-N 4100 (unbalance of a customer) are known for. One state is one moment:
 * averaging over windows is grid/flow_window.h.
 *
 * Values are ratios: voltages and rises in per unit of the nominal voltage, currents over imax_a,
 * power of a transformer's phase over a third of sn_va, unbalance as negative over positive
 * sequence; only a customer's unbalance is over its own limit. Pure.
 */
#pragma once

#include "grid/flow_solver.h"

typedef enum gw_flow_limit_kind {
    GW_LIMIT_VOLTAGE_LOW, /* the only kind whose value must not fall below its limit */
    GW_LIMIT_VOLTAGE_HIGH,
    GW_LIMIT_VOLTAGE_RISE, /* above the voltage without generation */
    GW_LIMIT_BRANCH_CURRENT,
    GW_LIMIT_NEUTRAL_CURRENT,    /* |Ia + Ib + Ic|: stands for the neutral, which no model has */
    GW_LIMIT_TRANSFORMER_POWER,  /* per phase, at the side where it is more */
    GW_LIMIT_UNBALANCE,          /* negative over positive sequence of a node's voltage */
    GW_LIMIT_CUSTOMER_UNBALANCE, /* between the phases of one node's points */
    GW_LIMIT_KINDS
} gw_flow_limit_kind;

/* Phase of a limit that looks at all three together, and of every limit in a balanced model. */
enum { GW_FLOW_PHASE_ALL = 3 };

typedef struct gw_flow_limit {
    gw_flow_limit_kind kind;
    uint32_t element; /* place of the node, branch or transformer in the network */
    uint32_t phase;   /* 0, 1, 2: A, B, C */
    double limit;
    double reference; /* of a rise: the voltage without generation, held fast */
    gw_text id;       /* of the element; borrowed from the network */
} gw_flow_limit;

typedef struct gw_flow_limits {
    gw_flow_limit *at;
    size_t count;
} gw_flow_limits;

/* Where voltages are held: at the phases that supply somebody, or at every phase of every node. */
typedef enum gw_flow_scope { GW_FLOW_SCOPE_SUPPLY, GW_FLOW_SCOPE_NODES } gw_flow_scope;

/* A zero takes the default that stands beside it. Integers, so that settings can fill it. */
typedef struct gw_flow_limit_options {
    unsigned kinds; /* one bit per kind, 1u << GW_LIMIT_...; all but the customers' unbalance */
    gw_flow_scope scope;
    int64_t voltage_low_ppm;       /* of nominal, where the node says nothing; 900,000 */
    int64_t voltage_high_ppm;      /* of nominal, where the node says nothing; 1,100,000 */
    int64_t voltage_rise_ppm;      /* of nominal; 30,000 at nodes up to 1 kV, 20,000 above */
    int64_t branch_ppm;            /* of imax_a: laying, ground, grouping; 1,000,000 */
    int64_t neutral_ppm;           /* of imax_a; 1,000,000 */
    int64_t transformer_ppm;       /* of sn_va; 1,000,000 */
    int64_t unbalance_ppm;         /* 20,000 */
    int64_t customer_unbalance_va; /* 4,600 */
    const gw_flow_state *without_generation; /* gives the rises; NULL: none are made */
} gw_flow_limit_options;

/* All limits of a network, by kind, then element, then phase; the same order every time. A branch
 * without imax_a has none; a balanced model has no phases, neutral or unbalance. Nodes need not be
 * energised. Memory comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_limits_make(gw_arena *arena, const gw_net *net,
                                            const gw_flow_limit_options *options,
                                            gw_flow_limits *ret, gw_fault *reterr);

/* The reference of the rises: solved with every generating point at zero. GW_CODE_INFEASIBLE. */
GW_MUST_CHECK gw_status gw_flow_without_generation(gw_arena *arena, const gw_net *net,
                                                   gw_flow_state *ret, gw_fault *reterr);

/* The quantity in a solved state. A dark node, branch or transformer is at its limit's safe side:
 * its voltage reads as nominal, everything else as zero. */
double gw_flow_limit_value(const gw_flow_limit *limit, const gw_net *net,
                           const gw_flow_state *state);
/* How far a value is beyond its limit, in the unit of the value: above zero it is violated. */
double gw_flow_limit_excess(const gw_flow_limit *limit, double value);
/* How much of what the limit allows is used: 1 at the limit. A voltage counts from nominal. */
double gw_flow_limit_share(const gw_flow_limit *limit, double value);

typedef struct gw_flow_worst {
    size_t at; /* in the list */
    double value;
    double share;
} gw_flow_worst;

/* The limit with the largest share; false when the list is empty. */
bool gw_flow_limits_worst(const gw_flow_limits *limits, const gw_net *net,
                          const gw_flow_state *state, gw_flow_worst *ret);

/* "voltage_low", "branch_current": the word for files and interfaces. */
const char *gw_flow_limit_word(gw_flow_limit_kind kind);
/* "mV", "mA", "VA", "ppm": of gw_flow_limit_quantity. */
const char *gw_flow_limit_unit(gw_flow_limit_kind kind);
/* A value (or the limit itself, or an excess) in that unit, rounded to the nearest: voltages of a
 * phase against earth, in a balanced model of line to line. What is beyond int64 becomes its end.
 */
int64_t gw_flow_limit_quantity(const gw_flow_limit *limit, const gw_net *net, double value);
/* A share in ppm, rounded up, so that what is beyond its limit never reads as if it were not. */
int64_t gw_flow_limit_share_ppm(double share);
