/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/fleet.h"

#include "server/clock.h"
#include "server/fleet/inbox.h"
#include "server/fleet/member.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/mqtt/topic.h"

#include <pthread.h>
#include <stdio.h>

enum {
    CONNECT_MS = 60000,
    STEP_MS = 300000, /* a killed gateway comes back within this */
    RESEND_MS = 3000, /* a device sends again when no receipt has come */
    POLL_MS = 5,
    WINDOW = 8, /* messages of one device under way */
    QUEUE_SIZE = 4096,
    SESSION_S = 86400,
    PATH_SIZE = 512
};

typedef struct fleet fleet;

typedef struct line {
    fleet *owner;
    gw_member member;
    gw_mqtt *client;
    bool paused;
} line;

typedef struct heard {
    line *at;
    gw_topic_kind kind;
    gw_heard_receipt receipt;
    gw_heard_set set;
    gw_heard_stop stop;
} heard;

/* Paho holds its own lock while a callback runs and takes it when we publish. So callbacks take
 * inbox_lock only, and nothing is published while inbox_lock is held. */
struct fleet {
    const gw_fleet_plan *plan;
    gw_arena *arena;
    gw_replay *replay;
    line *lines;
    pthread_mutex_t lock; /* guards members, now and the arena */
    gw_instant now;
    pthread_mutex_t inbox_lock; /* guards what follows */
    pthread_cond_t arrived;
    heard queue[QUEUE_SIZE]; /* ring; a receipt that finds no room comes again */
    size_t first;
    size_t queued;
    bool ending;
};

static int64_t tick_ms(void) { return gw_tick_now().us / 1000; }

/* ---- what a device hears (paho's thread) ---- */

static void remember(fleet *owner, const heard *item) {
    (void)pthread_mutex_lock(&owner->inbox_lock);
    if (owner->queued < QUEUE_SIZE) {
        owner->queue[(owner->first + owner->queued) % QUEUE_SIZE] = *item;
        owner->queued++;
    }
    (void)pthread_cond_signal(&owner->arrived);
    (void)pthread_mutex_unlock(&owner->inbox_lock);
}

static gw_status read_heard(gw_bytes payload, heard *item) {
    if (item->kind == GW_TOPIC_RECEIPT)
        return gw_heard_receipt_parse(payload, &item->receipt, NULL);
    if (item->kind == GW_TOPIC_EVENT) return gw_heard_stop_parse(payload, &item->stop, NULL);
    if (item->kind == GW_TOPIC_SET) return gw_heard_set_parse(payload, &item->set, NULL);
    return gw_fail(NULL, GW_CODE_UNSUPPORTED);
}

static gw_status hear(void *context, const gw_mqtt_message *message, gw_fault *reterr) {
    (void)reterr;
    line *at = context;
    gw_topic topic;
    if (!gw_is_ok(gw_topic_parse(message->topic, &topic, NULL))) return gw_ok();
    heard item = {.at = at, .kind = topic.kind};
    /* A device obeys its own aggregator only. */
    const bool foreign =
        topic.kind == GW_TOPIC_SET && !gw_text_is(topic.aggregator, at->member.device->aggregator);
    if (!foreign && gw_is_ok(read_heard(message->payload, &item))) remember(at->owner, &item);
    return gw_ok();
}

/* ---- answers to set-points (our second thread) ---- */

static void publish_ack(line *at, const gw_heard_set *set, const char *reason) {
    char topic[GW_TOPIC_SIZE];
    char body[256];
    gw_fault fault = {0};
    const gw_topic parts = {.kind = GW_TOPIC_ACK,
                            .aggregator = gw_text_from_c(at->member.device->aggregator),
                            .device = gw_text_from_c(at->member.device->id)};
    const int length =
        snprintf(body, sizeof body,
                 "{\"event_id\":\"%s\",\"counter\":%lld,\"accepted\":%s,\"reason\":\"%s\"}",
                 set->set_point.event_id, (long long)set->set_point.counter,
                 reason == NULL ? "true" : "false", reason == NULL ? "" : reason);
    gw_status status = gw_topic_print(&parts, topic, &fault);
    const gw_mqtt_publication publication = {.topic = topic,
                                             .payload = {(const uint8_t *)body, (size_t)length}};
    if (gw_is_ok(status)) status = gw_mqtt_publish(at->client, &publication, &fault);
    if (!gw_is_ok(status))
        gw_log_fault(GW_LEVEL_WARNING, "fleet.ack", gw_text_from_c(at->member.device->id), &fault);
}

static void answer_set(fleet *owner, const heard *item) {
    const char *reason = NULL;
    gw_fault fault = {0};
    (void)pthread_mutex_lock(&owner->lock);
    gw_member *member = &item->at->member;
    const gw_instant now = owner->now;
    const bool taken = gw_member_take_set_point(member, item->set.set_point, now, &reason);
    gw_status status = gw_ok();
    if (!taken && member->device->behaviour == GW_BEHAVIOUR_OPT_OUT)
        status = gw_member_opt_out(member, owner->arena, item->set.set_point.event_id,
                                   item->set.set_point, now, &fault);
    (void)pthread_mutex_unlock(&owner->lock);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_ERROR, "fleet.opt-out", GW_TEXT(""), &fault);
    publish_ack(item->at, &item->set, reason);
}

static void answer(fleet *owner, const heard *item) {
    gw_member *member = &item->at->member;
    if (item->kind == GW_TOPIC_SET) {
        answer_set(owner, item);
        return;
    }
    (void)pthread_mutex_lock(&owner->lock);
    if (item->kind == GW_TOPIC_RECEIPT)
        gw_member_cover(member, item->receipt.boot, item->receipt.hwm);
    else
        gw_member_release(member, item->stop.event_id, item->stop.at);
    (void)pthread_mutex_unlock(&owner->lock);
}

static void *answer_all(void *context) {
    fleet *owner = context;
    (void)pthread_mutex_lock(&owner->inbox_lock);
    while (!owner->ending) {
        if (owner->queued == 0) {
            (void)pthread_cond_wait(&owner->arrived, &owner->inbox_lock);
            continue;
        }
        const heard item = owner->queue[owner->first];
        owner->first = (owner->first + 1) % QUEUE_SIZE;
        owner->queued--;
        (void)pthread_mutex_unlock(&owner->inbox_lock);
        answer(owner, &item);
        (void)pthread_mutex_lock(&owner->inbox_lock);
    }
    (void)pthread_mutex_unlock(&owner->inbox_lock);
    return NULL;
}

/* ---- sending (the caller's thread) ---- */

static bool send_one(line *at, gw_member_message *message) {
    char topic[GW_TOPIC_SIZE];
    (void)snprintf(topic, sizeof topic, "gw/v1/%s/up/%s/%s", at->owner->plan->realm,
                   at->member.device->id, message->topic_leaf);
    const gw_mqtt_publication publication = {
        .topic = topic, .payload = {(const uint8_t *)message->payload.at, message->payload.length}};
    if (!gw_is_ok(gw_mqtt_publish(at->client, &publication, NULL))) return false;
    message->sent_ms = tick_ms();
    return true;
}

/* Skips what is done and sends what is due, at most a window of it; under the lock. */
static void send_due(line *at) {
    gw_member *member = &at->member;
    while (member->first_open < member->message_count) {
        const gw_member_message *message = &member->messages[member->first_open];
        const bool done =
            message->seq == 0 ? message->sent_ms != 0 : message->seq <= member->covered_seq;
        if (!done) break;
        member->first_open++;
    }
    const int64_t now_ms = tick_ms();
    for (size_t next = member->first_open;
         next < member->message_count && next < member->first_open + WINDOW; next++) {
        gw_member_message *message = &member->messages[next];
        if (message->sent_ms != 0 && now_ms - message->sent_ms < RESEND_MS) continue;
        if (message->seq == 0 && message->sent_ms != 0) continue;
        if (!send_one(at, message)) return;
    }
}

static void follow_the_line(line *at, gw_instant now) {
    const bool online = gw_member_is_online(&at->member, now);
    if (online == !at->paused) return;
    if (online)
        gw_mqtt_resume(at->client);
    else
        gw_mqtt_pause(at->client);
    at->paused = !online;
}

static bool send_round(fleet *owner) {
    bool all_covered = true;
    for (size_t at = 0; at < owner->plan->device_count; at++) {
        line *device = &owner->lines[at];
        if (device->paused) continue;
        (void)pthread_mutex_lock(&owner->lock);
        send_due(device);
        all_covered = gw_member_is_covered(&device->member) && all_covered;
        (void)pthread_mutex_unlock(&owner->lock);
    }
    return all_covered;
}

static gw_status meter_all(fleet *owner, gw_instant now, gw_fault *reterr) {
    gw_status status = gw_ok();
    (void)pthread_mutex_lock(&owner->lock);
    owner->now = now;
    for (size_t at = 0; at < owner->plan->device_count && gw_is_ok(status); at++)
        status = gw_member_meter(&owner->lines[at].member, owner->plan, owner->replay, owner->arena,
                                 now, reterr);
    (void)pthread_mutex_unlock(&owner->lock);
    return status;
}

static gw_status run_step(fleet *owner, gw_instant now, gw_fault *reterr) {
    for (size_t at = 0; at < owner->plan->device_count; at++)
        follow_the_line(&owner->lines[at], now);
    GW_TRY(meter_all(owner, now, reterr));
    const int64_t end_ms = tick_ms() + STEP_MS;
    while (!send_round(owner)) {
        if (tick_ms() > end_ms)
            return gw_fail_with(reterr, GW_CODE_TIMED_OUT, NULL, "receipts are missing");
        gw_tick_sleep_ms(POLL_MS);
    }
    return gw_ok();
}

/* ---- start and stop ---- */

static gw_status open_line(fleet *owner, line *at, const gw_fleet_device *device,
                           gw_fault *reterr) {
    char authority[PATH_SIZE];
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
    char down[GW_TOPIC_SIZE];
    char sets[GW_TOPIC_SIZE];
    const gw_fleet_plan *plan = owner->plan;
    (void)snprintf(authority, sizeof authority, "%s/ca.pem", plan->keys_dir);
    (void)snprintf(certificate, sizeof certificate, "%s/%s.pem", plan->keys_dir, device->id);
    (void)snprintf(key, sizeof key, "%s/%s.key", plan->keys_dir, device->id);
    (void)snprintf(down, sizeof down, "gw/v1/%s/down/%s/#", plan->realm, device->id);
    (void)snprintf(sets, sizeof sets, "agg/v1/%s/down/%s/#", device->aggregator, device->id);
    at->owner = owner;
    gw_member_init(&at->member, plan, device);
    const gw_mqtt_options options = {.url = plan->broker_url,
                                     .client_id = device->id,
                                     .authority = authority,
                                     .certificate = certificate,
                                     .private_key = key,
                                     .session_expiry_s = SESSION_S,
                                     .filters = {down, sets},
                                     .context = at,
                                     .on_message = hear};
    return gw_mqtt_open(&options, &at->client, reterr);
}

static gw_status connect_all(fleet *owner, gw_fault *reterr) {
    const gw_fleet_plan *plan = owner->plan;
    GW_TRY(GW_ARENA_NEW(owner->arena, line, plan->device_count, &owner->lines, reterr));
    for (size_t at = 0; at < plan->device_count; at++)
        GW_TRY(open_line(owner, &owner->lines[at], &plan->devices[at], reterr));
    for (size_t at = 0; at < plan->device_count; at++) {
        line *device = &owner->lines[at];
        GW_TRY(gw_mqtt_wait(device->client, CONNECT_MS, reterr));
        GW_TRY(gw_member_birth(&device->member, plan, owner->arena, reterr));
    }
    return gw_ok();
}

static gw_status run_steps(fleet *owner, gw_clock *clock, gw_fault *reterr) {
    int64_t done = 0;
    for (;;) {
        gw_clock_turn turn = {0};
        GW_TRY(gw_clock_step(clock, done, &turn, reterr));
        if (turn.step != 0) {
            GW_TRY(run_step(owner, turn.now, reterr));
            done = turn.step;
        }
        if (turn.stop) return gw_ok();
    }
}

static void end_answers(fleet *owner, pthread_t thread) {
    (void)pthread_mutex_lock(&owner->inbox_lock);
    owner->ending = true;
    (void)pthread_cond_signal(&owner->arrived);
    (void)pthread_mutex_unlock(&owner->inbox_lock);
    (void)pthread_join(thread, NULL);
}

static gw_status run_with_clock(fleet *owner, gw_clock *clock, gw_fault *reterr) {
    pthread_t answers;
    GW_TRY(connect_all(owner, reterr));
    if (pthread_create(&answers, NULL, answer_all, owner) != 0)
        return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_log(GW_LEVEL_INFO, "fleet.ready", NULL, "%zu devices are connected",
           owner->plan->device_count);
    const gw_status status = run_steps(owner, clock, reterr);
    end_answers(owner, answers);
    return status;
}

static void close_all(fleet *owner) {
    for (size_t at = 0; owner->lines != NULL && at < owner->plan->device_count; at++)
        gw_mqtt_close(owner->lines[at].client);
}

gw_status gw_fleet_run(gw_arena *arena, const gw_fleet_plan *plan, gw_fault *reterr) {
    fleet *owner = NULL;
    gw_clock *clock = NULL;
    GW_TRY(GW_ARENA_NEW(arena, fleet, 1, &owner, reterr));
    owner->plan = plan;
    owner->arena = arena;
    owner->now = plan->history_from;
    (void)pthread_mutex_init(&owner->lock, NULL);
    (void)pthread_mutex_init(&owner->inbox_lock, NULL);
    (void)pthread_cond_init(&owner->arrived, NULL);
    if (plan->replay_file != NULL)
        GW_TRY(gw_replay_load(arena, plan->replay_file, &owner->replay, reterr));
    const gw_clock_settings settings = {
        .mode = GW_CLOCK_CONDUCTED, .conductor_url = plan->conductor_url, .who = "fleet"};
    GW_TRY(gw_clock_open(&settings, &clock, reterr));
    const gw_status status = run_with_clock(owner, clock, reterr);
    close_all(owner);
    gw_clock_close(clock);
    return status;
}
