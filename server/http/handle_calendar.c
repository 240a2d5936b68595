/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/calendar_store.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

enum { HOLIDAYS_MAX = 2000, VERSION_MAX = 1000000 };

static bool is_listed_before(const gw_calendar_row *row) {
    for (size_t at = 0; at < row->holiday_count; at++)
        if (gw_text_equal(row->holidays[at], row->holidays[row->holiday_count])) return true;
    return false;
}

static gw_status read_holidays(gw_http_request *request, gw_fields *body, gw_calendar_row *row,
                               gw_fault *reterr) {
    const size_t count = gw_field_array(body, "holidays", GW_FIELD_REQUIRED, HOLIDAYS_MAX);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_text, count, &row->holidays, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_date day;
        const gw_text text = gw_field_item_text(body, "holidays", at, GW_DATE_TEXT_SIZE - 1);
        row->holidays[row->holiday_count] = text;
        if (!gw_is_ok(gw_date_parse(text, &day, NULL)))
            gw_field_blame(body, "holidays", GW_CODE_INVALID,
                           "A holiday is a date, like 2026-01-20.");
        else if (is_listed_before(row))
            gw_field_blame(body, "holidays", GW_CODE_INVALID, "A holiday is listed twice.");
        row->holiday_count++;
    }
    return gw_ok();
}

static gw_status read_row(gw_http_request *request, gw_fields *body, gw_calendar_row *row,
                          gw_fault *reterr) {
    row->name = gw_field_name(body, "name", GW_FIELD_REQUIRED);
    row->version = gw_field_int64(body, "version", GW_FIELD_REQUIRED, 1, VERSION_MAX);
    row->zone = gw_registered_zone(body, GW_FIELD_REQUIRED);
    return read_holidays(request, body, row, reterr);
}

static void write_row(gw_json *json, const gw_calendar_row *row) {
    gw_json_object(json, NULL);
    gw_json_text(json, "name", row->name);
    gw_json_int64(json, "version", row->version);
    gw_json_text(json, "zone", row->zone);
    gw_json_array(json, "holidays");
    for (size_t at = 0; at < row->holiday_count; at++) gw_json_text(json, NULL, row->holidays[at]);
    gw_json_close(json);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}

static gw_status write_text(const gw_http_request *request, const gw_calendar_row *row,
                            gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    write_row(&json, row);
    return gw_json_end(&json, ret, reterr);
}

gw_status gw_handle_create_calendar(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_calendar_row row = {.recorded_at = request->now};
    gw_saved saved = GW_SAVED_NEW;
    gw_text text;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_row(request, body, &row, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    const gw_status status =
        gw_calendar_save(request->app->db, request->arena, &row, text, &saved, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    const gw_calendar_row wanted = {.name = row.name, .version = row.version};
    GW_TRY(gw_calendar_load(request->app->db, request->arena, &wanted, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr)); /* the holidays are sorted now */
    return gw_registered_reply(reply, saved, text);
}

gw_status gw_handle_list_calendars(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_calendar_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_register_page page = gw_registered_page(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_calendar_load_list(request->app->db, request->arena, &page, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at]);
    const gw_text last = shown < list.count ? list.items[shown - 1].name : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_calendar(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_calendar_row row;
    gw_text text;
    gw_fields *query = NULL;
    gw_calendar_row wanted = {.version = 0};
    GW_TRY(gw_request_query(request, &query, reterr));
    wanted.version = gw_field_int64(query, "version", GW_FIELD_OPTIONAL, 1, VERSION_MAX);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    wanted.name = id;
    GW_TRY(gw_calendar_load(request->app->db, request->arena, &wanted, &row, reterr));
    GW_TRY(write_text(request, &row, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
