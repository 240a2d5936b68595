/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/order_store.h"
#include "server/flow/order.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

enum { REASON_MAX = 500 };

static gw_status reply_order(const gw_http_request *request, gw_reply *reply,
                             const gw_order_row *row, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_view_order(&json, NULL, row);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_list_orders(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_market_page page;
    gw_order_list list;
    gw_json json;
    gw_order_filter filter = {.party = gw_auth_filter(&request->identity)};
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    GW_TRY(gw_market_event_id(request, query, &filter.event_id, reterr));
    filter.state = gw_field_text(query, "state", GW_FIELD_OPTIONAL, 32);
    GW_TRY(gw_fields_end(query, reterr));
    filter.after = page.after;
    filter.limit = page.size + 1;
    GW_TRY(gw_order_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int i = 0; i < shown; i++) gw_view_order(&json, NULL, &list.items[i]);
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].order_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

gw_status gw_handle_get_order(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_uuid id;
    gw_order_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_order_load(request->app->db, request->arena, id, &row, reterr));
    GW_TRY(gw_auth_own(&request->identity, row.party, GW_TEXT("order"), reterr));
    return reply_order(request, reply, &row, reterr);
}

static gw_status read_answer(gw_http_request *request, gw_order_call *call, gw_fault *reterr) {
    gw_fields *body = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    call->is_refused = !gw_field_flag(body, "accepted", GW_FIELD_REQUIRED);
    call->reason = gw_field_text(body, "reason", GW_FIELD_OPTIONAL, REASON_MAX);
    if (call->is_refused && call->reason.length == 0)
        gw_field_blame(body, "reason", GW_CODE_INCOMPLETE, "A refusal needs its reason.");
    return gw_fields_end(body, reterr);
}

gw_status gw_handle_acknowledge_order(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_order_call call = {.party = request->identity.party, .now = request->now};
    gw_order_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.order_id, reterr));
    GW_TRY(read_answer(request, &call, reterr));
    GW_TRY(gw_order_acknowledge(request->app->flow, request->arena, &call, &row, reterr));
    return reply_order(request, reply, &row, reterr);
}
