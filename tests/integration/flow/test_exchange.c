/* SPDX-License-Identifier: Apache-2.0
 *
 * Exchanges on a real database with a clock moved by hand: what the grid carries goes to the oracle
 * nodes as a clearance, what it does not is cut, and who is silent ends in a pro-rata promise. The
 * members answer in the same process; tests/integration/exchange.mjs has them as processes.
 */
#include "grid/exchange_member.h"
#include "server/flow/check.h"
#include "server/flow/clearance.h"
#include "server/flow/exchange.h"
#include "server/flow/network_change.h"
#include "tests/integration/flow/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MEMBERS = 3, ROUNDS_MOST = 700, CENT = 10000000 };

static const char *const PARTIES[] = {"agg-a", "agg-b", "agg-c"};
static const char *const POINTS[] = {"P-a", "P-b", "P-c"};

/* grid.md 4.5: 8, 18 and 30 ct with slopes of 0.10, 0.08 and 0.12 ct per kW. */
static const gw_exchange_cost COSTS[] = {
    {INT64_C(8) * CENT, 1000000, -INT64_C(1000000000), INT64_C(1000000000)},
    {INT64_C(18) * CENT, 800000, -INT64_C(1000000000), INT64_C(1000000000)},
    {INT64_C(30) * CENT, 1200000, -INT64_C(1000000000), INT64_C(1000000000)},
};

static const gw_check_terms TERMS = {
    .margin_ppm = 2000, .hold_s = 900, .open_most = 10, .fair_days = 30};

/* Three lines from one bar; %d: amperes of the line to a. */
static const char NETWORK[] =
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"star\",\"model\":\"balanced\","
    "\"source\":{\"id\":\"grid\",\"node\":\"bar\",\"u_pu\":1},"
    "\"nodes\":[{\"id\":\"bar\",\"un_v\":400},{\"id\":\"a\",\"un_v\":400},"
    "{\"id\":\"b\",\"un_v\":400},{\"id\":\"c\",\"un_v\":400}],"
    "\"branches\":[{\"id\":\"to-a\",\"from\":\"bar\",\"to\":\"a\",\"r1_ohm\":0.01,\"x1_ohm\":0.005,"
    "\"imax_a\":%d},{\"id\":\"to-b\",\"from\":\"bar\",\"to\":\"b\",\"r1_ohm\":0.01,"
    "\"x1_ohm\":0.005,\"imax_a\":200},{\"id\":\"to-c\",\"from\":\"bar\",\"to\":\"c\","
    "\"r1_ohm\":0.01,\"x1_ohm\":0.005,\"imax_a\":200}],"
    "\"points\":[{\"id\":\"P-a\",\"node\":\"a\",\"p_w\":1000,\"q_var\":0},"
    "{\"id\":\"P-b\",\"node\":\"b\",\"p_w\":1000,\"q_var\":0},"
    "{\"id\":\"P-c\",\"node\":\"c\",\"p_w\":1000,\"q_var\":0}]}";

static void must(gw_status status, const gw_fault *fault) {
    if (!gw_is_ok(status)) fail_msg("%s %s", fault->subject, fault->message);
}

static void upload(market *self, const char *name, int amperes) {
    char document[2048];
    const int length = snprintf(document, sizeof document, NETWORK, amperes);
    const gw_gridfile_part part = {GW_TEXT("star.json"), {document, (size_t)length}};
    const gw_network_upload file = {.file = {GW_GRIDFILE_GW_NET, &part, 1, GW_GRIDFILE_STEP_NONE},
                                    .original = {(const uint8_t *)document, (size_t)length}};
    gw_network_call call = {.network_id = gw_text_from_c(name),
                            .token_id = GW_TEXT("test"),
                            .now = market_at("13:00"),
                            .seen_version = GW_NETWORK_ANY_VERSION};
    gw_network_changed changed;
    gw_fault fault = {0};
    must(gw_network_upload_do(self->flow.db, self->arena, &call, &file, &changed, &fault), &fault);
}

static int open_market(void **state) {
    market *self = market_open();
    *state = self;
    if (self == NULL) return -1;
    market_sql("INSERT INTO party VALUES ('agg-c', 'AGGREGATOR',"
               " '0x00000000000000000000000000000000000000cc', now())");
    upload(self, "wide", 200);
    upload(self, "narrow", 60);
    upload(self, "shut", 1);
    self->flow.settings.check_terms = &TERMS;
    gw_clock_set(self->flow.clock, market_at("15:00"));
    return 0;
}

static int close_market(void **state) {
    if (*state != NULL) market_close(*state);
    return 0;
}

static int empty_market(void **state) {
    market_sql("TRUNCATE exchange, exchange_member, exchange_tie, exchange_cut, exchange_message,"
               " exchange_round, exchange_share, exchange_check, exchange_inbox CASCADE");
    market_reset(*state);
    return 0;
}

/* ---- playing */

static gw_exchange_row start(market *self, const char *network, const char *transport) {
    static gw_exchange_member_row members[MEMBERS];
    static const gw_exchange_tie_wish ties[] = {
        {{"agg-a", 5}, {"agg-b", 5}, {GW_EXCHANGE_UNLIMITED}},
        {{"agg-b", 5}, {"agg-c", 5}, {GW_EXCHANGE_UNLIMITED}}};
    for (int i = 0; i < MEMBERS; i++)
        members[i] = (gw_exchange_member_row){.party = gw_text_from_c(PARTIES[i]),
                                              .transport = gw_text_from_c(transport),
                                              .point = gw_text_from_c(POINTS[i]),
                                              .least = {-1000000},
                                              .most = {1000000}};
    const gw_exchange_wish wish = {.key = gw_text_from_c(network),
                                   .form = GW_TEXT("CONSENSUS"),
                                   .balancing = GW_TEXT("OFF"),
                                   .network = gw_text_from_c(network),
                                   .start_at = market_at("16:30"),
                                   .interval_s = 900,
                                   .interval_count = 1,
                                   .penalty = 1000000,
                                   .stop_milliwatt = GW_EXCHANGE_STOP_MILLIWATT,
                                   .answer_s = 60,
                                   .deadline_at = market_at("16:15"),
                                   .members = members,
                                   .member_count = MEMBERS,
                                   .ties = ties,
                                   .tie_count = 2};
    gw_exchange_row row;
    gw_fault fault = {0};
    must(gw_exchange_create(&self->flow, self->arena, &wish, market_at("15:00"), &row, &fault),
         &fault);
    return row;
}

static void expect_state(const gw_exchange_row *row, const char *state) {
    if (!gw_text_is(row->state, state))
        fail_msg("%.*s: %.*s", GW_TEXT_ARGS(row->state), GW_TEXT_ARGS(row->reason));
}

static gw_exchange_row load(market *self, gw_uuid id) {
    gw_exchange_row row;
    gw_fault fault = {0};
    must(gw_exchange_load(self->flow.db, self->arena, id, &row, &fault), &fault);
    return row;
}

static gw_exchange_verdict answer(market *self, const gw_exchange_row *row, int member) {
    gw_exchange_message_list calls;
    gw_exchange_verdict verdict;
    gw_fault fault = {0};
    int64_t power = 0;
    const gw_exchange_message_filter filter = {row->exchange_id, row->counter, "ROUND"};
    const gw_exchange_member costs = {&COSTS[member], 1, INT64_MIN, INT64_MAX};
    must(gw_exchange_load_of_round(self->flow.db, self->arena, &filter, &calls, &fault), &fault);
    assert_int_equal(calls.count, 1);
    gw_exchange_member_answer(&costs, calls.items[0].powers[0], &calls.items[0].powers[1 + member],
                              &power);
    const gw_exchange_taking taking = {.exchange_id = row->exchange_id,
                                       .party = gw_text_from_c(PARTIES[member]),
                                       .transport = "REST",
                                       .answer = {row->iteration, row->counter, &power, 1},
                                       .now = market_at("15:00")};
    must(gw_exchange_take(&self->flow, self->arena, &taking, &verdict, &fault), &fault);
    return verdict;
}

static gw_exchange_care look(market *self, const char *clock) {
    gw_exchange_care care;
    gw_fault fault = {0};
    must(gw_exchange_look_after(&self->flow, market_at(clock), &care, &fault), &fault);
    return care;
}

/* Everybody answers until nothing is open. */
static gw_exchange_row play(market *self, gw_uuid id) {
    gw_exchange_row row = load(self, id);
    for (int round = 0; round < ROUNDS_MOST && !gw_text_is(row.state, "AGREED"); round++) {
        for (int i = 0; gw_text_is(row.state, "OPEN") && i < MEMBERS; i++)
            assert_int_equal(answer(self, &row, i), GW_EXCHANGE_VERDICT_ACCEPTED);
        (void)look(self, "15:00");
        row = load(self, id);
        if (row.ended_at.us != 0) return row;
    }
    return row;
}

static void expect_replay(market *self, gw_uuid id) {
    gw_exchange_replay replay;
    gw_fault fault = {0};
    must(gw_exchange_replay_make(self->flow.db, self->arena, id, &replay, &fault), &fault);
    assert_false(gw_word_is_zero(replay.recorded));
    assert_true(gw_word_equal(replay.recorded, replay.replayed));
}

static gw_exchange_share_list shares_of(market *self, gw_uuid id) {
    gw_exchange_share_list shares;
    gw_fault fault = {0};
    must(gw_exchange_load_shares(self->flow.db, self->arena, id, &shares, &fault), &fault);
    assert_int_equal(shares.count, MEMBERS);
    assert_int_equal(shares.items[0].export_power.w + shares.items[1].export_power.w +
                         shares.items[2].export_power.w,
                     0);
    return shares;
}

/* ---- tests */

static void what_the_grid_carries_goes_to_the_nodes(void **state) {
    market *self = *state;
    gw_exchange_check_list checks;
    gw_proposal_row proposal;
    gw_fault fault = {0};
    const gw_uuid id = start(self, "wide", "REST").exchange_id;
    const gw_exchange_row ended = play(self, id);
    expect_state(&ended, "AGREED");
    assert_int_equal(ended.run, 0);
    const gw_exchange_share_list shares = shares_of(self, id);
    assert_in_range(shares.items[0].export_power.w, 99990, 100010);
    must(gw_exchange_load_checks(self->flow.db, self->arena, id, &checks, &fault), &fault);
    assert_int_equal(checks.count, 1);
    assert_true(gw_text_is(checks.items[0].verdict, "ok"));
    assert_int_equal(checks.items[0].digest.length, 32);
    must(
        gw_clearance_load(self->flow.db, self->arena, *checks.items[0].check_id, &proposal, &fault),
        &fault);
    assert_true(gw_text_is(proposal.state, "OPEN"));
    assert_int_equal(proposal.digest.length, 32);
    assert_memory_equal(proposal.digest.at, checks.items[0].digest.at, 32);
    for (int i = 0; i < MEMBERS; i++) market_vote(self, i, "SIGNED");
    assert_int_equal(market_count("SELECT count(*) FROM proposal WHERE kind = 'CLEARANCE'"
                                  " AND state = 'CERTIFIED'"),
                     1);
    expect_replay(self, id);
}

static void what_the_grid_does_not_carry_is_cut_and_agreed_again(void **state) {
    market *self = *state;
    gw_exchange_check_list checks;
    gw_fault fault = {0};
    const gw_uuid id = start(self, "narrow", "REST").exchange_id;
    const gw_exchange_row ended = play(self, id);
    expect_state(&ended, "AGREED");
    assert_in_range(ended.run, 1, 2);
    assert_in_range(ended.cut_count, 1, 4);
    const gw_exchange_share_list shares = shares_of(self, id);
    assert_in_range(shares.items[0].export_power.w, 35000, 43000); /* 60 A are 41.6 kVA */
    must(gw_exchange_load_checks(self->flow.db, self->arena, id, &checks, &fault), &fault);
    assert_true(gw_text_is(checks.items[0].verdict, "curtailed"));
    assert_true(gw_text_is(checks.items[checks.count - 1].verdict, "ok"));
    /* nothing is held for what was cut */
    assert_int_equal(market_count("SELECT count(*) FROM proposal WHERE kind = 'CLEARANCE'"), 1);
    expect_replay(self, id);
}

static void a_grid_that_carries_nothing_leaves_nothing(void **state) {
    market *self = *state;
    const gw_uuid id = start(self, "shut", "REST").exchange_id;
    const gw_exchange_row ended = play(self, id);
    assert_true(ended.ended_at.us != 0);
    assert_in_range(ended.run, 1, 5);
    if (ended.result_hash.length == 0) return; /* failed: nothing is promised */
    const gw_exchange_share_list shares = shares_of(self, id);
    assert_in_range(shares.items[0].export_power.w + 1700, 0, 3400);
    expect_replay(self, id);
}

static void silence_ends_in_a_promise_that_the_grid_has_seen(void **state) {
    market *self = *state;
    const gw_uuid id = start(self, "wide", "REST").exchange_id;
    for (int round = 0; round < 3; round++) {
        const gw_exchange_row row = load(self, id);
        for (int i = 0; i < MEMBERS; i++) (void)answer(self, &row, i);
    }
    const gw_exchange_row open = load(self, id);
    (void)answer(self, &open, 0);
    (void)look(self, "15:01");
    assert_true(gw_text_is(load(self, id).state, "CHECKING"));
    const gw_exchange_row ended = play(self, id);
    expect_state(&ended, "FALLBACK");
    assert_true(gw_text_is(ended.outcome, "TIMED_OUT"));
    assert_true(gw_text_is(ended.reason, "\"agg-b\" did not answer round 4 in time"));
    (void)shares_of(self, id);
    expect_replay(self, id);
    assert_int_equal(answer(self, &open, 1), GW_EXCHANGE_VERDICT_CLOSED);
    assert_int_equal(market_count("SELECT count(*) FROM exchange_message WHERE kind = 'TIMEOUT'"),
                     1);
}

static void who_has_not_answered_is_called_again(void **state) {
    market *self = *state;
    const char *calls = "SELECT count(*) FROM outbox WHERE topic LIKE '%/down/%/exchange'";
    const gw_exchange_row row = start(self, "wide", "MQTT");
    assert_int_equal(market_count(calls), MEMBERS);
    (void)answer(self, &row, 0);
    gw_exchange_care care;
    gw_fault fault = {0};
    const gw_instant soon = gw_instant_plus(market_at("15:00"), gw_span_seconds(1));
    must(gw_exchange_look_after(&self->flow, soon, &care, &fault), &fault);
    assert_int_equal(market_count(calls), MEMBERS + 2);
    must(gw_exchange_look_after(&self->flow, soon, &care, &fault), &fault);
    assert_int_equal(market_count(calls), MEMBERS + 2);
    assert_int_equal(care.live, 1);
    /* the second call carries the same counter, so the answer to either counts once */
    assert_int_equal(load(self, row.exchange_id).counter, 1);
}

static void a_member_speaks_from_its_own_point_only(void **state) {
    market *self = *state;
    gw_exchange_row row;
    gw_fault fault = {0};
    gw_exchange_member_row members[] = {
        {GW_TEXT("agg-a"), GW_TEXT("REST"), GW_TEXT("P-a"), {-1}, {1}},
        {GW_TEXT("agg-b"), GW_TEXT("REST"), GW_TEXT("P-x"), {-1}, {1}}};
    gw_exchange_wish wish = {.key = GW_TEXT("x"),
                             .form = GW_TEXT("EXCHANGE"),
                             .balancing = GW_TEXT("ON"),
                             .network = GW_TEXT("wide"),
                             .start_at = market_at("16:30"),
                             .interval_s = 900,
                             .interval_count = 1,
                             .penalty = 1000000,
                             .stop_milliwatt = 1000,
                             .answer_s = 60,
                             .deadline_at = market_at("16:15"),
                             .members = members,
                             .member_count = 2};
    const gw_instant now = market_at("15:00");
    assert_int_equal(gw_exchange_create(&self->flow, self->arena, &wish, now, &row, &fault).code,
                     GW_CODE_NOT_FOUND);
    members[1].point = GW_TEXT("");
    assert_int_equal(gw_exchange_create(&self->flow, self->arena, &wish, now, &row, &fault).code,
                     GW_CODE_INCOMPLETE);
    wish.network = GW_TEXT("");
    wish.deadline_at = market_at("14:00");
    assert_int_equal(gw_exchange_create(&self->flow, self->arena, &wish, now, &row, &fault).code,
                     GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/deadline_at");
    assert_int_equal(market_count("SELECT count(*) FROM exchange"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_the_grid_carries_goes_to_the_nodes, empty_market),
        cmocka_unit_test_setup(what_the_grid_does_not_carry_is_cut_and_agreed_again, empty_market),
        cmocka_unit_test_setup(a_grid_that_carries_nothing_leaves_nothing, empty_market),
        cmocka_unit_test_setup(silence_ends_in_a_promise_that_the_grid_has_seen, empty_market),
        cmocka_unit_test_setup(who_has_not_answered_is_called_again, empty_market),
        cmocka_unit_test_setup(a_member_speaks_from_its_own_point_only, empty_market),
    };
    return cmocka_run_group_tests(tests, open_market, close_market);
}
