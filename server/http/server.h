/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP listener: libmicrohttpd with epoll threads that only move bytes, and a bounded queue to
 * worker threads that run handlers, so a slow query never stops the other connections.
 * Limits: connections in all and per address, idle time, an absolute deadline for the arrival of a
 * request (a slow drip of bytes does not extend it), body size per route, queue length (503).
 * Used by the gateway, and by the conductor with a table of its own.
 */
#pragma once

#include "server/http/auth.h"
#include "server/http/request.h"
#include "server/http/route.h"

typedef struct gw_http_server gw_http_server;

/* What one finished exchange was; for the access log and the metrics. */
typedef struct gw_http_seen {
    const char *request_id;
    gw_http_method method;
    gw_text path;
    const char *operation; /* "none" when no route matched: bounded label values */
    int http_status;
    const gw_fault *fault; /* NULL when all went well */
    gw_text token_id;
    int64_t duration_us;
    size_t sent_bytes;
} gw_http_seen;

typedef struct gw_http_options {
    const char *address; /* "127.0.0.1", "::1" or "0.0.0.0" */
    int port;            /* 0: any free one */
    gw_route_table routes;
    struct gw_app *app;
    const gw_token_store *tokens; /* NULL: every route must be public */
    int io_threads;
    int workers;
    int queue_length; /* requests that wait for a worker */
    int connections;
    int connections_per_address;
    int idle_s;
    int arrival_ms;          /* from the connection's first byte wanted to the body's last byte */
    int rate_per_s;          /* per token or address, sustained */
    int rate_burst;          /* at once */
    const char *certificate; /* PEM text; NULL: plain HTTP */
    const char *private_key; /* PEM text */
    gw_instant (*now)(struct gw_app *app);                      /* market time */
    void (*seen)(struct gw_app *app, const gw_http_seen *seen); /* may be NULL; any thread */
    /* Idempotency for GW_ROUTE_KEYED; NULL: such routes are refused at open. */
    const struct gw_idempotency_store *idempotency;
} gw_http_options;

/* Sensible limits for a small machine; address 127.0.0.1, port 0, no routes. */
gw_http_options gw_http_defaults(void);

GW_MUST_CHECK gw_status gw_http_open(const gw_http_options *options, gw_http_server **ret,
                                     gw_fault *reterr);
int gw_http_port(const gw_http_server *server);
/* Refuses new connections, lets running handlers end, answers, stops. Blocks. */
void gw_http_close(gw_http_server *server);
