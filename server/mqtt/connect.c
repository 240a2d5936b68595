/* SPDX-License-Identifier: Apache-2.0
 *
 * Connecting, subscribing, disconnecting and what paho calls back about them.
 */
#include "server/mqtt/state.h"

#include <MQTTProperties.h>
#include <MQTTSubscribeOpts.h>

enum {
    RETRY_FIRST_MS = 100,
    RETRY_MOST_MS = 10000,
    CONNECT_TIMEOUT_S = 10,
    DISCONNECT_MS = 500,
    CHECK_AFTER_US = 500 * 1000,
};

/* Doubling from 0.1 s; between half and all of it, so that a broker that comes back is not met by
 * all clients at once. */
static uint64_t pause_us(const gw_mqtt *client) {
    const uint64_t most =
        client->options.retry_most_ms > 0 ? (uint64_t)client->options.retry_most_ms : RETRY_MOST_MS;
    const unsigned doublings = client->attempts > 10 ? 10 : client->attempts;
    uint64_t pause_ms = (uint64_t)RETRY_FIRST_MS << doublings;
    if (pause_ms > most) pause_ms = most;
    uint64_t spread = 1469598103934665603U + client->attempts; /* FNV-1a of the name */
    for (const char *at = client->options.client_id; *at != '\0'; at++)
        spread = (spread ^ (unsigned char)*at) * 1099511628211U;
    return (pause_ms * 500U) + (spread >> 16) % (pause_ms * 500U + 1);
}

static void tell(const gw_mqtt *client, bool connected, const char *detail) {
    if (client->options.on_state != NULL)
        client->options.on_state(client->options.context, connected, detail);
}

void gw_mqtt_lost(gw_mqtt *client, const char *why) {
    gw_mqtt_lock();
    const bool was_up = client->stats.connected;
    const bool goes_on = client->state == GW_MQTT_UP || client->state == GW_MQTT_CONNECTING;
    if (was_up) client->stats.disconnected++;
    client->stats.connected = false;
    if (goes_on) {
        client->state = GW_MQTT_AWAY;
        client->due_us = gw_mqtt_tick_us() + pause_us(client);
        client->attempts++;
    }
    gw_mqtt_changed();
    gw_mqtt_unlock();
    if (was_up || goes_on) tell(client, false, why);
}

static void now_up(gw_mqtt *client) {
    gw_mqtt_lock();
    const bool wanted = client->state == GW_MQTT_CONNECTING;
    if (wanted) {
        client->state = GW_MQTT_UP;
        client->attempts = 0;
        client->due_us = gw_mqtt_tick_us() + CHECK_AFTER_US;
        client->stats.connects++;
        client->stats.connected = true;
    }
    gw_mqtt_changed();
    gw_mqtt_unlock();
    if (wanted) tell(client, true, "connected");
}

/* ---- called by paho */

/* NOLINTNEXTLINE(readability-non-const-parameter): paho's signature */
static void on_lost(void *context, char *cause) {
    gw_mqtt_lost(context, cause == NULL ? "the connection was lost" : cause);
}

static void on_disconnected(void *context, MQTTProperties *properties,
                            enum MQTTReasonCodes reason) {
    (void)properties;
    const char *text = MQTTReasonCode_toString(reason);
    gw_mqtt_lost(context, text == NULL ? "the broker closed the connection" : text);
}

static void on_connect_failed(void *context, MQTTAsync_failureData5 *response) {
    const char *text = NULL;
    if (response != NULL && response->message != NULL) text = response->message;
    if (text == NULL && response != NULL &&
        response->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR)
        text = MQTTReasonCode_toString(response->reasonCode);
    gw_mqtt_lost(context, text == NULL ? "could not connect to the broker" : text);
}

static void on_subscribe_failed(void *context, MQTTAsync_failureData5 *response) {
    (void)response;
    gw_mqtt_disconnect(context, 0);
    gw_mqtt_lost(context, "the broker refused a subscription");
}

static bool is_granted(const gw_mqtt *client, const MQTTAsync_successData5 *response) {
    if (client->filter_count == 1) return response->reasonCode < MQTTREASONCODE_UNSPECIFIED_ERROR;
    for (int at = 0; at < response->alt.sub.reasonCodeCount; at++)
        if (response->alt.sub.reasonCodes[at] >= MQTTREASONCODE_UNSPECIFIED_ERROR) return false;
    return true;
}

static void on_subscribed(void *context, MQTTAsync_successData5 *response) {
    if (is_granted(context, response))
        now_up(context);
    else
        on_subscribe_failed(context, NULL);
}

static void on_connected(void *context, MQTTAsync_successData5 *response) {
    (void)response;
    gw_mqtt *client = context;
    if (client->filter_count == 0) {
        now_up(client);
        return;
    }
    MQTTAsync_responseOptions answer = MQTTAsync_responseOptions_initializer;
    MQTTSubscribe_options how[GW_MQTT_FILTERS_MOST];
    char *filters[GW_MQTT_FILTERS_MOST];
    int qos[GW_MQTT_FILTERS_MOST];
    for (int at = 0; at < client->filter_count; at++) {
        how[at] = (MQTTSubscribe_options)MQTTSubscribe_options_initializer;
        filters[at] = (char *)(uintptr_t)client->options.filters[at]; /* paho copies them */
        qos[at] = 1;
    }
    answer.onSuccess5 = on_subscribed;
    answer.onFailure5 = on_subscribe_failed;
    answer.context = client;
    answer.subscribeOptionsList = how;
    answer.subscribeOptionsCount = client->filter_count;
    const int sent =
        MQTTAsync_subscribeMany(client->handle, client->filter_count, filters, qos, &answer);
    if (sent != MQTTASYNC_SUCCESS) on_subscribe_failed(client, NULL);
}

static void on_bye(void *context) {
    gw_mqtt *client = context;
    gw_mqtt_lock();
    client->disconnected = true;
    gw_mqtt_changed();
    gw_mqtt_unlock();
}
static void on_bye_sent(void *context, MQTTAsync_successData5 *response) {
    (void)response;
    on_bye(context);
}
static void on_bye_failed(void *context, MQTTAsync_failureData5 *response) {
    (void)response;
    on_bye(context);
}

/* ---- calls into paho; no lock of ours is held */

static void add_number(MQTTProperties *properties, enum MQTTPropertyCodes code, uint32_t number) {
    MQTTProperty property = {.identifier = code};
    if (code == MQTTPROPERTY_CODE_RECEIVE_MAXIMUM)
        property.value.integer2 = (unsigned short)(number > 65535U ? 65535U : number);
    else
        property.value.integer4 = number;
    (void)MQTTProperties_add(properties, &property);
}

static MQTTAsync_SSLOptions tls_of(const gw_mqtt_options *options) {
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    tls.trustStore = options->authority;
    tls.keyStore = options->certificate;
    tls.privateKey = options->private_key;
    tls.enableServerCertAuth = 1;
    tls.verify = 1;
    tls.sslVersion = MQTT_SSL_VERSION_TLS_1_2; /* at least; the handshake takes 1.3 */
    tls.disableDefaultTrustStore = 1;
    return tls;
}

static MQTTAsync_willOptions will_of(const gw_mqtt_options *options) {
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    will.topicName = options->will_topic;
    will.payload.data = options->will_payload.at;
    will.payload.len = (int)options->will_payload.length;
    will.retained = options->will_retained ? 1 : 0;
    will.qos = 1;
    return will;
}

void gw_mqtt_connect(gw_mqtt *client) {
    const gw_mqtt_options *options = &client->options;
    MQTTAsync_SSLOptions tls = tls_of(options);
    MQTTAsync_willOptions will = will_of(options);
    MQTTProperties properties = MQTTProperties_initializer;
    const int receive =
        options->receive_maximum > 0 ? options->receive_maximum : (int)GW_MQTT_RECEIVE_MOST;
    add_number(&properties, MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, options->session_expiry_s);
    add_number(&properties, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM, (uint32_t)receive);
    MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer5;
    connect.keepAliveInterval =
        options->keep_alive_s > 0 ? options->keep_alive_s : (int)GW_MQTT_KEEP_ALIVE_S;
    connect.cleanstart = 0;
    connect.connectTimeout = CONNECT_TIMEOUT_S;
    connect.maxInflight = GW_MQTT_WINDOW;
    connect.connectProperties = &properties;
    connect.ssl = options->authority != NULL ? &tls : NULL;
    connect.will = options->will_topic != NULL ? &will : NULL;
    connect.onSuccess5 = on_connected;
    connect.onFailure5 = on_connect_failed;
    connect.context = client;
    (void)MQTTAsync_setConnectionLostCallback(client->handle, client, on_lost);
    (void)MQTTAsync_setDisconnected(client->handle, client, on_disconnected);
    const int begun = MQTTAsync_connect(client->handle, &connect);
    MQTTProperties_free(&properties);
    if (begun != MQTTASYNC_SUCCESS) gw_mqtt_lost(client, MQTTAsync_strerror(begun));
}

void gw_mqtt_disconnect(gw_mqtt *client, int keeps_the_will) {
    MQTTAsync_disconnectOptions bye = MQTTAsync_disconnectOptions_initializer5;
    bye.timeout = DISCONNECT_MS;
    bye.reasonCode = keeps_the_will ? MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE
                                    : MQTTREASONCODE_NORMAL_DISCONNECTION;
    bye.onSuccess5 = on_bye_sent;
    bye.onFailure5 = on_bye_failed;
    bye.context = client;
    if (MQTTAsync_disconnect(client->handle, &bye) != MQTTASYNC_SUCCESS) on_bye(client);
}
