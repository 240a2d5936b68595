/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/transformer.h"
#include "server/app.h"
#include "server/db/meter_store.h"
#include "server/db/transformer_store.h"
#include "server/flow/forecast.h"
#include "server/flow/forecast_subject.h"
#include "server/http/routes.h"
#include "server/http/window.h"

/* In the order of the index that gw_field_enum gives. */
static const char *const METHODS[] = {"LIKE_DAYS", "SMOOTHER", NULL};
enum { METHOD_LIKE_DAYS, METHOD_SMOOTHER };

static void write_levels(gw_json *json) {
    gw_json_array(json, "quantile_levels_ppm");
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) gw_json_int64(json, NULL, gw_band_level_ppm(at));
    gw_json_close(json);
}

static void write_band(gw_json *json, const gw_band *band) {
    if (band->residuals == 0) return;
    gw_json_array(json, "quantiles_w");
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) gw_json_int64(json, NULL, band->w[at]);
    gw_json_close(json);
}

/* ---- like days */

static void write_items(gw_json *json, const gw_transformer_forecast *made) {
    gw_json_array(json, "items");
    for (size_t at = 0; at < made->count; at++) {
        const gw_forecast_item *item = &made->items[at];
        gw_json_object(json, NULL);
        gw_json_instant(json, "start", item->start);
        gw_json_int64(json, "load_w", item->load.w);
        gw_json_int64(json, "need_w", item->need.w);
        write_band(json, &item->band);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_like_days(gw_json *json, const gw_transformer_forecast *made) {
    gw_json_c(json, "method", "like_days");
    gw_json_int64(json, "correction_ppm", made->first_day.correction.ppm);
    if (made->has_temperature) gw_json_int64(json, "temperature_millic", made->temperature.millic);
    gw_json_array(json, "days");
    for (size_t at = 0; at < made->first_day.used_count; at++)
        gw_json_date(json, NULL, made->first_day.used[at]);
    gw_json_close(json);
}

typedef struct asked {
    gw_text id;
    gw_period period;
    int method;
} asked;

static void open_transformer(gw_json *json, const gw_http_request *request, const asked *question,
                             const gw_transformer_forecast *made) {
    gw_json_init(json, request->arena);
    gw_json_object(json, NULL);
    gw_json_text(json, "transformer", question->id);
    gw_json_instant(json, "made_at", request->now);
    gw_json_int64(json, "interval_s", made->interval_s);
    gw_json_int64(json, "rating_w", made->rating.w);
    gw_json_int64(json, "limit_w", made->limit.w);
    write_levels(json);
}

static gw_status reply_like_days(const gw_http_request *request, const asked *question,
                                 gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    gw_transformer_forecast made;
    const gw_forecast_question wanted = {question->id, question->period, request->now};
    GW_TRY(gw_forecast_make(request->app->db, request->arena, &wanted, &made, reterr));
    open_transformer(&json, request, question, &made);
    write_like_days(&json, &made);
    write_items(&json, &made);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

/* ---- the smoother */

static gw_status answer(const gw_http_request *request, const char *kind, const asked *question,
                        gw_forecast_answer *ret, gw_fault *reterr) {
    const gw_forecast_asked wanted = {.key = {gw_text_from_c(kind), question->id},
                                      .period = question->period,
                                      .now = request->now};
    return gw_forecast_answer_make(request->app->db, request->arena, &wanted, ret, reterr);
}

static void write_steps(gw_json *json, const gw_forecast_point *point, const gw_power *limit) {
    gw_json_array(json, "items");
    for (size_t at = 0; at < point->count; at++) {
        const gw_forecast_step *step = &point->steps[at];
        const gw_power load = {step->point_w};
        gw_power need;
        gw_json_object(json, NULL);
        gw_json_instant(json, "start", step->start);
        gw_json_int64(json, limit == NULL ? "power_w" : "load_w", load.w);
        if (limit != NULL) {
            (void)gw_transformer_need(*limit, &load, 1, &need);
            gw_json_int64(json, "need_w", need.w);
        }
        write_band(json, &step->band);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static gw_status reply_smoother(const gw_http_request *request, const asked *question,
                                gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    gw_transformer_row row;
    gw_forecast_answer made;
    GW_TRY(gw_transformer_load(request->app->db, request->arena, question->id, &row, reterr));
    GW_TRY(answer(request, "TRANSFORMER", question, &made, reterr));
    const gw_transformer_forecast head = {.interval_s = made.interval.us / 1000000,
                                          .rating = row.rating,
                                          .limit =
                                              gw_power_percent(row.rating, (int)row.limit_pct)};
    open_transformer(&json, request, question, &head);
    gw_json_c(&json, "method", made.point.model.method);
    gw_json_instant(&json, "newest_reading", made.point.newest_at);
    write_steps(&json, &made.point, &head.limit);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_forecast(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    asked question;
    GW_TRY(gw_path_name(request, "id", &question.id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    question.period = gw_window_read(query);
    question.method = gw_field_enum(query, "method", GW_FIELD_OPTIONAL, METHODS);
    GW_TRY(gw_fields_end(query, reterr));
    if (question.method == METHOD_SMOOTHER)
        return reply_smoother(request, &question, reply, reterr);
    return reply_like_days(request, &question, reply, reterr);
}

gw_status gw_handle_get_meter_forecast(gw_http_request *request, gw_reply *reply,
                                       gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_json json;
    gw_meter_row row;
    gw_forecast_answer made;
    asked question = {.method = METHOD_SMOOTHER};
    GW_TRY(gw_path_name(request, "id", &question.id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    question.period = gw_window_read(query);
    GW_TRY(gw_fields_end(query, reterr));
    const gw_meter_view view = {.id = question.id, .now = request->now};
    GW_TRY(gw_meter_load(request->app->db, request->arena, &view, &row, reterr));
    GW_TRY(answer(request, "METER", &question, &made, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "meter", question.id);
    gw_json_instant(&json, "made_at", request->now);
    gw_json_int64(&json, "interval_s", made.interval.us / 1000000);
    write_levels(&json);
    gw_json_c(&json, "method", made.point.model.method);
    gw_json_instant(&json, "newest_reading", made.point.newest_at);
    write_steps(&json, &made.point, NULL);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
