/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/market.h"

#include "server/app.h"
#include "server/db/order_store.h"

enum { ORDERS_MOST = 10000 }; /* far above the bids of one event */

static gw_status copy_uuid(gw_arena *arena, gw_uuid id, const gw_uuid **ret, gw_fault *reterr) {
    gw_uuid *copy = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_uuid, 1, &copy, reterr));
    *copy = id;
    *ret = copy;
    return gw_ok();
}

gw_status gw_market_page_read(gw_http_request *request, gw_fields *query, gw_market_page *ret,
                              gw_fault *reterr) {
    const gw_page page = gw_page_read(request, query);
    *ret = (gw_market_page){page.size, NULL};
    if (page.after.length == 0) return gw_ok();
    gw_uuid after;
    if (!gw_is_ok(gw_uuid_parse(page.after, &after, NULL))) {
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
        return gw_ok();
    }
    return copy_uuid(request->arena, after, &ret->after, reterr);
}

int gw_market_page_shown(const gw_market_page *page, int count) {
    return count > page->size ? (int)page->size : count;
}

gw_status gw_market_page_close(gw_http_request *request, gw_reply *reply, gw_json *json,
                               const gw_uuid *last, gw_fault *reterr) {
    char text[GW_UUID_TEXT_SIZE] = "";
    if (last != NULL) gw_uuid_print(*last, text);
    GW_TRY(gw_page_close(json, request, gw_text_from_c(text), reterr));
    return gw_reply_json(reply, 200, json, reterr);
}

gw_status gw_market_event_id(gw_http_request *request, gw_fields *query, const gw_uuid **ret,
                             gw_fault *reterr) {
    *ret = NULL;
    if (!gw_field_has(query, "event_id")) return gw_ok();
    const gw_uuid id = gw_field_uuid(query, "event_id", GW_FIELD_OPTIONAL);
    return copy_uuid(request->arena, id, ret, reterr);
}

gw_status gw_market_sees_evidence(gw_http_request *request, gw_uuid event_id, gw_fault *reterr) {
    const gw_text party = gw_auth_filter(&request->identity);
    if (party.length == 0) return gw_ok();
    const gw_order_filter filter = {.event_id = &event_id, .limit = ORDERS_MOST};
    gw_order_list orders;
    int own = 0;
    GW_TRY(gw_order_load_list(request->app->db, request->arena, &filter, &orders, reterr));
    for (int at = 0; at < orders.count; at++)
        if (gw_text_equal(orders.items[at].party, party)) own++;
    if (own == 0) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    if (own == orders.count) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_FORBIDDEN, NULL,
                                "the evidence holds readings of other parties' customers"),
                   "Read your own lines; an auditor named by the operator gets the whole.");
}
