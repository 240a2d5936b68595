/* SPDX-License-Identifier: Apache-2.0
 *
 * The selection problem as a table: for each bid its options (not taken, or each allowed percent)
 * with what they give to each demand and what they cost. Demands are the needs of the intervals,
 * then the limits of the grid. Used by the search only; the checker (dr/selection_check.c) computes
 * everything again without it. Pure.
 */
#pragma once

#include "dr/selection.h"

enum {
    GW_SELECTION_MAX_OPTIONS = 101,
    GW_SELECTION_MAX_DEMANDS = GW_SELECTION_MAX_INTERVALS + GW_SELECTION_MAX_LIMITS
};

typedef struct gw_selection_option {
    int percent;
    int64_t cost_micros;
    const int64_t *gives_w; /* per demand; may be negative for a limit */
} gw_selection_option;

/* Options ascend by percent, so by cost as well; the first is "not taken". */
typedef struct gw_selection_row {
    gw_selection_option options[GW_SELECTION_MAX_OPTIONS];
    size_t option_count;
} gw_selection_row;

typedef struct gw_selection_table {
    gw_selection_row *rows; /* per bid */
    size_t row_count;
    int64_t *wanted_w;   /* per demand */
    int64_t *required_w; /* per demand: lowered to what can be reached */
    size_t demand_count;
    bool is_monotone; /* no bid harms a demand: more never gives less */
} gw_selection_table;

GW_MUST_CHECK gw_status gw_selection_table_make(gw_arena *arena,
                                                const gw_selection_question *question,
                                                gw_selection_table *ret, gw_fault *reterr);

/* How far the demands are lowered, see dr/selection.h. After GW_SELECTION_TOGETHER all bids in full
 * reach every demand. */
typedef enum gw_selection_lowering {
    GW_SELECTION_EACH,
    GW_SELECTION_TOGETHER
} gw_selection_lowering;
void gw_selection_table_lower(gw_selection_table *table, gw_selection_lowering how);
