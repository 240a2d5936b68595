/* SPDX-License-Identifier: Apache-2.0
 *
 * What would do at the reference point alone, by the power flow instead of by its slope: near a
 * collapse the slope falls short by some per cent. A few secant steps over all paths; a row that
 * does not settle keeps its linear figure. Pure.
 */
#pragma once

#include "grid/flow_need.h"

/* Replaces reference_w of the violated rows, at most rows_most of them, the first first. missing_w
 * stays: it is what the levers lack together. */
GW_MUST_CHECK gw_status gw_flow_need_settle(gw_arena *arena, const gw_flow_need_question *question,
                                            size_t rows_most, gw_flow_need *need, gw_fault *reterr);
