/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the HTTP server: one request on its way. An input thread makes it and fills the body, a
 * worker runs it, the input thread sends the answer and drops it. It has one owner at a time except
 * for `holders`: the worker, and whoever promised a later answer; the last of them completes it.
 */
#pragma once

#include "server/http/bucket.h"
#include "server/http/idempotency.h"
#include "server/http/request.h"
#include "server/http/server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    GW_HTTP_HEADERS = 64,             /* more are refused */
    GW_HTTP_ARENA = 64 * 1024 * 1024, /* memory limit of one request */
    GW_HTTP_DISCARD = 1024 * 1024     /* a refused body up to this is read and dropped, so that the
                                         caller sees the answer instead of a reset connection */
};

typedef enum gw_exchange_phase {
    GW_EXCHANGE_NEW,
    GW_EXCHANGE_ARRIVING,
    GW_EXCHANGE_DISCARDING, /* already refused */
    GW_EXCHANGE_WORKING,    /* suspended */
    GW_EXCHANGE_DONE
} gw_exchange_phase;

/* One TCP connection under the arrival deadline; see guard.c. */
typedef struct gw_guarded {
    struct gw_guarded *next;
    struct gw_guarded *before;
    int socket;
    int64_t deadline_us; /* monotonic; 0: none */
} gw_guarded;

typedef struct gw_exchange {
    gw_http_request request; /* first: gw_http_finish gets this */
    gw_reply reply;
    gw_http_server *server;
    struct MHD_Connection *connection;
    gw_guarded *guarded;
    gw_text path;
    gw_http_header headers[GW_HTTP_HEADERS];
    gw_writer body;
    gw_exchange_phase phase;
    gw_status outcome;
    gw_fault fault; /* of the outcome */
    atomic_int holders;
    int64_t started_us;
    char peer[64];
    struct gw_exchange *next; /* in the worker queue */
} gw_exchange;

typedef struct gw_guard {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    gw_guarded *first;
    bool is_stopping;
    bool is_tls; /* then no plain answer can be written */
} gw_guard;

typedef struct gw_workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_cond_t idle; /* in_flight became 0 */
    gw_exchange *first;
    gw_exchange *last;
    int queued;
    int in_flight; /* queued, running or promised for later */
    bool is_stopping;
    int count;
    pthread_t threads[64];
} gw_workers;

enum { GW_KEYS_IN_FLIGHT = 64 };

typedef struct gw_keys_in_flight {
    pthread_mutex_t lock;
    uint64_t hashes[GW_KEYS_IN_FLIGHT]; /* 0: free */
} gw_keys_in_flight;

struct gw_http_server {
    gw_http_options options;
    struct MHD_Daemon *daemon;
    int port;
    gw_buckets *buckets;
    gw_guard guard;
    gw_workers workers;
    gw_keys_in_flight keys;
    atomic_int open; /* exchanges between begin and completed */
    atomic_bool is_closing;
};

int64_t gw_http_tick_us(void); /* monotonic */

/* guard.c: closes connections whose request does not arrive in time. */
GW_MUST_CHECK gw_status gw_guard_start(gw_guard *guard, gw_fault *reterr);
void gw_guard_stop(gw_guard *guard);
gw_guarded *gw_guard_add(gw_guard *guard, int socket, int64_t deadline_us); /* NULL: no memory */
void gw_guard_remove(gw_guard *guard, gw_guarded *guarded);
void gw_guard_set(gw_guard *guard, gw_guarded *guarded, int64_t deadline_us);

/* worker.c: the bounded queue and its threads. */
GW_MUST_CHECK gw_status gw_workers_start(gw_http_server *server, gw_fault *reterr);
void gw_workers_stop(gw_http_server *server); /* waits until nothing is in flight */
/* False when the queue is full; the exchange then stays with the caller. */
bool gw_workers_push(gw_workers *workers, gw_exchange *exchange);
/* One holder lets go; the last one completes the exchange and wakes its connection. */
void gw_exchange_release(gw_exchange *exchange);

/* dispatch.c: who, how often, idempotency, handler; fills outcome and reply. */
void gw_exchange_run(gw_exchange *exchange);
/* Notes a failure and writes its problem document. */
void gw_exchange_refuse(gw_exchange *exchange, gw_status outcome, const gw_fault *fault);

/* arrive.c: the input side of the listener. */
enum MHD_Result gw_http_arrive(void *context, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **slot);
void *gw_http_begin(void *context, const char *target, struct MHD_Connection *connection);
void gw_http_completed(void *context, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode how);
void gw_http_connected(void *context, struct MHD_Connection *connection, void **guarded,
                       enum MHD_ConnectionNotificationCode what);
