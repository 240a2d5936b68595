/* SPDX-License-Identifier: Apache-2.0
 *
 * A small bounded linear programme: min sum cost d, so that every row's sum of effect * d is at
 * least its gap, and 0 <= d <= most. Costs are above 0, so doing nothing is where the dual simplex
 * starts; bounds are passed by flips, not by pivots. Dense: made for many columns and few rows. Of
 * equal columns the first is taken. Fixed order, the same bits every time. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

typedef struct gw_flow_programme {
    size_t column_count;
    size_t row_count;
    const double *effect; /* row_count * column_count, largest size of a row about 1 */
    const double *gap;    /* by row */
    const double *cost;   /* by column, > 0 */
    const double *most;   /* by column, >= 0 */
} gw_flow_programme;

/* amount[column_count] and shadow[row_count] (cost per unit of gap) are the caller's. A row that no
 * amount can satisfy is left as near as the search came. Memory comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_simplex(gw_arena *arena, const gw_flow_programme *programme,
                                        double *amount, double *shadow, gw_fault *reterr);
