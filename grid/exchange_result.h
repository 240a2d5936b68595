/* SPDX-License-Identifier: Apache-2.0
 *
 * What an exchange ends in: exports in whole watts that add up to zero and that every tie can
 * carry, by interval and member like everywhere in grid/exchange.h. Pure.
 */
#pragma once

#include "grid/exchange.h"

/* The agreed exports: rounded by largest remainder; where that would break a tie's limit (floored
 * to watts), its interval's flows are rounded instead. GW_CODE_INFEASIBLE: a connection would carry
 * more than it can, because the limits leave no agreement. */
GW_MUST_CHECK gw_status gw_exchange_finish(gw_arena *arena, const gw_exchange *exchange,
                                           int64_t *ret_exports_w, gw_fault *reterr);

/* What can be promised when an answer is missing: nobody gives or takes more than it last offered
 * (milliwatt) or its connection carries. The larger side is scaled to the smaller one, then all of
 * it until every tie holds: pro rata. Whole watts, rounded towards zero, and the rest taken from
 * the larger side. */
GW_MUST_CHECK gw_status gw_exchange_fall_back(gw_arena *arena, const gw_exchange *exchange,
                                              const int64_t *offers, int64_t *ret_exports_w,
                                              gw_fault *reterr);

/* Flows of all ties in watts, [interval * ties + tie]. */
void gw_exchange_flows(const gw_exchange *exchange, const int64_t *exports_w, int64_t *flows_w);
