/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/collect.h"

#include "oracle/verdict.h"
#include "server/evidence/core.h"
#include "server/flow/advance.h"
#include "server/flow/certify.h"
#include "server/http/json.h"

#include <string.h>

static gw_status check_signature(const gw_vote_wish *wish, const gw_proposal_row *proposal,
                                 gw_address node, gw_fault *reterr) {
    gw_word digest;
    GW_TRY(gw_word_from_bytes(proposal->digest, &digest, reterr));
    gw_address signer;
    GW_TRY(gw_signature_recover(wish->signature, digest, &signer, reterr));
    if (!gw_address_equal(signer, node))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/signature",
                            "the signature is not one of \"%.*s\" under this digest",
                            GW_TEXT_ARGS(wish->node));
    return gw_ok();
}

static gw_status check_vote(const gw_vote_wish *wish, const gw_proposal_row *proposal,
                            gw_address node, gw_instant now, gw_fault *reterr) {
    gw_verdict verdict;
    GW_TRY(gw_verdict_parse(wish->verdict, &verdict, reterr));
    const bool is_signed = wish->signature != NULL;
    if (is_signed != (verdict == GW_VERDICT_AGREES))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/signature",
                            "the verdict \"%.*s\" goes with %s signature",
                            GW_TEXT_ARGS(wish->verdict), is_signed ? "no" : "a");
    if (!is_signed) return gw_ok();
    if (gw_certify_is_closed(proposal, now))
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "/signature",
                            "the time to sign this task is over");
    return check_signature(wish, proposal, node, reterr);
}

static gw_status make_certificate(const gw_flow_unit *unit, const gw_proposal_row *proposal,
                                  const gw_vote_list *votes, gw_bytes *ret, gw_fault *reterr) {
    gw_address members[GW_FLOW_MAX_NODES];
    const gw_flow_settings *settings = &unit->flow->settings;
    for (int i = 0; i < settings->node_count; i++) members[i] = settings->nodes[i].address;
    const gw_signer_set set = {members, (uint32_t)settings->node_count};
    gw_signature *signatures = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_signature, (size_t)votes->count, &signatures, reterr));
    size_t count = 0;
    for (int i = 0; i < votes->count; i++) {
        if (votes->items[i].signature.length != GW_SIGNATURE_BYTES) continue;
        memcpy(signatures[count++].bytes, votes->items[i].signature.at, GW_SIGNATURE_BYTES);
    }
    gw_word digest;
    GW_TRY(gw_word_from_bytes(proposal->digest, &digest, reterr));
    gw_certificate certificate;
    GW_TRY(gw_certificate_make(unit->arena, set, digest, signatures, count, &certificate, reterr));
    return gw_certificate_bytes(unit->arena, &certificate, ret, reterr);
}

static gw_status save_vote(const gw_flow_unit *unit, const gw_vote_wish *wish, gw_address node,
                           bool *ret_is_new, gw_fault *reterr) {
    gw_vote_row row = {
        .proposal_id = wish->proposal_id,
        .signer = {node.bytes, sizeof node.bytes},
        .node = wish->node,
        .verdict = wish->verdict,
        .detail = wish->detail,
        .seen = wish->seen.length > 0 ? wish->seen : GW_TEXT("{}"),
        .received_at = unit->now,
    };
    if (wish->signature != NULL)
        row.signature = (gw_bytes){wish->signature->bytes, sizeof wish->signature->bytes};
    return gw_vote_save(unit->tx, unit->arena, &row, ret_is_new, reterr);
}

static gw_status note_vote(const gw_flow_unit *unit, const gw_vote_wish *wish,
                           const gw_proposal_row *proposal, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, unit->arena);
    gw_json_object(&json, NULL);
    gw_json_uuid(&json, "task_id", wish->proposal_id);
    gw_json_text(&json, "kind", proposal->kind);
    gw_json_text(&json, "node", wish->node);
    gw_json_text(&json, "verdict", wish->verdict);
    gw_json_close(&json);
    gw_advance_note note = {
        .event_id = proposal->subject_id, .entity = "oracle", .type = "oracle.voted"};
    GW_TRY(gw_json_end(&json, &note.body, reterr));
    return gw_advance_log(unit, &note, reterr);
}

/* q signatures: certified. All answered: split. Else it stays open. */
static gw_status decide(const gw_flow_unit *unit, gw_proposal_row *proposal, gw_fault *reterr) {
    gw_vote_list votes;
    GW_TRY(gw_vote_load_list(unit->tx, unit->arena, proposal->proposal_id, &votes, reterr));
    gw_bytes certificate;
    const gw_status made = make_certificate(unit, proposal, &votes, &certificate, reterr);
    if (gw_is_ok(made)) {
        proposal->certificate = certificate;
        return gw_certify(unit, proposal, reterr);
    }
    if (made.code != GW_CODE_NO_QUORUM) return made;
    if (votes.count < proposal->nodes) return gw_ok();
    return gw_certify_split(unit, proposal, reterr);
}

typedef struct vote_call {
    const gw_vote_wish *wish;
    gw_proposal_row *ret;
} vote_call;

static gw_status collect_vote(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const vote_call *call = (const vote_call *)context;
    gw_proposal_row proposal;
    GW_TRY(gw_proposal_lock(unit->tx, unit->arena, call->wish->proposal_id, &proposal, reterr));
    gw_address node;
    GW_TRY(gw_flow_find_node(unit->flow, call->wish->node, &node, reterr));
    GW_TRY(check_vote(call->wish, &proposal, node, unit->now, reterr));
    bool is_new = false;
    GW_TRY(save_vote(unit, call->wish, node, &is_new, reterr));
    if (is_new) GW_TRY(note_vote(unit, call->wish, &proposal, reterr));
    if (is_new && gw_text_is(proposal.state, "OPEN")) GW_TRY(decide(unit, &proposal, reterr));
    *call->ret = proposal;
    return gw_ok();
}

gw_status gw_collect_vote(const gw_flow *flow, gw_arena *arena, const gw_vote_wish *wish,
                          gw_instant now, gw_proposal_row *ret, gw_fault *reterr) {
    gw_proposal_row row = {0};
    vote_call call = {wish, &row};
    const gw_flow_job job = {collect_vote, &call, now, GW_CRASH_COLLECT_BEFORE_COMMIT,
                             GW_CRASH_COLLECT_AFTER_COMMIT};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}
