/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks on a real database with nodes that judge what is offered to them: what is held, for how
 * long, and which schedule is believed.
 */
#include "server/flow/check.h"
#include "server/flow/clearance.h"
#include "server/flow/collect.h"
#include "server/flow/network_change.h"
#include "server/node/judge.h"
#include "server/node/votes.h"
#include "tests/integration/flow/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HONEST = 3 };

/* The worked example of five trades: ../shared/data/grid/worked/trade_check_5trades.json. */
static const char five_trades[] =
    "{\"format\":\"gw-net\",\"version\":1,\"name\":\"five\",\"model\":\"balanced\","
    "\"source\":{\"id\":\"grid\",\"node\":\"0\",\"u_pu\":1.02},\"nodes\":["
    "{\"id\":\"0\",\"un_v\":400,\"vmax_pu\":1.05},{\"id\":\"1\",\"un_v\":400,\"vmax_pu\":1.05},"
    "{\"id\":\"2\",\"un_v\":400,\"vmax_pu\":1.05},{\"id\":\"3\",\"un_v\":400,\"vmax_pu\":1.05}],"
    "\"branches\":["
    "{\"id\":\"s1\",\"from\":\"0\",\"to\":\"1\",\"r1_ohm\":0.06201,\"x1_ohm\":0.02412,"
    "\"imax_a\":270},"
    "{\"id\":\"s2\",\"from\":\"1\",\"to\":\"2\",\"r1_ohm\":0.06201,\"x1_ohm\":0.02412,"
    "\"imax_a\":270},"
    "{\"id\":\"s3\",\"from\":\"2\",\"to\":\"3\",\"r1_ohm\":0.08268,\"x1_ohm\":0.03216,"
    "\"imax_a\":270}],"
    "\"points\":[{\"id\":\"P0\",\"node\":\"0\",\"p_w\":0,\"q_var\":0},"
    "{\"id\":\"P1\",\"node\":\"1\",\"p_w\":6000,\"q_var\":1972},"
    "{\"id\":\"P2\",\"node\":\"2\",\"p_w\":4000,\"q_var\":1315},"
    "{\"id\":\"P3\",\"node\":\"3\",\"p_w\":2000,\"q_var\":657}]}";

static const gw_check_terms terms = {
    .margin_ppm = 500, .hold_s = 600, .open_most = 20, .share_pct = 50, .fair_days = 30};

static void must(gw_status status, const gw_fault *fault) {
    if (!gw_is_ok(status)) fail_msg("%s %s", fault->subject, fault->message);
}

static void upload(market *self) {
    const gw_gridfile_part part = {GW_TEXT("five.json"), gw_text_from_c(five_trades)};
    const gw_network_upload file = {
        .file = {GW_GRIDFILE_GW_NET, &part, 1, GW_GRIDFILE_STEP_NONE},
        .original = {(const uint8_t *)five_trades, sizeof five_trades - 1}};
    const gw_network_call call = {.network_id = GW_TEXT("five"),
                                  .token_id = GW_TEXT("test"),
                                  .now = market_at("13:00"),
                                  .seen_version = GW_NETWORK_ANY_VERSION};
    const gw_network_connection seller = {.point = GW_TEXT("P3"),
                                          .link = {.party = GW_TEXT("agg-a")}};
    gw_network_changed changed;
    gw_fault fault = {0};
    must(gw_network_upload_do(self->flow.db, self->arena, &call, &file, &changed, &fault), &fault);
    must(gw_network_connect_do(self->flow.db, self->arena, &call, &seller, &changed, &fault),
         &fault);
}

static int open_market(void **state) {
    market *self = market_open();
    *state = self;
    if (self == NULL) return -1;
    upload(self);
    return 0;
}

static int close_market(void **state) {
    if (*state != NULL) market_close(*state);
    return 0;
}

static int empty_market(void **state) {
    market_reset(*state);
    market_sql("TRUNCATE grid_check, grid_check_item, curtailment CASCADE;");
    return 0;
}

/* One item of agg-a at P3 in the quarter hour from 16:15. */
static gw_check_want sale(const char *id, int64_t power_w) {
    return (gw_check_want){.id = gw_text_from_c(id),
                           .kind = GW_FLOW_ITEM_TRADE,
                           .seller = {.point = GW_TEXT("P3")},
                           .requested = {power_w}};
}

static gw_status try_check(market *self, gw_check_mode mode, const gw_check_want *item,
                           const char *clock, gw_check *ret, gw_fault *fault) {
    const gw_check_wish wish = {.network_id = GW_TEXT("five"),
                                .interval = {market_at("16:15"), market_at("16:30")},
                                .mode = mode,
                                .quantiles = 2,
                                .items = item,
                                .item_count = 1,
                                .token_id = GW_TEXT("test"),
                                .key = item->id,
                                .raw = {(const uint8_t *)clock, strlen(clock)},
                                .terms = &terms};
    gw_clock_set(self->flow.clock, market_at(clock));
    return gw_check_make(&self->flow, self->arena, &wish, market_at(clock), ret, fault);
}

static gw_check check(market *self, gw_check_mode mode, const gw_check_want *item,
                      const char *clock) {
    gw_check made;
    gw_fault fault = {0};
    must(try_check(self, mode, item, clock, &made, &fault), &fault);
    assert_int_equal(made.items.count, 1);
    return made;
}

static gw_judgement judge(market *self, const gw_proposal_row *row, const char *clock) {
    gw_judgement judgement;
    gw_bytes bytes = {NULL, 0};
    gw_fault fault = {0};
    must(gw_clearance_network(self->flow.db, self->arena, row, &bytes, &fault), &fault);
    const gw_judge_facts facts = {.domain = self->flow.settings.domain,
                                  .signer_set = 1,
                                  .realm = GW_TEXT("demo"),
                                  .now = market_at(clock),
                                  .grid = {.network = bytes}};
    must(gw_judge(self->arena, row->core, &facts, &judgement, &fault), &fault);
    return judgement;
}

/* Three nodes judge what was reserved and sign. */
static void clear(market *self, const gw_check *made, const char *clock) {
    gw_proposal_row row;
    gw_fault fault = {0};
    must(gw_clearance_load(self->flow.db, self->arena, made->row.check_id, &row, &fault), &fault);
    for (int node = 0; node < HONEST; node++) {
        gw_signature signature;
        gw_proposal_row after;
        const gw_judgement found = judge(self, &row, clock);
        if (found.verdict != GW_VERDICT_AGREES)
            fail_msg("%s: %s", gw_verdict_wire(found.verdict), found.detail);
        must(gw_signer_sign(self->signers[node], found.record.digest, &signature, &fault), &fault);
        const gw_vote_wish wish = {.proposal_id = row.proposal_id,
                                   .node = self->flow.settings.nodes[node].name,
                                   .verdict = gw_text_from_c(gw_verdict_wire(found.verdict)),
                                   .signature = &signature};
        must(gw_collect_vote(&self->flow, self->arena, &wish, market_at(clock), &after, &fault),
             &fault);
    }
}

static gw_check look(market *self, const gw_check *made, const char *clock) {
    gw_check seen;
    gw_fault fault = {0};
    const gw_check_call call = {.check_id = made->row.check_id, .now = market_at(clock)};
    must(gw_check_open(self->flow.db, self->arena, &call, &seen, &fault), &fault);
    return seen;
}

static void a_hold_that_nobody_signs_ends_by_itself(void **state) {
    market *self = *state;
    const gw_check_want all = sale("all", 60000);
    const gw_check_want small = sale("small", 3000);
    const gw_check held = check(self, GW_CHECK_RESERVE, &all, "15:00");
    assert_true(held.items.items[0].accepted.w > 10000);
    assert_string_equal(gw_check_state(&held.row, market_at("15:05")), "held");
    const gw_check full = check(self, GW_CHECK_DRY_RUN, &small, "15:05");
    assert_true(full.items.items[0].accepted.w < 10);
    const gw_check later = check(self, GW_CHECK_DRY_RUN, &small, "15:11");
    assert_int_equal(later.items.items[0].accepted.w, 3000);
    assert_string_equal(gw_check_state(&held.row, market_at("15:11")), "expired");
}

static void nodes_that_judge_agree_and_the_hold_stands(void **state) {
    market *self = *state;
    const gw_check_want all = sale("all", 60000);
    const gw_check_want small = sale("small", 3000);
    const gw_check held = check(self, GW_CHECK_RESERVE, &all, "15:00");
    assert_false(gw_word_is_zero(held.row.digest));
    clear(self, &held, "15:02");
    const gw_check cleared = look(self, &held, "15:30");
    assert_string_equal(gw_check_state(&cleared.row, market_at("15:30")), "cleared");
    const gw_check later = check(self, GW_CHECK_DRY_RUN, &small, "15:30");
    assert_true(later.items.items[0].accepted.w < 10);
    gw_check back;
    gw_fault fault = {0};
    const gw_check_call call = {.check_id = held.row.check_id, .now = market_at("15:31")};
    assert_int_equal(gw_check_release(&self->flow, self->arena, &call, &back, &fault).code,
                     GW_CODE_WRONG_STATE);
}

static void what_nodes_may_be_signing_is_not_given_back(void **state) {
    market *self = *state;
    const gw_check_want small = sale("small", 3000);
    const gw_check held = check(self, GW_CHECK_RESERVE, &small, "15:00");
    gw_check back;
    gw_fault fault = {0};
    const gw_check_call call = {.check_id = held.row.check_id, .now = market_at("15:01")};
    assert_int_equal(gw_check_release(&self->flow, self->arena, &call, &back, &fault).code,
                     GW_CODE_WRONG_STATE);
}

/* A trade of agg-a that says it is within the schedule of `made`. */
static gw_check_want claim(const char *id, const gw_check *made, int64_t power_w) {
    gw_check_want item = sale(id, power_w);
    item.effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    item.seller.schedule = (gw_check_place){made->row.check_id, made->items.items[0].item_id};
    item.seller.digest = made->row.digest;
    return item;
}

static void a_signed_schedule_is_believed_up_to_its_size(void **state) {
    market *self = *state;
    gw_check_want plan = sale("plan", 4000);
    plan.kind = GW_FLOW_ITEM_SCHEDULE;
    gw_check schedule = check(self, GW_CHECK_RESERVE, &plan, "15:00");
    const gw_check_want early = claim("early", &schedule, 1000);
    assert_true(check(self, GW_CHECK_DRY_RUN, &early, "15:01").items.items[0].note.length > 0);
    clear(self, &schedule, "15:02");
    schedule = look(self, &schedule, "15:03");
    const gw_check_want first = claim("first", &schedule, 3000);
    const gw_check inside = check(self, GW_CHECK_RESERVE, &first, "15:03");
    assert_true(gw_text_is(inside.items.items[0].effect, "within_schedule"));
    assert_int_equal(inside.items.items[0].accepted.w, 3000);
    const gw_check_want second = claim("second", &schedule, 1001);
    const gw_check beyond = check(self, GW_CHECK_DRY_RUN, &second, "15:04");
    assert_true(gw_text_is(beyond.items.items[0].effect, "incremental"));
    gw_check_want wrong = claim("wrong", &schedule, 500);
    wrong.seller.digest.bytes[0] ^= 1;
    assert_true(check(self, GW_CHECK_DRY_RUN, &wrong, "15:04").items.items[0].note.length > 0);
    /* no power moves, so nothing of it is held besides the schedule itself */
    assert_int_equal(market_count("SELECT count(*) FROM grid_check_item WHERE effect = "
                                  "'within_schedule' AND accepted_w > 0"),
                     1);
}

static void the_same_call_finds_the_same_check(void **state) {
    market *self = *state;
    const gw_check_want small = sale("small", 3000);
    const gw_check first = check(self, GW_CHECK_RESERVE, &small, "15:00");
    const gw_check again = check(self, GW_CHECK_RESERVE, &small, "15:00");
    assert_true(gw_uuid_equal(first.row.check_id, again.row.check_id));
    assert_int_equal(market_count("SELECT count(*) FROM grid_check"), 1);
}

static void an_interval_that_has_begun_holds_nothing(void **state) {
    market *self = *state;
    const gw_check_want small = sale("small", 3000);
    gw_check made;
    gw_fault fault = {0};
    assert_int_equal(try_check(self, GW_CHECK_RESERVE, &small, "16:15", &made, &fault).code,
                     GW_CODE_WRONG_STATE);
    assert_int_equal(market_count("SELECT count(*) FROM grid_check"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_hold_that_nobody_signs_ends_by_itself, empty_market),
        cmocka_unit_test_setup(nodes_that_judge_agree_and_the_hold_stands, empty_market),
        cmocka_unit_test_setup(what_nodes_may_be_signing_is_not_given_back, empty_market),
        cmocka_unit_test_setup(a_signed_schedule_is_believed_up_to_its_size, empty_market),
        cmocka_unit_test_setup(the_same_call_finds_the_same_check, empty_market),
        cmocka_unit_test_setup(an_interval_that_has_begun_holds_nothing, empty_market),
    };
    return cmocka_run_group_tests(tests, open_market, close_market);
}
