/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/transformer_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

enum { REFERENCE_MILLIC = 15000, LIMIT_PCT = 100 }; /* when left out */

static int64_t read_or(gw_fields *body, const char *key, int64_t otherwise, int64_t most) {
    if (!gw_field_has(body, key)) return otherwise;
    return gw_field_int64(body, key, GW_FIELD_OPTIONAL, -most, most);
}

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_transformer_row *row,
                          gw_fault *reterr) {
    (void)request;
    (void)reterr;
    row->id = gw_field_name(body, "id", GW_FIELD_REQUIRED);
    row->rating.w = gw_field_int64(body, "rating_w", GW_FIELD_REQUIRED, 1, 1000000000);
    row->temperature_ppm_per_kelvin = read_or(body, "temperature_ppm_per_kelvin", 0, 1000000);
    row->reference_millic = read_or(body, "reference_millic", REFERENCE_MILLIC, 60000);
    row->limit_pct = LIMIT_PCT;
    if (gw_field_has(body, "limit_pct"))
        row->limit_pct = gw_field_int64(body, "limit_pct", GW_FIELD_OPTIONAL, 1, 200);
    return gw_ok();
}

static void write_row(gw_json *json, const gw_transformer_row *row) {
    gw_json_object(json, NULL);
    gw_json_text(json, "id", row->id);
    gw_json_int64(json, "rating_w", row->rating.w);
    gw_json_int64(json, "temperature_ppm_per_kelvin", row->temperature_ppm_per_kelvin);
    gw_json_int64(json, "reference_millic", row->reference_millic);
    gw_json_int64(json, "limit_pct", row->limit_pct);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_transformer_row *row,
                            gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_transformer(gw_http_request *request, gw_reply *reply,
                                       gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_transformer_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_transformer_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    if (saved == GW_SAVED_SAME) {
        GW_TRY(gw_transformer_load(request->app->db, request->arena, row.id, &row, reterr));
        GW_TRY(write_text(request, &row, &text, reterr));
    }
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_transformers(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_transformer_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_register_page page = gw_registered_page(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_transformer_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_transformer(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_transformer_row row;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_transformer_load(request->app->db, request->arena, id, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
