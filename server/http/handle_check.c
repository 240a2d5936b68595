/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "server/app.h"
#include "server/config.h"
#include "server/flow/check.h"
#include "server/flow/clearance.h"
#include "server/http/market.h"
#include "server/http/routes.h"
#include "server/http/window.h"

#include <stdio.h>

static const int64_t PRICE_MOST = 1000000000000;

/* In the order of the enums. */
static const char *const MODES[] = {"dry_run", "reserve", NULL};
static const char *const KINDS[] = {"trade", "bid", "schedule", NULL};
static const char *const EFFECTS[] = {"incremental", "within_schedule", NULL};
static const char *const RULES[] = {
    "sensitivity_qp",         "min_kw",       "economic",      "pro_rata_contributors",
    "last_come_contributors", "pro_rata_all", "last_come_all", NULL};
static const char *const QUANTILES[] = {"p5", "p50", "p95"};

/* ---- what is asked ---- */

static void read_side(gw_fields *item, const char *point, const char *schedule,
                      gw_check_side *ret) {
    ret->point = gw_field_text(item, point, GW_FIELD_OPTIONAL, GW_CHECK_POINT_MOST);
    if (!gw_field_has(item, schedule)) return;
    gw_fields *said = gw_field_object(item, schedule, GW_FIELD_OPTIONAL);
    ret->schedule.check_id = gw_field_uuid(said, "check_id", GW_FIELD_REQUIRED);
    ret->schedule.item_id = gw_field_name(said, "item_id", GW_FIELD_REQUIRED);
    (void)gw_field_hex(said, "digest", GW_FIELD_REQUIRED, ret->digest.bytes, GW_WORD_BYTES);
}

static void read_item(gw_fields *item, gw_check_want *ret) {
    ret->id = gw_field_name(item, "id", GW_FIELD_REQUIRED);
    ret->kind = (gw_flow_item_kind)gw_field_enum(item, "kind", GW_FIELD_REQUIRED, KINDS);
    ret->effect = (gw_flow_item_effect)gw_field_enum(item, "effect", GW_FIELD_OPTIONAL, EFFECTS);
    read_side(item, "seller_point", "seller_schedule", &ret->seller);
    read_side(item, "buyer_point", "buyer_schedule", &ret->buyer);
    if (ret->seller.point.length == 0 && ret->buyer.point.length == 0)
        gw_field_blame(item, "seller_point", GW_CODE_INVALID, "One side must be a point.");
    ret->requested.w =
        gw_field_int64(item, "power_w", GW_FIELD_REQUIRED, 1, GW_FLOW_CHECK_POWER_MOST_W);
    if (gw_field_has(item, "price_micros_per_kwh"))
        ret->price.micros_per_kwh =
            gw_field_int64(item, "price_micros_per_kwh", GW_FIELD_OPTIONAL, 0, PRICE_MOST);
    if (gw_field_has(item, "accepted_at"))
        ret->accepted_at = gw_field_instant(item, "accepted_at", GW_FIELD_OPTIONAL);
}

static unsigned read_quantiles(gw_fields *body) {
    unsigned bits = 0;
    const size_t count = gw_field_array(body, "quantiles", GW_FIELD_OPTIONAL, GW_CHECK_QUANTILES);
    for (size_t at = 0; at < count; at++) {
        unsigned bit = 0;
        const gw_text word = gw_field_item_text(body, "quantiles", at, 8);
        for (unsigned known = 0; known < GW_CHECK_QUANTILES; known++)
            if (gw_text_is(word, QUANTILES[known])) bit = 1U << known;
        if (bit == 0)
            gw_field_blame(body, "quantiles", GW_CODE_INVALID,
                           "The quantiles are \"p5\", \"p50\" and \"p95\".");
        bits |= bit;
    }
    return bits == 0 ? (1U << GW_CHECK_QUANTILES) - 1 : bits;
}

static void read_policy(gw_fields *body, gw_check_wish *wish) {
    wish->mode = (gw_check_mode)gw_field_enum(body, "mode", GW_FIELD_REQUIRED, MODES);
    wish->rule = (gw_flow_rule)gw_field_enum(body, "policy", GW_FIELD_OPTIONAL, RULES);
    const bool is_naive =
        wish->rule == GW_FLOW_RULE_PRO_RATA_ALL || wish->rule == GW_FLOW_RULE_LAST_COME_ALL;
    if (is_naive && wish->mode == GW_CHECK_RESERVE)
        gw_field_blame(body, "policy", GW_CODE_INVALID,
                       "This rule cuts what relieves; it is there to compare with, in a dry run.");
    if (gw_field_flag(body, "is_equalised", GW_FIELD_OPTIONAL)) wish->fairness = GW_CHECK_EQUALISED;
}

static gw_status read_wish(gw_http_request *request, gw_check_wish *wish, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_check_want *items = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    wish->network_id = gw_field_name(body, "network_id", GW_FIELD_REQUIRED);
    wish->interval.from = gw_field_instant(body, "starts_at", GW_FIELD_REQUIRED);
    wish->interval.to = gw_field_instant(body, "ends_at", GW_FIELD_REQUIRED);
    wish->quantiles = read_quantiles(body);
    read_policy(body, wish);
    wish->item_count = gw_field_array(body, "items", GW_FIELD_REQUIRED, GW_CHECK_ITEMS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_check_want, wish->item_count, &items, reterr));
    for (size_t at = 0; at < wish->item_count; at++)
        read_item(gw_field_item(body, "items", at), &items[at]);
    if (wish->item_count == 0)
        gw_field_blame(body, "items", GW_CODE_INVALID, "At least one item is needed.");
    wish->items = items;
    return gw_fields_end(body, reterr);
}

/* ---- what is answered ---- */

/* The clearance of a check with the items that the caller sees; nothing when there is none. */
static gw_status write_clearance(const gw_http_request *request, gw_json *json,
                                 const gw_check *check, gw_fault *reterr) {
    gw_proposal_row proposal;
    gw_text *ids = NULL;
    const size_t count = (size_t)check->items.count;
    if (gw_word_is_zero(check->row.digest)) return gw_ok();
    GW_TRY(gw_clearance_load(request->app->db, request->arena, check->row.check_id, &proposal,
                             reterr));
    GW_TRY(GW_ARENA_NEW(request->arena, gw_text, count, &ids, reterr));
    for (size_t at = 0; at < count; at++) ids[at] = check->items.items[at].item_id;
    const gw_clearance_reader reader = {ids, count};
    return gw_clearance_view(request->arena, &proposal, &reader, "clearance", json, reterr);
}

static gw_status reply_check(const gw_http_request *request, gw_reply *reply, int http_status,
                             const gw_check *check, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_check_view(&json, NULL, &check->row, request->now);
    gw_json_array(&json, "items");
    for (int at = 0; at < check->items.count; at++)
        gw_check_item_view(&json, NULL, &check->items.items[at]);
    gw_json_close(&json);
    GW_TRY(write_clearance(request, &json, check, reterr));
    gw_json_close(&json);
    return gw_reply_json(reply, http_status, &json, reterr);
}

gw_status gw_handle_create_check(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_check check;
    const gw_check_terms terms = gw_check_terms_read(request->app->config);
    gw_check_wish wish = {.party = gw_auth_filter(&request->identity),
                          .token_id = request->identity.token_id,
                          .key = gw_request_header(request, "Idempotency-Key"),
                          .raw = request->body,
                          .terms = &terms};
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(read_wish(request, &wish, reterr));
    GW_TRY(gw_check_make(request->app->flow, request->arena, &wish, request->now, &check, reterr));
    return reply_check(request, reply, 201, &check, reterr);
}

static gw_check_call call_of(const gw_http_request *request) {
    return (gw_check_call){.party = gw_auth_filter(&request->identity), .now = request->now};
}

gw_status gw_handle_get_check(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_check check;
    gw_check_call call = call_of(request);
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.check_id, reterr));
    GW_TRY(gw_check_open(request->app->db, request->arena, &call, &check, reterr));
    return reply_check(request, reply, 200, &check, reterr);
}

gw_status gw_handle_release_check(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_check check;
    gw_check_call call = call_of(request);
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.check_id, reterr));
    GW_TRY(gw_check_release(request->app->flow, request->arena, &call, &check, reterr));
    return reply_check(request, reply, 200, &check, reterr);
}

gw_status gw_handle_list_checks(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_check_list list;
    gw_json json;
    gw_market_page page;
    gw_check_filter filter = {.party = gw_auth_filter(&request->identity)};
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    filter.network_id = gw_field_name(query, "network_id", GW_FIELD_OPTIONAL);
    GW_TRY(gw_fields_end(query, reterr));
    filter.after = page.after;
    filter.limit = page.size + 1;
    GW_TRY(gw_check_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) {
        gw_json_object(&json, NULL);
        gw_check_view(&json, NULL, &list.items[at], request->now);
        gw_json_close(&json);
    }
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].check_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

/* ---- what was cut ---- */

static gw_status write_totals(const gw_http_request *request, const gw_curtailment_filter *filter,
                              gw_json *json, gw_fault *reterr) {
    gw_curtailment_totals totals;
    GW_TRY(gw_curtailment_load_totals(request->app->db, request->arena, filter, &totals, reterr));
    gw_json_array(json, "totals");
    for (int at = 0; at < totals.count; at++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "policy", totals.items[at].policy);
        gw_json_int64(json, "cuts", totals.items[at].cuts);
        gw_json_int64(json, "curtailed_wh", totals.items[at].cut_energy.wh);
        gw_json_close(json);
    }
    gw_json_close(json);
    return gw_ok();
}

static gw_status read_curtailment(gw_http_request *request, gw_curtailment_filter *filter,
                                  gw_fault *reterr) {
    gw_fields *query = NULL;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    filter->network_id = gw_field_name(query, "network_id", GW_FIELD_OPTIONAL);
    filter->point = gw_field_text(query, "point", GW_FIELD_OPTIONAL, GW_CHECK_POINT_MOST);
    filter->period = gw_window_read(query);
    filter->limit = page.size + 1;
    if (page.after.length > 0 && !gw_is_ok(gw_int64_parse(page.after, &filter->after, NULL)))
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
    return gw_fields_end(query, reterr);
}

gw_status gw_handle_list_curtailment(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_curtailment_filter filter = {.party = gw_auth_filter(&request->identity)};
    gw_curtailment_list list;
    gw_json json;
    char last[24] = "";
    gw_text token = GW_TEXT("");
    GW_TRY(read_curtailment(request, &filter, reterr));
    GW_TRY(gw_curtailment_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = list.count < filter.limit ? list.count : (int)filter.limit - 1;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    GW_TRY(write_totals(request, &filter, &json, reterr));
    gw_json_array(&json, "items");
    for (int at = 0; at < shown; at++) gw_curtailment_view(&json, NULL, &list.items[at]);
    gw_json_close(&json);
    if (shown < list.count) {
        (void)snprintf(last, sizeof last, "%lld", (long long)list.items[shown - 1].curtailment_id);
        GW_TRY(gw_page_token(request, gw_text_from_c(last), &token, reterr));
    }
    gw_json_text_if(&json, "next_page_token", token);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
