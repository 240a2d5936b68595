/* SPDX-License-Identifier: Apache-2.0
 *
 * From the journal to PostgreSQL: reads durable records in batches, turns topics and bytes into
 * readings or faults, asks the register and the plausibility rule, decides versions, and saves
 * readings, messages, coverage, dead letters, outages and the journal cursor in one transaction.
 * A kill at any place neither loses nor doubles anything, because the cursor moves with the rows.
 *
 * While the database is away the journal fills and nothing else happens. A record that the database
 * refuses is found by halving the batch and goes to the dead letters. One thread runs it.
 */
#pragma once

#include "server/clock.h"
#include "server/db/pool.h"
#include "server/journal/journal.h"

typedef struct gw_load gw_load;

typedef struct gw_load_settings {
    gw_db *db;
    gw_clock *clock;
    gw_journal *journal;
    gw_text realm;
    int records_most;   /* of one batch */
    gw_span oldest;     /* how far back a reading may reach */
    gw_span clock_lead; /* how far its end may lie ahead */
    void *context;
    /* After the commit, for each message that was refused. */
    void (*rejected)(void *context, gw_text device, int64_t boot, int64_t seq,
                     const gw_fault *fault);
} gw_load_settings;

GW_MUST_CHECK gw_status gw_load_open(const gw_load_settings *settings, gw_load **ret,
                                     gw_fault *reterr);
void gw_load_close(gw_load *load); /* NULL is fine */

/* Loads one batch. ret_loaded 0: nothing durable is left to load. UNAVAILABLE and TIMED_OUT: the
 * database is away, try again later; IO: the journal cannot be read. */
GW_MUST_CHECK gw_status gw_load_next(gw_load *load, size_t *ret_loaded, gw_fault *reterr);

/* Last record that is in the database; 0 before the first batch or gw_load_next told it. */
uint64_t gw_load_lsn(const gw_load *load);
