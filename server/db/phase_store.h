/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of phase proposals: runs of the job, what each says of its points, what was accepted. Rows
 * live in the arena. Appended only.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_phase_run_row {
    gw_text network_id;
    int64_t run; /* set by the insert */
    int64_t version;
    gw_instant from_at;
    int64_t interval_s;
    int64_t intervals;
    int64_t points;
    int64_t certain_ppm;
    gw_text token_id;
    gw_instant recorded_at;
} gw_phase_run_row;

/* Phases are "A", "B", "C" or empty. */
typedef struct gw_phase_row {
    int64_t run;
    gw_text point;
    gw_text phase;
    gw_text best;
    gw_text doubt; /* CERTAIN, CLOSE, FLAT, FEW, NO_REFERENCE, KNOWN, DISPUTED */
    int64_t confidence_ppm;
    int64_t correlation_ppm[3];
    int64_t steps;
    gw_instant recorded_at;
    gw_text accepted_phase; /* empty: not accepted */
    int64_t accepted_version;
    gw_instant accepted_at;
} gw_phase_row;

typedef struct gw_phase_list {
    gw_phase_row *items;
    int count;
} gw_phase_list;

/* The next run of the network, with what it says. ret_run: its number. Two at once:
 * GW_CODE_CONFLICT for one of them. */
GW_MUST_CHECK gw_status gw_phase_run_insert(gw_db *tx, gw_arena *arena, const gw_phase_run_row *row,
                                            const gw_phase_list *proposals, int64_t *ret_run,
                                            gw_fault *reterr);
/* The newest of the point. */
GW_MUST_CHECK gw_status gw_phase_find(gw_db *db, gw_arena *arena, gw_text network_id, gw_text point,
                                      gw_phase_row *ret, gw_fault *reterr);

typedef struct gw_phase_page {
    gw_text network_id;
    gw_text after; /* point */
    int64_t limit;
} gw_phase_page;

/* Of every point the newest, ascending by point. */
GW_MUST_CHECK gw_status gw_phase_load_list(gw_db *db, gw_arena *arena, const gw_phase_page *page,
                                           gw_phase_list *ret, gw_fault *reterr);

typedef struct gw_phase_acceptance {
    gw_text network_id;
    gw_text point;
    int64_t run;
    gw_text phase;
    int64_t version;
    gw_text token_id;
    gw_instant at;
} gw_phase_acceptance;

/* What is there already stays. */
GW_MUST_CHECK gw_status gw_phase_accept(gw_db *tx, gw_arena *arena,
                                        const gw_phase_acceptance *acceptance, gw_fault *reterr);
