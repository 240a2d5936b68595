/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/aggregator.h"

#include "base/instant.h"
#include "server/clock.h"
#include "server/fetch.h"
#include "server/fleet/steering.h"
#include "server/log.h"
#include "server/secret.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { STEP_ARENA = 16 * 1024 * 1024, URL_SIZE = 512, RETRY_MS = 100, TRIES = 1200, HTTP_OK = 299 };

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

typedef struct aggregator {
    const gw_offer_book *book;
    const char *token;
    gw_fetch *fetch;
    gw_steering *steering;
    gw_instant now;
} aggregator;

/* The gateway may be restarting: a request is tried again until it is answered. */
static gw_status call(const aggregator *self, gw_arena *arena, gw_fetch_request *request,
                      gw_fetch_response *ret, gw_fault *reterr) {
    gw_status status = gw_fail(reterr, GW_CODE_UNAVAILABLE);
    request->bearer = self->token;
    for (int try = 0; try < TRIES && !gw_is_ok(status); try++) {
        if (try > 0) gw_tick_sleep_ms(RETRY_MS);
        status = gw_fetch_run(self->fetch, arena, request, ret, reterr);
        if (gw_is_ok(status) && ret->status == 503) status = gw_fail(reterr, GW_CODE_UNAVAILABLE);
    }
    return status;
}

static gw_status get_items(const aggregator *self, gw_arena *arena, const char *path,
                           json_t **ret_root, gw_fault *reterr) {
    char url[URL_SIZE];
    gw_fetch_response response = {0};
    (void)snprintf(url, sizeof url, "%s%s", self->book->gateway_url, path);
    gw_fetch_request request = {.method = "GET", .url = url};
    GW_TRY(call(self, arena, &request, &response, reterr));
    if (response.status > HTTP_OK)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, path, "the gateway answered %d",
                            response.status);
    *ret_root = json_loadb((const char *)response.body.at, response.body.length, 0, NULL);
    if (*ret_root == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, path, "no JSON came back");
    return gw_ok();
}

/* A refusal is the market's answer, logged and lived with. */
static gw_status post(const aggregator *self, gw_arena *arena, const char *path, const char *key,
                      gw_text body, gw_fault *reterr) {
    char url[URL_SIZE];
    char header[160];
    gw_fetch_response response = {0};
    (void)snprintf(url, sizeof url, "%s%s", self->book->gateway_url, path);
    (void)snprintf(header, sizeof header, "Idempotency-Key: %.120s", key);
    gw_fetch_request request = {.method = "POST",
                                .url = url,
                                .extra_header = header,
                                .body = {(const uint8_t *)body.at, body.length}};
    GW_TRY(call(self, arena, &request, &response, reterr));
    if (response.status > HTTP_OK)
        gw_log(GW_LEVEL_WARNING, "aggregator.refused", path, "%d %.*s", response.status,
               (int)(response.body.length > 300 ? 300 : response.body.length),
               (const char *)response.body.at);
    return gw_ok();
}

static const char *text_of(const json_t *object, const char *field) {
    const char *value = json_string_value(json_object_get(object, field));
    return value == NULL ? "" : value;
}

static gw_status bid(const aggregator *self, gw_arena *arena, const json_t *request,
                     const gw_offer *offer, gw_fault *reterr) {
    char path[URL_SIZE];
    char key[160];
    const char *event_id = text_of(request, "event_id");
    const size_t intervals = json_array_size(json_object_get(request, "need_w"));
    AUTO_JSON body =
        json_pack("{s:s, s:I, s:I, s:[]}", "group", offer->group, "price_micros_per_kwh",
                  (json_int_t)offer->price_micros_per_kwh, "min_activation_pct",
                  (json_int_t)offer->min_activation_pct, "power_w");
    for (size_t at = 0; at < intervals; at++)
        (void)json_array_append_new(json_object_get(body, "power_w"), json_integer(offer->power_w));
    char text[4096];
    const size_t length = json_dumpb(body, text, sizeof text, JSON_COMPACT | JSON_SORT_KEYS);
    if (length > sizeof text) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    (void)snprintf(path, sizeof path, "/v1/requests/%.40s/bids", event_id);
    (void)snprintf(key, sizeof key, "bid/%.40s/%.64s", event_id, offer->group);
    return post(self, arena, path, key, (gw_text){text, length}, reterr);
}

static gw_status bid_on_all(const aggregator *self, gw_arena *arena, gw_fault *reterr) {
    AUTO_JSON root = NULL;
    size_t at = 0;
    const json_t *request = NULL;
    GW_TRY(get_items(self, arena, "/v1/requests?state=PUBLISHED", &root, reterr));
    json_array_foreach(json_object_get(root, "items"), at, request) {
        gw_instant gate;
        GW_TRY(gw_instant_parse(gw_text_from_c(text_of(request, "gate_at")), &gate, reterr));
        if (!gw_instant_before(self->now, gate)) continue;
        for (size_t offer = 0; offer < self->book->offer_count; offer++)
            GW_TRY(bid(self, arena, request, &self->book->offers[offer], reterr));
    }
    return gw_ok();
}

static gw_status order_window(const json_t *order, gw_instant *from, gw_instant *to,
                              gw_fault *reterr) {
    const json_t *list = json_object_get(order, "intervals");
    const size_t count = json_array_size(list);
    if (count == 0)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "an order has no interval");
    gw_instant last;
    gw_instant second = {0};
    GW_TRY(
        gw_instant_parse(gw_text_from_c(text_of(json_array_get(list, 0), "start")), from, reterr));
    GW_TRY(gw_instant_parse(gw_text_from_c(text_of(json_array_get(list, count - 1), "start")),
                            &last, reterr));
    gw_span length = gw_span_seconds(1800);
    if (count > 1) {
        GW_TRY(gw_instant_parse(gw_text_from_c(text_of(json_array_get(list, 1), "start")), &second,
                                reterr));
        length = gw_instant_since(second, *from);
    }
    *to = gw_instant_plus(last, length);
    return gw_ok();
}

static gw_status take_order(const aggregator *self, gw_arena *arena, const json_t *order,
                            gw_fault *reterr) {
    char path[URL_SIZE];
    gw_instant from = {0};
    gw_instant to = {0};
    const char *order_id = text_of(order, "order_id");
    const gw_offer *offer = gw_offer_find(self->book, text_of(order, "group"));
    (void)snprintf(path, sizeof path, "/v1/orders/%.40s:acknowledge", order_id);
    GW_TRY(post(self, arena, path, order_id, GW_TEXT("{\"accepted\":true}"), reterr));
    if (offer == NULL) return gw_ok(); /* an order for a group that it does not steer */
    GW_TRY(order_window(order, &from, &to, reterr));
    const gw_steering_call call = {.event_id = text_of(order, "event_id"),
                                   .offer = offer,
                                   .from = from,
                                   .to = to,
                                   .counter = self->now.us / 1000000};
    return gw_steering_set(self->steering, &call, reterr);
}

static gw_status take_orders(const aggregator *self, gw_arena *arena, gw_fault *reterr) {
    AUTO_JSON root = NULL;
    size_t at = 0;
    const json_t *order = NULL;
    GW_TRY(get_items(self, arena, "/v1/orders?state=ORDERED", &root, reterr));
    json_array_foreach(json_object_get(root, "items"), at, order)
        GW_TRY(take_order(self, arena, order, reterr));
    return gw_ok();
}

static gw_status run_step(aggregator *self, gw_instant now, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(STEP_ARENA);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    self->now = now;
    GW_TRY(bid_on_all(self, arena, reterr));
    return take_orders(self, arena, reterr);
}

static gw_status run_steps(aggregator *self, gw_clock *clock, gw_fault *reterr) {
    int64_t done = 0;
    for (;;) {
        gw_clock_turn turn = {0};
        GW_TRY(gw_clock_step(clock, done, &turn, reterr));
        if (turn.step != 0) {
            GW_TRY(run_step(self, turn.now, reterr));
            done = turn.step;
        }
        if (turn.stop) return gw_ok();
    }
}

static gw_status run_with_clock(aggregator *self, gw_arena *arena, gw_clock *clock,
                                gw_fault *reterr) {
    GW_TRY(gw_steering_open(arena, self->book, &self->steering, reterr));
    const gw_status status = run_steps(self, clock, reterr);
    gw_steering_close(self->steering);
    return status;
}

gw_status gw_aggregator_run(gw_arena *arena, const gw_offer_book *book, gw_fault *reterr) {
    gw_clock *clock = NULL;
    GW_AUTO_SECRET token = {0};
    GW_TRY(gw_secret_read(book->token_file, &token, reterr));
    aggregator self = {.book = book, .token = (const char *)token.bytes};
    self.fetch = gw_fetch_open(NULL);
    if (self.fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_clock_settings settings = {
        .mode = GW_CLOCK_CONDUCTED, .conductor_url = book->conductor_url, .who = book->name};
    gw_status status = gw_clock_open(&settings, &clock, reterr);
    if (gw_is_ok(status)) status = run_with_clock(&self, arena, clock, reterr);
    gw_clock_close(clock);
    gw_fetch_close(self.fetch);
    return status;
}
