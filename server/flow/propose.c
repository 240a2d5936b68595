/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/propose.h"

#include "oracle/keccak.h"
#include "server/db/market_source.h"
#include "server/db/request_store.h"
#include "server/flow/advance.h"
#include "server/http/json.h"

#include <stdio.h>

static void json_word(gw_json *json, const char *key, const gw_word *word) {
    gw_json_hex(json, key, gw_word_slice(word));
}

/* Members under the names of the EIP-712 types, so that a reader can recompute the digest. */
static void write_commitment(gw_json *json, const gw_commitment *message) {
    json_word(json, "eventId", &message->event_id);
    gw_json_int64(json, "revision", message->revision);
    gw_json_int64(json, "signerSet", message->signer_set);
    gw_json_int64(json, "epoch", (int64_t)message->epoch);
    gw_json_int64(json, "deliveryStart", (int64_t)message->delivery_start_s);
    json_word(json, "commitmentRoot", &message->commitment_root);
    gw_json_int64(json, "maxLiability", (int64_t)message->max_liability_micros);
    json_word(json, "dataHash", &message->data_hash);
}

static void write_settlement(gw_json *json, const gw_settlement *message) {
    gw_json_int64(json, "sequence", (int64_t)message->sequence);
    json_word(json, "eventId", &message->event_id);
    gw_json_int64(json, "revision", message->revision);
    gw_json_int64(json, "runType", message->run_type);
    gw_json_int64(json, "signerSet", message->signer_set);
    gw_json_int64(json, "epoch", (int64_t)message->epoch);
    json_word(json, "commitmentRoot", &message->commitment_root);
    json_word(json, "evidenceRoot", &message->evidence_root);
    json_word(json, "entitlementRoot", &message->entitlement_root);
    gw_json_int64(json, "total", (int64_t)message->total_micros);
    json_word(json, "previousRoot", &message->previous_root);
    gw_json_int64(json, "asOf", (int64_t)message->as_of_s);
    json_word(json, "dataHash", &message->data_hash);
}

static void write_clearance(gw_json *json, const gw_clearance *message) {
    json_word(json, "checkId", &message->check_id);
    gw_json_int64(json, "signerSet", message->signer_set);
    gw_json_int64(json, "epoch", (int64_t)message->epoch);
    json_word(json, "networkHash", &message->network_hash);
    gw_json_int64(json, "intervalStart", (int64_t)message->interval_start_s);
    gw_json_int64(json, "intervalEnd", (int64_t)message->interval_end_s);
    json_word(json, "itemsRoot", &message->items_root);
    gw_json_int64(json, "expiresAt", (int64_t)message->expires_at_s);
    json_word(json, "dataHash", &message->data_hash);
}

static void write_commitment_case(gw_json *json, const gw_propose_case *what) {
    write_commitment(json, &what->commitment);
}

static void write_settlement_case(gw_json *json, const gw_propose_case *what) {
    write_settlement(json, &what->settlement);
}

static void write_clearance_case(gw_json *json, const gw_propose_case *what) {
    write_clearance(json, &what->clearance);
}

static gw_word digest_commitment(const gw_domain *domain, const gw_propose_case *what) {
    return gw_commitment_digest(domain, &what->commitment);
}

static gw_word digest_settlement(const gw_domain *domain, const gw_propose_case *what) {
    return gw_settlement_digest(domain, &what->settlement);
}

static gw_word digest_clearance(const gw_domain *domain, const gw_propose_case *what) {
    return gw_clearance_digest(domain, &what->clearance);
}

/* What differs between the kinds. */
static const struct {
    const char *name;
    const char *event; /* of the log */
    void (*write)(gw_json *json, const gw_propose_case *what);
    gw_word (*digest)(const gw_domain *domain, const gw_propose_case *what);
} KINDS[] = {
    [GW_TASK_COMMITMENT] = {"COMMITMENT", "oracle.commitment-proposed", write_commitment_case,
                            digest_commitment},
    [GW_TASK_SETTLEMENT] = {"SETTLEMENT", "oracle.settlement-proposed", write_settlement_case,
                            digest_settlement},
    [GW_TASK_CLEARANCE] = {"CLEARANCE", "oracle.clearance-proposed", write_clearance_case,
                           digest_clearance},
};

const char *gw_propose_kind(gw_task_kind kind) { return KINDS[kind].name; }

static gw_status write_message(gw_arena *arena, const gw_propose_case *what, gw_text *ret,
                               gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, arena);
    gw_json_object(&json, NULL);
    KINDS[what->kind].write(&json, what);
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

static gw_uuid proposal_id(const gw_flow_unit *unit, const gw_propose_case *what) {
    char subject_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(what->subject_id, subject_id);
    char label[128];
    const int length = snprintf(label, sizeof label, "proposal/%s/%s/%lld", subject_id,
                                gw_propose_kind(what->kind), (long long)what->revision);
    const gw_text text = {label, length < 0 ? 0 : (size_t)length};
    return gw_random_uuid(unit->flow->random, text, unit->now);
}

static gw_status note_proposal(const gw_flow_unit *unit, const gw_propose_case *what,
                               gw_text message, gw_fault *reterr) {
    const gw_advance_note note = {.event_id = what->subject_id,
                                  .entity = "oracle",
                                  .type = KINDS[what->kind].event,
                                  .body = message};
    return gw_advance_log(unit, &note, reterr);
}

gw_status gw_propose(const gw_flow_unit *unit, const gw_propose_case *what, gw_uuid *ret_id,
                     gw_fault *reterr) {
    gw_quorum quorum;
    GW_TRY(gw_flow_quorum(unit->flow, &quorum, reterr));
    const gw_word digest = KINDS[what->kind].digest(&unit->flow->settings.domain, what);
    const gw_word data_hash = gw_keccak256(what->core);
    gw_proposal_row row = {
        .proposal_id = proposal_id(unit, what),
        .kind = gw_text_from_c(gw_propose_kind(what->kind)),
        .subject_id = what->subject_id,
        .revision = what->revision,
        .signer_set = unit->flow->settings.signer_set,
        .quorum = quorum.q,
        .nodes = quorum.n,
        .digest = gw_word_slice(&digest),
        .data_hash = gw_word_slice(&data_hash),
        .core = what->core,
        .opened_at = unit->now,
        .closes_at = what->closes_at,
    };
    GW_TRY(write_message(unit->arena, what, &row.message, reterr));
    GW_TRY(gw_proposal_save(unit->tx, unit->arena, &row, reterr));
    GW_TRY(note_proposal(unit, what, row.message, reterr));
    *ret_id = row.proposal_id;
    return gw_ok();
}

gw_status gw_propose_next(const gw_flow_unit *unit, const gw_proposal_key *key,
                          gw_proposal_row *ret_last, gw_fault *reterr) {
    gw_proposal_row last = {0};
    const gw_status found = gw_proposal_load_last(unit->tx, unit->arena, key, &last, reterr);
    if (found.code != GW_CODE_NOT_FOUND) GW_TRY(found);
    if (found.code == GW_CODE_NOT_FOUND) last = (gw_proposal_row){0};
    *ret_last = last;
    return gw_ok();
}

static gw_status address_text(gw_arena *arena, gw_address address, gw_text *ret, gw_fault *reterr) {
    char *text = NULL;
    GW_TRY(GW_ARENA_NEW(arena, char, GW_ADDRESS_TEXT_SIZE, &text, reterr));
    text[0] = '0';
    text[1] = 'x';
    gw_hex_print(address.bytes, GW_ADDRESS_BYTES, text + 2);
    *ret = gw_text_from_c(text);
    return gw_ok();
}

gw_status gw_propose_chain(const gw_flow_unit *unit, gw_core_chain *ret, gw_fault *reterr) {
    const gw_flow_settings *settings = &unit->flow->settings;
    gw_text ledger;
    GW_TRY(address_text(unit->arena, settings->domain.ledger, &ledger, reterr));
    *ret = (gw_core_chain){.chain_id = (int64_t)settings->domain.chain_id,
                           .ledger = ledger,
                           .signer_set = settings->signer_set};
    return gw_ok();
}

gw_status gw_propose_event(const gw_flow_unit *unit, const gw_request_row *request,
                           gw_core_event *ret, gw_fault *reterr) {
    gw_need_list need;
    GW_TRY(gw_request_load_need(unit->tx, unit->arena, request->event_id, &need, reterr));
    gw_power *need_w = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_power, (size_t)need.count, &need_w, reterr));
    for (int i = 0; i < need.count; i++) need_w[i] = need.items[i].need;
    *ret = (gw_core_event){
        .event_id = request->event_id,
        .transformer = request->transformer,
        .published_at = request->published_at,
        .gate_at = request->gate_at,
        .from = request->window.from,
        .to = request->window.to,
        .interval_s = request->interval_s,
        .need = need_w,
        .need_count = (size_t)need.count,
        .price_rule = GW_PRICE_PAY_AS_BID,
        .max_price = request->price_cap,
        .shortfall_price = request->shortfall_price,
    };
    return gw_ok();
}

gw_status gw_propose_rules(const gw_flow_unit *unit, const gw_request_row *request,
                           gw_core_rules *ret, gw_fault *reterr) {
    gw_core_rules rules = {0};
    gw_adjustment adjustment;
    GW_TRY(gw_adjustment_parse(request->adjustment, &adjustment, reterr));
    GW_TRY(gw_method_find(request->method, adjustment, &rules.method, reterr));
    gw_market_calendar calendar = {
        .name = request->calendar, .version = request->calendar_version, .window = request->window};
    GW_TRY(gw_market_load_calendar(unit->tx, unit->arena, &calendar, reterr));
    gw_word hash;
    GW_TRY(gw_core_calendar_hash(unit->arena, &calendar.calendar, &hash, reterr));
    if (!gw_bytes_equal(gw_word_slice(&hash), request->calendar_hash))
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "calendar",
                            "the calendar \"%.*s\" is not the one that was frozen",
                            GW_TEXT_ARGS(request->calendar));
    rules.calendar = calendar.calendar;
    *ret = rules;
    return gw_ok();
}
