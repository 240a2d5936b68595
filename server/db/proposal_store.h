/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of proposals to the oracle nodes and of their votes. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_proposal_row {
    gw_uuid proposal_id;
    gw_text kind;       /* COMMITMENT, SETTLEMENT or CLEARANCE */
    gw_uuid subject_id; /* the event, or the check of a clearance */
    int64_t revision;
    int64_t epoch;
    int64_t signer_set;
    int64_t quorum;
    int64_t nodes;
    gw_bytes digest;    /* 32 */
    gw_bytes data_hash; /* 32 */
    gw_text message;    /* the typed message as JSON */
    gw_bytes core;
    gw_text state; /* OPEN, CERTIFIED, SPLIT, FAILED */
    gw_text reason;
    gw_instant opened_at;
    gw_instant decided_at; /* us 0: open */
    gw_bytes certificate;  /* quorum x 65 bytes; empty before */
    gw_instant closes_at;  /* from here on no signature counts; us 0: never */
} gw_proposal_row;

typedef struct gw_proposal_list {
    gw_proposal_row *items;
    int count;
} gw_proposal_list;

typedef struct gw_proposal_filter {
    gw_text state;        /* empty: any */
    gw_text node;         /* not empty: what this node has not answered yet */
    const gw_uuid *after; /* NULL: from the start */
    int64_t limit;
} gw_proposal_filter;

/* Inserts it as OPEN; the same (subject, kind, revision) again changes nothing. */
GW_MUST_CHECK gw_status gw_proposal_save(gw_db *tx, gw_arena *arena, const gw_proposal_row *row,
                                         gw_fault *reterr);
GW_MUST_CHECK gw_status gw_proposal_load(gw_db *db, gw_arena *arena, gw_uuid id,
                                         gw_proposal_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_proposal_lock(gw_db *tx, gw_arena *arena, gw_uuid id,
                                         gw_proposal_row *ret, gw_fault *reterr);

typedef struct gw_proposal_key {
    gw_uuid subject_id;
    gw_text kind;
} gw_proposal_key;
/* The newest revision; GW_CODE_NOT_FOUND when there is none. */
GW_MUST_CHECK gw_status gw_proposal_load_last(gw_db *db, gw_arena *arena,
                                              const gw_proposal_key *key, gw_proposal_row *ret,
                                              gw_fault *reterr);
GW_MUST_CHECK gw_status gw_proposal_load_certified(gw_db *db, gw_arena *arena,
                                                   const gw_proposal_key *key, gw_proposal_row *ret,
                                                   gw_fault *reterr);
typedef struct gw_proposal_ids {
    gw_uuid *items;
    int count;
} gw_proposal_ids;
/* Open ones that have closed by now, oldest first, at most a hundred. */
GW_MUST_CHECK gw_status gw_proposal_load_closing(gw_db *db, gw_arena *arena, gw_instant now,
                                                 gw_proposal_ids *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_proposal_load_list(gw_db *db, gw_arena *arena,
                                              const gw_proposal_filter *filter,
                                              gw_proposal_list *ret, gw_fault *reterr);

typedef struct gw_proposal_waiting {
    int64_t undecided;  /* open */
    int64_t unanswered; /* certified, but not every node has answered */
} gw_proposal_waiting;
GW_MUST_CHECK gw_status gw_proposal_load_waiting(gw_db *db, gw_arena *arena,
                                                 gw_proposal_waiting *ret, gw_fault *reterr);
/* Writes state, reason, certificate and decided_at of an open proposal. */
GW_MUST_CHECK gw_status gw_proposal_save_decision(gw_db *tx, gw_arena *arena,
                                                  const gw_proposal_row *row, gw_fault *reterr);

typedef struct gw_vote_row {
    gw_uuid proposal_id;
    gw_bytes signer; /* 20 bytes */
    gw_text node;
    gw_text verdict;
    gw_text detail;
    gw_text seen;       /* JSON */
    gw_bytes signature; /* 65 bytes; empty for a refusal */
    gw_instant received_at;
} gw_vote_row;

typedef struct gw_vote_list {
    gw_vote_row *items;
    int count;
} gw_vote_list;

/* ret_is_new is false when this signer has answered already; only a signature after a refusal
 * replaces its answer. */
GW_MUST_CHECK gw_status gw_vote_save(gw_db *tx, gw_arena *arena, const gw_vote_row *vote,
                                     bool *ret_is_new, gw_fault *reterr);
/* Ascending by signer. */
GW_MUST_CHECK gw_status gw_vote_load_list(gw_db *db, gw_arena *arena, gw_uuid proposal_id,
                                          gw_vote_list *ret, gw_fault *reterr);
typedef struct gw_vote_count {
    gw_text node;
    gw_bytes signer; /* 20 bytes */
    gw_instant last_seen_at;
    int64_t signed_count;
    int64_t refused_count;
} gw_vote_count;
typedef struct gw_vote_count_list {
    gw_vote_count *items;
    int count;
} gw_vote_count_list;
/* Every node that ever voted, by name. */
GW_MUST_CHECK gw_status gw_vote_load_counts(gw_db *db, gw_arena *arena, gw_vote_count_list *ret,
                                            gw_fault *reterr);
