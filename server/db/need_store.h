/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of needs: a limit that will be violated, the power per interval that would relieve it at its
 * reference point, and what a watt at every other point is worth against it. Rows live in the
 * arena.
 */
#pragma once

#include "grid/period.h"
#include "server/db/pool.h"

typedef struct gw_grid_need_interval {
    gw_instant start;
    gw_power need;
    gw_power missing; /* of that, what the points cannot give */
    int64_t before_ppm;
    int64_t after_ppm;
    gw_text verdict;
} gw_grid_need_interval;

typedef struct gw_grid_need_effect {
    gw_text point;
    int64_t less_ppm;
    int64_t more_ppm;
} gw_grid_need_effect;

typedef struct gw_grid_need_row {
    gw_uuid need_id;
    gw_uuid study_id;
    gw_text segment_id;
    gw_text kind;
    gw_text element;
    int64_t phase; /* 0, 1, 2: A, B, C; 3: all together */
    gw_period period;
    gw_text reference_point; /* empty: none has any effect */
    bool is_reference_more;
    bool is_confirmed;
    gw_text rebounds; /* JSON list */
    gw_instant made_at;
    const gw_grid_need_interval *intervals; /* ascending; loaded by gw_grid_need_load_intervals */
    size_t interval_count;
    const gw_grid_need_effect *effects; /* loaded by gw_grid_need_load_effects */
    size_t effect_count;
    /* when loaded */
    gw_text network_id;
    int64_t version;
    gw_text forecast_id;
    gw_text state; /* OPEN, REQUESTED, SUPERSEDED */
    int64_t interval_s;
    gw_text transformer; /* of the segment; empty: none */
} gw_grid_need_row;

typedef struct gw_grid_need_list {
    gw_grid_need_row *items;
    int count;
} gw_grid_need_list;

typedef struct gw_grid_need_filter {
    gw_text segment_id;   /* empty: any */
    gw_text state;        /* empty: any */
    gw_text party;        /* empty: all; else those of networks where it has a point */
    const gw_uuid *after; /* NULL: from the start */
    int64_t limit;
} gw_grid_need_filter;

/* With intervals and effects, as OPEN. */
GW_MUST_CHECK gw_status gw_grid_need_insert(gw_db *tx, gw_arena *arena, const gw_grid_need_row *row,
                                            gw_fault *reterr);
/* What studies other than this one left open in the segment. */
GW_MUST_CHECK gw_status gw_grid_need_supersede(gw_db *tx, gw_arena *arena, gw_text segment_id,
                                               gw_uuid study_id, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_grid_need_load(gw_db *db, gw_arena *arena, gw_uuid need_id,
                                          gw_grid_need_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_grid_need_load_list(gw_db *db, gw_arena *arena,
                                               const gw_grid_need_filter *filter,
                                               gw_grid_need_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_grid_need_load_intervals(gw_db *db, gw_arena *arena,
                                                    gw_grid_need_row *row, gw_fault *reterr);
/* party: sees its own points only; empty: all. */
GW_MUST_CHECK gw_status gw_grid_need_load_effects(gw_db *db, gw_arena *arena, gw_text party,
                                                  gw_grid_need_row *row, gw_fault *reterr);

typedef struct gw_uuid_list {
    gw_uuid *items;
    size_t count;
} gw_uuid_list;

/* Marks the need as REQUESTED; the same pair again changes nothing. */
GW_MUST_CHECK gw_status gw_grid_need_link(gw_db *tx, gw_arena *arena, gw_uuid need_id,
                                          gw_uuid event_id, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_grid_need_load_requests(gw_db *db, gw_arena *arena, gw_uuid need_id,
                                                   gw_uuid_list *ret, gw_fault *reterr);
/* The needs that a request was made of. */
GW_MUST_CHECK gw_status gw_grid_need_of_request(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                                gw_uuid_list *ret, gw_fault *reterr);
