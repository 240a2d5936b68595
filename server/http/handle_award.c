/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/award_store.h"
#include "server/http/json.h"
#include "server/http/request.h"
#include "server/http/routes.h"

static void write_demand(gw_json *json, const gw_award_demand_row *demand) {
    gw_json_object(json, NULL);
    gw_json_text(json, "limit_id", demand->limit_id);
    gw_json_int64(json, "interval", demand->interval_index);
    gw_json_int64(json, "required_w", demand->required.w);
    gw_json_array(json, "effect_ppm");
    for (size_t at = 0; at < demand->effect_count; at++)
        gw_json_int64(json, NULL, demand->effect_ppm[at]);
    gw_json_close(json);
    gw_json_close(json);
}

static void write_network(gw_json *json, const gw_award_check_row *check) {
    if (check->network_id.length == 0) return;
    gw_json_text(json, "network_id", check->network_id);
    gw_json_int64(json, "network_version", check->network_version);
    gw_json_hex(json, "network_hash", check->network_hash);
    gw_json_text(json, "forecast_id", check->forecast_id);
}

gw_status gw_handle_get_request_grid_check(gw_http_request *request, gw_reply *reply,
                                           gw_fault *reterr) {
    gw_uuid id;
    gw_award_check_row check;
    gw_award_demand_list demands;
    gw_json json;
    gw_text text;
    gw_arena *arena = request->arena;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_uuid(request, "id", &id, reterr));
    GW_TRY(gw_award_load_check(request->app->db, arena, id, &check, reterr));
    GW_TRY(gw_award_load_demands(request->app->db, arena, id, &demands, reterr));
    gw_json_init(&json, arena);
    gw_json_object(&json, NULL);
    gw_json_uuid(&json, "event_id", id);
    gw_json_text(&json, "verdict", check.verdict);
    gw_json_text(&json, "reason", check.reason);
    write_network(&json, &check);
    gw_json_int64(&json, "rounds", check.rounds);
    gw_json_int64(&json, "quantile_ppm", check.quantile_ppm);
    gw_json_text_if(&json, "worst_limit_id", check.worst_limit_id);
    gw_json_int64(&json, "worst_before_ppm", check.worst_before_ppm);
    gw_json_int64(&json, "worst_after_ppm", check.worst_after_ppm);
    gw_json_instant(&json, "checked_at", check.checked_at);
    gw_json_array(&json, "demands");
    for (size_t at = 0; at < demands.count; at++) write_demand(&json, &demands.items[at]);
    gw_json_close(&json);
    gw_json_close(&json);
    GW_TRY(gw_json_end(&json, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_ok();
}
