/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule against equivocation: for one (kind, subject, revision, epoch) a node signs at most one
 * digest, for ever. The subject is the event of a commitment or settlement, or the check of a grid
 * clearance; a check has no revisions (0), so its slot is (check, epoch). A split of the nodes
 * leads to the next revision, never to a second signature. The caller makes the record durable
 * before a signature leaves the node. Pure. Ref: DESIGN §13.2; oracle_chain §2.6, crash-recovery
 * equivocation.
 */
#pragma once

#include "base/ident.h"
#include "oracle/word.h"

/* Numbers of the vote journal: never renumbered. */
typedef enum gw_task_kind {
    GW_TASK_COMMITMENT = 1,
    GW_TASK_SETTLEMENT = 2,
    GW_TASK_CLEARANCE = 3
} gw_task_kind;

typedef struct gw_vote_slot {
    gw_task_kind kind;
    gw_uuid subject;
    uint16_t revision;
    uint64_t epoch;
} gw_vote_slot;

typedef struct gw_vote_record {
    gw_vote_slot slot;
    gw_word digest;
} gw_vote_record;

typedef enum gw_vote_decision {
    GW_VOTE_RECORD_FIRST, /* nothing signed yet: store the record, then sign */
    GW_VOTE_SIGN_AGAIN,   /* the same digest is stored: the same signature may leave again */
    GW_VOTE_REFUSE        /* another digest is stored: GW_VERDICT_ALREADY_SIGNED_OTHER */
} gw_vote_decision;

bool gw_vote_slot_equal(const gw_vote_slot *left, const gw_vote_slot *right);

/* records: everything this node ever stored, in any order. */
gw_vote_decision gw_vote_decide(const gw_vote_record *records, size_t count,
                                const gw_vote_slot *slot, gw_word digest);
