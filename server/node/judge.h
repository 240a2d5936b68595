/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node thinks of a proposal, before it signs: recompute the core from its inputs, compare
 * the readings with its own, and derive the digest that would be signed. No I/O; the caller claims
 * the vote and signs. The verdict is always one of oracle/verdict.def.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/admission.h"
#include "oracle/typed_data.h"
#include "oracle/vote.h"
#include "server/node/networks.h"

/* What the node has for a clearance; all zero for anything else. */
typedef struct gw_judge_grid {
    gw_bytes network; /* document and overlay; empty: they could not be had */
    gw_text refusal;  /* why not, in a sentence */
    gw_network_pin pin;
    const gw_core_clearance *schedules; /* clearances it has signed that the items name */
    size_t schedule_count;
} gw_judge_grid;

typedef struct gw_judge_facts {
    gw_domain domain;    /* the node's own configuration, not the proposal's word */
    uint32_t signer_set; /* likewise */
    gw_text realm;
    gw_instant now;               /* market time */
    const gw_sighting *sightings; /* ascending by gw_sighting_compare, no repeats */
    size_t sighting_count;
    gw_judge_grid grid;
} gw_judge_facts;

typedef struct gw_judgement {
    gw_verdict verdict;
    char detail[256];      /* a sentence for a person */
    gw_vote_record record; /* slot and digest; valid when the core could be read */
    gw_word root;          /* the commitment's root, of the proposal or named by a settlement; the
                              items root of a clearance */
    gw_admission seen;     /* zeros for a commitment */
} gw_judgement;

/* A core that cannot be read or that differs is a verdict, not a failure; failures are ours
 * (memory). */
GW_MUST_CHECK gw_status gw_judge(gw_arena *arena, gw_bytes core, const gw_judge_facts *facts,
                                 gw_judgement *ret, gw_fault *reterr);
