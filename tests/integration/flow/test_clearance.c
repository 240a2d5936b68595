/* SPDX-License-Identifier: Apache-2.0
 *
 * A grid check becomes a clearance on a real database: proposed once, judged by four nodes of which
 * one is fed false readings, certified by the other three. The nodes' judgement is the real one.
 */
#include "oracle/keccak.h"
#include "server/flow/clearance.h"
#include "server/flow/collect.h"
#include "server/flow/network_change.h"
#include "server/node/judge.h"
#include "server/node/votes.h"
#include "tests/integration/flow/market.h"
#include "tests/support/small_clearance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { POINTS = 4, HONEST = 3 };

static gw_network network;
static gw_flow_item items[SMALL_ITEMS];
static gw_flow_check_item answers[SMALL_ITEMS];
static gw_flow_injection base_points[POINTS];

static void must(gw_status status, const gw_fault *fault) {
    if (!gw_is_ok(status)) fail_msg("%s %s", fault->subject, fault->message);
}

static void upload(market *self) {
    const gw_bytes bytes = small_network();
    const size_t length = (size_t)small_network_document_bytes(bytes);
    const gw_gridfile_part part = {GW_TEXT("small.json"), {(const char *)bytes.at, length}};
    const gw_network_upload file = {.file = {GW_GRIDFILE_GW_NET, &part, 1, GW_GRIDFILE_STEP_NONE},
                                    .original = {bytes.at, length}};
    gw_network_call call = {.network_id = GW_TEXT("small"),
                            .token_id = GW_TEXT("test"),
                            .now = market_at("13:00"),
                            .seen_version = GW_NETWORK_ANY_VERSION};
    gw_network_changed changed;
    gw_fault fault = {0};
    must(gw_network_upload_do(self->flow.db, self->arena, &call, &file, &changed, &fault), &fault);
    static const char *const PLACES[][2] = {{"P1", "M-1"}, {"P2", "M-2"}, {"P3", "M-3"}};
    for (size_t at = 0; at < SMALL_READINGS; at++) {
        const gw_network_connection connection = {
            .point = gw_text_from_c(PLACES[at][0]),
            .link = {.meter = gw_text_from_c(PLACES[at][1]),
                     .party = at == 0 ? GW_TEXT("agg-a") : GW_TEXT("agg-b")}};
        must(
            gw_network_connect_do(self->flow.db, self->arena, &call, &connection, &changed, &fault),
            &fault);
    }
}

static int open_market(void **state) {
    market *self = market_open();
    *state = self;
    if (self == NULL) return -1;
    upload(self);
    gw_fault fault = {0};
    must(gw_network_load(self->flow.db, self->arena, GW_TEXT("small"), &network, &fault), &fault);
    gw_clock_set(self->flow.clock, market_at("15:50"));
    return 0;
}

static int close_market(void **state) {
    if (*state != NULL) market_close(*state);
    return 0;
}

static int empty_market(void **state) {
    market_reset(*state);
    return 0;
}

/* Question and answer of the small check, its first item last: the core sorts them. */
static void fill_case(gw_arena *arena, gw_flow_check_question *question,
                      gw_flow_check_result *result) {
    gw_core_clearance small = {0};
    int64_t *accepted_w = NULL;
    static gw_flow_base base;
    gw_fault fault = {0};
    must(small_clearance(arena, &small, &fault), &fault);
    must(gw_core_clearance_question(arena, &small, question, &accepted_w, &fault), &fault);
    memcpy(base_points, question->bases[0].points, sizeof base_points);
    base = (gw_flow_base){GW_TEXT("p50"), base_points};
    for (size_t at = 0; at < SMALL_ITEMS; at++) {
        items[SMALL_ITEMS - 1 - at] = question->items[at];
        answers[SMALL_ITEMS - 1 - at] = (gw_flow_check_item){.accepted = {accepted_w[at]}};
    }
    question->bases = &base;
    question->items = items;
    question->net = &network.net;
    question->rule = GW_FLOW_RULE_SENSITIVITY_QP;
    *result = (gw_flow_check_result){
        .verdict = GW_FLOW_CHECK_CURTAILED, .items = answers, .item_count = SMALL_ITEMS};
}

typedef struct proposal {
    gw_uuid check_id;
    gw_uuid task_id;
    const gw_flow_check_question *question;
    const gw_flow_check_result *result;
} proposal;

static gw_status propose(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    proposal *call = context;
    static const gw_clearance_side sides[SMALL_ITEMS] = {
        {.seller = {"0x1000000000000000000000000000000000000a01", 42}}};
    const gw_clearance_case what = {.check_id = call->check_id,
                                    .interval = {market_at("16:15"), market_at("16:30")},
                                    .sign_by = market_at("15:55"),
                                    .expires_at = market_at("16:30"),
                                    .network = &network,
                                    .question = call->question,
                                    .result = call->result,
                                    .sides = sides};
    return gw_clearance_propose(unit, &what, &call->task_id, reterr);
}

static proposal offer(market *self, uint8_t check) {
    static gw_flow_check_question question;
    static gw_flow_check_result result;
    fill_case(self->arena, &question, &result);
    proposal call = {.check_id = {{check}}, .question = &question, .result = &result};
    const gw_flow_job job = {.work = propose, .context = &call, .now = market_at("15:50")};
    gw_fault fault = {0};
    must(gw_flow_transact(&self->flow, self->arena, &job, &fault), &fault);
    return call;
}

static gw_proposal_row row_of(market *self, const proposal *call) {
    gw_proposal_row row;
    gw_fault fault = {0};
    must(gw_clearance_load(self->flow.db, self->arena, call->check_id, &row, &fault), &fault);
    assert_true(gw_uuid_equal(row.proposal_id, call->task_id));
    return row;
}

/* What every node saw of the readings that the core names; a false one comes three Wh higher. */
static gw_sighting *sightings_of(market *self, const gw_core_clearance *core, bool is_false) {
    gw_sighting *seen = NULL;
    assert_true(gw_is_ok(GW_ARENA_NEW(self->arena, gw_sighting, core->reading_count, &seen, NULL)));
    for (size_t at = 0; at < core->reading_count; at++) {
        const gw_core_anchor *reading = &core->readings[at];
        seen[at] = (gw_sighting){.key = {reading->meter, 0, reading->start},
                                 .version = {(uint64_t)reading->boot, (uint64_t)reading->seq},
                                 .energy_wh = reading->wh + (is_false && at == 1 ? 3 : 0),
                                 .quality = 'A',
                                 .seen_at = reading->start};
    }
    return seen;
}

static gw_judgement judge(market *self, const gw_proposal_row *row, bool is_false) {
    gw_core_clearance core = {0};
    gw_judgement judgement;
    gw_bytes bytes = {NULL, 0};
    gw_fault fault = {0};
    must(gw_core_read_clearance(self->arena, row->core, &core, &fault), &fault);
    must(gw_clearance_network(self->flow.db, self->arena, row, &bytes, &fault), &fault);
    const gw_judge_facts facts = {.domain = self->flow.settings.domain,
                                  .signer_set = 1,
                                  .realm = GW_TEXT("demo"),
                                  .now = market_at("15:51"),
                                  .sightings = sightings_of(self, &core, is_false),
                                  .sighting_count = core.reading_count,
                                  .grid = {.network = bytes}};
    must(gw_judge(self->arena, row->core, &facts, &judgement, &fault), &fault);
    return judgement;
}

static gw_proposal_row vote(market *self, int node, const gw_proposal_row *row,
                            const gw_judgement *judgement) {
    gw_signature signature;
    gw_proposal_row after;
    gw_fault fault = {0};
    must(gw_signer_sign(self->signers[node], judgement->record.digest, &signature, &fault), &fault);
    const gw_vote_wish wish = {.proposal_id = row->proposal_id,
                               .node = self->flow.settings.nodes[node].name,
                               .verdict = gw_text_from_c(gw_verdict_wire(judgement->verdict)),
                               .detail = gw_text_from_c(judgement->detail),
                               .signature =
                                   judgement->verdict == GW_VERDICT_AGREES ? &signature : NULL};
    must(gw_collect_vote(&self->flow, self->arena, &wish, market_at("15:51"), &after, &fault),
         &fault);
    return after;
}

static void three_of_four_nodes_clear_a_check(void **state) {
    market *self = *state;
    const proposal call = offer(self, 1);
    gw_proposal_row row = row_of(self, &call);
    assert_true(gw_text_is(row.kind, "CLEARANCE"));
    const gw_judgement fooled = judge(self, &row, true);
    assert_int_equal(fooled.verdict, GW_VERDICT_READING_DIFFERS);
    (void)vote(self, 3, &row, &fooled);
    for (int node = 0; node < HONEST; node++) {
        const gw_judgement honest = judge(self, &row, false);
        if (honest.verdict != GW_VERDICT_AGREES)
            fail_msg("%s: %s", gw_verdict_wire(honest.verdict), honest.detail);
        assert_int_equal(honest.seen.equal, SMALL_READINGS);
        (void)vote(self, node, &row, &honest);
    }
    row = row_of(self, &call);
    assert_true(gw_text_is(row.state, "CERTIFIED"));
    assert_int_equal(row.certificate.length, (size_t)HONEST * GW_SIGNATURE_BYTES);
    assert_int_equal(market_count("SELECT count(*) FROM outbox"), 0);
}

static void the_core_says_what_was_asked(void **state) {
    market *self = *state;
    const proposal call = offer(self, 2);
    const gw_proposal_row row = row_of(self, &call);
    gw_core_clearance core = {0};
    gw_fault fault = {0};
    must(gw_core_check_clearance(self->arena, row.core, &core, &fault), &fault);
    assert_true(gw_word_equal(core.network.hash, network.hash));
    assert_int_equal(core.network.version, network.version);
    assert_int_equal(core.reading_count, SMALL_READINGS);
    assert_int_equal(core.readings[0].wh, 1500);
    assert_int_equal(core.readings[0].interval_s, 1800);
    assert_true(gw_text_is(core.items[0].id, "A"));
    assert_true(gw_text_is(core.items[4].seller, "0x1000000000000000000000000000000000000a01"));
    assert_true(gw_text_is(core.items[0].seller, "0x00000000000000000000000000000000000000bb"));
    assert_true(gw_text_is(core.items[0].buyer, "0x00000000000000000000000000000000000000aa"));
    assert_true(gw_text_is(core.items[1].buyer, "0x0000000000000000000000000000000000000000"));
    assert_true(gw_text_is(core.policy, "sensitivity_qp"));
}

static void offering_again_changes_nothing(void **state) {
    market *self = *state;
    const proposal first = offer(self, 3);
    const proposal again = offer(self, 3);
    assert_true(gw_uuid_equal(first.task_id, again.task_id));
    assert_int_equal(market_count("SELECT count(*) FROM proposal"), 1);
}

static void without_a_quorum_a_check_is_not_cleared(void **state) {
    market *self = *state;
    const proposal call = offer(self, 4);
    gw_proposal_row row = row_of(self, &call);
    const gw_judgement honest = judge(self, &row, false);
    const gw_judgement fooled = judge(self, &row, true);
    for (int node = 0; node < MARKET_NODES; node++)
        (void)vote(self, node, &row, node < 2 ? &honest : &fooled);
    row = row_of(self, &call);
    assert_true(gw_text_is(row.state, "FAILED"));
    assert_int_equal(row.certificate.length, 0);
    gw_json json;
    gw_fault fault = {0};
    gw_json_init(&json, self->arena);
    assert_int_equal(gw_clearance_bundle(&row, &json, &fault).code, GW_CODE_NO_QUORUM);
}

static void after_the_time_to_sign_nothing_counts(void **state) {
    market *self = *state;
    const proposal call = offer(self, 6);
    gw_proposal_row row = row_of(self, &call);
    const gw_judgement honest = judge(self, &row, false);
    (void)vote(self, 0, &row, &honest);
    (void)vote(self, 1, &row, &honest);
    gw_signature signature;
    gw_fault fault = {0};
    must(gw_signer_sign(self->signers[2], honest.record.digest, &signature, &fault), &fault);
    const gw_vote_wish late = {.proposal_id = row.proposal_id,
                               .node = self->flow.settings.nodes[2].name,
                               .verdict = GW_TEXT("SIGNED"),
                               .signature = &signature};
    gw_proposal_row after;
    assert_int_equal(
        gw_collect_vote(&self->flow, self->arena, &late, market_at("15:55"), &after, &fault).code,
        GW_CODE_WRONG_STATE);
    assert_int_equal(market_count("SELECT count(*) FROM vote"), 2);
    market_run(self, "15:55");
    row = row_of(self, &call);
    assert_true(gw_text_is(row.state, "FAILED"));
    market_run(self, "15:56");
    assert_int_equal(market_count("SELECT count(*) FROM proposal WHERE state = 'OPEN'"), 0);
}

static void a_reader_sees_his_own_items_only(void **state) {
    market *self = *state;
    const proposal call = offer(self, 5);
    const gw_proposal_row row = row_of(self, &call);
    const gw_text own[] = {GW_TEXT("B")};
    const gw_clearance_reader reader = {own, 1};
    gw_json json;
    gw_text text;
    gw_fault fault = {0};
    gw_json_init(&json, self->arena);
    must(gw_clearance_view(self->arena, &row, &reader, NULL, &json, &fault), &fault);
    must(gw_json_end(&json, &text, &fault), &fault);
    assert_non_null(memmem(text.at, text.length, "\"id\":\"B\"", 8));
    assert_null(memmem(text.at, text.length, "\"id\":\"A\"", 8));
    assert_non_null(memmem(text.at, text.length, "networkHash", 11));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(three_of_four_nodes_clear_a_check, empty_market),
        cmocka_unit_test_setup(the_core_says_what_was_asked, empty_market),
        cmocka_unit_test_setup(offering_again_changes_nothing, empty_market),
        cmocka_unit_test_setup(without_a_quorum_a_check_is_not_cleared, empty_market),
        cmocka_unit_test_setup(after_the_time_to_sign_nothing_counts, empty_market),
        cmocka_unit_test_setup(a_reader_sees_his_own_items_only, empty_market),
    };
    return cmocka_run_group_tests(tests, open_market, close_market);
}
