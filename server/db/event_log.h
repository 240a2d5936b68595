/* SPDX-License-Identifier: Apache-2.0
 *
 * The append-only log of what happened, and the source of GET /v1/events, webhooks and audits. Each
 * row carries the SHA-256 of (previous hash, its own content); appends are serialised by an
 * advisory lock inside the caller's transaction, so a row is there exactly when its fact is.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_event_entry {
    int64_t seq;     /* given by the log; 0 when appending */
    gw_instant at;   /* market time */
    gw_text entity;  /* "request", "order", "settlement", ... */
    gw_text type;    /* "request.published" */
    gw_text subject; /* id of the entity */
    gw_text party;   /* whom it concerns besides the operator; may be empty */
    gw_text body;    /* JSON object */
} gw_event_entry;

GW_MUST_CHECK gw_status gw_event_append(gw_db *tx, gw_arena *arena, const gw_event_entry *entry,
                                        int64_t *ret_seq, gw_fault *reterr);

typedef struct gw_event_page {
    int64_t after;  /* rows with a higher seq */
    int64_t limit;  /* 1..1000 */
    gw_text party;  /* empty: all rows; else rows of that party and rows without one */
    gw_text entity; /* empty: all */
} gw_event_page;

typedef struct gw_event_list {
    gw_event_entry *items;
    int count;
} gw_event_list;

GW_MUST_CHECK gw_status gw_event_load(gw_db *db, gw_arena *arena, const gw_event_page *page,
                                      gw_event_list *ret, gw_fault *reterr);

/* Recomputes the chain of hashes from seq 1; GW_CODE_MISMATCH names the first row that differs. */
GW_MUST_CHECK gw_status gw_event_verify(gw_db *db, int64_t *ret_count, gw_fault *reterr);
