/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/steering.h"

#include "server/clock.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/mqtt/topic.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    CONNECT_MS = 60000,
    PUBLISH_MS = 10000,
    POLL_MS = 5,
    PATH_SIZE = 512,
    SPREAD_MIN = 5, /* starts and releases are spread over so many minutes */
    KEPT_PCT = 15,  /* of an appliance's rating that stays allowed */
    SESSION_S = 86400
};

struct gw_steering {
    const gw_offer_book *book;
    gw_mqtt *client;
    atomic_size_t answers;
};

static gw_status hear(void *context, const gw_mqtt_message *message, gw_fault *reterr) {
    (void)reterr;
    gw_steering *steering = context;
    gw_topic topic;
    if (gw_is_ok(gw_topic_parse(message->topic, &topic, NULL)) && topic.kind == GW_TOPIC_ACK)
        (void)atomic_fetch_add(&steering->answers, 1);
    return gw_ok();
}

gw_status gw_steering_open(gw_arena *arena, const gw_offer_book *book, gw_steering **ret,
                           gw_fault *reterr) {
    char authority[PATH_SIZE];
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
    char filter[GW_TOPIC_SIZE];
    gw_steering *steering = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_steering, 1, &steering, reterr));
    steering->book = book;
    (void)snprintf(authority, sizeof authority, "%s/ca.pem", book->keys_dir);
    (void)snprintf(certificate, sizeof certificate, "%s/%s.pem", book->keys_dir, book->name);
    (void)snprintf(key, sizeof key, "%s/%s.key", book->keys_dir, book->name);
    (void)snprintf(filter, sizeof filter, "agg/v1/%s/up/#", book->name);
    const gw_mqtt_options options = {.url = book->broker_url,
                                     .client_id = book->name,
                                     .authority = authority,
                                     .certificate = certificate,
                                     .private_key = key,
                                     .session_expiry_s = SESSION_S,
                                     .filters = {filter},
                                     .context = steering,
                                     .on_message = hear};
    GW_TRY(gw_mqtt_open(&options, &steering->client, reterr));
    *ret = steering;
    return gw_mqtt_wait(steering->client, CONNECT_MS, reterr);
}

void gw_steering_close(gw_steering *steering) {
    if (steering != NULL) gw_mqtt_close(steering->client);
}

static gw_status publish_one(gw_steering *steering, const gw_steering_call *call, size_t at,
                             gw_fault *reterr) {
    const gw_offer_device *device = &call->offer->devices[at];
    const gw_span shift = gw_span_seconds(60 * (int64_t)(at % SPREAD_MIN));
    const gw_instant start =
        gw_instant_plus(gw_instant_minus(call->from, gw_span_seconds(60 * SPREAD_MIN)), shift);
    const int64_t limit_w =
        device->is_battery ? -device->rating_w : device->rating_w * KEPT_PCT / 100;
    char effective_at[GW_INSTANT_TEXT_SIZE];
    char expires_at[GW_INSTANT_TEXT_SIZE];
    char topic[GW_TOPIC_SIZE];
    char body[320];
    gw_instant_print(start, effective_at);
    gw_instant_print(gw_instant_plus(call->to, shift), expires_at);
    const gw_topic parts = {.kind = GW_TOPIC_SET,
                            .aggregator = gw_text_from_c(steering->book->name),
                            .device = gw_text_from_c(device->id)};
    GW_TRY(gw_topic_print(&parts, topic, reterr));
    const int length = snprintf(body, sizeof body,
                                "{\"event_id\":\"%.36s\",\"counter\":%lld,\"effective_at\":\"%s\","
                                "\"expires_at\":\"%s\",\"limit_w\":%lld}",
                                call->event_id, (long long)call->counter, effective_at, expires_at,
                                (long long)limit_w);
    const gw_mqtt_publication publication = {.topic = topic,
                                             .payload = {(const uint8_t *)body, (size_t)length}};
    return gw_mqtt_publish_wait(steering->client, &publication, PUBLISH_MS, reterr);
}

gw_status gw_steering_set(gw_steering *steering, const gw_steering_call *call, gw_fault *reterr) {
    const size_t wanted = call->offer->device_count;
    atomic_store(&steering->answers, 0);
    for (size_t at = 0; at < wanted; at++) GW_TRY(publish_one(steering, call, at, reterr));
    const gw_tick end = gw_tick_plus(gw_tick_now(), gw_span_seconds(GW_STEERING_WAIT_MS / 1000));
    while (atomic_load(&steering->answers) < wanted && gw_tick_now().us < end.us)
        gw_tick_sleep_ms(POLL_MS);
    gw_log(GW_LEVEL_INFO, "aggregator.steered", call->offer->group,
           "%zu of %zu devices answered the set-point", atomic_load(&steering->answers), wanted);
    return gw_ok();
}
