/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of an exchange: messages in their order, rounds, and the answers that came over MQTT and
 * wait. Facts are appended; only what waits is taken away again. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_exchange_message {
    int64_t seq;  /* given by the database */
    gw_text kind; /* ROUND, ANSWER, TIMEOUT, CUT */
    int64_t run;
    int64_t iteration;
    int64_t counter;
    int64_t member;    /* -1: none */
    gw_text transport; /* empty: the server's own */
    gw_text verdict;
    const int64_t *powers; /* milliwatt; of a ROUND the penalty comes first */
    size_t power_count;
    gw_instant received_at;
} gw_exchange_message;

typedef struct gw_exchange_message_list {
    gw_exchange_message *items;
    int count;
} gw_exchange_message_list;

/* Under the lock of the exchange. */
GW_MUST_CHECK gw_status gw_exchange_append(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                           const gw_exchange_message *message, gw_fault *reterr);
/* All of them, in their order. */
GW_MUST_CHECK gw_status gw_exchange_load_messages(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                  gw_exchange_message_list *ret, gw_fault *reterr);
typedef struct gw_exchange_message_filter {
    gw_uuid exchange_id;
    int64_t counter;
    const char *kind;
} gw_exchange_message_filter;
/* The messages of one kind in one round, by member; of answers only those that count. */
GW_MUST_CHECK gw_status gw_exchange_load_of_round(gw_db *db, gw_arena *arena,
                                                  const gw_exchange_message_filter *filter,
                                                  gw_exchange_message_list *ret, gw_fault *reterr);

typedef struct gw_exchange_message_counts {
    int64_t answers;
    int64_t accepted;
} gw_exchange_message_counts;
GW_MUST_CHECK gw_status gw_exchange_count_messages(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                   gw_exchange_message_counts *ret,
                                                   gw_fault *reterr);

typedef struct gw_exchange_round_row {
    int64_t counter;
    int64_t run;
    int64_t iteration;
    int64_t penalty;
    int64_t primal_milliwatt;
    int64_t dual_milliwatt;
    gw_bytes state_hash;
    gw_instant closed_at;
} gw_exchange_round_row;

typedef struct gw_exchange_round_list {
    gw_exchange_round_row *items;
    int count;
} gw_exchange_round_list;

GW_MUST_CHECK gw_status gw_exchange_save_round(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                               const gw_exchange_round_row *row, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_load_rounds(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                                gw_exchange_round_list *ret, gw_fault *reterr);

/* ---- answers that wait */

typedef struct gw_exchange_waiting {
    int64_t inbox_id; /* given by the database */
    gw_text member;
    gw_uuid exchange_id;
    int64_t iteration;
    int64_t counter;
    const int64_t *powers;
    size_t power_count;
    gw_instant received_at;
} gw_exchange_waiting;

typedef struct gw_exchange_waiting_list {
    gw_exchange_waiting *items;
    int count;
} gw_exchange_waiting_list;

GW_MUST_CHECK gw_status gw_exchange_save_waiting(gw_db *tx, gw_arena *arena,
                                                 const gw_exchange_waiting *row, gw_fault *reterr);
/* Oldest first. */
GW_MUST_CHECK gw_status gw_exchange_load_waiting(gw_db *db, gw_arena *arena, int64_t limit,
                                                 gw_exchange_waiting_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_drop_waiting(gw_db *tx, gw_arena *arena, int64_t inbox_id,
                                                 gw_fault *reterr);
