/* SPDX-License-Identifier: Apache-2.0
 *
 * A small linear programme: the least sum of changes that lifts every row to its wanted value,
 *   min sum x_j   subject to   sum_j a_rj x_j >= b_r,   0 <= x_j <= cap_j.
 * When not everything can be reached it gets as near as it can: first the least sum of what is
 * missing, then the least sum of x. Dual simplex with bounds over a dense table: rows are the few
 * limits that bind, columns the many points. Ties are broken by place, so the same input gives the
 * same answer. No recursion. Pure.
 *
 * Rows are scaled by their largest entry: "missing" is counted in units of the best column's x.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>

enum { GW_LINEAR_ROWS_MOST = 512 };

typedef struct gw_linear {
    const double *entries; /* [row * column_count + column] */
    const double *wanted;  /* by row */
    const double *caps;    /* by column, not negative */
    size_t row_count;
    size_t column_count;
} gw_linear;

typedef struct gw_linear_answer {
    double *x;       /* by column, in the arena */
    double *missing; /* by row, in the unit of `wanted`; 0 where it is reached */
    double *price;   /* by row: how much the sum grows per unit of `wanted`; 0 where it is slack */
    double sum;
    bool is_reached;
    int pivots;
} gw_linear_answer;

/* GW_CODE_INVALID: a number is not finite. GW_CODE_TOO_LARGE: too many rows.
 * GW_CODE_INFEASIBLE: it did not end within its pivots. */
GW_MUST_CHECK gw_status gw_linear_solve(gw_arena *arena, const gw_linear *problem,
                                        gw_linear_answer *ret, gw_fault *reterr);
