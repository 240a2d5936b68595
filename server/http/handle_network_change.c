/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "server/app.h"
#include "server/http/network.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

#include <stdio.h>

enum { ID_MOST = 128, SWITCHES_MOST = 2000 };

static const char *const ELEMENTS[] = {"branch", "transformer", NULL};

/* ---- switches ---- */

static gw_status read_switches(gw_http_request *request, gw_fields *body, gw_net_overlay *ret,
                               gw_fault *reterr) {
    gw_net_moved *moved = NULL;
    const size_t count = gw_field_array(body, "switches", GW_FIELD_REQUIRED, SWITCHES_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_net_moved, count, &moved, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(body, "switches", at);
        moved[at].element =
            (gw_net_element)gw_field_enum(item, "element", GW_FIELD_OPTIONAL, ELEMENTS);
        moved[at].id = gw_field_text(item, "id", GW_FIELD_REQUIRED, ID_MOST);
        moved[at].closed = gw_field_flag(item, "closed", GW_FIELD_REQUIRED);
    }
    *ret = (gw_net_overlay){.moved = moved, .moved_count = count};
    return gw_ok();
}

static gw_status reply_changed(const gw_http_request *request, gw_reply *reply,
                               const gw_network_changed *changed, gw_fault *reterr) {
    gw_json json;
    gw_network head;
    gw_text id;
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_network_head(request->app->db, request->arena, id, &head, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "network_id", id);
    gw_json_int64(&json, "version", head.version);
    gw_json_hex(&json, "network_hash", gw_word_slice(&head.hash));
    gw_json_int64(&json, "loops", (int64_t)changed->check.loop_count);
    gw_json_array(&json, "dark_points");
    for (size_t at = 0; at < changed->check.dark_count && at < GW_NETWORK_DARK_SHOWN; at++)
        gw_json_text(&json, NULL, changed->net.points[changed->check.dark_points[at]].id);
    gw_json_close(&json);
    gw_json_int64(&json, "dark_point_count", (int64_t)changed->check.dark_count);
    gw_json_raw(&json, "warnings", changed->warnings);
    gw_json_close(&json);
    GW_TRY(gw_reply_json(reply, 200, &json, reterr));
    return gw_network_tag(request, reply, head.version, reterr);
}

static gw_status need_seen(const gw_network_call *call, gw_fault *reterr) {
    if (call->seen_version != GW_NETWORK_NO_VERSION) return gw_ok();
    return gw_hint(
        reterr,
        gw_fail_with(reterr, GW_CODE_PRECONDITION, "If-Match", "the header If-Match is missing"),
        "Send the version (ETag) of the network that the switches were read from.");
}

/* The same id twice would make the order of the list decide. */
static void blame_twice(gw_fields *body, const gw_net_overlay *wanted) {
    const gw_net_moved *moved = wanted->moved;
    for (size_t at = 1; at < wanted->moved_count; at++)
        for (size_t other = 0; other < at; other++)
            if (moved[at].element == moved[other].element &&
                gw_text_equal(moved[at].id, moved[other].id)) {
                gw_field_blame(body, "switches", GW_CODE_INVALID, "A switch is there twice.");
                return;
            }
}

gw_status gw_handle_put_network_switches(gw_http_request *request, gw_reply *reply,
                                         gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_network_call call;
    gw_net_overlay wanted;
    gw_network_changed changed;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_network_call_read(request, &call, reterr));
    GW_TRY(need_seen(&call, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_switches(request, body, &wanted, reterr));
    blame_twice(body, &wanted);
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(
        gw_network_switch_do(request->app->db, request->arena, &call, &wanted, &changed, reterr));
    return reply_changed(request, reply, &changed, reterr);
}

/* ---- points ---- */

static void read_phases(gw_fields *body, gw_network_connection *connection) {
    const gw_text text = gw_field_text(body, "phases", GW_FIELD_OPTIONAL, 8);
    connection->has_phases = text.length > 0;
    if (connection->has_phases && !gw_is_ok(gw_net_phases_parse(text, &connection->phases, NULL)))
        gw_field_blame(body, "phases", GW_CODE_INVALID,
                       "The phases are A, B, C, AB, AC, BC, ABC, or ? when nobody knows.");
}

gw_status gw_handle_put_network_point(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_network_call call;
    gw_network_changed changed;
    gw_network_connection connection = {.point = gw_path_text(request, "point")};
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_network_call_read(request, &call, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    connection.link.meter = gw_field_name(body, "meter", GW_FIELD_OPTIONAL);
    connection.link.party = gw_field_name(body, "party", GW_FIELD_OPTIONAL);
    read_phases(body, &connection);
    GW_TRY(gw_fields_end(body, reterr));
    const gw_status status = gw_network_connect_do(request->app->db, request->arena, &call,
                                                   &connection, &changed, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    return reply_changed(request, reply, &changed, reterr);
}

static void write_point(gw_json *json, const gw_network *network, size_t at) {
    const gw_net_point *point = &network->net.points[at];
    const gw_net_phased phased = {.phases = point->phases, .is_unknown = point->is_phase_unknown};
    gw_json_object(json, NULL);
    gw_json_text(json, "point", point->id);
    gw_json_text(json, "node", network->net.nodes[point->node].id);
    gw_json_text(json, "phases", gw_net_phases_print(&phased));
    gw_json_text_if(json, "meter", network->links[at].meter);
    gw_json_text_if(json, "party", network->links[at].party);
    gw_json_close(json);
}

/* Pages count the points in the order of the document. */
gw_status gw_handle_list_network_points(gw_http_request *request, gw_reply *reply,
                                        gw_fault *reterr) {
    gw_text id;
    gw_json json;
    gw_fields *query = NULL;
    gw_network network;
    int64_t from = 0;
    char last[24] = "";
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    if (page.after.length > 0) GW_TRY(gw_int64_parse(page.after, &from, reterr));
    if (from < 0) return gw_fail(reterr, GW_CODE_INVALID);
    GW_TRY(gw_network_load(request->app->db, request->arena, id, &network, reterr));
    gw_page_open(&json, request);
    int64_t at = from;
    for (; at < from + page.size && at < (int64_t)network.net.point_count; at++)
        write_point(&json, &network, (size_t)at);
    if (at < (int64_t)network.net.point_count)
        (void)snprintf(last, sizeof last, "%lld", (long long)at);
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
