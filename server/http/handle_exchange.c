/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/flow/exchange.h"
#include "server/flow/exchange_view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

#include "grid/exchange.h"

enum {
    TIES_MAX = GW_EXCHANGE_MEMBERS_MOST - 1,
    INTERVAL_MIN_S = 60,
    INTERVAL_MAX_S = 86400,
    ANSWER_S = 30,
    ANSWER_MAX_S = 3600
};
static const char *const FORMS[] = {"CONSENSUS", "EXCHANGE", NULL};
static const char *const BALANCINGS[] = {"ON", "OFF", NULL};
static const char *const TRANSPORTS[] = {"MQTT", "REST", NULL};

/* ---- opening */

static gw_status read_members(gw_http_request *request, gw_fields *body, gw_exchange_wish *wish,
                              gw_fault *reterr) {
    wish->member_count =
        gw_field_array(body, "members", GW_FIELD_REQUIRED, GW_EXCHANGE_MEMBERS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_exchange_member_row, wish->member_count, &wish->members,
                        reterr));
    for (size_t i = 0; i < wish->member_count; i++) {
        gw_fields *item = gw_field_item(body, "members", i);
        gw_exchange_member_row *member = &wish->members[i];
        member->party = gw_field_name(item, "party", GW_FIELD_REQUIRED);
        member->transport = gw_text_from_c(
            TRANSPORTS[gw_field_enum(item, "transport", GW_FIELD_REQUIRED, TRANSPORTS)]);
        member->point = gw_field_text(item, "point", GW_FIELD_OPTIONAL, 128);
        member->least.w =
            gw_field_int64(item, "least_w", GW_FIELD_REQUIRED, -GW_MARKET_POWER_MAX_W, 0);
        member->most.w =
            gw_field_int64(item, "most_w", GW_FIELD_REQUIRED, 0, GW_MARKET_POWER_MAX_W);
    }
    return gw_ok();
}

static gw_status read_ties(gw_http_request *request, gw_fields *body, gw_exchange_wish *wish,
                           gw_fault *reterr) {
    gw_exchange_tie_wish *ties = NULL;
    wish->tie_count = gw_field_array(body, "ties", GW_FIELD_OPTIONAL, TIES_MAX);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_exchange_tie_wish, wish->tie_count, &ties, reterr));
    for (size_t i = 0; i < wish->tie_count; i++) {
        gw_fields *item = gw_field_item(body, "ties", i);
        ties[i].from = gw_field_name(item, "from", GW_FIELD_REQUIRED);
        ties[i].to = gw_field_name(item, "to", GW_FIELD_REQUIRED);
        ties[i].limit.w = GW_EXCHANGE_UNLIMITED;
        if (gw_field_has(item, "limit_w"))
            ties[i].limit.w =
                gw_field_int64(item, "limit_w", GW_FIELD_OPTIONAL, 0, GW_MARKET_POWER_MAX_W);
    }
    wish->ties = ties;
    return gw_ok();
}

static int64_t int64_or(gw_fields *body, const char *key, int64_t otherwise, int64_t most) {
    if (!gw_field_has(body, key)) return otherwise;
    return gw_field_int64(body, key, GW_FIELD_OPTIONAL, 1, most);
}

static void read_terms(gw_fields *body, gw_exchange_wish *wish) {
    wish->form = gw_text_from_c(FORMS[gw_field_enum(body, "form", GW_FIELD_REQUIRED, FORMS)]);
    wish->balancing =
        gw_text_from_c(BALANCINGS[gw_field_enum(body, "balancing", GW_FIELD_OPTIONAL, BALANCINGS)]);
    wish->network = gw_field_text(body, "network", GW_FIELD_OPTIONAL, 64);
    wish->start_at = gw_field_instant(body, "start_at", GW_FIELD_REQUIRED);
    wish->interval_s =
        gw_field_int64(body, "interval_s", GW_FIELD_REQUIRED, INTERVAL_MIN_S, INTERVAL_MAX_S);
    wish->interval_count = int64_or(body, "interval_count", 1, GW_EXCHANGE_INTERVALS_MOST);
    wish->penalty = gw_field_int64(body, "penalty_nanos_per_kwh_kw", GW_FIELD_REQUIRED,
                                   GW_EXCHANGE_PENALTY_LEAST, GW_EXCHANGE_PENALTY_MOST);
    wish->stop_milliwatt =
        int64_or(body, "stop_milliwatt", GW_EXCHANGE_STOP_MILLIWATT, GW_EXCHANGE_MILLIWATT_MOST);
    wish->answer_s = int64_or(body, "answer_s", ANSWER_S, ANSWER_MAX_S);
    wish->deadline_at = gw_field_instant(body, "deadline_at", GW_FIELD_REQUIRED);
}

static gw_status reply_exchange(const gw_http_request *request, gw_reply *reply, int http_status,
                                const gw_exchange_row *row, gw_fault *reterr) {
    gw_json json;
    gw_exchange_view view;
    GW_TRY(gw_exchange_view_load(request->app->db, request->arena, row,
                                 gw_auth_filter(&request->identity), &view, reterr));
    gw_json_init(&json, request->arena);
    gw_exchange_view_write(&json, NULL, &view);
    return gw_reply_json(reply, http_status, &json, reterr);
}

gw_status gw_handle_create_exchange(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_exchange_wish wish = {.key = gw_request_header(request, "Idempotency-Key")};
    gw_exchange_row row;
    gw_uuid warm_from;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    read_terms(body, &wish);
    GW_TRY(read_members(request, body, &wish, reterr));
    GW_TRY(read_ties(request, body, &wish, reterr));
    if (gw_field_has(body, "warm_from")) {
        warm_from = gw_field_uuid(body, "warm_from", GW_FIELD_OPTIONAL);
        wish.warm_from = &warm_from;
    }
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(
        gw_exchange_create(request->app->flow, request->arena, &wish, request->now, &row, reterr));
    return reply_exchange(request, reply, 201, &row, reterr);
}

/* ---- looking */

gw_status gw_handle_list_exchanges(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_market_page page;
    gw_exchange_list list;
    gw_json json;
    const gw_text party = gw_auth_filter(&request->identity);
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    const gw_exchange_filter filter = {.state =
                                           gw_field_text(query, "state", GW_FIELD_OPTIONAL, 16),
                                       .party = party,
                                       .after = page.after,
                                       .limit = page.size + 1};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_exchange_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int i = 0; i < shown; i++) {
        gw_exchange_view view;
        GW_TRY(gw_exchange_view_load(request->app->db, request->arena, &list.items[i], party, &view,
                                     reterr));
        gw_exchange_view_write(&json, NULL, &view);
    }
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].exchange_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

/* A stranger is told the same as when there were none. */
static gw_status load_seen(gw_http_request *request, gw_exchange_row *ret, gw_fault *reterr) {
    gw_uuid id;
    gw_exchange_row row;
    const gw_text party = gw_auth_filter(&request->identity);
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_exchange_load(request->app->db, request->arena, id, &row, reterr));
    bool is_seen = party.length == 0;
    for (int i = 0; i < row.member_count; i++)
        is_seen = is_seen || gw_text_equal(row.members[i].party, party);
    if (!is_seen) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    *ret = row;
    return gw_ok();
}

gw_status gw_handle_get_exchange(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_exchange_row row;
    GW_TRY(load_seen(request, &row, reterr));
    return reply_exchange(request, reply, 200, &row, reterr);
}

gw_status gw_handle_cancel_exchange(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_exchange_row row;
    GW_TRY(load_seen(request, &row, reterr));
    GW_TRY(gw_exchange_cancel(request->app->flow, request->arena, row.exchange_id, request->now,
                              &row, reterr));
    return reply_exchange(request, reply, 200, &row, reterr);
}

gw_status gw_handle_replay_exchange(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_exchange_row row;
    gw_exchange_replay replay;
    gw_json json;
    GW_TRY(load_seen(request, &row, reterr));
    GW_TRY(gw_exchange_replay_make(request->app->db, request->arena, row.exchange_id, &replay,
                                   reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_hex(&json, "recorded_hash", gw_word_slice(&replay.recorded));
    gw_json_hex(&json, "replayed_hash", gw_word_slice(&replay.replayed));
    gw_json_flag(&json, "is_same", gw_word_equal(replay.recorded, replay.replayed));
    gw_json_int64(&json, "messages", replay.messages);
    gw_json_int64(&json, "rounds", replay.rounds);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

/* ---- answering */

static gw_status read_answer(gw_http_request *request, gw_exchange_taking *taking,
                             gw_fault *reterr) {
    gw_fields *body = NULL;
    int64_t *powers = NULL;
    GW_TRY(gw_path_int64(request, "k", &taking->answer.iteration, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    taking->answer.counter = gw_field_int64(body, "counter", GW_FIELD_REQUIRED, 1, INT64_MAX);
    const size_t count =
        gw_field_array(body, "power_milliwatt", GW_FIELD_REQUIRED, GW_EXCHANGE_INTERVALS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, int64_t, count, &powers, reterr));
    for (size_t i = 0; i < count; i++)
        powers[i] = gw_field_item_int64(body, "power_milliwatt", i, -GW_EXCHANGE_MILLIWATT_MOST,
                                        GW_EXCHANGE_MILLIWATT_MOST);
    taking->answer.powers = powers;
    taking->answer.count = (uint32_t)count;
    return gw_fields_end(body, reterr);
}

gw_status gw_handle_answer_exchange(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_exchange_row row;
    gw_exchange_verdict verdict;
    gw_json json;
    GW_TRY(load_seen(request, &row, reterr));
    gw_exchange_taking taking = {.exchange_id = row.exchange_id,
                                 .party = request->identity.party,
                                 .transport = "REST",
                                 .now = request->now};
    GW_TRY(read_answer(request, &taking, reterr));
    GW_TRY(gw_exchange_take(request->app->flow, request->arena, &taking, &verdict, reterr));
    const bool counts =
        verdict == GW_EXCHANGE_VERDICT_ACCEPTED || verdict == GW_EXCHANGE_VERDICT_REPEATED;
    if (!counts)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, gw_exchange_verdict_word(verdict),
                            "%s: %s", gw_exchange_verdict_word(verdict),
                            gw_exchange_verdict_title(verdict));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_c(&json, "verdict", gw_exchange_verdict_word(verdict));
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
