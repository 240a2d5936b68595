/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of a network as the lanes want it: one form for balanced and three-phase models, before
 * the reduction. Memory comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_lane_plan.h"
#include "grid/flow_three_phase.h"
#include "grid/flow_tree.h"

/* The tree of a network as both models have it; by place. */
typedef struct gw_batch_tree {
    const gw_net *net;
    size_t phases;
    const gw_flow_tree *tree;
    gw_phasor *own; /* impedance to the parent; nothing where a turn is */
    gw_phasor *mutual;
    gw_phasor *frame;    /* one phase: v of the network = frame * v of the place; otherwise 1 */
    gw_coupling *shunts; /* with one phase only own */
    unsigned char *marks;
    gw_lane_turn *turns; /* their `at` are places of the whole tree */
    size_t turn_count;
    gw_phasor *flat;     /* by place and phase: voltage without load */
    const char *refusal; /* why lanes cannot take it; NULL: they can */
} gw_batch_tree;

/* A balanced network; tree has been built of it. */
GW_MUST_CHECK gw_status gw_batch_tree_balanced(gw_arena *arena, const gw_net *net,
                                               const gw_flow_tree *tree, gw_batch_tree *ret,
                                               gw_fault *reterr);
/* A three-phase network, out of its scalar flow. */
GW_MUST_CHECK gw_status gw_batch_tree_three_phase(gw_arena *arena, const gw_net *net,
                                                  const gw_flow_three_phase *flow,
                                                  gw_batch_tree *ret, gw_fault *reterr);
