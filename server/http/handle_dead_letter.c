/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/reading_page.h"
#include "server/http/routes.h"

#include "base/decimal.h"

#include <stdio.h>

static void write_row(gw_json *json, const gw_dead_letter_row *row) {
    gw_json_object(json, NULL);
    gw_json_int64(json, "lsn", row->lsn);
    gw_json_int64(json, "part", row->part);
    gw_json_instant(json, "received_at", row->received_at);
    gw_json_text(json, "source", row->source);
    gw_json_text(json, "topic", row->topic);
    gw_json_text_if(json, "device", row->device);
    gw_json_text(json, "code", row->code);
    gw_json_text_if(json, "pointer", row->subject);
    gw_json_text(json, "detail", row->detail);
    gw_json_hex(json, "raw", row->raw);
    gw_json_close(json);
}

/* The key of a page's last row: "<lsn>,<part>". */
static gw_status read_key(gw_text key, gw_dead_letter_page *page, gw_fault *reterr) {
    gw_text rest = key;
    if (key.length == 0) return gw_ok();
    GW_TRY(gw_int64_parse(gw_text_split(&rest, ','), &page->after_lsn, reterr));
    return gw_int64_parse(rest, &page->after_part, reterr);
}

gw_status gw_handle_list_dead_letters(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_dead_letter_rows rows;
    gw_json json;
    char last[64] = "";
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    gw_dead_letter_page asked = {.device = gw_field_name(query, "device", GW_FIELD_OPTIONAL),
                                 .code = gw_field_text(query, "code", GW_FIELD_OPTIONAL, 40),
                                 .limit = page.size + 1};
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(read_key(page.after, &asked, reterr));
    GW_TRY(gw_dead_letters_page(request->app->db, request->arena, &asked, &rows, reterr));
    gw_page_open(&json, request);
    for (size_t at = 0; at < rows.count && (int64_t)at < page.size; at++)
        write_row(&json, &rows.items[at]);
    if ((int64_t)rows.count > page.size) {
        const gw_dead_letter_row *shown = &rows.items[page.size - 1];
        (void)snprintf(last, sizeof last, "%lld,%lld", (long long)shown->lsn,
                       (long long)shown->part);
    }
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
