/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/config.h"
#include "server/db/ingest_store.h"
#include "server/db/meter_store.h"
#include "server/db/reading_page.h"
#include "server/feed/native.h"
#include "server/http/routes.h"
#include "server/http/window.h"
#include "server/journal/journal.h"

#include "base/decimal.h"

#include <stdio.h>

enum { SYNC_MOST_MS = 5000, DAY_S = 86400 };

/* ---- POST /v1/readings:batch */

static gw_status check_type(const gw_http_request *request, gw_fault *reterr) {
    const gw_text type = gw_request_header(request, "content-type");
    if (gw_text_starts(type, "application/json")) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "content-type",
                        "\"%.*s\" is not application/json", GW_TEXT_ARGS(type));
}

static void refuse(gw_native_item *item, size_t index) {
    item->status = (gw_status){item->fault.code};
    (void)snprintf(item->fault.subject, sizeof item->fault.subject, "/readings/%zu", index);
}

/* What the register and the plausibility rule say; the loader asks them again. */
static void judge(const gw_http_request *request, const gw_registered *known, size_t index,
                  gw_native_item *item) {
    const gw_config *config = request->app->config;
    const gw_registered_meter *meter = gw_registered_meter_find(known, item->reading.meter);
    if (meter == NULL) {
        gw_ignore(gw_fail_with(&item->fault, GW_CODE_NOT_FOUND, NULL,
                               "the meter \"%.*s\" is not registered",
                               GW_TEXT_ARGS(item->reading.meter))); /* kept in the fault */
        refuse(item, index);
        return;
    }
    const gw_reading_limits limits = {
        .interval = gw_span_seconds(meter->interval_s),
        .connection = meter->connection,
        .oldest = gw_span_seconds(gw_config_int(config, GW_SETTING_INGEST_OLDEST_DAYS) * DAY_S),
        .clock_lead = gw_span_seconds(gw_config_int(config, GW_SETTING_INGEST_CLOCK_LEAD_S))};
    if (!gw_is_ok(gw_reading_check(&item->reading, &limits, request->now, &item->fault)))
        refuse(item, index);
}

/* Without the database everything readable is taken: it is durable, and the loader judges. */
static gw_status judge_all(const gw_http_request *request, gw_native_items *items,
                           gw_fault *reterr) {
    gw_registered known;
    gw_text *meters = NULL;
    size_t count = 0;
    GW_TRY(GW_ARENA_NEW(request->arena, gw_text, items->count, &meters, reterr));
    for (size_t at = 0; at < items->count; at++)
        if (gw_is_ok(items->items[at].status)) meters[count++] = items->items[at].reading.meter;
    const gw_names none = {NULL, 0};
    const gw_names asked = {meters, count};
    const gw_status found =
        gw_ingest_registered(request->app->db, request->arena, none, asked, &known, reterr);
    if (found.code == GW_CODE_UNAVAILABLE) return gw_ok();
    GW_TRY(found);
    for (size_t at = 0; at < items->count; at++)
        if (gw_is_ok(items->items[at].status)) judge(request, &known, at, &items->items[at]);
    return gw_ok();
}

static gw_status append_all(const gw_http_request *request, const gw_native_items *items,
                            gw_fault *reterr) {
    uint64_t lsn = 0;
    for (size_t at = 0; at < items->count; at++) {
        const gw_native_item *item = &items->items[at];
        if (!gw_is_ok(item->status)) continue;
        const gw_record record = {.kind = GW_RECORD_HTTP,
                                  .received_at = request->now,
                                  .topic = request->identity.token_id,
                                  .payload = {(const uint8_t *)item->json.at, item->json.length}};
        GW_TRY(gw_journal_append(request->app->journal, &record, &lsn, reterr));
    }
    return lsn == 0 ? gw_ok() : gw_journal_wait(request->app->journal, lsn, SYNC_MOST_MS, reterr);
}

static gw_status reply_batch(const gw_http_request *request, const gw_native_items *items,
                             gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    int64_t accepted = 0;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    for (size_t at = 0; at < items->count; at++)
        if (gw_is_ok(items->items[at].status)) accepted++;
    gw_json_int64(&json, "accepted", accepted);
    gw_json_array(&json, "rejected");
    for (size_t at = 0; at < items->count; at++) {
        const gw_native_item *item = &items->items[at];
        if (gw_is_ok(item->status)) continue;
        gw_json_object(&json, NULL);
        gw_json_int64(&json, "index", (int64_t)at);
        gw_json_c(&json, "code", gw_code_wire(item->fault.code));
        gw_json_c(&json, "pointer", item->fault.subject);
        gw_json_c(&json, "detail", item->fault.message);
        gw_json_close(&json);
    }
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_create_readings(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_native_items items;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(check_type(request, reterr));
    GW_TRY(gw_native_items_parse(request->arena, request->body, &items, reterr));
    GW_TRY(judge_all(request, &items, reterr));
    GW_TRY(append_all(request, &items, reterr));
    return reply_batch(request, &items, reply, reterr);
}

/* ---- GET /v1/readings */

static void write_row(gw_json *json, gw_text meter, const gw_reading_row *row) {
    const bool is_import = row->reading.channel == GW_CHANNEL_IMPORT;
    const char quality[2] = {(char)row->reading.quality, '\0'};
    gw_json_object(json, NULL);
    gw_json_text(json, "meter", meter);
    gw_json_c(json, "channel", gw_channel_print(row->reading.channel));
    gw_json_instant(json, "start", row->reading.start);
    gw_json_int64(json, is_import ? "import_wh" : "export_wh", row->reading.energy.wh);
    gw_json_c(json, "quality", quality);
    gw_json_int64(json, "version", row->reading.version);
    if (row->reading.seq > 0) {
        gw_json_int64(json, "boot", row->reading.boot);
        gw_json_int64(json, "seq", row->reading.seq);
    }
    gw_json_instant(json, "received_at", row->received_at);
    gw_json_close(json);
}

/* The key of a page's last row: "<start in microseconds>,<channel>". */
static gw_status read_key(gw_text key, gw_reading_page *page, gw_fault *reterr) {
    int64_t channel = 0;
    gw_text rest = key;
    page->after_start = (gw_instant){-1};
    page->after_channel = GW_CHANNEL_EXPORT;
    if (key.length == 0) return gw_ok();
    GW_TRY(gw_int64_parse(gw_text_split(&rest, ','), &page->after_start.us, reterr));
    GW_TRY(gw_int64_parse(rest, &channel, reterr));
    page->after_channel = channel == 0 ? GW_CHANNEL_IMPORT : GW_CHANNEL_EXPORT;
    return gw_ok();
}

/* A party reads the meters of its own groups; of others it does not learn that they exist. */
static gw_status check_meter(const gw_http_request *request, gw_text meter, gw_fault *reterr) {
    gw_meter_row row;
    const gw_meter_view view = {
        .id = meter, .party = gw_auth_filter(&request->identity), .now = request->now};
    return gw_meter_load(request->app->db, request->arena, &view, &row, reterr);
}

gw_status gw_handle_list_readings(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_reading_rows rows;
    gw_json json;
    char last[64] = "";
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    gw_reading_page asked = {.meter = gw_field_name(query, "meter", GW_FIELD_REQUIRED),
                             .period = gw_window_read(query),
                             .limit = page.size + 1};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(check_meter(request, asked.meter, reterr));
    GW_TRY(read_key(page.after, &asked, reterr));
    GW_TRY(gw_readings_page(request->app->db, request->arena, &asked, &rows, reterr));
    gw_page_open(&json, request);
    for (size_t at = 0; at < rows.count && (int64_t)at < page.size; at++)
        write_row(&json, asked.meter, &rows.items[at]);
    if ((int64_t)rows.count > page.size) {
        const gw_reading *shown = &rows.items[page.size - 1].reading;
        (void)snprintf(last, sizeof last, "%lld,%d", (long long)shown->start.us,
                       (int)shown->channel);
    }
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
