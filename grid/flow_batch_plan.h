/* SPDX-License-Identifier: Apache-2.0
 *
 * From a network to the plan of the lane sweeps: the tree of the scalar flow, reduced, with what is
 * watched. Memory comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_batch_tree.h"
#include "grid/flow_lane_plan.h"

GW_MUST_CHECK gw_status gw_flow_batch_plan(gw_arena *arena, const gw_batch_tree *from,
                                           const gw_flow_batch_watch *watch, gw_lane_plan *ret,
                                           gw_fault *reterr);
