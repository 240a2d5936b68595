/* SPDX-License-Identifier: Apache-2.0
 *
 * Lower bounds for the search: a price per demand (multiplier) is found by a fixed number of
 * subgradient steps in integers; an option's reduced cost is its cost less the value of what it
 * gives at these prices. For every set of prices >= 0 the sum of the least reduced costs plus the
 * value of the requirement is a lower bound of the cost; the steps only make it sharper. All values
 * are scaled by GW_BOUND_SCALE. Ref: Held, Karp 1971 (subgradient), Polyak step. Pure.
 */
#pragma once

#include "base/wide.h"
#include "dr/selection_table.h"

enum { GW_BOUND_SCALE = 1 << 20, GW_BOUND_STEPS = 300 };

typedef struct gw_selection_bound {
    int64_t *price;   /* per demand: scaled micros per W */
    gw_wide required; /* scaled value of the requirement at these prices */
    gw_wide *least;   /* per bid: the least reduced cost of its options */
    gw_wide (*reduced)[GW_SELECTION_MAX_OPTIONS]; /* per bid and option */
} gw_selection_bound;

/* `known_cost` is the cost of some feasible selection, or above it: it sets the first step only. */
GW_MUST_CHECK gw_status gw_selection_bound_make(gw_arena *arena, const gw_selection_table *table,
                                                int64_t known_cost, gw_selection_bound *ret,
                                                gw_fault *reterr);
