/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"
#include "server/db/forecast_issue_store.h"
#include "server/flow/forecast_scene.h"
#include "server/http/routes.h"

enum { HORIZON_MOST = 24 * GW_SCENE_AHEAD_DAYS, ALL = -1 };

static const char *const KINDS[] = {"METER", "TRANSFORMER", NULL};
static const char *const PURPOSES[] = {"DAY_AHEAD", "INTRADAY", NULL};

/* ---- what was asked */

static gw_text read_word(gw_fields *query, const char *key, const char *const *words) {
    if (!gw_field_has(query, key)) return GW_TEXT("");
    return gw_text_from_c(words[gw_field_enum(query, key, GW_FIELD_OPTIONAL, words)]);
}

static gw_instant read_instant(gw_fields *query, const char *key, gw_instant otherwise) {
    return gw_field_has(query, key) ? gw_field_instant(query, key, GW_FIELD_OPTIONAL) : otherwise;
}

static gw_status read_question(gw_http_request *request, gw_forecast_score_question *ret,
                               gw_fault *reterr) {
    gw_fields *query = NULL;
    const gw_span usual = gw_span_seconds(INT64_C(86400) * GW_POOL_DAYS);
    GW_TRY(gw_request_query(request, &query, reterr));
    ret->subject = gw_field_name(query, "subject", GW_FIELD_REQUIRED);
    ret->kind = read_word(query, "kind", KINDS);
    ret->purpose = read_word(query, "purpose", PURPOSES);
    ret->horizon_h = gw_field_has(query, "horizon_h")
                         ? gw_field_int64(query, "horizon_h", GW_FIELD_OPTIONAL, 0, HORIZON_MOST)
                         : ALL;
    ret->issued.from = read_instant(query, "from", gw_instant_minus(request->now, usual));
    ret->issued.to = read_instant(query, "to", request->now);
    if (!gw_period_is_valid(ret->issued))
        gw_field_blame(query, "to", GW_CODE_INVALID, "The window ends before it starts.");
    return gw_fields_end(query, reterr);
}

/* ---- figures */

/* -1 stands for a figure that cannot be given. */
static void write_figure(gw_json *json, const char *key, int64_t figure) {
    if (figure != ALL) gw_json_int64(json, key, figure);
}

static void write_alarms(gw_json *json, const gw_score *score, const gw_accuracy *made) {
    static const int64_t LEVELS_PPM[GW_SCORE_ALARMS] = {500000, 750000, 900000, 950000};
    gw_json_int64(json, "events", score->event_count);
    gw_json_array(json, "alarms");
    for (size_t at = 0; at < GW_SCORE_ALARMS; at++) {
        gw_json_object(json, NULL);
        gw_json_c(json, "of", at == 0 ? "POINT" : "QUANTILE");
        if (at > 0) gw_json_int64(json, "level_ppm", LEVELS_PPM[at]);
        gw_json_int64(json, "warnings", score->warned[at]);
        write_figure(json, "recall_ppm", made->recall_ppm[at]);
        write_figure(json, "precision_ppm", made->precision_ppm[at]);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_coverage(gw_json *json, const gw_accuracy *made) {
    if (made->coverage_ppm[0] == ALL) return;
    gw_json_array(json, "quantiles");
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) {
        gw_json_object(json, NULL);
        gw_json_int64(json, "level_ppm", gw_band_level_ppm(at));
        gw_json_int64(json, "coverage_ppm", made->coverage_ppm[at]);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_item(gw_json *json, const gw_forecast_score_row *row) {
    const gw_accuracy made = gw_accuracy_of(&row->score);
    gw_json_object(json, NULL);
    gw_json_text(json, "kind", row->kind);
    gw_json_text(json, "purpose", row->purpose);
    if (row->horizon_h != ALL) gw_json_int64(json, "horizon_h", row->horizon_h);
    gw_json_int64(json, "pairs", row->score.count);
    gw_json_int64(json, "mae_w", made.mae_w);
    write_figure(json, "nmae_ppm", made.nmae_ppm);
    gw_json_int64(json, "rmse_w", made.rmse_w);
    gw_json_int64(json, "bias_w", made.bias_w);
    write_figure(json, "mase_last_week_ppm", made.mase_last_week_ppm);
    write_figure(json, "mase_yesterday_ppm", made.mase_yesterday_ppm);
    write_figure(json, "pinball_milliwatt", made.pinball_milliwatt);
    write_coverage(json, &made);
    write_alarms(json, &row->score, &made);
    gw_json_close(json);
}

static bool is_same(const gw_forecast_score_row *left, const gw_forecast_score_row *right,
                    int64_t horizon_h) {
    return gw_text_equal(left->kind, right->kind) && gw_text_equal(left->purpose, right->purpose) &&
           (horizon_h == ALL || left->horizon_h == right->horizon_h);
}

/* One item per kind and purpose, or also per horizon: the list is in that order. */
static void write_sums(gw_json *json, const gw_forecast_score_list *list, int64_t horizon_h) {
    for (int at = 0; at < list->count;) {
        gw_forecast_score_row sum = list->items[at++];
        while (at < list->count && is_same(&sum, &list->items[at], horizon_h))
            gw_score_merge(&sum.score, &list->items[at++].score);
        if (horizon_h == ALL) sum.horizon_h = ALL;
        write_item(json, &sum);
    }
}

gw_status gw_handle_get_forecast_accuracy(gw_http_request *request, gw_reply *reply,
                                          gw_fault *reterr) {
    gw_forecast_score_question question;
    gw_forecast_score_list list;
    gw_json json;
    GW_TRY(read_question(request, &question, reterr));
    GW_TRY(gw_forecast_load_scores(request->app->db, request->arena, &question, &list, reterr));
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "subject", question.subject);
    gw_json_instant(&json, "from", question.issued.from);
    gw_json_instant(&json, "to", question.issued.to);
    gw_json_array(&json, "items");
    if (question.horizon_h == ALL) write_sums(&json, &list, ALL);
    write_sums(&json, &list, 0);
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}
