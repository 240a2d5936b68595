/* SPDX-License-Identifier: Apache-2.0
 *
 * The absolute deadline for the arrival of a request. libmicrohttpd only knows an idle time, which
 * a caller that drips one byte at a time never reaches. A connection is taken off the list before
 * its socket is closed (MHD_CONNECTION_NOTIFY_CLOSED), so the descriptor is never a reused one.
 */
#include "server/http/exchange.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_EVERY_MS = 250, NS_PER_MS = 1000000 };

static const char late_answer[] = "HTTP/1.1 408 Request Timeout\r\n"
                                  "Content-Type: application/problem+json\r\n"
                                  "Content-Length: 120\r\n"
                                  "Connection: close\r\n\r\n"
                                  "{\"type\":\"/problems/request-timeout\","
                                  "\"title\":\"The request took too long to arrive\","
                                  "\"status\":408,\"code\":\"request-timeout\"}";

int64_t gw_http_tick_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void cut(const gw_guard *guard, gw_guarded *guarded) {
    guarded->deadline_us = 0;
    if (!guard->is_tls)
        (void)send(guarded->socket, late_answer, sizeof late_answer - 1,
                   MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(guarded->socket, SHUT_RDWR);
}

static void look(gw_guard *guard) {
    const int64_t now_us = gw_http_tick_us();
    for (gw_guarded *at = guard->first; at != NULL; at = at->next)
        if (at->deadline_us != 0 && at->deadline_us < now_us) cut(guard, at);
}

static void *guard_main(void *context) {
    gw_guard *guard = context;
    (void)pthread_mutex_lock(&guard->lock);
    while (!guard->is_stopping) {
        struct timespec until;
        look(guard);
        (void)clock_gettime(CLOCK_REALTIME, &until);
        const int64_t next_ns = until.tv_nsec + (int64_t)LOOK_EVERY_MS * NS_PER_MS;
        until.tv_sec += next_ns / 1000000000;
        until.tv_nsec = next_ns % 1000000000;
        (void)pthread_cond_timedwait(&guard->wake, &guard->lock, &until);
    }
    (void)pthread_mutex_unlock(&guard->lock);
    return NULL;
}

gw_status gw_guard_start(gw_guard *guard, gw_fault *reterr) {
    (void)pthread_mutex_init(&guard->lock, NULL);
    (void)pthread_cond_init(&guard->wake, NULL);
    if (pthread_create(&guard->thread, NULL, guard_main, guard) == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INTERNAL, "http", "could not start the guard thread");
}

void gw_guard_stop(gw_guard *guard) {
    (void)pthread_mutex_lock(&guard->lock);
    guard->is_stopping = true;
    (void)pthread_cond_signal(&guard->wake);
    (void)pthread_mutex_unlock(&guard->lock);
    (void)pthread_join(guard->thread, NULL);
    (void)pthread_cond_destroy(&guard->wake);
    (void)pthread_mutex_destroy(&guard->lock);
}

/* A connection outlives every request on it and belongs to no arena: heap, one piece per accept. */
gw_guarded *gw_guard_add(gw_guard *guard, int socket, int64_t deadline_us) {
    gw_guarded *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    made->socket = socket;
    made->deadline_us = deadline_us;
    (void)pthread_mutex_lock(&guard->lock);
    made->next = guard->first;
    if (guard->first != NULL) guard->first->before = made;
    guard->first = made;
    (void)pthread_mutex_unlock(&guard->lock);
    return made;
}

void gw_guard_remove(gw_guard *guard, gw_guarded *guarded) {
    if (guarded == NULL) return;
    (void)pthread_mutex_lock(&guard->lock);
    if (guarded->before != NULL) guarded->before->next = guarded->next;
    if (guarded->next != NULL) guarded->next->before = guarded->before;
    if (guard->first == guarded) guard->first = guarded->next;
    (void)pthread_mutex_unlock(&guard->lock);
    free(guarded);
}

void gw_guard_set(gw_guard *guard, gw_guarded *guarded, int64_t deadline_us) {
    if (guarded == NULL) return;
    (void)pthread_mutex_lock(&guard->lock);
    guarded->deadline_us = deadline_us;
    (void)pthread_mutex_unlock(&guard->lock);
}
