/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/microgrid.h"

#include "server/clock.h"
#include "server/feed/exchange.h"
#include "server/fetch.h"
#include "server/log.h"
#include "server/mqtt/client.h"
#include "server/mqtt/topic.h"
#include "server/secret.h"

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    PATH_SIZE = 512,
    URL_SIZE = 512,
    HEARD_MOST = 16, /* calls that wait; of more the oldest is forgotten: it is called again */
    POLL_MS = 2,
    ASK_MS = 20, /* between two questions over REST */
    RETRY_MS = 500,
    SESSION_S = 3600,
    PUBLISH_MS = 5000,
    CALL_ARENA = 4 * 1024 * 1024,
    HTTP_OK = 299,
};

static volatile sig_atomic_t is_stopping;

void gw_microgrid_stop(void) { is_stopping = 1; }

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static void tell_end(const gw_microgrid_plan *plan, const gw_exchange_call *call) {
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(call->exchange_id, id);
    gw_log(GW_LEVEL_INFO, "microgrid.ended", id, "%s: %.*s, first interval %lld W", plan->name,
           GW_TEXT_ARGS(call->state), call->target_count > 0 ? (long long)call->targets[0] : 0LL);
}

static gw_status answer_call(gw_arena *arena, const gw_microgrid_plan *plan,
                             const gw_exchange_call *call, gw_exchange_reply *ret,
                             gw_fault *reterr) {
    const gw_microgrid_question question = {call->penalty, call->targets, call->target_count};
    gw_exchange_reply reply = {.exchange_id = call->exchange_id,
                               .iteration = call->iteration,
                               .counter = call->counter,
                               .power_count = call->target_count};
    GW_TRY(gw_microgrid_answer(arena, plan, &question, &reply.powers, reterr));
    *ret = reply;
    return gw_ok();
}

/* ---- MQTT */

typedef struct heard {
    size_t length;
    uint8_t bytes[GW_EXCHANGE_BYTES_MOST];
} heard;

typedef struct by_mqtt {
    const gw_microgrid_plan *plan;
    gw_mqtt *client;
    pthread_mutex_t lock;
    heard calls[HEARD_MOST];
    size_t first;
    size_t count;
    int64_t ended;
} by_mqtt;

static gw_status hear(void *context, const gw_mqtt_message *message, gw_fault *reterr) {
    by_mqtt *self = context;
    (void)reterr;
    if (message->payload.length > GW_EXCHANGE_BYTES_MOST) return gw_ok();
    (void)pthread_mutex_lock(&self->lock);
    if (self->count == HEARD_MOST) {
        self->first = (self->first + 1) % HEARD_MOST;
        self->count--;
    }
    heard *slot = &self->calls[(self->first + self->count++) % HEARD_MOST];
    slot->length = message->payload.length;
    memcpy(slot->bytes, message->payload.at, message->payload.length);
    (void)pthread_mutex_unlock(&self->lock);
    return gw_ok();
}

static bool take_heard(by_mqtt *self, heard *ret) {
    (void)pthread_mutex_lock(&self->lock);
    const bool found = self->count > 0;
    if (found) {
        const heard *slot = &self->calls[self->first];
        ret->length = slot->length;
        memcpy(ret->bytes, slot->bytes, slot->length);
        self->first = (self->first + 1) % HEARD_MOST;
        self->count--;
    }
    (void)pthread_mutex_unlock(&self->lock);
    return found;
}

static gw_status publish_reply(by_mqtt *self, gw_arena *arena, const gw_exchange_reply *reply,
                               gw_fault *reterr) {
    char topic[GW_TOPIC_SIZE];
    gw_text body;
    const gw_topic parts = {.kind = GW_TOPIC_EXCHANGE_REPLY,
                            .realm = gw_text_from_c(self->plan->realm),
                            .device = gw_text_from_c(self->plan->name)};
    GW_TRY(gw_topic_print(&parts, topic, reterr));
    GW_TRY(gw_exchange_reply_print(arena, reply, &body, reterr));
    const gw_mqtt_publication publication = {.topic = topic,
                                             .payload = {(const uint8_t *)body.at, body.length}};
    return gw_mqtt_publish_wait(self->client, &publication, PUBLISH_MS, reterr);
}

static gw_status follow_call(by_mqtt *self, const heard *message, gw_fault *reterr) {
    gw_exchange_call call;
    gw_exchange_reply reply;
    GW_AUTO_ARENA arena = gw_arena_open(CALL_ARENA);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(
        gw_exchange_call_parse(arena, (gw_bytes){message->bytes, message->length}, &call, reterr));
    if (!gw_exchange_call_is_open(&call)) {
        tell_end(self->plan, &call);
        self->ended++;
        return gw_ok();
    }
    GW_TRY(answer_call(arena, self->plan, &call, &reply, reterr));
    return publish_reply(self, arena, &reply, reterr);
}

static bool is_done(const gw_microgrid_plan *plan, int64_t ended) {
    return is_stopping != 0 || (plan->exchanges_most > 0 && ended >= plan->exchanges_most);
}

/* What goes wrong with one call is logged: the gateway calls again. */
static void follow_calls(by_mqtt *self) {
    static heard message; /* one thread; too large for a stack */
    while (!is_done(self->plan, self->ended)) {
        gw_fault fault = {0};
        if (!take_heard(self, &message)) {
            gw_tick_sleep_ms(POLL_MS);
            continue;
        }
        if (!gw_is_ok(follow_call(self, &message, &fault)))
            gw_log_fault(GW_LEVEL_WARNING, "microgrid.failed", GW_TEXT(""), &fault);
    }
}

static gw_status run_mqtt(const gw_microgrid_plan *plan, gw_fault *reterr) {
    static by_mqtt self; /* one run per process */
    char authority[PATH_SIZE];
    char certificate[PATH_SIZE];
    char key[PATH_SIZE];
    char filter[GW_TOPIC_SIZE];
    const gw_topic parts = {.kind = GW_TOPIC_EXCHANGE_CALL,
                            .realm = gw_text_from_c(plan->realm),
                            .device = gw_text_from_c(plan->name)};
    (void)snprintf(authority, sizeof authority, "%s/ca.pem", plan->keys_dir);
    (void)snprintf(certificate, sizeof certificate, "%s/%s.pem", plan->keys_dir, plan->name);
    (void)snprintf(key, sizeof key, "%s/%s.key", plan->keys_dir, plan->name);
    GW_TRY(gw_topic_print(&parts, filter, reterr));
    self = (by_mqtt){.plan = plan};
    (void)pthread_mutex_init(&self.lock, NULL);
    const gw_mqtt_options options = {.url = plan->broker_url,
                                     .client_id = plan->name,
                                     .authority = authority,
                                     .certificate = certificate,
                                     .private_key = key,
                                     .session_expiry_s = SESSION_S,
                                     .filters = {filter},
                                     .context = &self,
                                     .on_message = hear};
    GW_TRY(gw_mqtt_open(&options, &self.client, reterr));
    follow_calls(&self);
    gw_mqtt_close(self.client);
    (void)pthread_mutex_destroy(&self.lock);
    return gw_ok();
}

/* ---- REST */

typedef struct by_rest {
    const gw_microgrid_plan *plan;
    gw_fetch *fetch;
    const char *token;
    gw_uuid last; /* the exchange it saw open */
    bool has_last;
    int64_t ended;
} by_rest;

static gw_status fetch_json(const by_rest *self, gw_arena *arena, const char *path, json_t **ret,
                            gw_fault *reterr) {
    char url[URL_SIZE];
    gw_fetch_response response = {0};
    (void)snprintf(url, sizeof url, "%s%s", self->plan->gateway_url, path);
    const gw_fetch_request request = {.method = "GET", .url = url, .bearer = self->token};
    GW_TRY(gw_fetch_run(self->fetch, arena, &request, &response, reterr));
    if (response.status > HTTP_OK)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, path, "the gateway answered %d",
                            response.status);
    *ret = json_loadb((const char *)response.body.at, response.body.length, 0, NULL);
    if (*ret == NULL) return gw_fail_with(reterr, GW_CODE_MALFORMED, path, "no JSON came back");
    return gw_ok();
}

static gw_status read_call(gw_arena *arena, const json_t *exchange, gw_exchange_call *ret,
                           gw_fault *reterr) {
    const json_t *member = json_array_get(json_object_get(exchange, "members"), 0);
    const json_t *round = json_object_get(member, "round");
    const json_t *list = json_object_get(round, "target_milliwatt");
    const char *id = json_string_value(json_object_get(exchange, "exchange_id"));
    int64_t *targets = NULL;
    gw_exchange_call call = {
        .iteration = json_integer_value(json_object_get(round, "iteration")),
        .counter = json_integer_value(json_object_get(round, "counter")),
        .penalty = json_integer_value(json_object_get(round, "penalty_nanos_per_kwh_kw")),
        .target_count = json_array_size(list)};
    if (id == NULL || call.penalty <= 0)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "round", "the round cannot be read");
    GW_TRY(gw_uuid_parse(gw_text_from_c(id), &call.exchange_id, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, call.target_count, &targets, reterr));
    for (size_t t = 0; t < call.target_count; t++)
        targets[t] = json_integer_value(json_array_get(list, t));
    call.targets = targets;
    *ret = call;
    return gw_ok();
}

/* A refusal is the gateway's answer, logged and lived with. */
static gw_status post_reply(const by_rest *self, gw_arena *arena, const gw_exchange_reply *reply,
                            gw_fault *reterr) {
    char url[URL_SIZE];
    char id[GW_UUID_TEXT_SIZE];
    gw_writer out;
    gw_bytes body;
    gw_fetch_response response = {0};
    gw_uuid_print(reply->exchange_id, id);
    (void)snprintf(url, sizeof url, "%s/v1/grid/exchanges/%s/rounds/%lld/answer",
                   self->plan->gateway_url, id, (long long)reply->iteration);
    gw_writer_init(&out, arena);
    gw_write_format(&out, "{\"counter\":%lld,\"power_milliwatt\":[", (long long)reply->counter);
    for (size_t t = 0; t < reply->power_count; t++)
        gw_write_format(&out, "%s%lld", t == 0 ? "" : ",", (long long)reply->powers[t]);
    gw_write_c(&out, "]}");
    GW_TRY(gw_writer_end(&out, &body, reterr));
    const gw_fetch_request request = {
        .method = "POST", .url = url, .bearer = self->token, .body = body};
    GW_TRY(gw_fetch_run(self->fetch, arena, &request, &response, reterr));
    if (response.status > HTTP_OK)
        gw_log(GW_LEVEL_WARNING, "microgrid.refused", id, "%d %.*s", response.status,
               (int)(response.body.length > 300 ? 300 : response.body.length),
               (const char *)response.body.at);
    return gw_ok();
}

static gw_status follow_exchange(by_rest *self, gw_arena *arena, const json_t *exchange,
                                 gw_fault *reterr) {
    const json_t *member = json_array_get(json_object_get(exchange, "members"), 0);
    const json_t *round = json_object_get(member, "round");
    gw_exchange_call call;
    gw_exchange_reply reply;
    if (round == NULL || json_is_true(json_object_get(round, "is_answered"))) return gw_ok();
    GW_TRY(read_call(arena, exchange, &call, reterr));
    self->last = call.exchange_id;
    self->has_last = true;
    GW_TRY(answer_call(arena, self->plan, &call, &reply, reterr));
    return post_reply(self, arena, &reply, reterr);
}

/* What it answered in is open no more. */
static gw_status look_at_last(by_rest *self, gw_arena *arena, gw_fault *reterr) {
    char id[GW_UUID_TEXT_SIZE];
    char path[URL_SIZE];
    AUTO_JSON exchange = NULL;
    if (!self->has_last) return gw_ok();
    gw_uuid_print(self->last, id);
    (void)snprintf(path, sizeof path, "/v1/grid/exchanges/%s", id);
    GW_TRY(fetch_json(self, arena, path, &exchange, reterr));
    const char *state = json_string_value(json_object_get(exchange, "state"));
    const gw_text said = gw_text_from_c(state == NULL ? "" : state);
    if (gw_text_is(said, "OPEN") || gw_text_is(said, "CHECKING")) return gw_ok();
    const json_t *member = json_array_get(json_object_get(exchange, "members"), 0);
    const int64_t first_w =
        json_integer_value(json_array_get(json_object_get(member, "export_w"), 0));
    const gw_exchange_call call = {
        .exchange_id = self->last, .state = said, .targets = &first_w, .target_count = 1};
    tell_end(self->plan, &call);
    self->has_last = false;
    self->ended++;
    return gw_ok();
}

static gw_status ask_once(by_rest *self, gw_fault *reterr) {
    AUTO_JSON root = NULL;
    size_t at = 0;
    const json_t *exchange = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(CALL_ARENA);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(fetch_json(self, arena, "/v1/grid/exchanges?state=OPEN", &root, reterr));
    const json_t *items = json_object_get(root, "items");
    json_array_foreach(items, at, exchange) GW_TRY(follow_exchange(self, arena, exchange, reterr));
    if (json_array_size(items) > 0) return gw_ok();
    return look_at_last(self, arena, reterr);
}

static gw_status run_rest(const gw_microgrid_plan *plan, gw_fault *reterr) {
    GW_AUTO_SECRET token = {0};
    GW_TRY(gw_secret_read(plan->token_file, &token, reterr));
    by_rest self = {.plan = plan, .token = (const char *)token.bytes};
    self.fetch = gw_fetch_open(NULL);
    if (self.fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    while (!is_done(plan, self.ended)) {
        gw_fault fault = {0};
        const gw_status status = ask_once(&self, &fault);
        if (!gw_is_ok(status))
            gw_log_fault(GW_LEVEL_WARNING, "microgrid.failed", GW_TEXT(""), &fault);
        gw_tick_sleep_ms(gw_is_ok(status) ? ASK_MS : RETRY_MS);
    }
    gw_fetch_close(self.fetch);
    return gw_ok();
}

gw_status gw_microgrid_run(const gw_microgrid_plan *plan, gw_fault *reterr) {
    return strcmp(plan->transport, "rest") == 0 ? run_rest(plan, reterr) : run_mqtt(plan, reterr);
}
