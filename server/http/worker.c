/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/exchange.h"

static gw_exchange *take(gw_workers *workers) {
    (void)pthread_mutex_lock(&workers->lock);
    while (workers->first == NULL && !workers->is_stopping)
        (void)pthread_cond_wait(&workers->wake, &workers->lock);
    gw_exchange *exchange = workers->first;
    if (exchange != NULL) {
        workers->first = exchange->next;
        if (workers->first == NULL) workers->last = NULL;
        workers->queued--;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return exchange;
}

static void *worker_main(void *context) {
    gw_workers *workers = context;
    for (;;) {
        gw_exchange *exchange = take(workers);
        if (exchange == NULL) return NULL;
        gw_exchange_run(exchange);
        gw_exchange_release(exchange);
    }
}

gw_status gw_workers_start(gw_http_server *server, gw_fault *reterr) {
    gw_workers *workers = &server->workers;
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->wake, NULL);
    (void)pthread_cond_init(&workers->idle, NULL);
    while (workers->count < server->options.workers) {
        pthread_t *thread = &workers->threads[workers->count];
        if (pthread_create(thread, NULL, worker_main, workers) != 0)
            return gw_fail_with(reterr, GW_CODE_INTERNAL, "http", "could not start a worker");
        workers->count++;
    }
    return gw_ok();
}

void gw_workers_stop(gw_http_server *server) {
    gw_workers *workers = &server->workers;
    (void)pthread_mutex_lock(&workers->lock);
    while (workers->in_flight > 0) (void)pthread_cond_wait(&workers->idle, &workers->lock);
    workers->is_stopping = true;
    (void)pthread_cond_broadcast(&workers->wake);
    (void)pthread_mutex_unlock(&workers->lock);
    for (int at = 0; at < workers->count; at++) (void)pthread_join(workers->threads[at], NULL);
    (void)pthread_cond_destroy(&workers->idle);
    (void)pthread_cond_destroy(&workers->wake);
    (void)pthread_mutex_destroy(&workers->lock);
}

bool gw_workers_push(gw_workers *workers, gw_exchange *exchange) {
    const int room = exchange->server->options.queue_length;
    exchange->next = NULL;
    (void)pthread_mutex_lock(&workers->lock);
    const bool is_taken = workers->queued < room;
    if (is_taken) {
        if (workers->last != NULL) workers->last->next = exchange;
        if (workers->first == NULL) workers->first = exchange;
        workers->last = exchange;
        workers->queued++;
        workers->in_flight++;
        (void)pthread_cond_signal(&workers->wake);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return is_taken;
}

void gw_http_later(gw_http_request *request) {
    gw_exchange *exchange = (gw_exchange *)request;
    (void)atomic_fetch_add(&exchange->holders, 1);
}

void gw_http_finish(gw_http_request *request, gw_status status, const gw_fault *fault) {
    gw_exchange *exchange = (gw_exchange *)request;
    if (!gw_is_ok(status)) gw_exchange_refuse(exchange, status, fault);
    gw_exchange_release(exchange);
}

void gw_exchange_release(gw_exchange *exchange) {
    if (atomic_fetch_sub(&exchange->holders, 1) != 1) return;
    gw_workers *workers = &exchange->server->workers;
    exchange->phase = GW_EXCHANGE_DONE;
    MHD_resume_connection(exchange->connection); /* from here on the input thread may drop it */
    (void)pthread_mutex_lock(&workers->lock);
    workers->in_flight--;
    if (workers->in_flight == 0) (void)pthread_cond_broadcast(&workers->idle);
    (void)pthread_mutex_unlock(&workers->lock);
}
