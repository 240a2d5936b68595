/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway's HTTP listener as a part of the process: settings in, access log and metrics out.
 */
#include "server/app.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/db/idempotency_store.h"
#include "server/db/token_store.h"
#include "server/http/server.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/parts.h"
#include "server/secret.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>

enum { FORGET_EVERY_MS = 3600000, FORGET_ARENA = 16 * 1024 };

/* Written by start and stop, which run on one thread; read-only between them. */
static gw_idempotency_store answers;
static gw_token_store tokens;
static gw_worker *forgetter;
static gw_secret certificate;
static gw_secret private_key;

static gw_instant market_now(struct gw_app *app) { return gw_clock_now(app->clock); }

static gw_level level_of(const gw_http_seen *seen) {
    if (seen->http_status >= 500) return GW_LEVEL_WARNING;
    return seen->fault != NULL ? GW_LEVEL_INFO : GW_LEVEL_DEBUG;
}

static void seen_by_log(struct gw_app *app, const gw_http_seen *seen) {
    char labels[GW_METRIC_LABEL_MAX];
    char subject[200];
    char detail[400];
    (void)app;
    (void)snprintf(labels, sizeof labels, "%s,%d", seen->operation, seen->http_status);
    gw_metric_add(GW_METRIC_HTTP_REQUESTS, labels, 1);
    gw_metric_observe(GW_METRIC_HTTP_DURATION, seen->operation, seen->duration_us);
    if (!gw_log_is_on(level_of(seen))) return;
    (void)snprintf(subject, sizeof subject, "%s %.*s", gw_method_name(seen->method),
                   GW_TEXT_ARGS(gw_text_part(seen->path, 0, 150)));
    (void)snprintf(detail, sizeof detail, "status %d, token \"%.*s\", %" PRId64 " us%s%s",
                   seen->http_status, GW_TEXT_ARGS(seen->token_id), seen->duration_us,
                   seen->fault == NULL ? "" : ": ",
                   seen->fault == NULL ? "" : seen->fault->message);
    const gw_log_entry entry = {.level = level_of(seen),
                                .event = "http.request",
                                .id = gw_text_from_c(seen->request_id),
                                .subject = gw_text_from_c(subject),
                                .code = seen->fault == NULL ? GW_CODE_OK : seen->fault->code,
                                .detail = gw_text_from_c(detail)};
    gw_log_write(&entry);
}

static gw_status read_certificate(const gw_config *config, gw_http_options *options,
                                  gw_fault *reterr) {
    const char *certificate_file = gw_config_text(config, GW_SETTING_HTTP_CERTIFICATE_FILE);
    const char *key_file = gw_config_text(config, GW_SETTING_HTTP_KEY_FILE);
    const bool has_certificate = certificate_file[0] != '\0';
    if (has_certificate != (key_file[0] != '\0'))
        return gw_fail_with(reterr, GW_CODE_INCOMPLETE, "http",
                            "certificate_file and key_file go together");
    if (!has_certificate) return gw_ok();
    GW_TRY(gw_secret_read(certificate_file, &certificate, reterr));
    GW_TRY(gw_secret_read(key_file, &private_key, reterr));
    options->certificate = (const char *)certificate.bytes;
    options->private_key = (const char *)private_key.bytes;
    return gw_ok();
}

static gw_http_options options_of(gw_app *app) {
    const gw_config *config = app->config;
    return (gw_http_options){
        .address = gw_config_text(config, GW_SETTING_HTTP_ADDRESS),
        .port = (int)gw_config_int(config, GW_SETTING_HTTP_PORT),
        .routes = gw_routes(),
        .app = app,
        .tokens = &tokens,
        .io_threads = (int)gw_config_int(config, GW_SETTING_HTTP_IO_THREADS),
        .workers = (int)gw_config_int(config, GW_SETTING_HTTP_WORKERS),
        .queue_length = (int)gw_config_int(config, GW_SETTING_HTTP_QUEUE_LENGTH),
        .connections = (int)gw_config_int(config, GW_SETTING_HTTP_CONNECTIONS),
        .connections_per_address =
            (int)gw_config_int(config, GW_SETTING_HTTP_CONNECTIONS_PER_ADDRESS),
        .idle_s = (int)gw_config_int(config, GW_SETTING_HTTP_IDLE_S),
        .arrival_ms = (int)gw_config_int(config, GW_SETTING_HTTP_ARRIVAL_MS),
        .rate_per_s = (int)gw_config_int(config, GW_SETTING_HTTP_RATE_PER_S),
        .rate_burst = (int)gw_config_int(config, GW_SETTING_HTTP_RATE_BURST),
        .now = market_now,
        .seen = seen_by_log,
        .idempotency = &answers,
    };
}

static void forget_answers(void *context) {
    gw_app *app = context;
    gw_fault fault = {0};
    int64_t count = 0;
    GW_AUTO_ARENA arena = gw_arena_open(FORGET_ARENA);
    if (arena == NULL) return;
    const gw_status status = gw_idempotency_forget(app->db, arena, &count, &fault);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "http.answers-kept", GW_TEXT(""), &fault);
}

static gw_status listen_start(gw_app *app, gw_fault *reterr) {
    const gw_worker_settings hourly = {.name = "gw-http-forget",
                                       .tick_ms = FORGET_EVERY_MS,
                                       .tick = forget_answers,
                                       .context = app};
    gw_http_options options = options_of(app);
    GW_TRY(read_certificate(app->config, &options, reterr));
    GW_TRY(gw_http_open(&options, &app->http, reterr));
    const gw_status status = gw_worker_open(&hourly, &forgetter, reterr);
    if (!gw_is_ok(status)) gw_http_close(app->http);
    return status;
}

gw_status gw_part_http_start(gw_app *app, gw_fault *reterr) {
    answers = gw_idempotency_store_of(app->db);
    tokens = (gw_token_store){.find = gw_token_find, .context = app->db};
    const gw_status status = listen_start(app, reterr);
    gw_secret_wipe(&certificate);
    gw_secret_wipe(&private_key);
    GW_TRY(status);
    gw_log(GW_LEVEL_INFO, "http.listening", NULL, "address %s, port %d, %s",
           gw_config_text(app->config, GW_SETTING_HTTP_ADDRESS), gw_http_port(app->http),
           gw_config_text(app->config, GW_SETTING_HTTP_KEY_FILE)[0] == '\0' ? "plain" : "TLS");
    return gw_ok();
}

void gw_part_http_stop(gw_app *app) {
    gw_http_close(app->http);
    gw_worker_close(forgetter);
}
