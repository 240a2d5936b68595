/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/event_store.h"
#include "server/db/settlement_store.h"
#include "server/flow/activate.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

enum { REASON_MAX = 500, ORDERS_SHOWN = 1000, RUNS_SHOWN = 100 };

static gw_status write_orders(gw_http_request *request, gw_json *json, gw_uuid event_id,
                              gw_fault *reterr) {
    const gw_order_filter filter = {
        .event_id = &event_id, .party = gw_auth_filter(&request->identity), .limit = ORDERS_SHOWN};
    gw_order_list orders;
    GW_TRY(gw_order_load_list(request->app->db, request->arena, &filter, &orders, reterr));
    gw_json_array(json, "orders");
    for (int i = 0; i < orders.count; i++) gw_view_order(json, NULL, &orders.items[i]);
    gw_json_close(json);
    return gw_ok();
}

/* What devices said is the operator's to see: it names them. */
static gw_status write_opts(gw_http_request *request, gw_json *json, gw_uuid event_id,
                            gw_fault *reterr) {
    if (gw_auth_filter(&request->identity).length > 0) return gw_ok();
    gw_opt_list opts;
    GW_TRY(gw_opt_load_list(request->app->db, request->arena, event_id, &opts, reterr));
    gw_json_array(json, "opt_outs");
    for (int i = 0; i < opts.count; i++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "device", opts.items[i].device);
        gw_json_text(json, "opt", opts.items[i].opt);
        gw_json_instant(json, "from", opts.items[i].from);
        gw_json_instant(json, "to", opts.items[i].to);
        gw_json_instant(json, "received_at", opts.items[i].received_at);
        gw_json_close(json);
    }
    gw_json_close(json);
    return gw_ok();
}

static gw_status write_runs(gw_http_request *request, gw_json *json, gw_uuid event_id,
                            gw_fault *reterr) {
    const gw_settlement_filter filter = {.event_id = &event_id, .limit = RUNS_SHOWN};
    gw_settlement_list runs;
    GW_TRY(gw_settlement_load_list(request->app->db, request->arena, &filter, &runs, reterr));
    gw_json_array(json, "settlements");
    for (int i = 0; i < runs.count; i++) gw_view_settlement(json, NULL, &runs.items[i]);
    gw_json_close(json);
    return gw_ok();
}

static gw_status reply_event(gw_http_request *request, gw_reply *reply, gw_request_row *row,
                             gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    GW_TRY(
        gw_request_load_need(request->app->db, request->arena, row->event_id, &row->need, reterr));
    gw_json_object(&json, NULL);
    gw_view_request(&json, "request", row);
    GW_TRY(write_orders(request, &json, row->event_id, reterr));
    GW_TRY(write_opts(request, &json, row->event_id, reterr));
    GW_TRY(write_runs(request, &json, row->event_id, reterr));
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_dr_event(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_uuid id;
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_request_load(request->app->db, request->arena, id, &row, reterr));
    const bool is_draft = row.published_at.us == 0;
    if (is_draft && gw_auth_filter(&request->identity).length > 0)
        return gw_fail(reterr, GW_CODE_NOT_FOUND);
    return reply_event(request, reply, &row, reterr);
}

static gw_status stop_event(gw_http_request *request, gw_reply *reply, gw_stop_action action,
                            gw_fault *reterr) {
    gw_stop_call call = {.action = action, .now = request->now};
    gw_request_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.event_id, reterr));
    gw_fields *body = NULL;
    GW_TRY(gw_request_body(request, &body, reterr));
    call.reason = gw_field_text(body, "reason", GW_FIELD_OPTIONAL, REASON_MAX);
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(gw_activate_stop(request->app->flow, request->arena, &call, &row, reterr));
    gw_text text;
    GW_TRY(gw_view_request_text(request->app->db, request->arena, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}

gw_status gw_handle_recall_dr_event(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    return stop_event(request, reply, GW_STOP_RECALL, reterr);
}

gw_status gw_handle_stop_dr_event(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    return stop_event(request, reply, GW_STOP_EMERGENCY, reterr);
}
