/* SPDX-License-Identifier: Apache-2.0
 *
 * The input side: what libmicrohttpd calls on its threads. Nothing here waits for anything; a
 * complete request is suspended and goes to the workers.
 */
#include "server/http/exchange.h"

#include "base/decimal.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

enum { IDLE_SLACK = 2, SEND_ARRIVALS = 10 };

static int64_t arrival_deadline(const gw_http_server *server) {
    return gw_http_tick_us() + (int64_t)server->options.arrival_ms * 1000;
}

/* Between two requests: the idle time, then one arrival time for the next head. */
static int64_t idle_deadline(const gw_http_server *server) {
    return arrival_deadline(server) + (int64_t)server->options.idle_s * IDLE_SLACK * 1000000;
}

void gw_http_connected(void *context, struct MHD_Connection *connection, void **guarded,
                       enum MHD_ConnectionNotificationCode what) {
    gw_http_server *server = context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        gw_guard_remove(&server->guard, *guarded);
        *guarded = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *guarded = info == NULL
                   ? NULL
                   : gw_guard_add(&server->guard, info->connect_fd, arrival_deadline(server));
}

static gw_guarded *guarded_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static bool is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    struct sockaddr_in6 v6;
    if (address->sa_family != AF_INET6) return false;
    memcpy(&v6, address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static void peer_read(gw_exchange *exchange) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) return;
    const struct sockaddr *address = info->client_addr;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    exchange->request.is_loopback = is_loopback(address);
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        (void)inet_ntop(AF_INET, &v4.sin_addr, exchange->peer, sizeof exchange->peer);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        (void)inet_ntop(AF_INET6, &v6.sin6_addr, exchange->peer, sizeof exchange->peer);
    }
}

static void request_id_make(char out[GW_UUID_TEXT_SIZE]) {
    struct timespec now;
    uint8_t random[GW_UUID_RANDOM_BYTES] = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    /* Names a request in the log and nothing else, so it is not drawn from server/random.h, which
     * may be seeded. */
    const ssize_t got = getrandom(random, sizeof random, 0);
    (void)got; /* without random bytes the name is still unlike others by its time */
    const gw_instant at = {(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
    gw_uuid_print(gw_uuid_make(at, random), out);
}

/* The library's own address has lost its query and its escapes, so both are kept from the line. */
static gw_status target_keep(gw_exchange *exchange, const char *target, gw_fault *reterr) {
    gw_text rest = gw_text_from_c(target);
    const gw_text path = gw_text_split(&rest, '?');
    GW_TRY(gw_text_copy(exchange->request.arena, path, &exchange->path, reterr));
    return gw_text_copy(exchange->request.arena, rest, &exchange->request.query, reterr);
}

void *gw_http_begin(void *context, const char *target, struct MHD_Connection *connection) {
    gw_http_server *server = context;
    gw_arena *arena = gw_arena_open(GW_HTTP_ARENA);
    gw_exchange *exchange = NULL;
    if (arena == NULL) return NULL;
    if (!gw_is_ok(GW_ARENA_NEW(arena, gw_exchange, 1, &exchange, NULL))) {
        gw_arena_close(arena);
        return NULL;
    }
    (void)atomic_fetch_add(&server->open, 1);
    exchange->request.arena = arena;
    exchange->request.app = server->options.app;
    exchange->server = server;
    exchange->connection = connection;
    exchange->guarded = guarded_of(connection);
    exchange->started_us = gw_http_tick_us();
    atomic_init(&exchange->holders, 1);
    gw_writer_init(&exchange->body, arena);
    request_id_make(exchange->request.request_id);
    peer_read(exchange);
    gw_guard_set(&server->guard, exchange->guarded, arrival_deadline(server));
    exchange->outcome = target_keep(exchange, target, &exchange->fault);
    return exchange;
}

static enum MHD_Result header_keep(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *text) {
    gw_exchange *exchange = context;
    gw_http_request *request = &exchange->request;
    (void)kind;
    if (request->header_count < GW_HTTP_HEADERS)
        exchange->headers[request->header_count] =
            (gw_http_header){gw_text_from_c(name), gw_text_from_c(text)};
    request->header_count++;
    return MHD_YES;
}

static size_t header_count(const gw_http_request *request, const char *name) {
    size_t count = 0;
    for (size_t at = 0; at < request->header_count; at++) {
        const gw_text given = request->headers[at].name;
        if (given.length == strlen(name) && strncasecmp(given.at, name, given.length) == 0) count++;
    }
    return count;
}

/* Ref: RFC 9112 §6.1-6.3: what two parsers could frame differently is refused, because this version
 * of the library accepts it. */
static gw_status framing_check(const gw_http_request *request, gw_fault *reterr) {
    const size_t lengths = header_count(request, "Content-Length");
    const size_t encodings = header_count(request, "Transfer-Encoding");
    const gw_text encoding = gw_request_header(request, "Transfer-Encoding");
    const bool is_chunked = encoding.length == 7 && strncasecmp(encoding.at, "chunked", 7) == 0;
    if (lengths > 1 || encodings > 1 || (lengths == 1 && encodings == 1))
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                            "the length of the body is stated more than once");
    if (encodings == 1 && !is_chunked)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "Transfer-Encoding",
                            "the transfer encoding is not chunked");
    if (header_count(request, "Host") > 1 || header_count(request, "Authorization") > 1)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                            "the header Host or Authorization is there twice");
    return gw_ok();
}

static gw_status too_large(size_t limit_bytes, gw_fault *reterr) {
    if (limit_bytes == GW_BODY_NONE)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL, "this operation takes no body");
    return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                        "the body is larger than the limit of %zu bytes", limit_bytes);
}

static gw_status length_check(const gw_http_request *request, size_t limit_bytes,
                              gw_fault *reterr) {
    int64_t length = 0;
    const gw_text text = gw_request_header(request, "Content-Length");
    if (text.length == 0) return gw_ok();
    if (!gw_is_ok(gw_int64_parse(text, &length, NULL)) || length < 0)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "Content-Length",
                            "the Content-Length is not a number of bytes");
    if ((uint64_t)length > limit_bytes) return too_large(limit_bytes, reterr);
    return gw_ok();
}

/* "GET, POST" of a known path, for the 405. */
static void allow_add(gw_exchange *exchange) {
    gw_writer out;
    gw_text text;
    const gw_http_server *server = exchange->server;
    const unsigned methods = gw_route_methods(&server->options.routes, exchange->path);
    gw_writer_init(&out, exchange->request.arena);
    for (int method = 0; method < GW_METHOD_COUNT; method++)
        if ((methods & (1U << method)) != 0)
            gw_write_format(&out, "%s%s", out.length == 0 ? "" : ", ",
                            gw_method_name((gw_http_method)method));
    if (gw_is_ok(gw_writer_end_text(&out, &text, NULL)))
        gw_reply_header(&exchange->reply, "Allow", text);
}

/* Everything that can be said before the body has arrived. */
static gw_status head_check(gw_exchange *exchange, const char *method, gw_fault *reterr) {
    gw_http_request *request = &exchange->request;
    const gw_route_table *routes = &exchange->server->options.routes;
    const gw_text name = gw_text_from_c(method);
    if (!gw_is_ok(exchange->outcome)) return exchange->outcome;
    if (atomic_load(&exchange->server->is_closing))
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, NULL, "the server is stopping");
    if (request->header_count > GW_HTTP_HEADERS) {
        request->header_count = GW_HTTP_HEADERS;
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "there are more than %d headers",
                            GW_HTTP_HEADERS);
    }
    GW_TRY(framing_check(request, reterr));
    gw_status found = gw_method_parse(name, &request->method, reterr);
    const gw_route_query query = {request->method, exchange->path};
    if (gw_is_ok(found))
        found = gw_route_find(routes, request->arena, query, &request->match, reterr);
    if (found.code == GW_CODE_NO_METHOD) allow_add(exchange);
    GW_TRY(found);
    GW_TRY(length_check(request, request->match.route->body_limit_bytes, reterr));
    const bool is_open = request->match.route->scopes == GW_SCOPE_NONE ||
                         (request->match.route->flags & GW_ROUTE_LOCAL) != 0;
    if (!is_open && gw_request_header(request, "Authorization").length == 0)
        return gw_fail(reterr, GW_CODE_UNAUTHENTICATED);
    return gw_ok();
}

/* A small refused body is read and dropped: answering early would reset a caller that still
 * sends. */
static bool is_discardable(const gw_http_request *request) {
    int64_t length = 0;
    const gw_text text = gw_request_header(request, "Content-Length");
    if (text.length == 0) return true; /* chunked or none: the arrival deadline bounds it */
    return gw_is_ok(gw_int64_parse(text, &length, NULL)) && length <= GW_HTTP_DISCARD;
}

static void headers_add(const gw_exchange *exchange, struct MHD_Response *response) {
    const gw_reply *reply = &exchange->reply;
    char text[512];
    if (reply->content_type != NULL)
        (void)MHD_add_response_header(response, "Content-Type", reply->content_type);
    for (size_t at = 0; at < reply->header_count; at++) {
        const gw_http_header *header = &reply->headers[at];
        const size_t length =
            header->text.length < sizeof text ? header->text.length : sizeof text - 1;
        memcpy(text, header->text.at, length);
        text[length] = '\0';
        (void)MHD_add_response_header(response, header->name.at, text);
    }
    (void)MHD_add_response_header(response, "X-Request-Id", exchange->request.request_id);
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    if (atomic_load(&exchange->server->is_closing))
        (void)MHD_add_response_header(response, "Connection", "close");
}

/* The body stays in the arena until the exchange is completed, after the last byte is sent. */
static enum MHD_Result answer(gw_exchange *exchange) {
    gw_reply *reply = &exchange->reply;
    char *body = NULL;
    if (reply->http_status == 0) reply->http_status = reply->body.length == 0 ? 204 : 200;
    memcpy(&body, &reply->body.at, sizeof body); /* the library reads only, but asks for char * */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.length, body, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) return MHD_NO;
    headers_add(exchange, response);
    gw_guard_set(&exchange->server->guard, exchange->guarded,
                 gw_http_tick_us() +
                     (int64_t)exchange->server->options.arrival_ms * 1000 * SEND_ARRIVALS);
    const enum MHD_Result queued =
        MHD_queue_response(exchange->connection, (unsigned)reply->http_status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result head_arrived(gw_exchange *exchange, const char *method) {
    gw_http_request *request = &exchange->request;
    gw_fault fault = exchange->fault;
    request->headers = exchange->headers;
    (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_keep, exchange);
    const gw_status outcome = head_check(exchange, method, &fault);
    exchange->phase = GW_EXCHANGE_ARRIVING;
    if (gw_is_ok(outcome)) return MHD_YES;
    gw_exchange_refuse(exchange, outcome, &fault);
    exchange->phase = GW_EXCHANGE_DISCARDING;
    return is_discardable(request) ? MHD_YES : answer(exchange);
}

static void piece_arrived(gw_exchange *exchange, const char *upload, size_t size) {
    gw_fault fault;
    if (exchange->phase != GW_EXCHANGE_ARRIVING) return;
    const size_t limit_bytes = exchange->request.match.route->body_limit_bytes;
    gw_write_bytes(&exchange->body, upload, size);
    if (exchange->body.length <= limit_bytes && !exchange->body.failed) return;
    const gw_status outcome =
        exchange->body.failed ? gw_fail(&fault, GW_CODE_NO_MEMORY) : too_large(limit_bytes, &fault);
    gw_exchange_refuse(exchange, outcome, &fault);
    exchange->phase = GW_EXCHANGE_DISCARDING;
}

static enum MHD_Result body_arrived(gw_exchange *exchange) {
    gw_http_server *server = exchange->server;
    gw_fault fault;
    gw_guard_set(&server->guard, exchange->guarded, 0);
    if (exchange->phase != GW_EXCHANGE_ARRIVING) return answer(exchange);
    exchange->request.body = (gw_bytes){exchange->body.at, exchange->body.length};
    exchange->phase = GW_EXCHANGE_WORKING;
    MHD_suspend_connection(exchange->connection);
    if (gw_workers_push(&server->workers, exchange)) return MHD_YES;
    const gw_status full = gw_fail_with(&fault, GW_CODE_UNAVAILABLE, NULL,
                                        "the server has as many requests as it can hold");
    gw_exchange_refuse(exchange, full, &fault);
    exchange->phase = GW_EXCHANGE_DONE;
    MHD_resume_connection(exchange->connection);
    return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): the library's signature */
enum MHD_Result gw_http_arrive(void *context, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **slot) {
    gw_exchange *exchange = *slot;
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (exchange == NULL) return MHD_NO; /* no memory for a request: the connection is closed */
    if (exchange->phase == GW_EXCHANGE_NEW) return head_arrived(exchange, method);
    if (exchange->phase == GW_EXCHANGE_DONE) return answer(exchange);
    if (*upload_size == 0) return body_arrived(exchange);
    piece_arrived(exchange, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
}

static void tell(const gw_exchange *exchange) {
    const gw_http_server *server = exchange->server;
    const gw_http_request *request = &exchange->request;
    const gw_route *route = request->match.route;
    if (server->options.seen == NULL) return;
    const gw_http_seen seen = {
        .request_id = request->request_id,
        .method = request->method,
        .path = exchange->path,
        .operation = route == NULL ? "none" : route->operation,
        .http_status = exchange->reply.http_status,
        .fault = gw_is_ok(exchange->outcome) ? NULL : &exchange->fault,
        .token_id = request->identity.token_id,
        .duration_us = gw_http_tick_us() - exchange->started_us,
        .sent_bytes = exchange->reply.body.length,
    };
    server->options.seen(server->options.app, &seen);
}

void gw_http_completed(void *context, struct MHD_Connection *connection, void **slot,
                       enum MHD_RequestTerminationCode how) {
    gw_http_server *server = context;
    gw_exchange *exchange = *slot;
    (void)connection;
    (void)how;
    if (exchange == NULL) return;
    tell(exchange);
    gw_guard_set(&server->guard, exchange->guarded, idle_deadline(server));
    gw_arena_close(exchange->request.arena); /* the exchange itself lives in it */
    *slot = NULL;
    (void)atomic_fetch_sub(&server->open, 1);
}
