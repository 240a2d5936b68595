/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: offer a core to the oracle nodes. The gateway signs nothing; it keeps the bytes, their
 * digest and the revision. A proposal that split is followed by the next revision, at most
 * GW_FLOW_MAX_REVISIONS of one thing.
 */
#pragma once

#include "oracle/vote.h"
#include "server/db/proposal_store.h"
#include "server/db/request_store.h"
#include "server/evidence/core.h"
#include "server/flow/flow.h"

/* What is offered. The statement that matters is chosen by kind. */
typedef struct gw_propose_case {
    gw_uuid subject_id; /* the event, or the check of a clearance */
    gw_task_kind kind;
    int64_t revision;     /* 1 of a clearance, which has no other */
    gw_instant closes_at; /* from here on no signature counts; us 0: never */
    gw_bytes core;
    gw_commitment commitment;
    gw_settlement settlement;
    gw_clearance clearance;
} gw_propose_case;

/* Saves it as an open proposal; ret_id is its id, the same for the same (subject, kind, revision).
 */
GW_MUST_CHECK gw_status gw_propose(const gw_flow_unit *unit, const gw_propose_case *what,
                                   gw_uuid *ret_id, gw_fault *reterr);
/* "COMMITMENT", "SETTLEMENT", "CLEARANCE". */
const char *gw_propose_kind(gw_task_kind kind);
/* The revision that a new proposal gets: 1, or one above the newest. ret_last is the newest, with
 * revision 0 when there is none. */
GW_MUST_CHECK gw_status gw_propose_next(const gw_flow_unit *unit, const gw_proposal_key *key,
                                        gw_proposal_row *ret_last, gw_fault *reterr);

/* Parts of cores that several kinds share. */
GW_MUST_CHECK gw_status gw_propose_chain(const gw_flow_unit *unit, gw_core_chain *ret,
                                         gw_fault *reterr);
GW_MUST_CHECK gw_status gw_propose_event(const gw_flow_unit *unit, const gw_request_row *request,
                                         gw_core_event *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_propose_rules(const gw_flow_unit *unit, const gw_request_row *request,
                                         gw_core_rules *ret, gw_fault *reterr);
