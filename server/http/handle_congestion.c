/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/network_store.h"
#include "server/flow/congestion.h"
#include "server/http/market.h"
#include "server/http/registered.h"
#include "server/http/routes.h"
#include "server/http/window.h"

enum { WINDOW_DAYS_MOST = 8, DAY_S = 86400 };

static const char *const PHASES[] = {"A", "B", "C", "ALL"};
static const char *const STATES[] = {"OPEN", "REQUESTED", "SUPERSEDED", NULL};
static const char *const LIGHTS[] = {"GREEN", "YELLOW", "RED"};

/* A party sees what it has a point in. */
static gw_status must_see(const gw_http_request *request, gw_text network_id, gw_text thing,
                          gw_fault *reterr) {
    bool sees = true;
    const gw_text party = gw_auth_filter(&request->identity);
    if (party.length > 0)
        GW_TRY(gw_network_party_sees(request->app->db, request->arena, network_id, party, &sees,
                                     reterr));
    if (sees) return gw_ok();
    return gw_register_missing(gw_fail(reterr, GW_CODE_NOT_FOUND), "segment", thing, reterr);
}

/* ---- lights ---- */

static void write_light(gw_json *json, const gw_light_row *row) {
    gw_json_object(json, NULL);
    gw_json_instant(json, "start", row->start);
    gw_json_int64(json, "interval_s", row->interval_s);
    gw_json_c(json, "phase", PHASES[row->phase]);
    gw_json_text(json, "light", row->light);
    gw_json_int64(json, "transition", row->number);
    gw_json_int64(json, "middle_ppm", row->middle_ppm);
    gw_json_int64(json, "upper_ppm", row->upper_ppm);
    gw_json_raw(json, "reasons", row->reasons);
    gw_json_uuid(json, "study_id", row->study_id);
    gw_json_text_if(json, "forecast_id", row->forecast_id);
    gw_json_instant(json, "made_at", row->made_at);
    gw_json_close(json);
}

gw_status gw_handle_get_light(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_json json;
    gw_light_list list;
    gw_fields *query = NULL;
    gw_network_segment_row segment;
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_period window = gw_window_read(query);
    const gw_span most = gw_span_seconds((int64_t)WINDOW_DAYS_MOST * DAY_S);
    if (gw_instant_since(window.to, window.from).us > most.us)
        gw_field_blame(query, "to", GW_CODE_OUT_OF_RANGE, "At most 8 days are shown at once.");
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_network_segment_find(request->app->db, request->arena, id, &segment, reterr));
    GW_TRY(must_see(request, segment.network_id, id, reterr));
    GW_TRY(gw_light_load(request->app->db, request->arena, id, window, &list, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "segment_id", id);
    gw_json_array(&json, "items");
    for (size_t at = 0; at < list.count; at++) write_light(&json, &list.items[at]);
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

/* ---- studies ---- */

gw_status gw_handle_study_network(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    gw_json json;
    gw_congestion made;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_congestion_study(request->app->flow, arena, id, request->now, &made, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_uuid(&json, "study_id", made.study.study_id);
    gw_json_text(&json, "network_id", id);
    gw_json_int64(&json, "version", made.study.version);
    gw_json_text_if(&json, "forecast_id", made.study.forecast_id);
    gw_json_instant(&json, "from", made.study.period.from);
    gw_json_instant(&json, "to", made.study.period.to);
    gw_json_int64(&json, "interval_s", made.study.interval_s);
    gw_json_int64(&json, "paths", made.study.path_count);
    gw_json_int64(&json, "missing_points", made.study.missing_points);
    gw_json_int64(&json, "collapsed_paths", made.study.collapsed_paths);
    gw_json_c(&json, "worst_light", LIGHTS[made.worst]);
    gw_json_int64(&json, "changed_lights", (int64_t)made.changed_lights);
    gw_json_int64(&json, "needs", (int64_t)made.need_count);
    gw_json_int64(&json, "needs_left_out", (int64_t)made.needs_left_out);
    gw_json_int64(&json, "rebound_intervals", (int64_t)made.rebound_intervals);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

/* ---- needs ---- */

static void write_need_head(gw_json *json, const gw_grid_need_row *row) {
    gw_json_uuid(json, "need_id", row->need_id);
    gw_json_text(json, "segment_id", row->segment_id);
    gw_json_text(json, "state", row->state);
    gw_json_text(json, "kind", row->kind);
    gw_json_text(json, "element", row->element);
    gw_json_c(json, "phase", PHASES[row->phase]);
    gw_json_instant(json, "from", row->period.from);
    gw_json_instant(json, "to", row->period.to);
    gw_json_int64(json, "interval_s", row->interval_s);
    gw_json_text_if(json, "reference_point", row->reference_point);
    gw_json_c(json, "direction", row->is_reference_more ? "MORE" : "LESS");
    gw_json_flag(json, "confirmed", row->is_confirmed);
    gw_json_raw(json, "rebounds", row->rebounds);
    gw_json_uuid(json, "study_id", row->study_id);
    gw_json_text_if(json, "forecast_id", row->forecast_id);
    gw_json_int64(json, "version", row->version);
    gw_json_instant(json, "made_at", row->made_at);
}

static void write_intervals(gw_json *json, const gw_grid_need_row *row) {
    gw_json_array(json, "intervals");
    for (size_t at = 0; at < row->interval_count; at++) {
        const gw_grid_need_interval *one = &row->intervals[at];
        gw_json_object(json, NULL);
        gw_json_instant(json, "start", one->start);
        gw_json_int64(json, "need_w", one->need.w);
        gw_json_int64(json, "missing_w", one->missing.w);
        gw_json_int64(json, "before_ppm", one->before_ppm);
        gw_json_int64(json, "after_ppm", one->after_ppm);
        gw_json_text(json, "verdict", one->verdict);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_effects(gw_json *json, const gw_grid_need_row *row) {
    gw_json_array(json, "effectiveness");
    for (size_t at = 0; at < row->effect_count; at++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "point", row->effects[at].point);
        gw_json_int64(json, "less_ppm", row->effects[at].less_ppm);
        gw_json_int64(json, "more_ppm", row->effects[at].more_ppm);
        gw_json_close(json);
    }
    gw_json_close(json);
}

gw_status gw_handle_list_needs(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    gw_fields *query = NULL;
    gw_market_page page;
    gw_grid_need_list list;
    GW_TRY(gw_request_query(request, &query, reterr));
    GW_TRY(gw_market_page_read(request, query, &page, reterr));
    gw_grid_need_filter filter = {.segment_id = gw_field_name(query, "segment", GW_FIELD_OPTIONAL),
                                  .party = gw_auth_filter(&request->identity),
                                  .after = page.after,
                                  .limit = page.size + 1};
    if (gw_field_has(query, "state"))
        filter.state =
            gw_text_from_c(STATES[gw_field_enum(query, "state", GW_FIELD_OPTIONAL, STATES)]);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_grid_need_load_list(request->app->db, request->arena, &filter, &list, reterr));
    const int shown = gw_market_page_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) {
        gw_json_object(&json, NULL);
        write_need_head(&json, &list.items[at]);
        gw_json_close(&json);
    }
    const gw_uuid *last = shown < list.count ? &list.items[shown - 1].need_id : NULL;
    return gw_market_page_close(request, reply, &json, last, reterr);
}

gw_status gw_handle_get_need(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_uuid id;
    gw_json json;
    gw_grid_need_row row;
    gw_uuid_list requests;
    gw_db *db = request->app->db;
    const gw_text party = gw_auth_filter(&request->identity);
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_grid_need_load(db, request->arena, id, &row, reterr));
    GW_TRY(must_see(request, row.network_id, row.segment_id, reterr));
    GW_TRY(gw_grid_need_load_intervals(db, request->arena, &row, reterr));
    GW_TRY(gw_grid_need_load_effects(db, request->arena, party, &row, reterr));
    GW_TRY(gw_grid_need_load_requests(db, request->arena, id, &requests, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    write_need_head(&json, &row);
    write_intervals(&json, &row);
    write_effects(&json, &row);
    gw_json_array(&json, "requests");
    for (size_t at = 0; at < requests.count; at++) gw_json_uuid(&json, NULL, requests.items[at]);
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
