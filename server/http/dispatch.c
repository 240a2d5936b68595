/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/exchange.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static gw_instant real_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (gw_instant){(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
}

void gw_exchange_refuse(gw_exchange *exchange, gw_status outcome, const gw_fault *fault) {
    gw_fault shown = fault != NULL ? *fault : (gw_fault){.code = outcome.code};
    if (shown.code != outcome.code) (void)gw_fail(&shown, outcome.code);
    exchange->outcome = outcome;
    exchange->fault = shown;
    gw_reply_problem(&exchange->request, &exchange->reply, &shown);
}

/* A public page shows more to somebody known; a wrong token shows the public part. While the
 * database is away nobody can be known: a caller on this machine, who sees the metrics anyway, is
 * then shown more without any scope. */
static void identify_visitor(gw_exchange *exchange, gw_text header, bool is_near) {
    gw_http_request *request = &exchange->request;
    const gw_token_store *tokens = exchange->server->options.tokens;
    if (header.length == 0 || tokens == NULL) return;
    const gw_status known =
        gw_auth_identify(tokens, request->arena, header, real_now(), &request->identity, NULL);
    if (is_near && gw_code_is_retryable(known.code))
        request->identity = (gw_identity){.token_id = GW_TEXT("local")};
}

static gw_status identify(gw_exchange *exchange, gw_fault *reterr) {
    gw_http_request *request = &exchange->request;
    const gw_token_store *tokens = exchange->server->options.tokens;
    const gw_text header = gw_request_header(request, "Authorization");
    const unsigned scopes = request->match.route->scopes;
    /* Behind a proxy on this machine everybody would look local. */
    const bool is_relayed = gw_request_header(request, "X-Forwarded-For").length > 0 ||
                            gw_request_header(request, "Forwarded").length > 0;
    const bool is_near = request->is_loopback && !is_relayed;
    const bool is_local =
        (request->match.route->flags & GW_ROUTE_LOCAL) != 0 && is_near && header.length == 0;
    if (is_local) return gw_ok();
    if (scopes == GW_SCOPE_NONE) {
        identify_visitor(exchange, header, is_near);
        return gw_ok();
    }
    GW_TRY(
        gw_auth_identify(tokens, request->arena, header, real_now(), &request->identity, reterr));
    return gw_auth_allow(&request->identity, scopes, reterr);
}

/* Failed identification counts against the address, so guessing is slowed too. */
static gw_status limit_rate(gw_exchange *exchange, gw_fault *reterr) {
    const gw_http_request *request = &exchange->request;
    if ((request->match.route->flags & GW_ROUTE_UNLIMITED) != 0) return gw_ok();
    const bool is_known = request->identity.token_id.length > 0;
    const gw_text caller = is_known ? request->identity.token_id : gw_text_from_c(exchange->peer);
    return gw_buckets_take(exchange->server->buckets, caller, gw_http_tick_us(), reterr);
}

static gw_status call(gw_exchange *exchange, gw_fault *reterr) {
    gw_http_request *request = &exchange->request;
    return request->match.route->handler(request, &exchange->reply, reterr);
}

static uint64_t slot_hash(const gw_idempotency_slot *slot) {
    const gw_text parts[] = {slot->owner, slot->operation, slot->key};
    uint64_t hash = 14695981039346656037U; /* FNV-1a, 64 bits */
    for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
        for (size_t at = 0; at < parts[part].length; at++)
            hash = (hash ^ (unsigned char)parts[part].at[at]) * 1099511628211U;
        hash = (hash ^ 0xff) * 1099511628211U; /* no text holds this octet */
    }
    return hash == 0 ? 1 : hash;
}

static gw_status key_hold(gw_keys_in_flight *keys, uint64_t hash, gw_fault *reterr) {
    uint64_t *free_place = NULL;
    bool is_held = false;
    (void)pthread_mutex_lock(&keys->lock);
    for (int at = 0; at < GW_KEYS_IN_FLIGHT; at++) {
        if (keys->hashes[at] == hash) is_held = true;
        if (keys->hashes[at] == 0) free_place = &keys->hashes[at];
    }
    if (!is_held && free_place != NULL) *free_place = hash;
    (void)pthread_mutex_unlock(&keys->lock);
    if (is_held)
        return gw_fail_with(reterr, GW_CODE_TOO_EARLY, "Idempotency-Key",
                            "a request with this Idempotency-Key is still running");
    if (free_place == NULL) return gw_fail(reterr, GW_CODE_UNAVAILABLE);
    return gw_ok();
}

static void key_free(gw_keys_in_flight *keys, uint64_t hash) {
    (void)pthread_mutex_lock(&keys->lock);
    for (int at = 0; at < GW_KEYS_IN_FLIGHT; at++)
        if (keys->hashes[at] == hash) keys->hashes[at] = 0;
    (void)pthread_mutex_unlock(&keys->lock);
}

/* The path with its parameters and the body are one content: the key must not move to another
 * thing. */
static void hash_content(const gw_exchange *exchange, uint8_t out[GW_IDEMPOTENCY_HASH]) {
    uint8_t both[2 * GW_IDEMPOTENCY_HASH];
    const gw_bytes body = exchange->request.body;
    (void)SHA256((const unsigned char *)exchange->path.at, exchange->path.length, both);
    (void)SHA256(body.length > 0 ? body.at : (const uint8_t *)"", body.length,
                 both + GW_IDEMPOTENCY_HASH);
    (void)SHA256(both, sizeof both, out);
}

static gw_status replay(gw_exchange *exchange, const gw_idempotency_slot *slot,
                        const gw_idempotency_answer *kept, gw_fault *reterr) {
    const char *type = NULL;
    if (memcmp(kept->body_hash, slot->body_hash, sizeof slot->body_hash) != 0)
        return gw_fail_with(reterr, GW_CODE_KEY_REUSED, "Idempotency-Key",
                            "this Idempotency-Key was used with another path or body");
    GW_TRY(gw_text_to_c(exchange->request.arena, kept->content_type, &type, reterr));
    gw_reply_text(&exchange->reply, kept->http_status, type, kept->body);
    gw_reply_header(&exchange->reply, "Idempotency-Replayed", GW_TEXT("true"));
    return gw_ok();
}

static gw_status call_and_keep(gw_exchange *exchange, const gw_idempotency_slot *slot,
                               gw_fault *reterr) {
    const gw_idempotency_store *store = exchange->server->options.idempotency;
    gw_arena *arena = exchange->request.arena;
    gw_idempotency_answer kept = {.http_status = 0};
    const gw_status found = store->find(store->context, arena, slot, &kept, reterr);
    if (gw_is_ok(found)) return replay(exchange, slot, &kept, reterr);
    if (found.code != GW_CODE_NOT_FOUND) return found;
    GW_TRY(call(exchange, reterr));
    const gw_reply *reply = &exchange->reply;
    kept =
        (gw_idempotency_answer){.http_status = reply->http_status == 0 ? 200 : reply->http_status,
                                .content_type = gw_text_from_c(reply->content_type),
                                .body = reply->body};
    memcpy(kept.body_hash, slot->body_hash, sizeof kept.body_hash);
    return store->save(store->context, arena, slot, &kept, reterr);
}

static gw_status call_keyed(gw_exchange *exchange, gw_fault *reterr) {
    gw_http_request *request = &exchange->request;
    const gw_text key = gw_request_header(request, "Idempotency-Key");
    const gw_identity *identity = &request->identity;
    gw_idempotency_slot slot = {.owner = identity->party.length > 0 ? identity->party
                                                                    : identity->token_id,
                                .operation = gw_text_from_c(request->match.route->operation),
                                .key = key};
    GW_TRY(gw_idempotency_key_check(key, reterr));
    hash_content(exchange, slot.body_hash);
    const uint64_t hash = slot_hash(&slot);
    GW_TRY(key_hold(&exchange->server->keys, hash, reterr));
    const gw_status outcome = call_and_keep(exchange, &slot, reterr);
    key_free(&exchange->server->keys, hash);
    return outcome;
}

static gw_status run(gw_exchange *exchange, gw_fault *reterr) {
    gw_http_request *request = &exchange->request;
    const gw_status known = identify(exchange, reterr);
    GW_TRY(limit_rate(exchange, gw_is_ok(known) ? reterr : NULL));
    GW_TRY(known);
    if (exchange->server->options.now != NULL)
        request->now = exchange->server->options.now(request->app);
    else
        request->now = real_now();
    if ((request->match.route->flags & GW_ROUTE_KEYED) != 0) return call_keyed(exchange, reterr);
    return call(exchange, reterr);
}

void gw_exchange_run(gw_exchange *exchange) {
    gw_fault fault = {.code = GW_CODE_OK};
    const gw_status outcome = run(exchange, &fault);
    if (!gw_is_ok(outcome)) gw_exchange_refuse(exchange, outcome, &fault);
}
