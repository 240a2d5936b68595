/* SPDX-License-Identifier: Apache-2.0
 *
 * What client.c, connect.c and keeper.c share; nobody else includes this.
 *
 * Locks: paho holds its own lock while it calls us, and we then take the keeper's; so nobody calls
 * paho while holding the keeper's lock.
 */
#pragma once

#include "server/mqtt/client.h"

#include "base/arena.h"

#include <MQTTAsync.h>
#include <pthread.h>

enum { GW_MQTT_WINDOW = 128 }; /* publications in flight per client */

typedef enum gw_mqtt_state {
    GW_MQTT_AWAY,       /* connects when due_us has come */
    GW_MQTT_CONNECTING, /* paho is at it; due_us is when we give up */
    GW_MQTT_UP,         /* connected and subscribed */
    GW_MQTT_PAUSED,
    GW_MQTT_CLOSING,
} gw_mqtt_state;

typedef struct gw_mqtt_slot {
    struct gw_mqtt *client;
    void (*done)(void *context, gw_status outcome);
    void *context;
    bool used;
} gw_mqtt_slot;

struct gw_mqtt {
    gw_arena *arena; /* holds this struct */
    gw_mqtt_options options;
    MQTTAsync handle;
    int filter_count;

    /* guarded by the keeper's lock */
    struct gw_mqtt *next;
    gw_mqtt_state state;
    uint64_t due_us;
    unsigned attempts;
    bool kept;         /* the keeper is calling paho for this client just now */
    bool disconnected; /* paho has answered our disconnect */
    gw_mqtt_stats stats;
    gw_mqtt_slot slots[GW_MQTT_WINDOW];
};

/* keeper.c: one thread and one lock for all clients of the process */
void gw_mqtt_lock(void);
void gw_mqtt_unlock(void);
void gw_mqtt_changed(void); /* lock held: a state changed; wakes the keeper and all waiters */
/* Lock held, which is given up meanwhile; false when until_us has come. */
bool gw_mqtt_sleep(uint64_t until_us);
uint64_t gw_mqtt_tick_us(void);
GW_MUST_CHECK gw_status gw_mqtt_keep(gw_mqtt *client, gw_fault *reterr);
void gw_mqtt_forget(gw_mqtt *client); /* waits until the keeper does not use it */

/* connect.c */
void gw_mqtt_connect(gw_mqtt *client);                        /* no lock held */
void gw_mqtt_disconnect(gw_mqtt *client, int keeps_the_will); /* no lock held */
/* Takes the lock. A connection is gone or did not come about. */
void gw_mqtt_lost(gw_mqtt *client, const char *why);
