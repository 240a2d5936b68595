/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/request_store.h"
#include "server/flow/bid.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

enum { INTERVALS_MAX = 96 };
static const int64_t PRICE_MAX = 1000000000000;

static gw_status read_bid(gw_http_request *request, gw_bid_wish *wish, gw_fault *reterr) {
    gw_fields *body = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    wish->group = gw_field_name(body, "group", GW_FIELD_REQUIRED);
    wish->price.micros_per_kwh =
        gw_field_int64(body, "price_micros_per_kwh", GW_FIELD_REQUIRED, 0, PRICE_MAX);
    if (gw_field_has(body, "min_activation_pct"))
        wish->min_activation_pct =
            gw_field_int64(body, "min_activation_pct", GW_FIELD_OPTIONAL, 1, 100);
    wish->power_count = gw_field_array(body, "power_w", GW_FIELD_REQUIRED, INTERVALS_MAX);
    gw_power *power = NULL;
    GW_TRY(GW_ARENA_NEW(request->arena, gw_power, wish->power_count, &power, reterr));
    for (size_t i = 0; i < wish->power_count; i++)
        power[i].w = gw_field_item_int64(body, "power_w", i, 0, GW_MARKET_POWER_MAX_W);
    wish->power = power;
    return gw_fields_end(body, reterr);
}

static gw_status reply_bid(const gw_http_request *request, gw_reply *reply, int http_status,
                           const gw_bid_row *row, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_view_bid(&json, NULL, row);
    return gw_reply_json(reply, http_status, &json, reterr);
}

gw_status gw_handle_create_bid(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_bid_wish wish = {
        .party = request->identity.party, .min_activation_pct = 100, .raw = request->body};
    gw_bid_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &wish.event_id, reterr));
    GW_TRY(read_bid(request, &wish, reterr));
    GW_TRY(gw_bid_receive(request->app->flow, request->arena, &wish, request->now, &row, reterr));
    return reply_bid(request, reply, 201, &row, reterr);
}

/* Bids of others are sealed from aggregators for ever, from everybody else not. */
gw_status gw_handle_list_bids(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_bid_list list;
    gw_json json;
    gw_bid_filter filter = {.party = gw_auth_filter(&request->identity)};
    gw_market_page page;
    GW_TRY(gw_path_uuid(request, "id", &filter.event_id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    GW_TRY(gw_fields_end(query, reterr));
    gw_request_row event;
    GW_TRY(gw_request_load(request->app->db, request->arena, filter.event_id, &event, reterr));
    GW_TRY(gw_bid_load_list(request->app->db, request->arena, &filter, &list, reterr));
    gw_page_open(&json, request);
    bool is_after = page.after == NULL;
    int64_t shown = 0;
    const gw_uuid *last = NULL;
    for (int i = 0; i < list.count && shown < page.size; i++) {
        if (is_after) {
            gw_view_bid(&json, NULL, &list.items[i]);
            shown++;
            last = i + 1 < list.count ? &list.items[i].bid_id : NULL;
        }
        is_after = is_after || gw_uuid_equal(list.items[i].bid_id, *page.after);
    }
    return gw_market_page_close(request, reply, &json, last, reterr);
}

gw_status gw_handle_get_bid(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_uuid id;
    gw_bid_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_bid_load(request->app->db, request->arena, id, &row, reterr));
    GW_TRY(gw_auth_own(&request->identity, row.party, GW_TEXT("bid"), reterr));
    return reply_bid(request, reply, 200, &row, reterr);
}

gw_status gw_handle_withdraw_bid(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_bid_call call = {.party = gw_auth_filter(&request->identity), .now = request->now};
    gw_bid_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.bid_id, reterr));
    GW_TRY(gw_bid_withdraw(request->app->flow, request->arena, &call, &row, reterr));
    return reply_bid(request, reply, 200, &row, reterr);
}
