/* SPDX-License-Identifier: Apache-2.0
 *
 * What a checked item costs the grid: the energy lost because of it (marginal and average), what
 * its share of a scarce limit is worth, and a fixed tariff by distance. Average losses are charged:
 * marginal ones together are about twice what is lost. Pure.
 */
#pragma once

#include "grid/flow_check_round.h"

/* Fills loss factors, distance and fees of items[item_count] and both losses of the result, from
 * the rounds as they ended. Solves one flow per point that items name. Afterwards the study holds
 * another state. */
GW_MUST_CHECK gw_status gw_check_fees_fill(gw_check_rounds *rounds, gw_flow_check_result *result,
                                           gw_fault *reterr);
