/* SPDX-License-Identifier: Apache-2.0
 *
 * The subscription to the devices: each message becomes a journal record before it is acknowledged;
 * the state of the connection and our own signs of life become control records, from which the
 * loader knows our own outages.
 */
#include "server/parts.h"

#include "server/clock.h"
#include "server/config.h"
#include "server/crash.h"
#include "server/health.h"
#include "server/ingest/loader.h"
#include "server/journal/journal.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/mqtt/client.h"

#include <stdio.h>

/* A longer payload is cut here; it is above the limit of every feed, so it is refused with its
 * reason by the loader. */
enum { PAYLOAD_MOST = 128 * 1024 };

static gw_status on_message(void *context, const gw_mqtt_message *message, gw_fault *reterr) {
    gw_app *app = context;
    if (message->retained) return gw_ok(); /* an old will; we were told when it was new */
    gw_crash_point(GW_CRASH_JOURNAL_BEFORE_APPEND);
    gw_record record = {.kind = GW_RECORD_MQTT,
                        .received_at = gw_clock_now(app->clock),
                        .topic = gw_text_part(message->topic, 0, GW_RECORD_TOPIC_MOST),
                        .payload = message->payload};
    if (record.payload.length > PAYLOAD_MOST) record.payload.length = PAYLOAD_MOST;
    GW_TRY(gw_journal_append(app->journal, &record, NULL, reterr));
    gw_metric_add(GW_METRIC_MQTT_RECEIVED, NULL, 1);
    gw_crash_point(GW_CRASH_JOURNAL_AFTER_APPEND);
    return gw_ok();
}

static void append_control(gw_app *app, const char *what, gw_text cause, gw_instant at) {
    gw_fault fault;
    const gw_record record = {.kind = GW_RECORD_CONTROL,
                              .received_at = at,
                              .topic = cause,
                              .payload = {(const uint8_t *)what, 1}};
    if (!gw_is_ok(gw_journal_append(app->journal, &record, NULL, &fault)))
        gw_log_fault(GW_LEVEL_ERROR, "journal.refused", GW_TEXT(""), &fault);
}

static void on_state(void *context, bool connected, const char *detail) {
    gw_app *app = context;
    const gw_health_report before = gw_health_get(GW_HEALTH_BROKER);
    gw_health_set(GW_HEALTH_BROKER, connected ? GW_STATE_UP : GW_STATE_DOWN, detail);
    if (connected)
        append_control(app, "u", GW_TEXT("broker"), gw_clock_now(app->clock));
    else if (before.state == GW_STATE_UP) /* each further attempt says nothing new */
        append_control(app, "d", GW_TEXT("broker"), gw_clock_now(app->clock));
}

/* While we were not there, nobody took anything in: since the last record. Market time stands still
 * for a conducted gateway that is away. */
static gw_status own_absence(gw_app *app, gw_fault *reterr) {
    const uint64_t last = gw_journal_durable(app->journal);
    gw_journal_cursor *cursor = NULL;
    gw_record record;
    bool found = false;
    if (last == 0 || gw_clock_mode_get(app->clock) == GW_CLOCK_CONDUCTED) return gw_ok();
    GW_TRY(gw_journal_cursor_open(app->journal, last, &cursor, reterr));
    const gw_status read = gw_journal_next(cursor, &record, &found, reterr);
    if (gw_is_ok(read) && found) append_control(app, "d", GW_TEXT("gateway"), record.received_at);
    gw_journal_cursor_close(cursor);
    return read;
}

gw_status gw_part_mqtt_start(gw_app *app, gw_fault *reterr) {
    char filter[96];
    const gw_config *config = app->config;
    const char *authority = gw_config_text(config, GW_SETTING_MQTT_CA_FILE);
    (void)snprintf(filter, sizeof filter, "gw/v1/%s/up/#",
                   gw_config_text(config, GW_SETTING_SERVER_REALM));
    const gw_mqtt_options options = {
        .url = gw_config_text(config, GW_SETTING_MQTT_URL),
        .client_id = gw_config_text(config, GW_SETTING_MQTT_CLIENT_ID),
        .authority = authority[0] == '\0' ? NULL : authority,
        .certificate = gw_config_text(config, GW_SETTING_MQTT_CERT_FILE),
        .private_key = gw_config_text(config, GW_SETTING_MQTT_KEY_FILE),
        .session_expiry_s = (uint32_t)gw_config_int(config, GW_SETTING_MQTT_SESSION_EXPIRY_S),
        .filters = {filter},
        .context = app,
        .on_message = on_message,
        .on_state = on_state};
    if (options.url[0] == '\0') return gw_ok(); /* HTTP only */
    GW_TRY(own_absence(app, reterr));
    gw_health_set(GW_HEALTH_BROKER, GW_STATE_DOWN, "not connected yet");
    GW_TRY(gw_mqtt_open(&options, &app->mqtt, reterr));
    gw_loader_set_mqtt(app->loader, app->mqtt);
    return gw_ok();
}

void gw_part_mqtt_stop(gw_app *app) {
    if (app->mqtt == NULL) return;
    gw_loader_set_mqtt(app->loader, NULL);
    gw_mqtt_close(app->mqtt);
    app->mqtt = NULL;
}
