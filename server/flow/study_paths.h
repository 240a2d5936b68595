/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the studies: injections of an interval as load vectors of the power flow. Without paths
 * the middle is the only one.
 */
#pragma once

#include "grid/flow_scenario.h"
#include "server/flow/injection.h"

GW_MUST_CHECK gw_status gw_study_paths_make(gw_arena *arena, const gw_injections *from,
                                            gw_flow_paths *ret, gw_fault *reterr);
