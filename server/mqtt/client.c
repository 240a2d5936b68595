/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mqtt/client.h"

#include "server/mqtt/state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_CAP = 64 * 1024, STATUS_CANNOT_STORE = 74, CLOSE_MOST_US = 2000 * 1000 };

/* ---- arrival */

static void end_process(const gw_fault *fault) {
    char line[512];
    const int length =
        snprintf(line, sizeof line,
                 "{\"level\":\"error\",\"event\":\"mqtt.not_stored\",\"code\":\"%s\"}"
                 "\n",
                 gw_code_wire(fault->code));
    if (length > 0) (void)!write(STDERR_FILENO, line, (size_t)length);
    _exit(STATUS_CANNOT_STORE); /* paho would acknowledge whatever we return */
}

static int on_arrival(void *context, char *topic, int topic_length, MQTTAsync_message *message) {
    gw_mqtt *client = context;
    gw_fault fault;
    const gw_mqtt_message arrived = {
        .topic = {topic, topic_length > 0 ? (size_t)topic_length : strlen(topic)},
        .payload = {message->payload, (size_t)message->payloadlen},
        .qos = message->qos,
        .retained = message->retained != 0,
        .repeated = message->dup != 0};
    if (client->options.on_message != NULL) {
        const gw_status stored =
            client->options.on_message(client->options.context, &arrived, &fault);
        if (!gw_is_ok(stored)) end_process(&fault);
    }
    gw_mqtt_lock();
    client->stats.received++;
    gw_mqtt_unlock();
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1; /* never 0: it would be acknowledged all the same and be lost by a kill */
}

/* ---- open and close */

static bool is_loopback(gw_text url) {
    return gw_text_starts(url, "tcp://127.") || gw_text_starts(url, "tcp://[::1]") ||
           gw_text_starts(url, "tcp://localhost:");
}

static gw_status check(const gw_mqtt_options *options, gw_fault *reterr) {
    const gw_text url = gw_text_from_c(options->url);
    if (!gw_text_is_name(gw_text_from_c(options->client_id))) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "client_id", "\"%s\" is no name",
                            options->client_id == NULL ? "" : options->client_id);
    }
    if (gw_text_starts(url, "tcp://")) {
        if (is_loopback(url) && options->authority == NULL) return gw_ok();
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_INVALID, "url",
                                    "plain MQTT to \"%s\" is not allowed", options->url),
                       "Use ssl:// with a certificate; plain tcp:// is for loopback only.");
    }
    const bool complete = gw_text_starts(url, "ssl://") && options->authority != NULL &&
                          options->certificate != NULL && options->private_key != NULL;
    if (complete) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "url",
                        "\"%s\" needs ssl://, an authority, a certificate and a key",
                        options->url == NULL ? "" : options->url);
}

static gw_status copy(gw_arena *arena, const char **text, gw_fault *reterr) {
    if (*text == NULL) return gw_ok();
    return gw_text_to_c(arena, gw_text_from_c(*text), text, reterr);
}

static gw_status make(const gw_mqtt_options *options, gw_arena *arena, gw_mqtt **ret,
                      gw_fault *reterr) {
    gw_mqtt *client = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_mqtt, 1, &client, reterr));
    client->arena = arena;
    client->options = *options;
    gw_mqtt_options *own = &client->options;
    const char **const texts[] = {&own->url,         &own->client_id,   &own->authority,
                                  &own->certificate, &own->private_key, &own->will_topic};
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
        GW_TRY(copy(arena, texts[at], reterr));
    while (client->filter_count < GW_MQTT_FILTERS_MOST &&
           own->filters[client->filter_count] != NULL)
        GW_TRY(copy(arena, &own->filters[client->filter_count++], reterr));
    GW_TRY(gw_text_copy(arena, options->will_payload, &own->will_payload, reterr));
    for (size_t at = 0; at < GW_MQTT_WINDOW; at++) client->slots[at].client = client;
    *ret = client;
    return gw_ok();
}

static gw_status create(gw_mqtt *client, gw_fault *reterr) {
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer5;
    const int created =
        MQTTAsync_createWithOptions(&client->handle, client->options.url, client->options.client_id,
                                    MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);
    if (created != MQTTASYNC_SUCCESS) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "url", "\"%s\" is not understood: %s",
                            client->options.url, MQTTAsync_strerror(created));
    }
    (void)MQTTAsync_setMessageArrivedCallback(client->handle, client, on_arrival);
    return gw_ok();
}

static void init_library(void) {
    MQTTAsync_init_options options = MQTTAsync_init_options_initializer;
    options.do_openssl_init = 1;
    MQTTAsync_global_init(&options);
}

gw_status gw_mqtt_open(const gw_mqtt_options *options, gw_mqtt **ret, gw_fault *reterr) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    gw_mqtt *client = NULL;
    GW_TRY(check(options, reterr));
    (void)pthread_once(&once, init_library);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(make(options, arena, &client, reterr));
    GW_TRY(create(client, reterr));
    const gw_status kept = gw_mqtt_keep(client, reterr);
    if (!gw_is_ok(kept)) {
        MQTTAsync_destroy(&client->handle);
        return kept;
    }
    arena = NULL; /* now the client's */
    *ret = client;
    return gw_ok();
}

/* A slot is answered once; the lock is not held during the answer. */
static void answer_slot(gw_mqtt_slot *slot, gw_status outcome) {
    gw_mqtt_lock();
    const gw_mqtt_slot answered = *slot;
    slot->used = false;
    if (answered.used && gw_is_ok(outcome)) slot->client->stats.published++;
    if (answered.used && !gw_is_ok(outcome)) slot->client->stats.failed++;
    gw_mqtt_unlock();
    if (answered.used && answered.done != NULL) answered.done(answered.context, outcome);
}

static void wait_for_bye(const gw_mqtt *client) {
    const uint64_t until_us = gw_mqtt_tick_us() + CLOSE_MOST_US;
    gw_mqtt_lock();
    while (!client->disconnected && gw_mqtt_tick_us() < until_us) (void)gw_mqtt_sleep(until_us);
    gw_mqtt_unlock();
}

void gw_mqtt_close(gw_mqtt *client) {
    if (client == NULL) return;
    gw_mqtt_forget(client);
    gw_mqtt_lock();
    client->disconnected = false;
    gw_mqtt_unlock();
    gw_mqtt_disconnect(client, 0);
    wait_for_bye(client);
    MQTTAsync_destroy(&client->handle);
    for (size_t at = 0; at < GW_MQTT_WINDOW; at++)
        answer_slot(&client->slots[at], (gw_status){GW_CODE_UNAVAILABLE});
    gw_arena_close(client->arena);
}

void gw_mqtt_pause(gw_mqtt *client) {
    gw_mqtt_lock();
    client->state = GW_MQTT_PAUSED;
    gw_mqtt_unlock();
    gw_mqtt_disconnect(client, 1);
    gw_mqtt_lost(client, "paused");
}

void gw_mqtt_resume(gw_mqtt *client) {
    gw_mqtt_lock();
    if (client->state == GW_MQTT_PAUSED) {
        client->state = GW_MQTT_AWAY;
        client->due_us = gw_mqtt_tick_us();
        client->attempts = 0;
        gw_mqtt_changed();
    }
    gw_mqtt_unlock();
}

/* ---- asking */

bool gw_mqtt_is_connected(gw_mqtt *client) {
    gw_mqtt_lock();
    const bool connected = client->stats.connected;
    gw_mqtt_unlock();
    return connected;
}

gw_status gw_mqtt_wait(gw_mqtt *client, int timeout_ms, gw_fault *reterr) {
    const uint64_t until_us = gw_mqtt_tick_us() + (uint64_t)timeout_ms * 1000U;
    gw_mqtt_lock();
    while (!client->stats.connected && gw_mqtt_tick_us() < until_us) (void)gw_mqtt_sleep(until_us);
    const bool connected = client->stats.connected;
    gw_mqtt_unlock();
    if (connected) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_TIMED_OUT, client->options.url,
                        "the broker has not answered within %d ms", timeout_ms);
}

void gw_mqtt_stats_get(gw_mqtt *client, gw_mqtt_stats *ret) {
    gw_mqtt_lock();
    *ret = client->stats;
    gw_mqtt_unlock();
}

/* ---- publishing */

static void on_published(void *context, MQTTAsync_successData5 *response) {
    const bool taken = response == NULL || response->reasonCode < MQTTREASONCODE_UNSPECIFIED_ERROR;
    answer_slot(context, (gw_status){taken ? GW_CODE_OK : GW_CODE_FORBIDDEN});
}

static void on_publish_failed(void *context, MQTTAsync_failureData5 *response) {
    const bool refused =
        response != NULL && response->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR;
    answer_slot(context, (gw_status){refused ? GW_CODE_FORBIDDEN : GW_CODE_UNAVAILABLE});
}

static gw_mqtt_slot *take_slot(gw_mqtt *client, const gw_mqtt_publication *publication) {
    gw_mqtt_slot *free_slot = NULL;
    gw_mqtt_lock();
    for (size_t at = 0; at < GW_MQTT_WINDOW && free_slot == NULL; at++)
        if (!client->slots[at].used) free_slot = &client->slots[at];
    if (free_slot != NULL) {
        free_slot->used = true;
        free_slot->done = publication->done;
        free_slot->context = publication->context;
    }
    gw_mqtt_unlock();
    return free_slot;
}

static void drop_slot(gw_mqtt_slot *slot) {
    gw_mqtt_lock();
    slot->used = false;
    slot->client->stats.failed++;
    gw_mqtt_unlock();
}

gw_status gw_mqtt_publish(gw_mqtt *client, const gw_mqtt_publication *publication,
                          gw_fault *reterr) {
    if (!gw_mqtt_is_connected(client)) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, client->options.url,
                            "the broker is not connected");
    }
    gw_mqtt_slot *slot = take_slot(client, publication);
    if (slot == NULL) {
        return gw_fail_with(reterr, GW_CODE_RATE_LIMITED, client->options.url,
                            "%d publications are in flight", GW_MQTT_WINDOW);
    }
    MQTTAsync_message message = MQTTAsync_message_initializer;
    MQTTAsync_responseOptions answer = MQTTAsync_responseOptions_initializer;
    message.payload = (void *)(uintptr_t)publication->payload.at; /* paho copies it */
    message.payloadlen = (int)publication->payload.length;
    message.qos = 1;
    message.retained = publication->retained ? 1 : 0;
    answer.onSuccess5 = on_published;
    answer.onFailure5 = on_publish_failed;
    answer.context = slot;
    const int sent = MQTTAsync_sendMessage(client->handle, publication->topic, &message, &answer);
    if (sent == MQTTASYNC_SUCCESS) return gw_ok();
    drop_slot(slot);
    return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, publication->topic,
                        "the message could not be sent: %s", MQTTAsync_strerror(sent));
}

/* What a waiting publisher and paho's thread share. It is in a pool and not on the waiter's stack,
 * because the waiter may give up first. */
typedef struct ticket {
    bool used;
    bool waited; /* somebody still waits */
    bool answered;
    gw_status outcome;
} ticket;

enum { TICKETS = 64 };
static ticket tickets[TICKETS];

static void on_ticket(void *context, gw_status outcome) {
    ticket *own = context;
    gw_mqtt_lock();
    own->answered = true;
    own->outcome = outcome;
    if (!own->waited) own->used = false;
    gw_mqtt_changed();
    gw_mqtt_unlock();
}

static ticket *take_ticket(void) {
    ticket *taken = NULL;
    gw_mqtt_lock();
    for (size_t at = 0; at < TICKETS && taken == NULL; at++)
        if (!tickets[at].used) taken = &tickets[at];
    if (taken != NULL) *taken = (ticket){.used = true, .waited = true};
    gw_mqtt_unlock();
    return taken;
}

static gw_status wait_ticket(ticket *own, int timeout_ms, gw_fault *reterr) {
    const uint64_t until_us = gw_mqtt_tick_us() + (uint64_t)timeout_ms * 1000U;
    gw_mqtt_lock();
    while (!own->answered && gw_mqtt_tick_us() < until_us) (void)gw_mqtt_sleep(until_us);
    const bool answered = own->answered;
    const gw_status outcome = own->outcome;
    own->waited = false;
    if (answered) own->used = false;
    gw_mqtt_unlock();
    if (!answered)
        return gw_fail_with(reterr, GW_CODE_TIMED_OUT, NULL, "no acknowledgement after %d ms",
                            timeout_ms);
    return gw_is_ok(outcome) ? gw_ok() : gw_fail(reterr, outcome.code);
}

gw_status gw_mqtt_publish_wait(gw_mqtt *client, const gw_mqtt_publication *publication,
                               int timeout_ms, gw_fault *reterr) {
    ticket *own = take_ticket();
    if (own == NULL) return gw_fail(reterr, GW_CODE_RATE_LIMITED);
    gw_mqtt_publication waited = *publication;
    waited.done = on_ticket;
    waited.context = own;
    const gw_status sent = gw_mqtt_publish(client, &waited, reterr);
    if (gw_is_ok(sent)) return wait_ticket(own, timeout_ms, reterr);
    gw_mqtt_lock();
    own->used = false;
    gw_mqtt_unlock();
    return sent;
}
