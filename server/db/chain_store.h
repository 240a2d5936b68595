/* SPDX-License-Identifier: Apache-2.0
 *
 * The nonce journal in the database: sql/queries/chain_store.sql. Every function works on the pool
 * and inside a transaction; what it returns lives in the journal's arena.
 */
#pragma once

#include "oracle/address.h"
#include "oracle/word.h"
#include "server/chain/fee.h"
#include "server/chain/sender.h"
#include "server/db/pool.h"

/* Whose journal, and where to work. */
typedef struct gw_chain_journal {
    gw_db *db;
    gw_arena *arena;
    uint64_t chain_id;
    gw_address sender;
} gw_chain_journal;

typedef struct gw_chain_row {
    gw_chain_transaction facts;
    gw_chain_call call;
} gw_chain_row;

/* GW_CODE_NOT_FOUND when there is no such purpose. */
GW_MUST_CHECK gw_status gw_chain_load(const gw_chain_journal *journal, gw_text purpose,
                                      gw_chain_row *ret, gw_fault *reterr);
/* The least nonce that the journal has not given away. */
GW_MUST_CHECK gw_status gw_chain_load_next_nonce(const gw_chain_journal *journal, uint64_t *ret,
                                                 gw_fault *reterr);
/* Saves row as RESERVED. GW_CODE_CONFLICT: nonce or purpose exists. */
GW_MUST_CHECK gw_status gw_chain_save_reserved(const gw_chain_journal *journal,
                                               const gw_chain_row *row, gw_fault *reterr);

enum { GW_CHAIN_IN_FLIGHT = 16 }; /* the most rows that are watched at a time */

typedef struct gw_chain_rows {
    const gw_chain_row *items;
    int count;
} gw_chain_rows;
/* Rows that are not finished, and finished ones from nonce `mined` on: those the chain has lost by
 * a reorganisation deeper than our confirmations. Ascending by nonce. */
GW_MUST_CHECK gw_status gw_chain_load_watched(const gw_chain_journal *journal, uint64_t mined,
                                              gw_chain_rows *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_chain_load_open(const gw_chain_journal *journal, int *ret_count,
                                           gw_fault *reterr);

typedef struct gw_chain_attempt {
    int number; /* from 1 */
    gw_fee fee;
    gw_bytes raw;
    gw_word hash;
} gw_chain_attempt;

typedef struct gw_chain_attempts {
    const gw_chain_attempt *items; /* ascending by number */
    int count;
} gw_chain_attempts;
GW_MUST_CHECK gw_status gw_chain_load_attempts(const gw_chain_journal *journal, uint64_t nonce,
                                               gw_chain_attempts *ret, gw_fault *reterr);
/* GW_CODE_CONFLICT: another process saved this number first. */
GW_MUST_CHECK gw_status gw_chain_save_attempt(const gw_chain_journal *journal, uint64_t nonce,
                                              const gw_chain_attempt *attempt, gw_fault *reterr);

typedef struct gw_chain_sending {
    uint64_t nonce;
    int number;
    const char *answer; /* of the node; "" when it took it */
} gw_chain_sending;
GW_MUST_CHECK gw_status gw_chain_save_sent(const gw_chain_journal *journal,
                                           const gw_chain_sending *sending, gw_fault *reterr);

/* Writes state, block, gas and detail of the row with this nonce; at is kept when it is finished.
 */
GW_MUST_CHECK gw_status gw_chain_save_state(const gw_chain_journal *journal,
                                            const gw_chain_transaction *row, gw_instant at,
                                            gw_fault *reterr);
