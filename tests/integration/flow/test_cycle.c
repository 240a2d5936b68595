/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole life of one event on a real database, and what may go differently.
 */
#include "server/db/proposal_store.h"
#include "server/db/settlement_store.h"
#include "server/flow/activate.h"
#include "server/flow/collect.h"
#include "server/flow/request.h"
#include "server/flow/schedule.h"
#include "server/flow/settle.h"
#include "tests/integration/flow/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_market(void **state) {
    *state = market_open();
    return *state == NULL ? -1 : 0;
}

static int close_market(void **state) {
    if (*state != NULL) market_close(*state);
    return 0;
}

static int empty_market(void **state) {
    market_reset(*state);
    return 0;
}

static void settle_evening(market *self) {
    market_run(self, "16:30");
    market_run(self, "18:30");
    market_run(self, "19:30");
    for (int i = 0; i < 3; i++) market_vote(self, i, "SIGNED");
    market_vote(self, 3, "READING_DIFFERS");
    market_deliver(self);
}

static gw_settlement_row newest_run(market *self, gw_uuid event_id) {
    gw_fault fault = {0};
    gw_settlement_list runs;
    assert_true(
        gw_is_ok(gw_settlement_load_of_event(self->flow.db, self->arena, event_id, &runs, &fault)));
    assert_int_equal(runs.count, 1);
    return runs.items[0];
}

static void an_evening_goes_from_request_to_posted(void **state) {
    market *self = *state;
    const gw_uuid event_id = market_commit(self);
    assert_string_equal(market_state(self, event_id), "COMMITTED");
    market_run(self, "16:30");
    assert_string_equal(market_state(self, event_id), "ACTIVE");
    market_run(self, "18:30");
    assert_string_equal(market_state(self, event_id), "ENDED");
    market_run(self, "19:30");
    assert_string_equal(market_state(self, event_id), "VERIFIED");
    for (int i = 0; i < 3; i++) market_vote(self, i, "SIGNED");
    assert_string_equal(market_state(self, event_id), "SETTLED");
    market_deliver(self);
    assert_string_equal(market_state(self, event_id), "POSTED");
    assert_int_equal(self->posted, 2);
    assert_true(self->published > 0);
}

static void the_money_is_what_the_rules_say(void **state) {
    market *self = *state;
    const gw_uuid event_id = market_commit(self);
    settle_evening(self);
    const gw_settlement_row run = newest_run(self, event_id);
    /* need 4000 W: G-0 whole at 0.30 (3000 W), G-1 34 % at 0.40 (1020 W). Per half hour 1500 Wh
     * and 510 Wh are ordered. The same-day adjustment is 1, each meter gave 600 Wh, so 1800 Wh per
     * group: both orders are delivered in full. */
    assert_int_equal(market_count("SELECT count(*) FROM settlement_line"), 8);
    assert_int_equal(run.paid.micros, 4 * (1500 * 300 + 510 * 400));
    assert_int_equal(run.shortfall.micros, 0);
    assert_int_equal(run.total.micros, run.paid.micros);
    assert_int_equal(market_count("SELECT sum(amount_micros) FROM journal_entry"), 0);
    assert_int_equal(market_count("SELECT count(*) FROM vote WHERE verdict = 'READING_DIFFERS'"),
                     2);
}

/* Yesterday M-1 was called and used half of what it uses otherwise. */
static void call_yesterday(void) {
    market_sql(
        "INSERT INTO request SELECT '019bd9a0-0000-7000-8000-00000000000a', 'POSTED', 'T-1',"
        "  'OPERATOR', '2026-01-19T16:30Z', '2026-01-19T18:30Z', 1800, 500000, 0, 1000000,"
        "  'sgsc-10in10-v1', 'NONE', 'EXCLUDED', 'be', 1, '\\x00', '2026-01-19T15:00Z',"
        "  '2026-01-19T16:00Z', '2026-01-19T19:30Z', '2026-01-19T13:00Z', '2026-01-19T13:00Z';"
        "INSERT INTO bid VALUES ('019bd9a0-0000-7000-8000-00000000000b',"
        "  '019bd9a0-0000-7000-8000-00000000000a', 'agg-a', 'G-0', 1, 100, 100, 'AWARDED', '',"
        "  '2026-01-19T14:00Z', '', '');"
        "INSERT INTO dr_order VALUES ('019bd9a0-0000-7000-8000-00000000000c',"
        "  '019bd9a0-0000-7000-8000-00000000000a', '019bd9a0-0000-7000-8000-00000000000b',"
        "  'agg-a', '0xaa', 'G-0', 1, 100, '', 'ACKED', '2026-01-19T15:00Z');"
        "INSERT INTO dr_order_meter VALUES ('019bd9a0-0000-7000-8000-00000000000c', 'M-1', 1500);"
        "INSERT INTO reading SELECT start_at, meter, channel, 2, 750, 'A', 1, 2, 2,"
        "  '2026-01-19T19:00Z' FROM reading WHERE meter = 'M-1' AND version = 1"
        "  AND start_at >= '2026-01-19T16:30Z' AND start_at < '2026-01-19T18:30Z'");
}

/* How often a text stands in the evidence of the only settlement. */
static int64_t count_in_evidence(const char *text) {
    char sql[320];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM proposal, regexp_matches(convert_from(core, 'UTF8'), "
                   "'%s', 'g') WHERE kind = 'SETTLEMENT'",
                   text);
    return market_count(sql);
}

static void a_day_on_which_the_meter_was_called_is_no_reference_day(void **state) {
    market *self = *state;
    call_yesterday();
    const gw_uuid event_id = market_commit(self);
    settle_evening(self);
    assert_true(gw_text_is(newest_run(self, event_id).own_event_days, "EXCLUDED"));
    assert_int_equal(count_in_evidence("\"event_days\":\\[\"2026-01-19\"\\]"), 1);
    assert_int_equal(count_in_evidence("\"day\":\"2026-01-19\",\"reason\":\"EVENT\""), 1);
    assert_int_equal(count_in_evidence("\"s_event_wh\":\\[15000,15000,15000,15000\\]"), 6);
}

static void a_request_may_keep_the_days_on_which_its_meters_were_called(void **state) {
    market *self = *state;
    call_yesterday();
    self->own_event_days = GW_OWN_EVENT_DAYS_KEPT;
    const gw_uuid event_id = market_commit(self);
    settle_evening(self);
    assert_true(gw_text_is(newest_run(self, event_id).own_event_days, "KEPT"));
    assert_int_equal(count_in_evidence("\"event_days\":\\[\\]"), 6);
    assert_int_equal(count_in_evidence("\"days\":\\[\"2026-01-19\""), 6);
    assert_int_equal(count_in_evidence("\"s_event_wh\":\\[14250,14250,14250,14250\\]"), 1);
    assert_int_equal(count_in_evidence("\"s_event_wh\":\\[15000,15000,15000,15000\\]"), 5);
}

/* The hashes of one evening. */
typedef struct trace {
    uint8_t commitment[32];
    uint8_t evidence[32];
    uint8_t entitlement[32];
} trace;

static trace trace_of(market *self, gw_uuid event_id) {
    gw_fault fault = {0};
    gw_request_row request;
    assert_true(gw_is_ok(gw_request_load(self->flow.db, self->arena, event_id, &request, &fault)));
    const gw_settlement_row run = newest_run(self, event_id);
    trace found;
    memcpy(found.commitment, request.commitment_root.at, 32);
    memcpy(found.evidence, run.evidence_root.at, 32);
    memcpy(found.entitlement, run.entitlement_root.at, 32);
    return found;
}

static void every_step_run_twice_gives_the_same_hashes(void **state) {
    market *self = *state;
    const gw_uuid once = market_commit(self);
    settle_evening(self);
    const trace first = trace_of(self, once);
    market_reset(self);
    const gw_uuid again = market_commit(self);
    assert_true(gw_uuid_equal(once, again));
    const char *const clocks[] = {"15:00", "15:00", "16:30", "16:30",
                                  "18:30", "18:30", "19:30", "19:30"};
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        market_sql("UPDATE timer SET fired_at = NULL WHERE fired_at IS NOT NULL");
        market_run(self, clocks[i]);
    }
    for (int i = 0; i < 3; i++) market_vote(self, i, "SIGNED");
    market_deliver(self);
    market_deliver(self);
    const trace second = trace_of(self, again);
    assert_memory_equal(&first, &second, sizeof first);
    assert_int_equal(market_count("SELECT count(*) FROM settlement"), 1);
    assert_int_equal(self->posted, 2);
}

static void too_little_escrow_refuses_publishing(void **state) {
    market *self = *state;
    (void)market_publish(self);
    market_reset(self);
    self->free_escrow.micros = 9999999;
    static const gw_power need[1] = {{4000}};
    gw_request_wish wish = {
        .key = GW_TEXT("poor"),
        .transformer = GW_TEXT("T-1"),
        .source = "OPERATOR",
        .window = {market_at("16:30"), market_at("17:00")},
        .interval_s = 1800,
        .need = need,
        .need_count = 1,
        .max_price = {500000},
        .budget = {10000000},
        .method = GW_TEXT("sgsc-10in10-v1"),
        .calendar = GW_TEXT("be"),
        .gate_at = market_at("15:00"),
    };
    gw_fault fault = {0};
    gw_request_row row;
    assert_true(gw_is_ok(
        gw_request_create(&self->flow, self->arena, &wish, market_at("13:00"), &row, &fault)));
    const gw_event_call call = {.event_id = row.event_id, .now = market_at("13:00")};
    assert_int_equal(gw_request_publish(&self->flow, self->arena, &call, &row, &fault).code,
                     GW_CODE_NO_FUNDS);
    assert_string_equal(market_state(self, call.event_id), "DRAFT");
    self->is_chain_away = true;
    assert_int_equal(gw_request_publish(&self->flow, self->arena, &call, &row, &fault).code,
                     GW_CODE_UNAVAILABLE);
}

static void a_request_with_an_empty_window_is_refused(void **state) {
    market *self = *state;
    gw_request_wish wish = {.window = {market_at("16:30"), market_at("16:30")}, .interval_s = 1800};
    gw_fault fault = {0};
    gw_request_row row;
    assert_int_equal(
        gw_request_create(&self->flow, self->arena, &wish, market_at("13:00"), &row, &fault).code,
        GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/to");
}

static void bad_bids_are_refused_each_with_its_reason(void **state) {
    market *self = *state;
    gw_clock_set(self->flow.clock, market_at("14:00"));
    const gw_uuid event_id = market_publish(self);
    gw_fault fault = {0};
    assert_int_equal(market_try_bid(self, event_id, 0, 300000, 4501, &fault).code,
                     GW_CODE_OUT_OF_RANGE);
    assert_int_equal(market_try_bid(self, event_id, 0, 500001, 3000, &fault).code, GW_CODE_INVALID);
    assert_int_equal(market_try_bid(self, event_id, 0, 300000, 0, &fault).code, GW_CODE_INVALID);
    market_bid(self, event_id, 0, 300000);
    assert_true(gw_is_ok(market_try_bid(self, event_id, 0, 300000, 3000, &fault)));
    assert_int_equal(market_count("SELECT count(*) FROM bid"), 1);
    assert_int_equal(market_try_bid(self, event_id, 0, 310000, 3000, &fault).code,
                     GW_CODE_CONFLICT);
    gw_clock_set(self->flow.clock, market_at("15:00"));
    assert_int_equal(market_try_bid(self, event_id, 1, 300000, 3000, &fault).code,
                     GW_CODE_GATE_CLOSED);
}

static void without_a_certificate_nothing_is_activated(void **state) {
    market *self = *state;
    gw_clock_set(self->flow.clock, market_at("14:00"));
    const gw_uuid event_id = market_publish(self);
    market_bid(self, event_id, 0, 300000);
    market_run(self, "15:00");
    market_vote(self, 0, "SIGNED");
    market_vote(self, 1, "SIGNED");
    market_run(self, "16:30");
    assert_string_equal(market_state(self, event_id), "FAILED");
    market_run(self, "19:30");
    assert_int_equal(market_count("SELECT count(*) FROM settlement"), 0);
    assert_int_equal(market_count("SELECT count(*) FROM dr_order WHERE state = 'NO_ACK'"), 1);
}

static void a_split_is_followed_by_the_next_revision_and_then_fails(void **state) {
    market *self = *state;
    gw_clock_set(self->flow.clock, market_at("14:00"));
    const gw_uuid event_id = market_publish(self);
    market_bid(self, event_id, 0, 300000);
    market_run(self, "15:00");
    for (int round = 0; round < GW_FLOW_MAX_REVISIONS; round++) {
        for (int i = 0; i < 2; i++) market_vote(self, i, "SIGNED");
        for (int i = 2; i < 4; i++) market_vote(self, i, "RECOMPUTATION_DIFFERS");
        market_run(self, "15:00");
    }
    assert_int_equal(market_count("SELECT max(revision) FROM proposal"), GW_FLOW_MAX_REVISIONS);
    assert_string_equal(market_state(self, event_id), "FAILED");
}

static void a_recall_pays_only_the_intervals_that_were_over(void **state) {
    market *self = *state;
    const gw_uuid event_id = market_commit(self);
    market_run(self, "16:30");
    gw_clock_set(self->flow.clock, market_at("17:45"));
    const gw_stop_call call = {event_id, GW_STOP_RECALL, {NULL, 0}, market_at("17:45")};
    gw_fault fault = {0};
    gw_request_row row;
    assert_true(gw_is_ok(gw_activate_stop(&self->flow, self->arena, &call, &row, &fault)));
    assert_string_equal(market_state(self, event_id), "ENDED");
    assert_int_equal(market_count("SELECT count(*) FROM outbox WHERE retained"), MARKET_METERS);
    market_run(self, "19:30");
    const gw_settlement_row run = newest_run(self, event_id);
    assert_int_equal(run.paid.micros, 2 * (1500 * 300 + 510 * 400));
    assert_int_equal(run.shortfall.micros, 0);
}

static void a_later_reading_waits_for_the_next_run_which_posts_the_difference(void **state) {
    market *self = *state;
    const gw_uuid event_id = market_commit(self);
    settle_evening(self);
    const gw_settlement_row first = newest_run(self, event_id);
    market_sql("INSERT INTO reading VALUES ('2026-01-20T16:30Z', 'M-1', 0, 2, 1500, 'A', 1, 2, 2,"
               " '2026-01-20T20:00Z')");
    gw_clock_set(self->flow.clock, market_at("20:00"));
    gw_fault fault = {0};
    int marked = 0;
    assert_true(
        gw_is_ok(gw_settle_recheck(&self->flow, self->arena, market_at("20:00"), &marked, &fault)));
    assert_int_equal(marked, 1);
    const gw_settlement_row changed = newest_run(self, event_id);
    /* M-1 gave nothing in that half hour: 1200 of 1500 Wh, 300 Wh short */
    assert_int_equal(changed.difference.micros, -(300 * 300) - (300 * 200));
    assert_true(
        gw_is_ok(gw_settle_recheck(&self->flow, self->arena, market_at("20:00"), &marked, &fault)));
    assert_int_equal(marked, 0);
    const gw_rerun_call call = {first.settlement_id, market_at("20:00")};
    gw_settlement_row row;
    assert_true(gw_is_ok(gw_settle_rerun(&self->flow, self->arena, &call, &row, &fault)));
    market_run(self, "20:00");
    for (int i = 0; i < 3; i++) market_vote(self, i, "SIGNED");
    market_deliver(self);
    const gw_settlement_row second = newest_run(self, event_id);
    assert_int_equal(second.sequence, 2);
    assert_true(gw_text_is(second.run_type, "FINAL"));
    assert_true(gw_text_is(second.state, "POSTED"));
    /* the first tree's promise stands; what was too much is carried */
    assert_int_equal(second.total.micros, first.total.micros);
    assert_int_equal(market_count("SELECT sum(carried_micros) FROM entitlement e JOIN settlement s"
                                  " USING (settlement_id) WHERE s.sequence = 2"),
                     300 * 300 + 300 * 200);
    assert_int_equal(market_count("SELECT sum(amount_micros) FROM journal_entry"), 0);
}

static void a_signature_of_another_is_refused(void **state) {
    market *self = *state;
    gw_clock_set(self->flow.clock, market_at("14:00"));
    const gw_uuid event_id = market_publish(self);
    market_bid(self, event_id, 0, 300000);
    market_run(self, "15:00");
    gw_fault fault = {0};
    const gw_proposal_filter filter = {.limit = 1};
    gw_proposal_list open;
    assert_true(
        gw_is_ok(gw_proposal_load_list(self->flow.db, self->arena, &filter, &open, &fault)));
    gw_word digest;
    assert_true(gw_is_ok(gw_word_from_bytes(open.items[0].digest, &digest, &fault)));
    gw_signature signature;
    assert_true(gw_is_ok(gw_signer_sign(self->signers[1], digest, &signature, &fault)));
    gw_vote_wish wish = {.proposal_id = open.items[0].proposal_id,
                         .node = GW_TEXT("node-1"),
                         .verdict = GW_TEXT("SIGNED"),
                         .signature = &signature};
    gw_proposal_row row;
    assert_int_equal(
        gw_collect_vote(&self->flow, self->arena, &wish, market_at("15:00"), &row, &fault).code,
        GW_CODE_INVALID);
    wish.node = GW_TEXT("node-9");
    assert_int_equal(
        gw_collect_vote(&self->flow, self->arena, &wish, market_at("15:00"), &row, &fault).code,
        GW_CODE_FORBIDDEN);
    assert_int_equal(market_count("SELECT count(*) FROM vote"), 0);
}

static void an_outbox_waits_while_the_chain_is_away_and_loses_nothing(void **state) {
    market *self = *state;
    (void)market_commit(self);
    self->is_chain_away = true;
    market_deliver(self);
    assert_int_equal(self->posted, 0);
    assert_true(self->published > 0);
    self->is_chain_away = false;
    market_deliver(self);
    assert_int_equal(self->posted, 1);
    market_deliver(self);
    assert_int_equal(self->posted, 1);
}

static void a_signed_promise_cannot_be_cancelled(void **state) {
    market *self = *state;
    const gw_uuid event_id = market_commit(self);
    const gw_event_call call = {.event_id = event_id, .now = market_at("15:10")};
    gw_fault fault = {0};
    gw_request_row row;
    assert_int_equal(gw_request_cancel(&self->flow, self->arena, &call, &row, &fault).code,
                     GW_CODE_WRONG_STATE);
    assert_string_equal(market_state(self, event_id), "COMMITTED");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, empty_market)
    const struct CMUnitTest tests[] = {
        CASE(an_evening_goes_from_request_to_posted),
        CASE(the_money_is_what_the_rules_say),
        CASE(a_day_on_which_the_meter_was_called_is_no_reference_day),
        CASE(a_request_may_keep_the_days_on_which_its_meters_were_called),
        CASE(every_step_run_twice_gives_the_same_hashes),
        CASE(too_little_escrow_refuses_publishing),
        CASE(a_request_with_an_empty_window_is_refused),
        CASE(bad_bids_are_refused_each_with_its_reason),
        CASE(without_a_certificate_nothing_is_activated),
        CASE(a_split_is_followed_by_the_next_revision_and_then_fails),
        CASE(a_recall_pays_only_the_intervals_that_were_over),
        CASE(a_later_reading_waits_for_the_next_run_which_posts_the_difference),
        CASE(a_signature_of_another_is_refused),
        CASE(an_outbox_waits_while_the_chain_is_away_and_loses_nothing),
        CASE(a_signed_promise_cannot_be_cancelled),
    };
    return cmocka_run_group_tests(tests, open_market, close_market);
}
