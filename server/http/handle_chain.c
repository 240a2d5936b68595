/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/outbox_store.h"
#include "server/flow/view.h"
#include "server/http/market.h"
#include "server/http/routes.h"

#include "base/decimal.h"

#include <stdio.h>

static int64_t read_after(gw_fields *query, const gw_page *page) {
    int64_t after = 0;
    if (page->after.length > 0 && !gw_is_ok(gw_int64_parse(page->after, &after, NULL)))
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
    return after;
}

gw_status gw_handle_list_chain_transactions(gw_http_request *request, gw_reply *reply,
                                            gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_outbox_list list;
    gw_json json;
    gw_outbox_filter filter = {0};
    char last[24] = "";
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    GW_TRY(gw_market_event_id(request, query, &filter.event_id, reterr));
    filter.after = read_after(query, &page);
    filter.limit = page.size + 1;
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_outbox_load_list(request->app->db, request->arena, &filter, &list, reterr));
    gw_page_open(&json, request);
    const int shown = list.count > page.size ? (int)page.size : list.count;
    for (int i = 0; i < shown; i++) gw_view_outbox(&json, NULL, &list.items[i]);
    if (shown < list.count)
        (void)snprintf(last, sizeof last, "%lld", (long long)list.items[shown - 1].outbox_id);
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
