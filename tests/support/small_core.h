/* SPDX-License-Identifier: Apache-2.0
 *
 * One small evening, the same for ever: three bids, two of them taken, three meters, two intervals,
 * ten like days, one holiday, one day on which a meter was called, one reading lost in our own
 * outage. For tests of the cores and of the independent verifier.
 */
#pragma once

#include "server/evidence/core.h"

GW_MUST_CHECK gw_status small_commitment(gw_arena *arena, gw_core_commitment *ret,
                                         gw_fault *reterr);
/* The first run; built. */
GW_MUST_CHECK gw_status small_settlement(gw_arena *arena, gw_core_settlement *ret,
                                         gw_fault *reterr);
/* A second run after a correction of one reading; built. */
GW_MUST_CHECK gw_status small_correction(gw_arena *arena, gw_core_settlement *ret,
                                         gw_fault *reterr);
