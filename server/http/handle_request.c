/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/flow/need.h"
#include "server/flow/need_request.h"
#include "server/flow/request.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

enum { INTERVALS_MAX = 96, REASON_MAX = 500 };
static const char *const ADJUSTMENTS[] = {"NONE", "CAPPED", NULL};
static const char *const OWN_EVENT_DAYS[] = {"EXCLUDED", "KEPT", NULL};
static const char *const METHODS[] = {"sgsc-10in10-v1", NULL};
static const int64_t PRICE_MAX = 1000000000000;
static const int64_t BUDGET_MAX = 9007199254740991;

static void read_place(gw_fields *body, gw_request_wish *wish) {
    wish->transformer = gw_field_name(body, "transformer", GW_FIELD_REQUIRED);
    wish->window.from = gw_field_instant(body, "from", GW_FIELD_REQUIRED);
    wish->window.to = gw_field_instant(body, "to", GW_FIELD_REQUIRED);
}

static void read_terms(gw_fields *body, gw_request_wish *wish) {
    wish->max_price.micros_per_kwh =
        gw_field_int64(body, "max_price_micros_per_kwh", GW_FIELD_REQUIRED, 1, PRICE_MAX);
    wish->shortfall_price.micros_per_kwh =
        gw_field_int64(body, "shortfall_price_micros_per_kwh", GW_FIELD_REQUIRED, 0, PRICE_MAX);
    wish->budget.micros = gw_field_int64(body, "budget_micros", GW_FIELD_REQUIRED, 1, BUDGET_MAX);
    wish->method =
        gw_text_from_c(METHODS[gw_field_enum(body, "method", GW_FIELD_REQUIRED, METHODS)]);
    wish->adjustment =
        (gw_adjustment)gw_field_enum(body, "adjustment", GW_FIELD_REQUIRED, ADJUSTMENTS);
    wish->own_event_days =
        (gw_own_event_days)gw_field_enum(body, "own_event_days", GW_FIELD_OPTIONAL, OWN_EVENT_DAYS);
    wish->calendar = gw_field_name(body, "calendar", GW_FIELD_REQUIRED);
    wish->gate_at = gw_field_instant(body, "gate_at", GW_FIELD_REQUIRED);
    wish->ack_by = gw_field_instant(body, "ack_by", GW_FIELD_REQUIRED);
    wish->data_deadline_at = gw_field_instant(body, "data_deadline_at", GW_FIELD_REQUIRED);
}

static gw_status read_need(gw_http_request *request, gw_fields *body, gw_request_wish *wish,
                           gw_fault *reterr) {
    wish->need_count = gw_field_array(body, "need_w", GW_FIELD_REQUIRED, INTERVALS_MAX);
    gw_power *need = NULL;
    GW_TRY(GW_ARENA_NEW(request->arena, gw_power, wish->need_count, &need, reterr));
    for (size_t i = 0; i < wish->need_count; i++)
        need[i].w = gw_field_item_int64(body, "need_w", i, 0, GW_MARKET_POWER_MAX_W);
    wish->need = need;
    return gw_ok();
}

/* The interval is the method's: a request cannot choose another. */
static gw_status fill_interval(gw_request_wish *wish, gw_fault *reterr) {
    gw_method method;
    GW_TRY(gw_method_find(wish->method, wish->adjustment, &method, reterr));
    wish->interval_s = method.interval_s;
    return gw_ok();
}

static gw_status reply_request(const gw_http_request *request, gw_reply *reply, int http_status,
                               const gw_request_row *row, gw_fault *reterr) {
    gw_text text;
    GW_TRY(gw_view_request_text(request->app->db, request->arena, row, &text, reterr));
    gw_reply_text(reply, http_status, "application/json", text);
    return gw_ok();
}

gw_status gw_handle_create_request(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_request_wish wish = {.source = "OPERATOR",
                            .key = gw_request_header(request, "Idempotency-Key")};
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    read_place(body, &wish);
    read_terms(body, &wish);
    GW_TRY(read_need(request, body, &wish, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(fill_interval(&wish, reterr));
    GW_TRY(
        gw_request_create(request->app->flow, request->arena, &wish, request->now, &row, reterr));
    return reply_request(request, reply, 201, &row, reterr);
}

gw_status gw_handle_create_request_from_forecast(gw_http_request *request, gw_reply *reply,
                                                 gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_request_wish wish = {.source = "FORECAST",
                            .key = gw_request_header(request, "Idempotency-Key")};
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    read_place(body, &wish);
    read_terms(body, &wish);
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(fill_interval(&wish, reterr));
    GW_TRY(gw_need_from_forecast(request->app->db, request->arena, &wish, request->now, reterr));
    GW_TRY(
        gw_request_create(request->app->flow, request->arena, &wish, request->now, &row, reterr));
    return reply_request(request, reply, 201, &row, reterr);
}

/* The request with what it came from, and what speaks against it. */
static gw_status reply_from_need(const gw_http_request *request, gw_reply *reply,
                                 const gw_request_row *row, const gw_grid_need_row *need,
                                 gw_fault *reterr) {
    gw_json json;
    gw_text text;
    GW_TRY(gw_view_request_text(request->app->db, request->arena, row, &text, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_raw(&json, "request", text);
    gw_json_uuid(&json, "need_id", need->need_id);
    gw_json_array(&json, "warnings");
    if (!need->is_confirmed)
        gw_json_c(&json, NULL, "The power flow did not confirm that this need can be met.");
    if (!gw_text_is(need->rebounds, "[]"))
        gw_json_c(&json, NULL,
                  "What is shifted comes back and makes a second need: see rebounds of the need.");
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, 201, &json, reterr);
}

gw_status gw_handle_create_request_from_need(gw_http_request *request, gw_reply *reply,
                                             gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_request_wish wish = {.source = "NEED", .key = gw_request_header(request, "Idempotency-Key")};
    gw_grid_need_row need;
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    const gw_uuid need_id = gw_field_uuid(body, "need_id", GW_FIELD_REQUIRED);
    wish.transformer = gw_field_name(body, "transformer", GW_FIELD_OPTIONAL);
    wish.need_id = &need_id;
    read_terms(body, &wish);
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(fill_interval(&wish, reterr));
    GW_TRY(gw_need_from_study(request->app->db, request->arena, need_id, &wish, &need, reterr));
    GW_TRY(
        gw_request_create(request->app->flow, request->arena, &wish, request->now, &row, reterr));
    return reply_from_need(request, reply, &row, &need, reterr);
}

static bool is_hidden(const gw_http_request *request, const gw_request_row *row) {
    const bool sees_all = gw_auth_is(&request->identity, GW_SCOPE_OPERATOR | GW_SCOPE_READER);
    return !sees_all && row->published_at.us == 0;
}

gw_status gw_handle_get_request(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_uuid id;
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_request_load(request->app->db, request->arena, id, &row, reterr));
    if (is_hidden(request, &row)) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    return reply_request(request, reply, 200, &row, reterr);
}

static gw_status load_needs(gw_http_request *request, gw_request_list *list, gw_fault *reterr) {
    for (int i = 0; i < list->count; i++)
        GW_TRY(gw_request_load_need(request->app->db, request->arena, list->items[i].event_id,
                                    &list->items[i].need, reterr));
    return gw_ok();
}

static gw_status list_requests(gw_http_request *request, gw_reply *reply, bool is_event,
                               gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_market_page page;
    gw_request_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    const gw_request_filter filter = {
        .state = gw_field_text(query, "state", GW_FIELD_OPTIONAL, 32),
        .transformer =
            is_event ? (gw_text){NULL, 0} : gw_field_name(query, "transformer", GW_FIELD_OPTIONAL),
        .after = page.after,
        .limit = page.size + 1};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_request_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    GW_TRY(load_needs(request, &list, reterr));
    gw_page_open(&json, request);
    for (int i = 0; i < shown; i++)
        if (!is_hidden(request, &list.items[i])) gw_view_request(&json, NULL, &list.items[i]);
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].event_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

gw_status gw_handle_list_requests(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    return list_requests(request, reply, false, reterr);
}

gw_status gw_handle_list_dr_events(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    return list_requests(request, reply, true, reterr);
}

static gw_status read_reason(gw_http_request *request, gw_text *ret, gw_fault *reterr) {
    *ret = (gw_text){NULL, 0};
    GW_TRY(gw_request_no_query(request, reterr));
    gw_fields *body = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    *ret = gw_field_text(body, "reason", GW_FIELD_OPTIONAL, REASON_MAX);
    return gw_fields_end(body, reterr);
}

gw_status gw_handle_publish_request(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_event_call call = {.now = request->now};
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.event_id, reterr));
    GW_TRY(gw_request_publish(request->app->flow, request->arena, &call, &row, reterr));
    return reply_request(request, reply, 200, &row, reterr);
}

gw_status gw_handle_cancel_request(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_event_call call = {.now = request->now};
    gw_request_row row;
    GW_TRY(read_reason(request, &call.reason, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.event_id, reterr));
    GW_TRY(gw_request_cancel(request->app->flow, request->arena, &call, &row, reterr));
    return reply_request(request, reply, 200, &row, reterr);
}
