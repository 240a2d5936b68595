/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of limits read for many sets of power at once: the flows go through gw_flow_batch, and
 * only what the limits look at is read. What the batch cannot take it solves one by one, so the
 * values are those of the scalar flow within 1e-8 pu. For finding; what is signed is solved by
 * itself. Pure.
 */
#pragma once

#include "grid/flow_batch.h"
#include "grid/flow_limit.h"

typedef struct gw_flow_gauge gw_flow_gauge;

/* The network and the limits must outlive it; memory comes from the arena. GW_CODE_OUT_OF_RANGE: a
 * limit names no element and phase of the network. */
GW_MUST_CHECK gw_status gw_flow_gauge_open(gw_arena *arena, const gw_net *net,
                                           const gw_flow_limits *limits, gw_flow_gauge **ret,
                                           gw_fault *reterr);

/* Which lanes the flows take; the best there are, unless it is said. GW_FLOW_LANES_NONE: each by
 * itself, by the scalar flow. */
void gw_flow_gauge_choose(gw_flow_gauge *gauge, gw_flow_lanes lanes);

/* How many sets are best read in one call; gw_flow_gauge_read takes no more. */
size_t gw_flow_gauge_room(const gw_flow_gauge *gauge);
/* Power of one set, to be filled for every point of the network. */
double *gw_flow_gauge_active_w(gw_flow_gauge *gauge, size_t set);
double *gw_flow_gauge_reactive_var(gw_flow_gauge *gauge, size_t set);

/* From now on by so many lanes; GW_FLOW_LANES_NONE: by the scalar flow, unreduced, as what is
 * confirmed must be. */
void gw_flow_gauge_use(gw_flow_gauge *gauge, gw_flow_lanes lanes);

/* Solves sets 0 to count - 1: values[set * limits->count + limit]. Returns how many have a
 * solution; gw_flow_gauge_is_solved says which, the values of the others are left alone. Warm: each
 * set from the one before. */
size_t gw_flow_gauge_read(gw_flow_gauge *gauge, size_t count, gw_flow_start start, double *values);
bool gw_flow_gauge_is_solved(const gw_flow_gauge *gauge, size_t set);
int gw_flow_gauge_iterations(const gw_flow_gauge *gauge, size_t set);
