/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "server/app.h"
#include "server/db/device_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

static const char *const kinds[] = {"METER", "HEAT_PUMP", "CHARGER", "BATTERY", "PV", NULL};

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_device_row *row,
                          gw_fault *reterr) {
    (void)request;
    (void)reterr;
    row->id = gw_field_name(body, "id", GW_FIELD_REQUIRED);
    row->meter = gw_field_name(body, "meter", GW_FIELD_REQUIRED);
    row->aggregator = gw_field_name(body, "aggregator", GW_FIELD_OPTIONAL);
    row->kind = gw_text_from_c(kinds[gw_field_enum(body, "kind", GW_FIELD_REQUIRED, kinds)]);
    return gw_ok();
}

enum { GAPS_MAX = 100 };

/* What is missing lies between hwm and the first range that is ahead, and between the ranges. */
static void write_gaps(gw_json *json, const gw_device_row *row) {
    gw_text rest = row->ahead;
    int64_t before = row->hwm;
    gw_json_array(json, "gaps");
    for (int count = 0; rest.length > 0 && count < GAPS_MAX; count++) {
        int64_t from = 0;
        int64_t to = 0;
        gw_text range = gw_text_split(&rest, ',');
        const gw_text first = gw_text_split(&range, '-');
        if (!gw_is_ok(gw_int64_parse(first, &from, NULL))) break;
        if (!gw_is_ok(gw_int64_parse(range, &to, NULL))) break;
        gw_json_array(json, NULL);
        gw_json_int64(json, NULL, before + 1);
        gw_json_int64(json, NULL, from - 1);
        gw_json_close(json);
        before = to;
    }
    gw_json_close(json);
}

static void write_state(gw_json *json, const gw_device_row *row) {
    if (row->last_seen_at.us == 0) return;
    gw_json_instant(json, "last_seen_at", row->last_seen_at);
    if (row->boot == 0) return;
    gw_json_int64(json, "boot", row->boot);
    gw_json_int64(json, "high_water_seq", row->hwm);
    write_gaps(json, row);
}

static void write_row(gw_json *json, const gw_device_row *row) {
    gw_json_object(json, NULL);
    gw_json_text(json, "id", row->id);
    gw_json_text(json, "meter", row->meter);
    gw_json_text_if(json, "aggregator", row->aggregator);
    gw_json_text(json, "kind", row->kind);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    write_state(json, row);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_device_row *row, gw_text *ret,
                            gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_device(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_device_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_device_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    if (saved == GW_SAVED_SAME) {
        const gw_device_view view = {.id = row.id};
        GW_TRY(gw_device_load(request->app->db, request->arena, &view, &row, reterr));
        GW_TRY(write_text(request, &row, &text, reterr));
    }
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_devices(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_device_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_device_page page = {.page = gw_registered_page(request, query),
                                 .meter = gw_field_name(query, "meter", GW_FIELD_OPTIONAL)};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_device_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page.page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_device(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_device_row row;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    const gw_device_view view = {.id = id, .party = gw_auth_filter(&request->identity)};
    GW_TRY(gw_device_load(request->app->db, request->arena, &view, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
