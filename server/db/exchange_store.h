/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of exchanges between microgrids: definition, members, ties, cuts and how far it is. Messages
 * and rounds are in server/db/exchange_log_store.h. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_exchange_member_row {
    gw_text party;
    gw_text transport; /* MQTT or REST */
    gw_text point;     /* empty: none */
    gw_power least;    /* <= 0 */
    gw_power most;
} gw_exchange_member_row;

enum { GW_EXCHANGE_UNLIMITED = -1 };

typedef struct gw_exchange_tie_row {
    int64_t from_member;
    int64_t to_member;
    gw_power limit; /* GW_EXCHANGE_UNLIMITED: none */
} gw_exchange_tie_row;

/* A connection that is narrower from a run on. */
typedef struct gw_exchange_cut_row {
    int64_t run;
    int64_t interval;
    int64_t member;
    gw_power least;
    gw_power most;
} gw_exchange_cut_row;

typedef struct gw_exchange_row {
    gw_uuid exchange_id;
    gw_text state; /* OPEN, CHECKING, AGREED, FALLBACK, FAILED, CANCELLED */
    gw_text reason;
    gw_text form;      /* CONSENSUS or EXCHANGE */
    gw_text balancing; /* ON or OFF */
    gw_text network;   /* empty: none */
    gw_instant start_at;
    int64_t interval_s;
    int64_t interval_count;
    int64_t penalty;
    int64_t stop_milliwatt;
    int64_t answer_s;
    gw_instant deadline_at;
    const gw_uuid *warm_from; /* NULL: none */
    gw_instant created_at;
    gw_text outcome; /* CONVERGED, EXHAUSTED, TIMED_OUT, DIVERGED; empty before */
    int64_t run;
    int64_t iteration;
    int64_t counter;
    gw_instant round_at;
    gw_instant answer_by;
    int64_t reminders;
    gw_bytes stored;
    gw_text result;       /* empty before */
    gw_bytes result_hash; /* empty before */
    gw_instant ended_at;  /* us 0: not yet */
    gw_exchange_member_row *members;
    int member_count;
    gw_exchange_tie_row *ties;
    int tie_count;
    gw_exchange_cut_row *cuts;
    int cut_count;
} gw_exchange_row;

typedef struct gw_exchange_list {
    gw_exchange_row *items;
    int count;
} gw_exchange_list;

typedef struct gw_exchange_filter {
    gw_text state;        /* empty: any */
    gw_text party;        /* empty: all; else those of which it is a member */
    const gw_uuid *after; /* NULL: from the start */
    int64_t limit;
} gw_exchange_filter;

/* Inserts it as OPEN, with members and ties. */
GW_MUST_CHECK gw_status gw_exchange_save(gw_db *tx, gw_arena *arena, const gw_exchange_row *row,
                                         gw_fault *reterr);
/* With members, ties and cuts. */
GW_MUST_CHECK gw_status gw_exchange_load(gw_db *db, gw_arena *arena, gw_uuid id,
                                         gw_exchange_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_lock(gw_db *tx, gw_arena *arena, gw_uuid id,
                                         gw_exchange_row *ret, gw_fault *reterr);
/* Ascending by id, with members, ties and cuts. */
GW_MUST_CHECK gw_status gw_exchange_load_list(gw_db *db, gw_arena *arena,
                                              const gw_exchange_filter *filter,
                                              gw_exchange_list *ret, gw_fault *reterr);
/* Writes everything of the row that may change. */
GW_MUST_CHECK gw_status gw_exchange_save_move(gw_db *tx, gw_arena *arena,
                                              const gw_exchange_row *row, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_save_cut(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                             const gw_exchange_cut_row *cut, gw_fault *reterr);

/* What the worker has to look after: only the columns that tell what is due. */
GW_MUST_CHECK gw_status gw_exchange_load_live(gw_db *db, gw_arena *arena, gw_exchange_list *ret,
                                              gw_fault *reterr);

/* ---- what was agreed */

typedef struct gw_exchange_share {
    int64_t interval;
    int64_t member;
    gw_power export_power;
    int64_t price_nanos_per_kwh;
} gw_exchange_share;

typedef struct gw_exchange_share_list {
    gw_exchange_share *items; /* by interval, then member */
    int count;
} gw_exchange_share_list;

GW_MUST_CHECK gw_status gw_exchange_save_shares(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                                const gw_exchange_share_list *shares,
                                                gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_load_shares(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                gw_exchange_share_list *ret, gw_fault *reterr);

typedef struct gw_exchange_check_row {
    int64_t run;
    int64_t interval;
    const gw_uuid *check_id; /* NULL: nothing was asked for */
    gw_text verdict;
    gw_bytes digest; /* empty: none */
} gw_exchange_check_row;

typedef struct gw_exchange_check_list {
    gw_exchange_check_row *items;
    int count;
} gw_exchange_check_list;

GW_MUST_CHECK gw_status gw_exchange_save_check(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                               const gw_exchange_check_row *row, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_load_checks(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                gw_exchange_check_list *ret, gw_fault *reterr);
