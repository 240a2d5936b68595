/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of requests (which are the DR events) and their need. The rules of what may follow what are
 * in dr/event.h; this file only refuses a move from a state that the row is not in. Rows live in
 * the arena.
 */
#pragma once

#include "grid/period.h"
#include "server/db/pool.h"

typedef struct gw_need_row {
    gw_instant start;
    gw_power need;
    gw_power forecast; /* 0 W: not known */
} gw_need_row;

typedef struct gw_need_list {
    gw_need_row *items;
    int count;
} gw_need_list;

typedef struct gw_request_row {
    gw_uuid event_id;
    gw_text state; /* wire name */
    gw_text transformer;
    gw_text source; /* OPERATOR or FORECAST */
    gw_period window;
    int64_t interval_s;
    gw_price price_cap;
    gw_price shortfall_price;
    gw_money budget;
    gw_text method;
    gw_text adjustment;
    gw_text own_event_days; /* EXCLUDED or KEPT */
    gw_text calendar;
    int64_t calendar_version;
    gw_bytes calendar_hash;
    gw_instant gate_at;
    gw_instant ack_by;
    gw_instant data_deadline_at;
    gw_instant created_at;
    gw_instant published_at; /* us 0: not yet */
    gw_instant stopped_at;   /* us 0: not stopped */
    gw_text reason;
    gw_bytes commitment_root; /* empty: not certified */
    gw_money max_liability;
    gw_need_list need; /* for saving; loaded by gw_request_load_need */
} gw_request_row;

typedef struct gw_request_list {
    gw_request_row *items;
    int count;
} gw_request_list;

typedef struct gw_request_filter {
    gw_text state;        /* empty: any */
    gw_text transformer;  /* empty: any */
    const gw_uuid *after; /* NULL: from the start */
    int64_t limit;
} gw_request_filter;

/* Inserts it with its need; a row of the same id stays as it is and ret_is_new is false. */
GW_MUST_CHECK gw_status gw_request_save(gw_db *tx, gw_arena *arena, const gw_request_row *request,
                                        bool *ret_is_new, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_load(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                        gw_request_row *ret, gw_fault *reterr);
/* Loads and locks the row until the transaction ends. */
GW_MUST_CHECK gw_status gw_request_lock(gw_db *tx, gw_arena *arena, gw_uuid event_id,
                                        gw_request_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_load_list(gw_db *db, gw_arena *arena,
                                             const gw_request_filter *filter, gw_request_list *ret,
                                             gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_load_need(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                             gw_need_list *ret, gw_fault *reterr);

typedef struct gw_request_move {
    gw_uuid event_id;
    gw_text from;
    gw_text to;
    gw_text reason;
} gw_request_move;
/* GW_CODE_WRONG_STATE when the row is not in `from`. */
GW_MUST_CHECK gw_status gw_request_save_move(gw_db *tx, gw_arena *arena,
                                             const gw_request_move *move, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_save_published(gw_db *tx, gw_arena *arena, gw_uuid event_id,
                                                  gw_instant now, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_request_save_stopped(gw_db *tx, gw_arena *arena, gw_uuid event_id,
                                                gw_instant now, gw_fault *reterr);

typedef struct gw_request_promise {
    gw_uuid event_id;
    gw_bytes root;
    gw_money max_liability;
} gw_request_promise;
GW_MUST_CHECK gw_status gw_request_save_promise(gw_db *tx, gw_arena *arena,
                                                const gw_request_promise *promise,
                                                gw_fault *reterr);

/* What other published requests may still cost that the chain does not hold yet. */
GW_MUST_CHECK gw_status gw_request_load_reserved(gw_db *tx, gw_arena *arena, gw_uuid event_id,
                                                 gw_money *ret, gw_fault *reterr);

/* A window in which a meter of the event had another event: no like day for its baseline. */
typedef struct gw_event_day {
    gw_text meter;
    gw_period window;
} gw_event_day;
typedef struct gw_event_day_list {
    gw_event_day *items;
    int count;
} gw_event_day_list;
typedef struct gw_look_back {
    gw_uuid event_id;
    gw_period period;
} gw_look_back;
GW_MUST_CHECK gw_status gw_request_load_event_days(gw_db *db, gw_arena *arena,
                                                   const gw_look_back *look_back,
                                                   gw_event_day_list *ret, gw_fault *reterr);
