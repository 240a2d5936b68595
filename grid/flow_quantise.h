/* SPDX-License-Identifier: Apache-2.0
 *
 * The border of the power flow: integers in, integers out. Whoever is not grid/flow_* sees a power
 * flow through this file only: W, var, VA, mV, mA and ppm as int64, rounded to the nearest, half
 * away from zero. Voltages are line to line of a balanced network and line to neutral of a
 * three-phase one. What is not energised has voltage 0. Pure.
 */
#pragma once

#include "grid/flow_limit.h"

enum { GW_FLOW_CONDUCTORS = 4 /* A, B, C, neutral */ };

/* Largest power of one point, either sign: a terawatt. */
#define GW_FLOW_POWER_MOST_W INT64_C(1000000000000)

typedef struct gw_flow_power {
    int64_t p_w;
    int64_t q_var;
} gw_flow_power;

/* Sets the power of net->points[i] to powers[i]; GW_CODE_OUT_OF_RANGE with /points/<i> beyond
 * GW_FLOW_POWER_MOST_W. count is net->point_count. */
GW_MUST_CHECK gw_status gw_flow_power_put(gw_net *net, const gw_flow_power *powers, size_t count,
                                          gw_fault *reterr);
/* Power of net->points[i]. */
gw_flow_power gw_flow_power_get(const gw_net *net, size_t at);

/* phases values are filled: 1 or 3. */
typedef struct gw_flow_node_value {
    int64_t voltage_mv[GW_NET_PHASES];
    int64_t voltage_ppm[GW_NET_PHASES]; /* of the nominal voltage */
    int64_t unbalance_ppm;              /* negative over positive sequence; 0 when balanced */
} gw_flow_node_value;

/* Of the end with the larger current. neutral is |Ia + Ib + Ic|, 0 when balanced. */
typedef struct gw_flow_element_value {
    int64_t current_ma[GW_FLOW_CONDUCTORS];
    int64_t from_w; /* into the `from` end, all phases */
    int64_t from_var;
    int64_t loss_w;
    int64_t loading_ppm; /* largest phase current over imax_a, or apparent over rated power; 0: no
                            limit */
} gw_flow_element_value;

typedef struct gw_flow_values {
    size_t phases; /* 1 or 3 */
    gw_flow_verdict verdict;
    int64_t iterations;
    int64_t residual_ppb; /* largest change of a voltage in the last sweep, of nominal */
    gw_flow_power source; /* all sources together; consumption of the network is positive */
    gw_flow_power load;
    int64_t loss_w;
    gw_flow_node_value *nodes;
    gw_flow_element_value *branches;
    gw_flow_element_value *transformers;
} gw_flow_values;

/* Of an infeasible flow only verdict, iterations and residual are filled; the arrays are NULL. */
GW_MUST_CHECK gw_status gw_flow_quantise(gw_arena *arena, const gw_net *net,
                                         const gw_flow_outcome *outcome, const gw_flow_state *state,
                                         gw_flow_values *ret, gw_fault *reterr);

/* One limit in a state. limit and value in the limit's unit (gw_flow_limit_unit); share_ppm is how
 * much of what is allowed is used: above a million it is violated. */
typedef struct gw_flow_limit_row {
    size_t at; /* in the list of limits */
    gw_flow_limit_kind kind;
    gw_text id; /* of the element */
    uint32_t phase;
    int64_t limit;
    int64_t value;
    int64_t share_ppm;
} gw_flow_limit_row;

typedef struct gw_flow_limit_rows {
    gw_flow_limit_row *items;
    size_t count;
} gw_flow_limit_rows;

/* All limits in a solved state, the largest share first. */
GW_MUST_CHECK gw_status gw_flow_limits_rank(gw_arena *arena, const gw_net *net,
                                            const gw_flow_limits *limits,
                                            const gw_flow_state *state, gw_flow_limit_rows *ret,
                                            gw_fault *reterr);
