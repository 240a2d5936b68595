/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/flow/forecast.h"
#include "server/http/routes.h"
#include "server/http/window.h"

static void write_items(gw_json *json, const gw_transformer_forecast *made) {
    gw_json_array(json, "items");
    for (size_t at = 0; at < made->count; at++) {
        const gw_forecast_item *item = &made->items[at];
        gw_json_object(json, NULL);
        gw_json_instant(json, "start", item->start);
        gw_json_int64(json, "load_w", item->load.w);
        gw_json_int64(json, "need_w", item->need.w);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static gw_status reply_forecast(const gw_http_request *request, gw_text transformer,
                                const gw_transformer_forecast *made, gw_reply *reply,
                                gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "transformer", transformer);
    gw_json_instant(&json, "made_at", request->now);
    gw_json_int64(&json, "interval_s", made->interval_s);
    gw_json_int64(&json, "rating_w", made->rating.w);
    gw_json_int64(&json, "limit_w", made->limit.w);
    gw_json_int64(&json, "correction_ppm", made->first_day.correction.ppm);
    if (made->has_temperature) gw_json_int64(&json, "temperature_millic", made->temperature.millic);
    gw_json_array(&json, "days");
    for (size_t at = 0; at < made->first_day.used_count; at++)
        gw_json_date(&json, NULL, made->first_day.used[at]);
    gw_json_close(&json);
    write_items(&json, made);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_forecast(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_forecast_question question = {.now = request->now};
    gw_transformer_forecast made;
    GW_TRY(gw_path_name(request, "id", &question.transformer, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    question.period = gw_window_read(query);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_forecast_make(request->app->db, request->arena, &question, &made, reterr));
    return reply_forecast(request, question.transformer, &made, reply, reterr);
}
