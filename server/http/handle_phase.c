/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_phase_match.h"
#include "server/app.h"
#include "server/flow/phase.h"
#include "server/http/network.h"
#include "server/http/routes.h"

enum { ID_MOST = 128, VOLTAGE_MOST_MV = 100000000, INTERVAL_MOST_S = 86400, PPM = 1000000 };

static const char *const TRUSTS[] = {"network", "nobody", NULL};

/* ---- reading ---- */

/* 0 in the body is an interval that nobody measured. */
static void read_voltages(gw_fields *from, const char *key, size_t count, int64_t *ret_mv) {
    const size_t given = gw_field_array(from, key, GW_FIELD_REQUIRED, GW_PHASE_INTERVALS_MOST);
    for (size_t at = 0; at < given && at < count; at++) {
        const int64_t mv = gw_field_item_int64(from, key, at, 0, VOLTAGE_MOST_MV);
        ret_mv[at] = mv == 0 ? GW_PHASE_GAP : mv;
    }
    if (given != count)
        gw_field_blame(from, key, GW_CODE_INVALID,
                       "This list has another length than the number of intervals.");
}

static gw_status read_reference(gw_http_request *request, gw_fields *body, gw_phase_study *study,
                                gw_fault *reterr) {
    static const char *const keys[] = {"a_mv", "b_mv", "c_mv"};
    int64_t *mv = NULL;
    if (!gw_field_has(body, "reference")) return gw_ok();
    gw_fields *reference = gw_field_object(body, "reference", GW_FIELD_REQUIRED);
    GW_TRY(
        GW_ARENA_NEW(request->arena, int64_t, GW_NET_PHASES * study->interval_count, &mv, reterr));
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        read_voltages(reference, keys[phase], study->interval_count,
                      mv + phase * study->interval_count);
    study->reference_mv = mv;
    return gw_ok();
}

static gw_status read_series(gw_http_request *request, gw_fields *body, gw_phase_study *study,
                             gw_fault *reterr) {
    int64_t *mv = NULL;
    gw_text *points = NULL;
    const size_t count = gw_field_array(body, "series", GW_FIELD_REQUIRED, GW_PHASE_METERS_MOST);
    if (count * study->interval_count > GW_PHASE_VALUES_MOST) {
        gw_field_blame(body, "series", GW_CODE_TOO_LARGE, "These are too many voltages.");
        return gw_ok();
    }
    GW_TRY(GW_ARENA_NEW(request->arena, int64_t, count * study->interval_count, &mv, reterr));
    GW_TRY(GW_ARENA_NEW(request->arena, gw_text, count, &points, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(body, "series", at);
        points[at] = gw_field_text(item, "point", GW_FIELD_REQUIRED, ID_MOST);
        read_voltages(item, "voltage_mv", study->interval_count, mv + at * study->interval_count);
    }
    study->points = points;
    study->point_count = count;
    study->voltage_mv = mv;
    return gw_ok();
}

static gw_status read_study(gw_http_request *request, gw_fields *body, gw_phase_study *ret,
                            gw_fault *reterr) {
    gw_phase_study made = {.certain_ppm = GW_PHASE_CERTAIN_PPM};
    made.from = gw_field_instant(body, "from", GW_FIELD_REQUIRED);
    made.interval_s = gw_field_int64(body, "interval_s", GW_FIELD_REQUIRED, 1, INTERVAL_MOST_S);
    made.interval_count =
        (size_t)gw_field_int64(body, "intervals", GW_FIELD_REQUIRED, 2, GW_PHASE_INTERVALS_MOST);
    if (gw_field_has(body, "certain_ppm"))
        made.certain_ppm = gw_field_int64(body, "certain_ppm", GW_FIELD_REQUIRED, PPM / 2, PPM);
    made.trust = (gw_phase_trust)gw_field_enum(body, "trust", GW_FIELD_OPTIONAL, TRUSTS);
    GW_TRY(read_reference(request, body, &made, reterr));
    GW_TRY(read_series(request, body, &made, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- writing ---- */

static void write_proposal(gw_json *json, const gw_phase_row *row) {
    static const char *const keys[] = {"a", "b", "c"};
    gw_json_object(json, NULL);
    gw_json_text(json, "point", row->point);
    gw_json_text_if(json, "phase", row->phase);
    gw_json_text_if(json, "best", row->best);
    gw_json_text(json, "doubt", row->doubt);
    gw_json_int64(json, "confidence_ppm", row->confidence_ppm);
    gw_json_object(json, "correlation_ppm");
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        gw_json_int64(json, keys[phase], row->correlation_ppm[phase]);
    gw_json_close(json);
    gw_json_int64(json, "steps", row->steps);
    gw_json_int64(json, "run", row->run);
    gw_json_instant(json, "proposed_at", row->recorded_at);
    if (row->accepted_phase.length > 0) {
        gw_json_text(json, "accepted_phase", row->accepted_phase);
        gw_json_int64(json, "accepted_version", row->accepted_version);
        gw_json_instant(json, "accepted_at", row->accepted_at);
    }
    gw_json_close(json);
}

static void write_run(gw_json *json, const gw_phase_run *run) {
    gw_json_object(json, NULL);
    gw_json_text(json, "network_id", run->row.network_id);
    gw_json_int64(json, "version", run->row.version);
    gw_json_int64(json, "run", run->row.run);
    gw_json_int64(json, "certain_ppm", run->row.certain_ppm);
    gw_json_array(json, "proposals");
    for (int at = 0; at < run->list.count; at++) write_proposal(json, &run->list.items[at]);
    gw_json_close(json);
    gw_json_close(json);
}

/* ---- handlers ---- */

gw_status gw_handle_propose_phases(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    gw_fields *body = NULL;
    gw_network_call call;
    gw_phase_study study;
    gw_phase_run run;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_network_call_read(request, &call, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    GW_TRY(read_study(request, body, &study, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(gw_phase_propose_do(request->app->db, request->arena, &call, &study, &run, reterr));
    gw_json_init(&json, request->arena);
    write_run(&json, &run);
    return gw_reply_json(reply, 201, &json, reterr);
}

/* Pages count by the point's id. */
gw_status gw_handle_list_phase_proposals(gw_http_request *request, gw_reply *reply,
                                         gw_fault *reterr) {
    gw_json json;
    gw_fields *query = NULL;
    gw_network head;
    gw_phase_list list;
    gw_phase_page from = {0};
    gw_text last = {"", 0};
    GW_TRY(gw_path_name(request, "id", &from.network_id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_page page = gw_page_read(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_network_head(request->app->db, request->arena, from.network_id, &head, reterr));
    from.after = page.after;
    from.limit = page.size + 1;
    GW_TRY(gw_phase_load_list(request->app->db, request->arena, &from, &list, reterr));
    gw_page_open(&json, request);
    for (int at = 0; at < list.count && at < page.size; at++)
        write_proposal(&json, &list.items[at]);
    if (list.count > page.size) last = list.items[page.size - 1].point;
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_accept_phase_proposal(gw_http_request *request, gw_reply *reply,
                                          gw_fault *reterr) {
    static const char *const phases[] = {"", "A", "B", "C", NULL};
    gw_json json;
    gw_fields *body = NULL;
    gw_network_call call;
    gw_phase_row row;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_network_call_read(request, &call, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    const int phase = gw_field_enum(body, "phase", GW_FIELD_OPTIONAL, phases);
    GW_TRY(gw_fields_end(body, reterr));
    const gw_phase_choice choice = {gw_path_text(request, "point"), gw_text_from_c(phases[phase])};
    GW_TRY(gw_phase_accept_do(request->app->db, request->arena, &call, &choice, &row, reterr));
    gw_json_init(&json, request->arena);
    write_proposal(&json, &row);
    GW_TRY(gw_reply_json(reply, 200, &json, reterr));
    return gw_network_tag(request, reply, row.accepted_version, reterr);
}
