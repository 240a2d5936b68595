/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the log of what was cut at whose point and by which rule. Appended only. Rows live in the
 * arena.
 */
#pragma once

#include "grid/period.h"
#include "server/db/pool.h"

typedef struct gw_curtailment_row {
    int64_t curtailment_id; /* given by the log */
    gw_text network_id;
    gw_text point;
    gw_text party; /* empty: nobody known */
    gw_uuid check_id;
    gw_text item_id;
    gw_text policy;
    gw_period interval;
    gw_power requested;
    gw_power cut;
    gw_energy cut_energy;
    gw_instant recorded_at;
} gw_curtailment_row;

typedef struct gw_curtailment_list {
    gw_curtailment_row *items;
    int count;
} gw_curtailment_list;

typedef struct gw_curtailment_total {
    gw_text policy;
    int64_t cuts;
    gw_energy cut_energy;
} gw_curtailment_total;

typedef struct gw_curtailment_totals {
    gw_curtailment_total *items; /* ascending by policy */
    int count;
} gw_curtailment_totals;

typedef struct gw_curtailment_filter {
    gw_text network_id; /* empty: all */
    gw_text point;      /* empty: all */
    gw_text party;      /* empty: all */
    gw_period period;   /* of the start of the interval */
    int64_t after;      /* curtailment_id; for the list only */
    int64_t limit;
} gw_curtailment_filter;

GW_MUST_CHECK gw_status gw_curtailment_insert(gw_db *tx, gw_arena *arena,
                                              const gw_curtailment_row *row, gw_fault *reterr);
/* In the order of the log. */
GW_MUST_CHECK gw_status gw_curtailment_load_list(gw_db *db, gw_arena *arena,
                                                 const gw_curtailment_filter *filter,
                                                 gw_curtailment_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_curtailment_load_totals(gw_db *db, gw_arena *arena,
                                                   const gw_curtailment_filter *filter,
                                                   gw_curtailment_totals *ret, gw_fault *reterr);

typedef struct gw_curtailment_points {
    gw_text network_id;
    const gw_text *points;
    size_t count;
    gw_period period;
} gw_curtailment_points;
/* ret[count], the caller's: what was cut at each point. */
GW_MUST_CHECK gw_status gw_curtailment_load_points(gw_db *db, gw_arena *arena,
                                                   const gw_curtailment_points *question,
                                                   gw_energy *ret, gw_fault *reterr);
