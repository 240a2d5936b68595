/* SPDX-License-Identifier: Apache-2.0
 *
 * The one writer of a sending key. A transaction is asked for by purpose, and for one purpose there
 * is one nonce and at most one effect, for ever: "commit/<event>/<revision>", "settle/<sequence>".
 * Everything is in the nonce journal (tables chain_transaction and chain_attempt) before it leaves:
 * RESERVED (nonce taken) → SIGNED (raw bytes stored) → SENT → MINED → FINAL; FAILED when the chain
 * ran it and it reverted; REPLACED when the nonce was used by something that is not ours.
 *
 * Outbox contract. The worker calls gw_chain_submit for its row, again after every restart; the
 * same purpose and call change nothing. Then it calls gw_chain_poll until the state is FINAL
 * (deliver the row) or FAILED / REPLACED (a person must act). While the chain is away submit gives
 * GW_CODE_UNAVAILABLE and takes no nonce. Never call submit inside a database transaction: it makes
 * its own, and its nonce must be durable before anything leaves.
 *
 * One thread per gw_chain. Several processes may hold the same key: an advisory lock per key makes
 * them take turns. No pending nonce of a node is ever trusted.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"
#include "oracle/address.h"
#include "oracle/word.h"
#include "server/clock.h"

typedef struct gw_chain gw_chain;

struct gw_db;
struct gw_ledger;
struct gw_rpc;

typedef enum gw_chain_state {
    GW_CHAIN_RESERVED = 1,
    GW_CHAIN_SIGNED = 2,
    GW_CHAIN_SENT = 3,
    GW_CHAIN_MINED = 4,
    GW_CHAIN_FINAL = 5,
    GW_CHAIN_FAILED = 6,
    GW_CHAIN_REPLACED = 7
} gw_chain_state;

enum { GW_CHAIN_PURPOSE_LONGEST = 128 };

/* What the contract is asked to do, and the event whose log proves that it did. */
typedef struct gw_chain_call {
    gw_address to;
    gw_bytes calldata;
    gw_word topic;      /* first topic of the log that must appear; zero: none is needed */
    uint64_t gas_limit; /* 0: estimated by the node, plus a fifth */
} gw_chain_call;

typedef struct gw_chain_transaction {
    char purpose[GW_CHAIN_PURPOSE_LONGEST + 1];
    gw_chain_state state;
    uint64_t nonce;
    int attempts;
    gw_word hash; /* of the attempt that was mined, else of the newest; zero when RESERVED */
    uint64_t block_number; /* 0 until MINED */
    gw_word block_hash;
    uint64_t gas_used;
    char detail[256]; /* why it FAILED or why it waits; may be empty */
} gw_chain_transaction;

typedef struct gw_chain_settings {
    struct gw_db *db;
    struct gw_rpc *rpc;        /* stays the caller's */
    uint64_t chain_id;         /* checked against the node at every submit and poll */
    const char *key_file;      /* of the sending account: 0600, hex */
    int confirmations;         /* blocks on top of the transaction's own before FINAL; >= 1 */
    int resend_after_ms;       /* without a receipt: send again, then bump */
    uint64_t fee_cap_most_wei; /* never bid above this per gas */
    uint64_t tip_least_wei;
} gw_chain_settings;

GW_MUST_CHECK gw_status gw_chain_open(const gw_chain_settings *settings, gw_chain **ret,
                                      gw_fault *reterr);
void gw_chain_close(gw_chain *chain); /* NULL is fine; wipes the key */
gw_address gw_chain_sender(const gw_chain *chain);

/* Takes a nonce, signs, stores, sends. An existing purpose with the same call returns what the
 * journal says; with another call it is GW_CODE_CONFLICT. A call that the contract would refuse
 * (simulated first, when the node answers) is GW_CODE_INFEASIBLE with the revert's name and takes
 * no nonce. A node that goes away after that is no failure: the state is then SIGNED or RESERVED,
 * and poll goes on. */
GW_MUST_CHECK gw_status gw_chain_submit(gw_chain *chain, gw_text purpose, const gw_chain_call *call,
                                        gw_chain_transaction *ret, gw_fault *reterr);

typedef struct gw_chain_progress {
    int open;     /* not yet FINAL, FAILED or REPLACED */
    int finished; /* became so in this poll */
    int sent;     /* raw transactions handed to the node in this poll */
} gw_chain_progress;

/* One round over everything open: sends what is only signed, looks for receipts of every attempt,
 * counts confirmations, sends again what was dropped, bumps the lowest nonce when it waits too
 * long. GW_CODE_UNAVAILABLE when no node answers; the journal stays as it is. now is market time
 * for the records; waiting is measured on tick. */
GW_MUST_CHECK gw_status gw_chain_poll(gw_chain *chain, gw_instant now, gw_tick tick,
                                      gw_chain_progress *ret, gw_fault *reterr);

/* GW_CODE_NOT_FOUND when the purpose was never submitted. */
GW_MUST_CHECK gw_status gw_chain_find(gw_chain *chain, gw_text purpose, gw_chain_transaction *ret,
                                      gw_fault *reterr);

const char *gw_chain_state_name(gw_chain_state state); /* "SENT" */
