/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/certify.h"

#include "server/db/outbox_store.h"
#include "server/db/settlement_store.h"
#include "server/evidence/core.h"
#include "server/flow/advance.h"
#include "server/flow/call.h"
#include "server/flow/order.h"
#include "server/flow/steps.h"

#include <stdio.h>

enum { CLOSING_ARENA_BYTES = 256 * 1024 * 1024 };

static gw_status decide(const gw_flow_unit *unit, gw_proposal_row *proposal, const char *state,
                        const char *reason, gw_fault *reterr) {
    proposal->state = gw_text_from_c(state);
    proposal->reason = gw_text_from_c(reason);
    proposal->decided_at = unit->now;
    GW_TRY(gw_proposal_save_decision(unit->tx, unit->arena, proposal, reterr));
    char type[64];
    const int length = snprintf(type, sizeof type, "oracle.%s",
                                gw_text_is(proposal->state, "CERTIFIED") ? "certified"
                                : gw_text_is(proposal->state, "SPLIT")   ? "split"
                                                                         : "failed");
    if (length < 0) return gw_fail(reterr, GW_CODE_INTERNAL);
    const gw_advance_note note = {.event_id = proposal->subject_id,
                                  .entity = "oracle",
                                  .type = type,
                                  .body = proposal->message};
    return gw_advance_log(unit, &note, reterr);
}

static gw_status promise_chain(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                               gw_outbox_row *row, gw_fault *reterr) {
    row->event_id = &proposal->subject_id;
    row->promised_at = unit->now;
    return gw_outbox_save(unit->tx, unit->arena, row, reterr);
}

static gw_status purpose_text(gw_arena *arena, const char *text, gw_text *ret, gw_fault *reterr) {
    return gw_text_copy(arena, gw_text_from_c(text), ret, reterr);
}

static gw_status certify_commitment(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                                    gw_fault *reterr) {
    gw_core_commitment core;
    GW_TRY(gw_core_read_commitment(unit->arena, proposal->core, &core, reterr));
    const gw_commitment statement = gw_core_commitment_statement(&core, proposal->core);
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, proposal->subject_id, &request, reterr));
    const gw_request_promise promise = {.event_id = proposal->subject_id,
                                        .root = gw_word_slice(&statement.commitment_root),
                                        .max_liability = {core.max_liability_micros}};
    GW_TRY(gw_request_save_promise(unit->tx, unit->arena, &promise, reterr));
    request.commitment_root = promise.root;
    request.max_liability = promise.max_liability;
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(proposal->subject_id, event_id);
    char purpose[96];
    if (snprintf(purpose, sizeof purpose, "commit/%s/%lld", event_id,
                 (long long)proposal->revision) < 0)
        return gw_fail(reterr, GW_CODE_INTERNAL);
    gw_outbox_row row = {.kind = GW_TEXT("CHAIN_COMMIT")};
    GW_TRY(purpose_text(unit->arena, purpose, &row.purpose, reterr));
    GW_TRY(gw_call_commit(unit->arena, &statement, proposal->certificate, &row.payload, reterr));
    GW_TRY(promise_chain(unit, proposal, &row, reterr));
    return gw_order_advance(unit, &request, reterr);
}

static gw_status certify_settlement(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                                    gw_fault *reterr) {
    gw_core_settlement core;
    GW_TRY(gw_core_read_settlement(unit->arena, proposal->core, &core, reterr));
    const gw_settlement statement = gw_core_settlement_statement(&core, proposal->core);
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, proposal->subject_id, &request, reterr));
    const gw_settlement_move move = {core.run.settlement_id, GW_TEXT("PROPOSED"),
                                     GW_TEXT("CERTIFIED")};
    GW_TRY(gw_settlement_save_move(unit->tx, unit->arena, &move, reterr));
    char purpose[64];
    if (snprintf(purpose, sizeof purpose, "settle/%lld", (long long)core.run.sequence) < 0)
        return gw_fail(reterr, GW_CODE_INTERNAL);
    gw_outbox_row row = {.kind = GW_TEXT("CHAIN_SETTLE")};
    GW_TRY(purpose_text(unit->arena, purpose, &row.purpose, reterr));
    GW_TRY(gw_call_settle(unit->arena, &statement, proposal->certificate, &row.payload, reterr));
    GW_TRY(promise_chain(unit, proposal, &row, reterr));
    return gw_advance(unit, &request, GW_EVENT_DO_SETTLE, request.reason, reterr);
}

gw_status gw_certify(const gw_flow_unit *unit, gw_proposal_row *proposal, gw_fault *reterr) {
    GW_TRY(decide(unit, proposal, "CERTIFIED", "", reterr));
    if (gw_text_is(proposal->kind, "COMMITMENT")) return certify_commitment(unit, proposal, reterr);
    if (gw_text_is(proposal->kind, "SETTLEMENT")) return certify_settlement(unit, proposal, reterr);
    return gw_ok(); /* a clearance is complete with its certificate: its parties bring it to the
                       chain */
}

static gw_status drop_settlement(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                                 gw_text state, gw_fault *reterr) {
    gw_settlement_row settlement;
    GW_TRY(gw_settlement_load_of_proposal(unit->tx, unit->arena, proposal->proposal_id, &settlement,
                                          reterr));
    const gw_settlement_move move = {settlement.settlement_id, GW_TEXT("PROPOSED"), state};
    return gw_settlement_save_move(unit->tx, unit->arena, &move, reterr);
}

/* Splits since the last certificate of this thing. */
static gw_status count_splits(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                              int64_t *ret, gw_fault *reterr) {
    const gw_proposal_key key = {proposal->subject_id, proposal->kind};
    gw_proposal_row certified = {0};
    const gw_status found =
        gw_proposal_load_certified(unit->tx, unit->arena, &key, &certified, reterr);
    if (found.code == GW_CODE_NOT_FOUND) {
        *ret = proposal->revision;
        return gw_ok();
    }
    GW_TRY(found);
    *ret = proposal->revision - certified.revision;
    return gw_ok();
}

static gw_status fail_thing(const gw_flow_unit *unit, gw_proposal_row *proposal, gw_fault *reterr) {
    GW_TRY(decide(unit, proposal, "FAILED",
                  "all nodes answered and no quorum agreed, in the last revision too", reterr));
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, proposal->subject_id, &request, reterr));
    const gw_timer_row dropped = {
        .event_id = proposal->subject_id, .fired_at = unit->now, .outcome = GW_TEXT("FAILED")};
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_FAIL,
                      GW_TEXT("the oracle nodes found no quorum; see the verdicts of the task"),
                      reterr));
    return gw_timer_drop(unit->tx, unit->arena, &dropped, reterr);
}

/* A check has no revisions: whoever wants to trade asks for another check. */
static gw_status fail_clearance(const gw_flow_unit *unit, gw_proposal_row *proposal,
                                gw_fault *reterr) {
    return decide(unit, proposal, "FAILED", "all nodes answered and no quorum agreed", reterr);
}

gw_status gw_certify_split(const gw_flow_unit *unit, gw_proposal_row *proposal, gw_fault *reterr) {
    int64_t splits = 0;
    if (gw_text_is(proposal->kind, "CLEARANCE")) return fail_clearance(unit, proposal, reterr);
    GW_TRY(count_splits(unit, proposal, &splits, reterr));
    const bool is_last = splits >= GW_FLOW_MAX_REVISIONS;
    const bool is_settlement = gw_text_is(proposal->kind, "SETTLEMENT");
    if (is_settlement)
        GW_TRY(drop_settlement(unit, proposal, is_last ? GW_TEXT("FAILED") : GW_TEXT("SPLIT"),
                               reterr));
    if (is_last) return fail_thing(unit, proposal, reterr);
    GW_TRY(decide(unit, proposal, "SPLIT", "all nodes answered and no quorum agreed", reterr));
    return gw_step_arm(unit, proposal->subject_id, is_settlement ? "SETTLE" : "COMMIT", unit->now,
                       reterr);
}

bool gw_certify_is_closed(const gw_proposal_row *proposal, gw_instant now) {
    return proposal->closes_at.us != 0 && !gw_instant_before(now, proposal->closes_at);
}

static gw_status close_one(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const gw_uuid *id = context;
    gw_proposal_row proposal;
    GW_TRY(gw_proposal_lock(unit->tx, unit->arena, *id, &proposal, reterr));
    if (!gw_text_is(proposal.state, "OPEN")) return gw_ok();
    return decide(unit, &proposal, "FAILED", "the time to sign was over before a quorum had signed",
                  reterr);
}

gw_status gw_certify_close_due(const gw_flow *flow, gw_instant now, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(CLOSING_ARENA_BYTES);
    gw_proposal_ids due;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_proposal_load_closing(flow->db, arena, now, &due, reterr));
    for (int i = 0; i < due.count; i++) {
        const gw_flow_job job = {close_one, &due.items[i], now, GW_CRASH_COLLECT_BEFORE_COMMIT,
                                 GW_CRASH_COLLECT_AFTER_COMMIT};
        GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    }
    return gw_ok();
}
