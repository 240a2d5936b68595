/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/meter_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

static const int64_t intervals_s[] = {300, 900, 1800, 3600};
enum { INTERVAL_S = 1800 }; /* when left out */

/* Written as a number, but only four of them are metering intervals. */
static int64_t read_interval(gw_fields *body) {
    if (!gw_field_has(body, "interval_s")) return INTERVAL_S;
    const int64_t seconds = gw_field_int64(body, "interval_s", GW_FIELD_OPTIONAL, 300, 3600);
    for (size_t at = 0; at < sizeof intervals_s / sizeof intervals_s[0]; at++)
        if (intervals_s[at] == seconds) return seconds;
    gw_field_blame(body, "interval_s", GW_CODE_INVALID,
                   "A metering interval is 300, 900, 1800 or 3600 seconds.");
    return INTERVAL_S;
}

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_meter_row *row,
                          gw_fault *reterr) {
    (void)request;
    (void)reterr;
    row->id = gw_field_name(body, "id", GW_FIELD_REQUIRED);
    row->transformer = gw_field_name(body, "transformer", GW_FIELD_REQUIRED);
    row->connection.w = gw_field_int64(body, "connection_w", GW_FIELD_REQUIRED, 1, 100000000);
    row->interval_s = read_interval(body);
    row->zone = gw_registered_zone(body, GW_FIELD_OPTIONAL);
    return gw_ok();
}

static void write_row(gw_json *json, const gw_meter_row *row) {
    gw_json_object(json, NULL);
    gw_json_text(json, "id", row->id);
    gw_json_text(json, "transformer", row->transformer);
    gw_json_int64(json, "connection_w", row->connection.w);
    gw_json_int64(json, "interval_s", row->interval_s);
    gw_json_text(json, "zone", row->zone);
    gw_json_text_if(json, "group", row->group);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_meter_row *row, gw_text *ret,
                            gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_meter(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_meter_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_meter_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    if (saved == GW_SAVED_SAME) {
        const gw_meter_view view = {.id = row.id, .now = request->now};
        GW_TRY(gw_meter_load(request->app->db, request->arena, &view, &row, reterr));
        GW_TRY(write_text(request, &row, &text, reterr));
    }
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_meters(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_meter_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_meter_page page = {.page = gw_registered_page(request, query),
                                .transformer =
                                    gw_field_name(query, "transformer", GW_FIELD_OPTIONAL),
                                .now = request->now};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_meter_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page.page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_meter(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_meter_row row;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    const gw_meter_view view = {
        .id = id, .party = gw_auth_filter(&request->identity), .now = request->now};
    GW_TRY(gw_meter_load(request->app->db, request->arena, &view, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
