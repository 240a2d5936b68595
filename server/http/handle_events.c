/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/event_log.h"
#include "server/http/routes.h"

enum { LIMIT = 100, LIMIT_MAX = 1000, TYPES_MAX = 500 };

/* "request.published,order": a type, or every type of an entity; empty lets all through. */
static bool is_wanted(gw_text types, const gw_event_entry *entry) {
    gw_text rest = types;
    if (rest.length == 0) return true;
    while (rest.length > 0) {
        const gw_text one = gw_text_trim(gw_text_split(&rest, ','));
        if (gw_text_equal(one, entry->type) || gw_text_equal(one, entry->entity)) return true;
    }
    return false;
}

static void write_entry(gw_json *json, const gw_event_entry *entry) {
    gw_json_object(json, NULL);
    gw_json_int64(json, "seq", entry->seq);
    gw_json_instant(json, "at", entry->at);
    gw_json_text(json, "entity", entry->entity);
    gw_json_text(json, "type", entry->type);
    gw_json_text(json, "subject", entry->subject);
    gw_json_text_if(json, "party", entry->party);
    gw_json_raw(json, "body", entry->body);
    gw_json_close(json);
}

gw_status gw_handle_list_events(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_event_list list;
    gw_json json;
    gw_event_page page = {.limit = LIMIT, .party = gw_auth_filter(&request->identity)};
    GW_TRY(gw_request_query(request, &query, reterr));
    page.after = gw_field_int64(query, "after", GW_FIELD_OPTIONAL, 0, INT64_MAX);
    if (gw_field_has(query, "limit"))
        page.limit = gw_field_int64(query, "limit", GW_FIELD_OPTIONAL, 1, LIMIT_MAX);
    const gw_text types = gw_field_text(query, "types", GW_FIELD_OPTIONAL, TYPES_MAX);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_event_load(request->app->db, request->arena, &page, &list, reterr));
    const int64_t last = list.count == 0 ? page.after : list.items[list.count - 1].seq;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_array(&json, "items");
    for (int at = 0; at < list.count; at++)
        if (is_wanted(types, &list.items[at])) write_entry(&json, &list.items[at]);
    gw_json_close(&json);
    gw_json_int64(&json, "last_seq", last);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
