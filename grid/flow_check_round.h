/* SPDX-License-Identifier: Apache-2.0
 *
 * The rounds of a check: solve with what is accepted, find the limits that break, cut by the rule,
 * solve again and tighten the gaps by what is left, until everything holds in every base and the
 * amounts stand still. Effects are taken once per limit, exactly (grid/flow_effect.h), where
 * everything asked for stands. Amounts are whole watts in every round. Pure.
 */
#pragma once

#include "grid/flow_check_row.h"

/* Everything accepted, nothing solved yet. The study must have been opened and outlive it. */
GW_MUST_CHECK gw_status gw_check_rounds_open(gw_arena *arena, gw_check_study *study,
                                             gw_check_rounds *ret, gw_fault *reterr);
/* Solves every base with what is accepted and notes the worst over the phases. */
GW_MUST_CHECK gw_status gw_check_rounds_solve(gw_check_rounds *rounds, bool *ret_is_solved,
                                              gw_fault *reterr);
/* Opens and runs them until everything holds. */
GW_MUST_CHECK gw_status gw_check_rounds_run(gw_arena *arena, gw_check_study *study,
                                            gw_check_rounds *ret, gw_fault *reterr);
