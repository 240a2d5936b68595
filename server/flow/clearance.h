/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: a grid check that reserves is offered to the oracle nodes as a grid clearance
 * (docs/CHECKS.md, section Grid clearance). The core is built from what was asked and answered; the
 * certificate of q nodes is what the trade contract takes. A check has one clearance and no
 * revisions: when no quorum agrees it has failed, and another check may be asked for.
 */
#pragma once

#include "grid/flow_check.h"
#include "grid/period.h"
#include "server/db/proposal_store.h"
#include "server/flow/flow.h"
#include "server/flow/network.h"
#include "server/http/json.h"

/* Who stands behind an item, beside what the question says of it. */
typedef struct gw_clearance_side {
    gw_text seller; /* address on the chain; empty: the payee of the point's party, or nobody */
    gw_text buyer;
    /* within_schedule: the cleared check and item that show it, for each side in this network.
     * Otherwise zero and empty. */
    gw_uuid seller_schedule;
    gw_text seller_schedule_item;
    gw_uuid buyer_schedule;
    gw_text buyer_schedule_item;
} gw_clearance_side;

typedef struct gw_clearance_case {
    gw_uuid check_id;
    gw_period interval;    /* whole seconds */
    gw_instant sign_by;    /* nodes sign before it; the reservation must hold somewhat longer */
    gw_instant expires_at; /* trades are opened on the chain before it: not after the interval */
    const gw_network *network;
    const gw_flow_check_question *question; /* item ids are names (base/text.h) and differ */
    const gw_flow_check_result *result;     /* verdict OK or CURTAILED */
    const gw_clearance_side *sides;         /* question->item_count; NULL: nothing to add */
    const int64_t *held_w; /* per point: what of the bases earlier checks hold; NULL: nothing */
} gw_clearance_case;

/* In the transaction of the check. ret_task_id is the proposal, the same when asked again. */
GW_MUST_CHECK gw_status gw_clearance_propose(const gw_flow_unit *unit,
                                             const gw_clearance_case *what, gw_uuid *ret_task_id,
                                             gw_fault *reterr);

/* The clearance of a check; GW_CODE_NOT_FOUND when none was proposed. */
GW_MUST_CHECK gw_status gw_clearance_load(gw_db *db, gw_arena *arena, gw_uuid check_id,
                                          gw_proposal_row *ret, gw_fault *reterr);

/* The bytes behind the network hash: document, then overlay. GW_CODE_NOT_FOUND for a task that is
 * no clearance. */
GW_MUST_CHECK gw_status gw_clearance_network(gw_db *db, gw_arena *arena,
                                             const gw_proposal_row *proposal, gw_bytes *ret,
                                             gw_fault *reterr);

/* Whose items are shown: an aggregator sees its own only. */
typedef struct gw_clearance_reader {
    const gw_text *item_ids; /* NULL: all of them */
    size_t item_count;
} gw_clearance_reader;

/* As a member of a check: task, state, digest, message, certificate and, of each item that the
 * reader may see, what the trade contract wants to open it: trade id, parties, Wh, salt, proof. */
GW_MUST_CHECK gw_status gw_clearance_view(gw_arena *arena, const gw_proposal_row *proposal,
                                          const gw_clearance_reader *reader, const char *key,
                                          gw_json *json, gw_fault *reterr);

/* What `gwverify clearance` takes: core and certificate. GW_CODE_NO_QUORUM before there is one. */
GW_MUST_CHECK gw_status gw_clearance_bundle(const gw_proposal_row *proposal, gw_json *json,
                                            gw_fault *reterr);
