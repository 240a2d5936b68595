/* SPDX-License-Identifier: Apache-2.0
 *
 * MQTT 5 clients over paho's MQTTAsync, with mutual TLS and persistent sessions. The same wrapper
 * serves the gateway, oracle nodes, aggregators and a fleet of hundreds of devices in one process.
 *
 * Acknowledgement: paho sends PUBACK when the arrival callback has returned. on_message therefore
 * stores the message (for the gateway: appends it to the journal) and returns; when it fails, the
 * process ends at once with status 74, because there is no other way to keep paho from
 * acknowledging. It must not wait for a sync: paho holds one lock for all clients of the process
 * meanwhile. It must not call any function of this file.
 *
 * A lost connection is taken up again by one thread for all clients, with a growing, jittered
 * pause. While a client is not connected, publishing fails with GW_CODE_UNAVAILABLE: the caller's
 * own outbox is the queue. Plain tcp:// is allowed to loopback addresses only.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gw_mqtt gw_mqtt;

enum {
    GW_MQTT_FILTERS_MOST = 8,
    GW_MQTT_KEEP_ALIVE_S = 30,
    GW_MQTT_RECEIVE_MOST = 2000, /* in flight towards us: rate times the slowest group sync */
};

typedef struct gw_mqtt_message {
    gw_text topic;
    gw_bytes payload;
    int qos; /* 0, 1 or 2 */
    bool retained;
    bool repeated; /* the DUP flag: we may have seen it */
} gw_mqtt_message;

typedef struct gw_mqtt_options {
    const char *url;           /* ssl://host:port, or tcp://127.0.0.1:port */
    const char *client_id;     /* fixed: it names the session on the broker; = CN of certificate */
    const char *authority;     /* PEM file of the CA; NULL with tcp:// only */
    const char *certificate;   /* PEM file */
    const char *private_key;   /* PEM file */
    uint32_t session_expiry_s; /* how long the broker keeps our session while we are away; 0: not */
    int receive_maximum;       /* 0: GW_MQTT_RECEIVE_MOST */
    int keep_alive_s;          /* 0: GW_MQTT_KEEP_ALIVE_S */
    int retry_most_ms;         /* longest pause between connection attempts; 0: 10,000 */
    const char *filters[GW_MQTT_FILTERS_MOST]; /* subscribed with QoS 1 after each connect */
    const char *will_topic;                    /* NULL: no will */
    gw_text will_payload;
    bool will_retained;
    void *context; /* for the callbacks */
    /* Receiving thread. A failure ends the process, see above. NULL: publish only. */
    gw_status (*on_message)(void *context, const gw_mqtt_message *message, gw_fault *reterr);
    /* After a connect and its subscriptions, and after a loss; detail says why. May be NULL. */
    void (*on_state)(void *context, bool connected, const char *detail);
} gw_mqtt_options;

/* Strings are copied. Connecting happens in the background; a broker that is away is no failure.
 * Any number of clients per process. */
GW_MUST_CHECK gw_status gw_mqtt_open(const gw_mqtt_options *options, gw_mqtt **ret,
                                     gw_fault *reterr);
/* Disconnects (the will is not sent, the session stays for its expiry) and frees. No callback runs
 * after it has returned. NULL is fine. Not from a callback. */
void gw_mqtt_close(gw_mqtt *client);

bool gw_mqtt_is_connected(gw_mqtt *client);
/* TIMED_OUT when it is not connected and subscribed after timeout_ms. */
GW_MUST_CHECK gw_status gw_mqtt_wait(gw_mqtt *client, int timeout_ms, gw_fault *reterr);
/* Disconnects so that the broker publishes the will, and stays away until gw_mqtt_resume; for tests
 * and the fleet's offline device. Not from a callback. */
void gw_mqtt_pause(gw_mqtt *client);
void gw_mqtt_resume(gw_mqtt *client);

typedef struct gw_mqtt_publication {
    const char *topic;
    gw_bytes payload;
    bool retained;
    /* QoS 1: called once when the broker has acknowledged (ok) or the attempt has failed; NULL is
     * fine. Sending thread of paho; must not block. Not called when gw_mqtt_publish fails. */
    void (*done)(void *context, gw_status outcome);
    void *context;
} gw_mqtt_publication;

/* GW_CODE_UNAVAILABLE when not connected, RATE_LIMITED when too much is in flight. */
GW_MUST_CHECK gw_status gw_mqtt_publish(gw_mqtt *client, const gw_mqtt_publication *publication,
                                        gw_fault *reterr);
/* The same, and waits for the broker's acknowledgement. */
GW_MUST_CHECK gw_status gw_mqtt_publish_wait(gw_mqtt *client,
                                             const gw_mqtt_publication *publication, int timeout_ms,
                                             gw_fault *reterr);

typedef struct gw_mqtt_stats {
    uint64_t received;
    uint64_t published;    /* acknowledged by the broker */
    uint64_t failed;       /* publications that were not */
    uint64_t connects;     /* successful ones */
    uint64_t disconnected; /* losses */
    bool connected;
} gw_mqtt_stats;
void gw_mqtt_stats_get(gw_mqtt *client, gw_mqtt_stats *ret);
