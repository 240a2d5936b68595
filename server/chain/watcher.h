/* SPDX-License-Identifier: Apache-2.0
 *
 * What the chain says about the transactions of the journal: in which block, with the right log,
 * how deep, and whether that block is still there. It only looks and records; sending is
 * sender.c's.
 */
#pragma once

#include "server/chain/rpc.h"
#include "server/db/chain_store.h"

typedef struct gw_watch {
    const gw_chain_journal *journal;
    gw_rpc *rpc;
    gw_block head;
    uint64_t mined; /* nonce after the newest block, asked before any receipt */
    int confirmations;
    gw_instant now;
} gw_watch;

typedef enum gw_watch_result {
    GW_WATCH_ABSENT,  /* no attempt is in a block; its nonce is free */
    GW_WATCH_FOREIGN, /* its nonce is used, but by none of our attempts */
    GW_WATCH_MINED,   /* in a block, not deep enough yet */
    GW_WATCH_FINISHED /* FINAL or FAILED, recorded */
} gw_watch_result;

/* Looks for receipts of every attempt of row and brings row (and the journal) up to date. A row
 * that was in a block and is no more goes back to SENT. */
GW_MUST_CHECK gw_status gw_watch_row(const gw_watch *watch, gw_chain_row *row, gw_watch_result *ret,
                                     gw_fault *reterr);
