/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the outbox: effects promised in the transaction of the fact. `purpose` names the effect:
 * promised twice it is one row. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_outbox_row {
    int64_t outbox_id; /* given by the database */
    gw_text kind;      /* CHAIN_COMMIT, CHAIN_SETTLE, MQTT_PUBLISH */
    gw_text purpose;
    const gw_uuid *event_id; /* NULL: none */
    gw_text topic;
    bool retained;
    gw_bytes payload;
    gw_instant promised_at;
    gw_instant done_at; /* us 0: waits */
    int64_t attempts;
    gw_text outcome;
    gw_bytes tx_hash;     /* empty: none */
    int64_t block_number; /* 0: none */
} gw_outbox_row;

typedef struct gw_outbox_list {
    gw_outbox_row *items;
    int count;
} gw_outbox_list;

GW_MUST_CHECK gw_status gw_outbox_save(gw_db *tx, gw_arena *arena, const gw_outbox_row *row,
                                       gw_fault *reterr);
/* Waiting rows, oldest first. */
GW_MUST_CHECK gw_status gw_outbox_load_due(gw_db *db, gw_arena *arena, int64_t limit,
                                           gw_outbox_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_outbox_load_waiting(gw_db *db, gw_arena *arena, int64_t *ret,
                                               gw_fault *reterr);
/* Counts an attempt; outcome and tx_hash of the row. */
GW_MUST_CHECK gw_status gw_outbox_save_attempt(gw_db *db, gw_arena *arena, const gw_outbox_row *row,
                                               gw_fault *reterr);
/* done_at, outcome, tx_hash and block_number of the row. */
GW_MUST_CHECK gw_status gw_outbox_save_done(gw_db *tx, gw_arena *arena, const gw_outbox_row *row,
                                            gw_fault *reterr);
/* Chain rows of the event, oldest first. */
GW_MUST_CHECK gw_status gw_outbox_load_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                                gw_outbox_list *ret, gw_fault *reterr);

typedef struct gw_outbox_filter {
    const gw_uuid *event_id; /* NULL: all */
    int64_t after;           /* ids above it */
    int64_t limit;
} gw_outbox_filter;
/* Chain rows, oldest first. */
GW_MUST_CHECK gw_status gw_outbox_load_list(gw_db *db, gw_arena *arena,
                                            const gw_outbox_filter *filter, gw_outbox_list *ret,
                                            gw_fault *reterr);
