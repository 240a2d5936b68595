/* SPDX-License-Identifier: Apache-2.0
 *
 * The selection problem as a table: for each bid its options (not taken, or each allowed percent)
 * with the power they give per interval and what they cost. Used by the search only; the checker
 * (dr/selection_check.c) computes everything again without it. Pure.
 */
#pragma once

#include "dr/selection.h"

enum { GW_SELECTION_MAX_OPTIONS = 101 };

typedef struct gw_selection_option {
    int percent;
    int64_t cost_micros;
    const int64_t *power_w; /* per interval */
} gw_selection_option;

/* Options ascend by percent, so by power and cost as well; the first is "not taken". */
typedef struct gw_selection_row {
    gw_selection_option options[GW_SELECTION_MAX_OPTIONS];
    size_t option_count;
} gw_selection_row;

typedef struct gw_selection_table {
    gw_selection_row *rows; /* per bid */
    size_t row_count;
    int64_t *required_w; /* per interval, already lowered to what all bids together give */
    gw_power *shortage;  /* per interval, what it was lowered by */
    bool is_short;
    size_t interval_count;
} gw_selection_table;

GW_MUST_CHECK gw_status gw_selection_table_make(gw_arena *arena,
                                                const gw_selection_question *question,
                                                gw_selection_table *ret, gw_fault *reterr);
