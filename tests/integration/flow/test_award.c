/* SPDX-License-Identifier: Apache-2.0
 *
 * Clearing on a real database with and without a network: a street of six connections on one
 * cable, three of them near the transformer (group G-0, the cheaper bid), three at its far end.
 */
#include "server/db/award_store.h"
#include "server/flow/forecast_update.h"
#include "server/flow/network_change.h"
#include "tests/integration/flow/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

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
    market_sql("TRUNCATE network, network_segment CASCADE;");
    return 0;
}

/* One cable of 0.1 ohm per stretch; the far end must not fall below so much. */
static gw_text street(market *self, const char *vmin_pu) {
    gw_writer out;
    gw_text text;
    gw_writer_init(&out, self->arena);
    gw_write_format(&out, "{\"format\":\"gw-net\",\"version\":1,\"name\":\"street\",\"model\":"
                          "\"balanced\",\"source\":{\"id\":\"S\",\"node\":\"n0\",\"u_pu\":1},"
                          "\"nodes\":[{\"id\":\"n0\",\"un_v\":400}");
    for (int at = 1; at <= MARKET_METERS; at++)
        gw_write_format(&out, ",{\"id\":\"n%d\",\"un_v\":400,\"vmin_pu\":%s}", at, vmin_pu);
    gw_write_c(&out, "],\"branches\":[");
    for (int at = 1; at <= MARKET_METERS; at++)
        gw_write_format(&out,
                        "%s{\"id\":\"L%d\",\"from\":\"n%d\",\"to\":\"n%d\",\"kind\":"
                        "\"cable\",\"r1_ohm\":0.1,\"x1_ohm\":0.02}",
                        at == 1 ? "" : ",", at, at - 1, at);
    gw_write_c(&out, "],\"points\":[");
    for (int at = 1; at <= MARKET_METERS; at++)
        gw_write_format(&out, "%s{\"id\":\"P%d\",\"node\":\"n%d\",\"p_w\":1000}",
                        at == 1 ? "" : ",", at, at);
    gw_write_c(&out, "]}");
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    return text;
}

static void upload(market *self, const char *vmin_pu) {
    gw_fault fault = {0};
    gw_network_changed made;
    const gw_text document = street(self, vmin_pu);
    const gw_gridfile_part part = {GW_TEXT("street.json"), document};
    const gw_network_segment segment = {.id = GW_TEXT("street"), .transformer = GW_TEXT("T-1")};
    const gw_network_upload file = {.file = {GW_GRIDFILE_GW_NET, &part, 1, GW_GRIDFILE_STEP_NONE},
                                    .original = {(const uint8_t *)document.at, document.length},
                                    .segments = &segment,
                                    .segment_count = 1};
    const gw_network_call call = {.network_id = GW_TEXT("street"),
                                  .token_id = GW_TEXT("test"),
                                  .now = market_at("12:00"),
                                  .seen_version = GW_NETWORK_NO_VERSION};
    const gw_status status =
        gw_network_upload_do(self->flow.db, self->arena, &call, &file, &made, &fault);
    if (!gw_is_ok(status)) fail_msg("%s: %s", fault.subject, fault.message);
    market_sql("INSERT INTO network_version SELECT network_id, 2, revision, overlay, network_hash,"
               " 'POINT', token_id, recorded_at FROM network_version WHERE version = 1;"
               "INSERT INTO network_point SELECT 'street', 'P' || n, 2, 'M-' || n, NULL"
               "  FROM generate_series(1, 6) n;");
}

/* Both groups bid, the near one for less; at the gate the awards are made. */
static gw_award_check_row clear_evening(market *self, gw_uuid *ret_event_id) {
    gw_fault fault = {0};
    gw_award_check_row check;
    const gw_uuid event_id = market_publish(self);
    const gw_forecast_work work = {.db = self->flow.db, .now = market_at("14:00")};
    gw_forecast_progress progress;
    /* the readings of the market did not come through the journal */
    market_sql("INSERT INTO ingest_cursor VALUES (7, 1) ON CONFLICT DO NOTHING;");
    assert_true(gw_is_ok(gw_forecast_update(&work, &progress, &fault)));
    gw_clock_set(self->flow.clock, market_at("14:00"));
    (void)market_bid(self, event_id, 0, 300000);
    (void)market_bid(self, event_id, 1, 400000);
    market_run(self, "15:00");
    const gw_status status =
        gw_award_load_check(self->flow.db, self->arena, event_id, &check, &fault);
    if (!gw_is_ok(status)) fail_msg("%s", fault.message);
    *ret_event_id = event_id;
    return check;
}

static int64_t percent_of(const char *group) {
    char sql[96];
    (void)snprintf(sql, sizeof sql, "SELECT activation_pct FROM bid WHERE group_id = '%s'", group);
    return market_count(sql);
}

static void without_a_network_the_rating_is_kept_by_sum(void **state) {
    gw_uuid event_id;
    const gw_award_check_row check = clear_evening(*state, &event_id);
    assert_true(gw_text_is(check.verdict, "RATING_ONLY"));
    assert_int_equal(percent_of("G-0"), 100);
    assert_int_equal(percent_of("G-1"), 34);
}

static void with_a_network_the_far_end_gives_more(void **state) {
    gw_uuid event_id;
    upload(*state, "0.968");
    const gw_award_check_row check = clear_evening(*state, &event_id);
    if (!gw_text_is(check.verdict, "CONFIRMED"))
        fail_msg("%.*s: %.*s", GW_TEXT_ARGS(check.verdict), GW_TEXT_ARGS(check.reason));
    assert_true(gw_text_is(check.network_id, "street"));
    assert_true(check.worst_before_ppm > 1000000);
    assert_true(check.worst_after_ppm <= 1000050);
    assert_true(percent_of("G-1") > 34);
    assert_true(market_count("SELECT count(*) FROM award_demand") > 0);
}

static void what_the_bids_cannot_bring_back_is_said(void **state) {
    gw_uuid event_id;
    upload(*state, "0.995");
    const gw_award_check_row check = clear_evening(*state, &event_id);
    if (!gw_text_is(check.verdict, "SHORT"))
        fail_msg("%.*s: %.*s", GW_TEXT_ARGS(check.verdict), GW_TEXT_ARGS(check.reason));
    assert_int_equal(percent_of("G-0"), 100);
    assert_int_equal(percent_of("G-1"), 100);
}

static void every_interval_has_its_demands(void **state) {
    market *self = *state;
    gw_uuid event_id;
    upload(self, "0.968");
    (void)clear_evening(self, &event_id);
    assert_int_equal(
        market_count("SELECT count(*) FROM award_demand WHERE limit_id = 'voltage_low:n6'"),
        MARKET_INTERVALS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_network_the_rating_is_kept_by_sum, empty_market),
        cmocka_unit_test_setup(with_a_network_the_far_end_gives_more, empty_market),
        cmocka_unit_test_setup(what_the_bids_cannot_bring_back_is_said, empty_market),
        cmocka_unit_test_setup(every_interval_has_its_demands, empty_market),
    };
    return cmocka_run_group_tests(tests, open_market, close_market);
}
