/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory that keeps a node from signing twice: every (kind, subject, revision, epoch, digest)
 * it ever agreed to, in a journal of its own, durable before a signature leaves. A directory that
 * is lost is a node that has forgotten: it must not sign for an epoch it may have signed before.
 * One thread. Limit: GW_VOTES_MOST. Ref: DESIGN §6 (persist, then sign), §13.2.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/vote.h"

enum { GW_VOTES_MOST = 1000000 };

typedef struct gw_votes gw_votes;

/* Opens (or makes) the vote journal in directory and reads all of it into the arena. */
GW_MUST_CHECK gw_status gw_votes_open(gw_arena *arena, const char *directory, gw_votes **ret,
                                      gw_fault *reterr);
void gw_votes_close(gw_votes *votes); /* NULL is fine */

/* Decides by oracle/vote.h; for GW_VOTE_RECORD_FIRST the record is durable when this returns.
 * root: the commitment's Merkle root, zeros for anything else. */
GW_MUST_CHECK gw_status gw_votes_claim(gw_votes *votes, const gw_vote_record *record, gw_word root,
                                       gw_vote_decision *ret, gw_fault *reterr);

/* True when this node has agreed to a commitment of the event with this root. */
bool gw_votes_has_commitment(const gw_votes *votes, gw_uuid event, gw_word root);
