/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/server.h"

#include "server/http/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPTIONS = 20, CONNECTION_MEMORY = 32 * 1024, WORKERS_MAX = 64 };

gw_http_options gw_http_defaults(void) {
    return (gw_http_options){.address = "127.0.0.1",
                             .io_threads = 2,
                             .workers = 4,
                             .queue_length = 256,
                             .connections = 1024,
                             .connections_per_address = 128,
                             .idle_s = 30,
                             .arrival_ms = 10000,
                             .rate_per_s = 100,
                             .rate_burst = 500};
}

/* The library never shows its own texts to callers; what matters is seen through the answers. */
static void stay_silent(void *context, const char *format, va_list arguments) {
    (void)context;
    (void)format;
    (void)arguments;
}

typedef union listen_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} listen_address;

static gw_status address_parse(const gw_http_options *options, listen_address *ret,
                               gw_fault *reterr) {
    listen_address made = {
        .v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)options->port)}};
    if (inet_pton(AF_INET6, options->address, &made.v6.sin6_addr) == 1) {
        *ret = made;
        return gw_ok();
    }
    made =
        (listen_address){.v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)}};
    if (inet_pton(AF_INET, options->address, &made.v4.sin_addr) == 1) {
        *ret = made;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, "http", "\"%s\" is not an IPv4 or IPv6 address",
                        options->address);
}

static gw_status options_check(const gw_http_options *options, gw_fault *reterr) {
    for (size_t row = 0; row < options->routes.count; row++) {
        const gw_route *route = &options->routes.rows[row];
        const bool needs_tokens = route->scopes != GW_SCOPE_NONE && options->tokens == NULL;
        const bool needs_keys =
            (route->flags & GW_ROUTE_KEYED) != 0 && options->idempotency == NULL;
        if (needs_tokens || needs_keys)
            return gw_fail_with(reterr, GW_CODE_INTERNAL, "http", "%s needs a store of %s",
                                route->operation, needs_tokens ? "tokens" : "answers");
    }
    if (options->workers < 1 || options->workers > WORKERS_MAX)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "http", "the workers are not 1 to %d",
                            WORKERS_MAX);
    return gw_ok();
}

typedef struct option_list {
    struct MHD_OptionItem items[OPTIONS];
    int count;
} option_list;

static void add(option_list *list, enum MHD_OPTION option, intptr_t number, void *pointer) {
    list->items[list->count++] = (struct MHD_OptionItem){option, number, pointer};
}

static void *unconst(const char *text) {
    void *plain = NULL;
    memcpy(&plain, &text, sizeof plain); /* the library reads only, but asks for void * */
    return plain;
}

static void limits_add(option_list *list, const gw_http_options *options) {
    if (options->io_threads > 1) add(list, MHD_OPTION_THREAD_POOL_SIZE, options->io_threads, NULL);
    add(list, MHD_OPTION_CONNECTION_LIMIT, options->connections, NULL);
    add(list, MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_per_address, NULL);
    add(list, MHD_OPTION_CONNECTION_TIMEOUT, options->idle_s, NULL);
    add(list, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL);
    add(list, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
    /* not MHD_OPTION_LISTENING_ADDRESS_REUSE: given as 0 it takes SO_REUSEADDR away, and then a
     * restart after a kill waits a minute for the old connections */
    if (options->certificate == NULL) return;
    add(list, MHD_OPTION_HTTPS_MEM_CERT, 0, unconst(options->certificate));
    add(list, MHD_OPTION_HTTPS_MEM_KEY, 0, unconst(options->private_key));
    add(list, MHD_OPTION_HTTPS_PRIORITIES, 0,
        unconst("SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"));
}

static gw_status listen_start(gw_http_server *server, gw_fault *reterr) {
    const gw_http_options *options = &server->options;
    listen_address address;
    option_list list = {.count = 0};
    GW_TRY(address_parse(options, &address, reterr));
    limits_add(&list, options);
    add(&list, MHD_OPTION_SOCK_ADDR, 0, &address.any);
    add(&list, MHD_OPTION_END, 0, NULL);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (options->certificate != NULL) flags |= MHD_USE_TLS;
    if (address.any.sa_family == AF_INET6) flags |= MHD_USE_IPv6;
    server->daemon =
        MHD_start_daemon(flags, (uint16_t)options->port, NULL, NULL, gw_http_arrive, server,
                         MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL, MHD_OPTION_URI_LOG_CALLBACK,
                         gw_http_begin, server, MHD_OPTION_NOTIFY_COMPLETED, gw_http_completed,
                         server, MHD_OPTION_NOTIFY_CONNECTION, gw_http_connected, server,
                         MHD_OPTION_ARRAY, list.items, MHD_OPTION_END);
    if (server->daemon == NULL)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "http",
                            "could not listen on %s port %d: is it in use, or is the certificate "
                            "not a PEM pair",
                            options->address, options->port);
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info == NULL ? options->port : info->port;
    return gw_ok();
}

static gw_status parts_start(gw_http_server *server, gw_fault *reterr) {
    const gw_http_options *options = &server->options;
    server->guard.is_tls = options->certificate != NULL;
    (void)pthread_mutex_init(&server->keys.lock, NULL);
    GW_TRY(gw_buckets_open(options->rate_per_s, options->rate_burst, &server->buckets, reterr));
    GW_TRY(gw_workers_start(server, reterr));
    GW_TRY(gw_guard_start(&server->guard, reterr));
    const gw_status listening = listen_start(server, reterr);
    if (!gw_is_ok(listening)) gw_guard_stop(&server->guard);
    return listening;
}

/* Start-up may use the heap. */
gw_status gw_http_open(const gw_http_options *options, gw_http_server **ret, gw_fault *reterr) {
    GW_TRY(options_check(options, reterr));
    gw_http_server *server = calloc(1, sizeof *server);
    if (server == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    server->options = *options;
    const gw_status started = parts_start(server, reterr);
    if (!gw_is_ok(started)) {
        if (server->workers.count > 0) gw_workers_stop(server);
        gw_buckets_close(server->buckets);
        free(server);
        return started;
    }
    *ret = server;
    return gw_ok();
}

int gw_http_port(const gw_http_server *server) { return server->port; }

/* Finished answers get a moment to leave. */
static void wait_for_senders(gw_http_server *server) {
    const struct timespec moment = {.tv_nsec = 10000000};
    for (int waited = 0; waited < 200 && atomic_load(&server->open) > 0; waited++)
        (void)nanosleep(&moment, NULL);
}

/* Order matters: no suspended connection may be left when the daemon stops. */
void gw_http_close(gw_http_server *server) {
    if (server == NULL) return;
    atomic_store(&server->is_closing, true);
    const MHD_socket listener = MHD_quiesce_daemon(server->daemon);
    gw_workers_stop(server);
    wait_for_senders(server);
    MHD_stop_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET) (void)close(listener);
    gw_guard_stop(&server->guard);
    gw_buckets_close(server->buckets);
    (void)pthread_mutex_destroy(&server->keys.lock);
    free(server);
}
