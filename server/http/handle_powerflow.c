/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/config.h"
#include "server/flow/powerflow.h"
#include "server/http/network.h"
#include "server/http/routes.h"

enum { ID_MOST = 128, INJECTIONS_MOST = 100000 };

static const char *const BASES[] = {"document", "state", "nothing", NULL};
static const char *const KINDS[] = {"MEASURED", "ALLOCATED", "FORECAST", "DOCUMENT"};

/* ---- reading ---- */

static gw_status read_given(gw_http_request *request, gw_fields *body,
                            gw_powerflow_question *question, gw_fault *reterr) {
    gw_powerflow_given *given = NULL;
    const size_t count = gw_field_array(body, "injections", GW_FIELD_OPTIONAL, INJECTIONS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_powerflow_given, count, &given, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(body, "injections", at);
        given[at].point = gw_field_text(item, "point", GW_FIELD_REQUIRED, ID_MOST);
        given[at].power.p_w = gw_field_int64(item, "power_w", GW_FIELD_REQUIRED,
                                             -GW_FLOW_POWER_MOST_W, GW_FLOW_POWER_MOST_W);
        given[at].power.q_var = gw_field_int64(item, "reactive_var", GW_FIELD_OPTIONAL,
                                               -GW_FLOW_POWER_MOST_W, GW_FLOW_POWER_MOST_W);
    }
    question->given = given;
    question->given_count = count;
    return gw_ok();
}

/* ---- writing ---- */

static void write_list(gw_json *json, const char *key, const int64_t *values, size_t count) {
    gw_json_array(json, key);
    for (size_t at = 0; at < count; at++) gw_json_int64(json, NULL, values[at]);
    gw_json_close(json);
}

static void write_nodes(gw_json *json, const gw_net *net, const gw_flow_values *values) {
    gw_json_array(json, "nodes");
    for (size_t at = 0; at < net->node_count; at++) {
        const gw_flow_node_value *node = &values->nodes[at];
        gw_json_object(json, NULL);
        gw_json_text(json, "id", net->nodes[at].id);
        write_list(json, "voltage_mv", node->voltage_mv, values->phases);
        write_list(json, "voltage_ppm", node->voltage_ppm, values->phases);
        if (values->phases > 1) gw_json_int64(json, "unbalance_ppm", node->unbalance_ppm);
        gw_json_close(json);
    }
    gw_json_close(json);
}

/* Three phases are followed by the neutral. */
static void write_element(gw_json *json, gw_text id, const gw_flow_element_value *value,
                          size_t phases) {
    gw_json_object(json, NULL);
    gw_json_text(json, "id", id);
    write_list(json, "current_ma", value->current_ma, phases > 1 ? GW_FLOW_CONDUCTORS : 1);
    gw_json_int64(json, "from_w", value->from_w);
    gw_json_int64(json, "from_var", value->from_var);
    gw_json_int64(json, "loss_w", value->loss_w);
    gw_json_int64(json, "loading_ppm", value->loading_ppm);
    gw_json_close(json);
}

static void write_elements(gw_json *json, const gw_net *net, const gw_flow_values *values) {
    gw_json_array(json, "branches");
    for (size_t at = 0; at < net->branch_count; at++)
        write_element(json, net->branches[at].id, &values->branches[at], values->phases);
    gw_json_close(json);
    gw_json_array(json, "transformers");
    for (size_t at = 0; at < net->transformer_count; at++)
        write_element(json, net->transformers[at].id, &values->transformers[at], values->phases);
    gw_json_close(json);
}

static void write_limits(gw_json *json, const gw_powerflow *made) {
    static const char *const phases[] = {"A", "B", "C", "ALL"};
    gw_json_array(json, "limits");
    for (size_t at = 0; at < made->limits.count; at++) {
        const gw_flow_limit_row *row = &made->limits.items[at];
        gw_json_object(json, NULL);
        gw_json_c(json, "kind", gw_flow_limit_word(row->kind));
        gw_json_text(json, "element", row->id);
        gw_json_c(json, "phase", phases[row->phase]);
        gw_json_c(json, "unit", gw_flow_limit_unit(row->kind));
        gw_json_int64(json, "limit", row->limit);
        gw_json_int64(json, "value", row->value);
        gw_json_int64(json, "share_ppm", row->share_ppm);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_head(gw_json *json, const gw_powerflow *made) {
    const gw_flow_values *values = &made->values;
    gw_json_text(json, "network_id", made->network.id);
    gw_json_int64(json, "version", made->network.version);
    gw_json_hex(json, "network_hash", gw_word_slice(&made->network.hash));
    gw_json_c(json, "verdict", values->verdict == GW_FLOW_SOLVED ? "SOLVED" : "INFEASIBLE");
    gw_json_int64(json, "iterations", values->iterations);
    gw_json_int64(json, "residual_ppb", values->residual_ppb);
    if (values->verdict != GW_FLOW_SOLVED) return;
    gw_json_int64(json, "source_w", values->source.p_w);
    gw_json_int64(json, "source_var", values->source.q_var);
    gw_json_int64(json, "load_w", values->load.p_w);
    gw_json_int64(json, "load_var", values->load.q_var);
    gw_json_int64(json, "loss_w", values->loss_w);
}

static void write_injections(gw_json *json, const gw_powerflow *made) {
    const gw_injections *base = &made->injections;
    if (base->point_count == 0) return;
    gw_json_instant(json, "from", base->interval.from);
    gw_json_instant(json, "to", base->interval.to);
    gw_json_text_if(json, "forecast_id", base->forecast_id);
    if (base->newest_at.us != 0) gw_json_instant(json, "newest_reading_at", base->newest_at);
    gw_json_int64(json, "missing_points", (int64_t)base->missing_count);
    if (base->head != NULL) gw_json_c(json, "head", base->head);
    gw_json_array(json, "points");
    for (size_t at = 0; at < base->point_count; at++) {
        const gw_injection *point = &base->points[at];
        gw_json_object(json, NULL);
        gw_json_text(json, "id", made->network.net.points[at].id);
        gw_json_c(json, "source", KINDS[point->kind]);
        gw_json_int64(json, "power_w", point->p_w);
        gw_json_int64(json, "reactive_var", point->q_var);
        gw_json_int64(json, "low_w", point->low_w);
        gw_json_int64(json, "high_w", point->high_w);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static gw_status reply_powerflow(const gw_http_request *request, gw_reply *reply,
                                 const gw_powerflow *made, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    write_head(&json, made);
    write_injections(&json, made);
    if (made->values.verdict == GW_FLOW_SOLVED) {
        write_limits(&json, made);
        write_nodes(&json, &made->network.net, &made->values);
        write_elements(&json, &made->network.net, &made->values);
    }
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

/* ---- handlers ---- */

static int64_t stale_limit_s(const gw_http_request *request) {
    return 60 * gw_config_int(request->app->config, GW_SETTING_GRID_STALE_MIN);
}

gw_status gw_handle_solve_network(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *body = NULL;
    gw_powerflow made;
    gw_powerflow_question question = {
        .now = request->now, .at = request->now, .stale_s = stale_limit_s(request)};
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &question.network_id, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    question.base = (gw_powerflow_base)gw_field_enum(body, "base", GW_FIELD_OPTIONAL, BASES);
    if (gw_field_has(body, "at")) question.at = gw_field_instant(body, "at", GW_FIELD_OPTIONAL);
    GW_TRY(read_given(request, body, &question, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    GW_TRY(gw_powerflow_make(request->app->db, request->arena, &question, &made, reterr));
    return reply_powerflow(request, reply, &made, reterr);
}

gw_status gw_handle_get_network_state(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_powerflow made;
    gw_powerflow_question question = {.base = GW_POWERFLOW_STATE,
                                      .now = request->now,
                                      .at = request->now,
                                      .stale_s = stale_limit_s(request)};
    GW_TRY(gw_path_name(request, "id", &question.network_id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    if (gw_field_has(query, "at")) question.at = gw_field_instant(query, "at", GW_FIELD_OPTIONAL);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_powerflow_make(request->app->db, request->arena, &question, &made, reterr));
    return reply_powerflow(request, reply, &made, reterr);
}
