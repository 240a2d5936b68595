/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast_part.h"

#include "server/clock.h"
#include "server/config.h"
#include "server/flow/forecast_issue.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/parts.h"
#include "server/worker.h"

enum { TICK_MS = 1000 };

static bool is_closing(void *context) {
    const gw_app *app = context;
    return app->forecast != NULL && gw_worker_is_closing(app->forecast);
}

static void note(const gw_forecast_progress *progress, gw_tick began) {
    if (progress->subjects == 0 && progress->issued == 0) return;
    gw_metric_add(GW_METRIC_FORECAST_UPDATES, NULL, progress->subjects);
    gw_metric_add(GW_METRIC_FORECAST_ISSUES, NULL, progress->issued);
    gw_metric_observe(GW_METRIC_FORECAST_RUN, NULL, gw_tick_since(gw_tick_now(), began).us);
}

void gw_forecast_tick(gw_app *app) {
    gw_fault fault = {0};
    gw_forecast_progress progress = {0};
    const gw_forecast_work work = {app->db, gw_clock_now(app->clock), is_closing, app};
    const gw_forecast_times times = {
        .day_ahead_at_s = gw_config_int(app->config, GW_SETTING_FORECAST_DAY_AHEAD_AT_S),
        .intraday_every_s = gw_config_int(app->config, GW_SETTING_FORECAST_INTRADAY_EVERY_S)};
    const gw_tick began = gw_tick_now();
    const gw_status status = gw_forecast_run(&work, &times, &progress, &fault);
    note(&progress, began);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "forecast.failed", GW_TEXT(""), &fault);
    if (progress.issued > 0)
        gw_log(GW_LEVEL_DEBUG, "forecast.issued", "forecast", "%d subjects", progress.issued);
}

static void tick(void *context) { gw_forecast_tick(context); }

gw_status gw_part_forecast_start(gw_app *app, gw_fault *reterr) {
    if (gw_clock_mode_get(app->clock) == GW_CLOCK_CONDUCTED) return gw_ok();
    const gw_worker_settings settings = {
        .name = "forecast", .tick_ms = TICK_MS, .tick = tick, .context = app};
    return gw_worker_open(&settings, &app->forecast, reterr);
}

void gw_part_forecast_stop(gw_app *app) {
    gw_worker_close(app->forecast);
    app->forecast = NULL;
}
