/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/settlement_store.h"
#include "server/flow/bundle.h"
#include "server/flow/settle.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

#include "base/decimal.h"

#include <stdio.h>

static gw_status load_run(gw_http_request *request, gw_settlement_row *ret, gw_fault *reterr) {
    gw_uuid id;
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    return gw_settlement_load(request->app->db, request->arena, id, ret, reterr);
}

static gw_status reply_run(const gw_http_request *request, gw_reply *reply, int http_status,
                           const gw_settlement_row *row, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_view_settlement(&json, NULL, row);
    return gw_reply_json(reply, http_status, &json, reterr);
}

gw_status gw_handle_list_settlements(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_market_page page;
    gw_settlement_list list;
    gw_json json;
    gw_settlement_filter filter = {0};
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    GW_TRY(gw_market_event_id(request, query, &filter.event_id, reterr));
    GW_TRY(gw_fields_end(query, reterr));
    filter.after = page.after;
    filter.limit = page.size + 1;
    GW_TRY(gw_settlement_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int i = 0; i < shown; i++) gw_view_settlement(&json, NULL, &list.items[i]);
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].settlement_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

gw_status gw_handle_get_settlement(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_settlement_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(load_run(request, &row, reterr));
    return reply_run(request, reply, 200, &row, reterr);
}

gw_status gw_handle_rerun_settlement(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_rerun_call call = {.now = request->now};
    gw_settlement_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &call.settlement_id, reterr));
    GW_TRY(gw_settle_rerun(request->app->flow, request->arena, &call, &row, reterr));
    return reply_run(request, reply, 200, &row, reterr);
}

/* A party sees its own lines; the sums of the others are in the settlement. */
static gw_status load_lines(gw_http_request *request, gw_line_list *ret, gw_fault *reterr) {
    gw_settlement_row row;
    GW_TRY(load_run(request, &row, reterr));
    const gw_line_filter filter = {row.settlement_id, gw_auth_filter(&request->identity)};
    return gw_settlement_load_lines(request->app->db, request->arena, &filter, ret, reterr);
}

static gw_status read_place(gw_fields *query, const gw_page *page, int64_t *ret) {
    *ret = -1;
    if (page->after.length == 0) return gw_ok();
    if (!gw_is_ok(gw_int64_parse(page->after, ret, NULL)))
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
    return gw_ok();
}

gw_status gw_handle_list_settlement_lines(gw_http_request *request, gw_reply *reply,
                                          gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_line_list lines;
    gw_json json;
    int64_t after = -1;
    char last[24] = "";
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    GW_TRY(read_place(query, &page, &after));
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(load_lines(request, &lines, reterr));
    gw_page_open(&json, request);
    int64_t shown = 0;
    for (int i = 0; i < lines.count && shown < page.size; i++) {
        if (lines.items[i].position <= after) continue;
        gw_view_line(&json, NULL, &lines.items[i]);
        shown++;
        const bool is_end = i + 1 == lines.count;
        (void)snprintf(last, sizeof last, "%lld",
                       is_end ? -1LL : (long long)lines.items[i].position);
    }
    const bool is_more = shown == page.size && !gw_text_is(gw_text_from_c(last), "-1");
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(is_more ? last : ""), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

static void write_csv_line(gw_writer *out, const gw_line_row *line) {
    char order_id[GW_UUID_TEXT_SIZE];
    char start[GW_INSTANT_TEXT_SIZE];
    gw_uuid_print(line->order_id, order_id);
    gw_instant_print(line->start, start);
    gw_write_format(out, "%lld,%s,%.*s,%.*s,%s,", (long long)line->position, order_id,
                    GW_TEXT_ARGS(line->party), GW_TEXT_ARGS(line->group), start);
    const int64_t numbers[] = {line->baseline_mwh,
                               line->metered.wh,
                               line->ordered.wh,
                               line->missing_meters,
                               line->missing.wh,
                               line->outage.wh,
                               line->delivered_mwh,
                               line->delivered.wh,
                               line->shortfall.wh,
                               line->charged_shortfall.wh,
                               line->price.micros_per_kwh,
                               line->shortfall_price.micros_per_kwh,
                               line->paid.micros,
                               line->shortfall_charge.micros,
                               line->paid.micros - line->shortfall_charge.micros};
    const size_t count = sizeof numbers / sizeof numbers[0];
    for (size_t i = 0; i < count; i++)
        gw_write_format(out, "%lld%s", (long long)numbers[i], i + 1 < count ? "," : "\n");
}

gw_status gw_handle_get_settlement_lines_csv(gw_http_request *request, gw_reply *reply,
                                             gw_fault *reterr) {
    gw_line_list lines;
    gw_writer out;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(load_lines(request, &lines, reterr));
    gw_writer_init(&out, request->arena);
    gw_write_c(&out, "position,order_id,party,group,start,baseline_mwh,metered_wh,ordered_wh,"
                     "missing_meters,missing_wh,outage_wh,delivered_mwh,delivered_wh,shortfall_wh,"
                     "charged_shortfall_wh,price_micros_per_kwh,shortfall_price_micros_per_kwh,"
                     "paid_micros,shortfall_micros,net_micros\n");
    for (int i = 0; i < lines.count; i++) write_csv_line(&out, &lines.items[i]);
    return gw_reply_csv(reply, &out, reterr);
}

/* The evidence holds the readings of everybody in the event, so a party gets it only when all of
 * them are its own. */
gw_status gw_handle_get_evidence(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_settlement_row row;
    gw_json json;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(load_run(request, &row, reterr));
    GW_TRY(gw_market_sees_evidence(request, row.event_id, reterr));
    gw_json_init(&json, request->arena);
    GW_TRY(gw_bundle_write(request->app->flow, request->arena, &row, &json, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
