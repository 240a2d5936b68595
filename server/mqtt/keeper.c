/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread keeps all clients connected. Paho's own reconnection loses messages of a persistent
 * session (paho.mqtt.cpp issue 384), so it is not used.
 */
#include "server/mqtt/state.h"

#include <time.h>

enum { CHECK_EVERY_US = 500 * 1000, CONNECT_MOST_US = 30 * 1000 * 1000 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    gw_mqtt *first;
    bool runs;
    bool stopping;
    bool joining; /* the last client has gone; the next one waits for the thread's end */
} keeper = {.lock = PTHREAD_MUTEX_INITIALIZER};
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void) {
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&keeper.changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

void gw_mqtt_lock(void) { (void)pthread_mutex_lock(&keeper.lock); }
void gw_mqtt_unlock(void) { (void)pthread_mutex_unlock(&keeper.lock); }
void gw_mqtt_changed(void) { (void)pthread_cond_broadcast(&keeper.changed); }

uint64_t gw_mqtt_tick_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

bool gw_mqtt_sleep(uint64_t until_us) {
    const struct timespec at = {.tv_sec = (time_t)(until_us / 1000000U),
                                .tv_nsec = (long)(until_us % 1000000U) * 1000L};
    return pthread_cond_timedwait(&keeper.changed, &keeper.lock, &at) == 0;
}

/* Calls paho for a client without the lock; nobody frees the client meanwhile. */
static void aside(gw_mqtt *client, void (*call)(gw_mqtt *client)) {
    client->kept = true;
    gw_mqtt_unlock();
    call(client);
    gw_mqtt_lock();
    client->kept = false;
    gw_mqtt_changed();
}

static void give_up(gw_mqtt *client) {
    gw_mqtt_disconnect(client, 1);
    gw_mqtt_lost(client, "the broker did not answer in time");
}

/* Paho is said to miss a loss now and then; asking it costs nothing. */
static void check(gw_mqtt *client) {
    if (!MQTTAsync_isConnected(client->handle)) gw_mqtt_lost(client, "the connection is gone");
}

/* Lock held. True when paho was called: the list may have changed. */
static bool attend(gw_mqtt *client, uint64_t now_us, uint64_t *wake_us) {
    if (client->kept || client->state >= GW_MQTT_PAUSED) return false;
    if (now_us < client->due_us) {
        if (client->due_us < *wake_us) *wake_us = client->due_us;
        return false;
    }
    if (client->state == GW_MQTT_UP) {
        client->due_us = now_us + CHECK_EVERY_US;
        aside(client, check);
    } else if (client->state == GW_MQTT_CONNECTING) {
        aside(client, give_up);
    } else {
        client->state = GW_MQTT_CONNECTING;
        client->due_us = now_us + CONNECT_MOST_US;
        aside(client, gw_mqtt_connect);
    }
    return true;
}

static void *run(void *context) {
    (void)context;
    gw_mqtt_lock();
    while (!keeper.stopping) {
        const uint64_t now_us = gw_mqtt_tick_us();
        uint64_t wake_us = now_us + 60 * 1000000U;
        gw_mqtt *client = keeper.first;
        while (client != NULL && !attend(client, now_us, &wake_us)) client = client->next;
        if (client == NULL && !keeper.stopping) (void)gw_mqtt_sleep(wake_us);
    }
    gw_mqtt_unlock();
    return NULL;
}

gw_status gw_mqtt_keep(gw_mqtt *client, gw_fault *reterr) {
    (void)pthread_once(&prepared, prepare);
    gw_mqtt_lock();
    while (keeper.joining) (void)gw_mqtt_sleep(gw_mqtt_tick_us() + 1000000U);
    if (!keeper.runs) {
        keeper.stopping = false;
        keeper.runs = pthread_create(&keeper.thread, NULL, run, NULL) == 0;
    }
    const bool runs = keeper.runs;
    if (runs) {
        client->next = keeper.first;
        keeper.first = client;
        gw_mqtt_changed();
    }
    gw_mqtt_unlock();
    if (runs) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_NO_MEMORY, NULL, "could not start the MQTT keeper");
}

static void unlink_client(const gw_mqtt *client) {
    gw_mqtt **place = &keeper.first;
    while (*place != NULL && *place != client) place = &(*place)->next;
    if (*place != NULL) *place = client->next;
}

void gw_mqtt_forget(gw_mqtt *client) {
    gw_mqtt_lock();
    client->state = GW_MQTT_CLOSING;
    while (client->kept) (void)gw_mqtt_sleep(gw_mqtt_tick_us() + 1000000U);
    unlink_client(client);
    const bool last = keeper.first == NULL && keeper.runs;
    const pthread_t thread = keeper.thread;
    if (last) {
        keeper.stopping = true;
        keeper.runs = false;
        keeper.joining = true;
        gw_mqtt_changed();
    }
    gw_mqtt_unlock();
    if (!last) return;
    (void)pthread_join(thread, NULL);
    gw_mqtt_lock();
    keeper.joining = false;
    gw_mqtt_changed();
    gw_mqtt_unlock();
}
