/* SPDX-License-Identifier: Apache-2.0
 *
 * The listener over real loopback sockets, with raw bytes, because the cases are those that an HTTP
 * client library would never send.
 */
#include "server/http/server.h"

#include "server/http/idempotency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define BEARER "Authorization: Bearer gw_t1_0123456789abcdef0123456789abcdef\r\n"

static int effects; /* of the keyed handler */

static gw_status echo(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_int64(&json, "bytes", (int64_t)request->body.length);
    gw_json_text(&json, "query", request->query);
    gw_json_close(&json);
    return gw_reply_json(reply, 200, &json, reterr);
}

static gw_status count(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    effects++;
    gw_json json;
    gw_json_init(&json, request->arena);
    gw_json_object(&json, NULL);
    gw_json_int64(&json, "effects", effects);
    gw_json_close(&json);
    return gw_reply_json(reply, 201, &json, reterr);
}

static void *finish_later(void *context) {
    gw_http_request *request = context;
    gw_fault fault;
    gw_http_finish(request, gw_fail_with(&fault, GW_CODE_NO_DATA, NULL, "it came later"), &fault);
    return NULL;
}

static gw_status later(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    pthread_t thread;
    (void)reply;
    gw_http_later(request);
    if (pthread_create(&thread, NULL, finish_later, request) != 0)
        return gw_fail(reterr, GW_CODE_INTERNAL);
    (void)pthread_detach(thread);
    return gw_ok();
}

static const gw_route rows[] = {
    {GW_METHOD_GET, "/echo", "getEcho", echo, GW_SCOPE_NONE, GW_BODY_NONE, GW_ROUTE_PLAIN},
    {GW_METHOD_POST, "/echo", "postEcho", echo, GW_SCOPE_NONE, 100, GW_ROUTE_PLAIN},
    {GW_METHOD_POST, "/large", "postLarge", echo, GW_SCOPE_NONE, 300000, GW_ROUTE_PLAIN},
    {GW_METHOD_POST, "/count", "count", count, GW_SCOPE_OPERATOR, 100, GW_ROUTE_KEYED},
    {GW_METHOD_GET, "/later", "later", later, GW_SCOPE_NONE, GW_BODY_NONE, GW_ROUTE_PLAIN},
    {GW_METHOD_GET, "/local", "local", echo, GW_SCOPE_OPERATOR, GW_BODY_NONE, GW_ROUTE_LOCAL},
};

static gw_status find_token(void *context, gw_arena *arena, gw_text id, gw_token_facts *ret,
                            gw_fault *reterr) {
    static const char secret[] = "0123456789abcdef0123456789abcdef";
    (void)context;
    (void)arena;
    if (!gw_text_is(id, "t1")) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    *ret = (gw_token_facts){.id = GW_TEXT("t1"), .scopes = GW_SCOPE_OPERATOR};
    (void)SHA256((const unsigned char *)secret, sizeof secret - 1, ret->digest);
    return gw_ok();
}

static struct {
    bool is_kept;
    gw_idempotency_answer answer;
    char body[256];
} kept;

static gw_status keep_find(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                           gw_idempotency_answer *ret, gw_fault *reterr) {
    (void)context;
    (void)arena;
    (void)slot;
    if (!kept.is_kept) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    *ret = kept.answer;
    return gw_ok();
}

static gw_status keep_save(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                           const gw_idempotency_answer *answer, gw_fault *reterr) {
    (void)context;
    (void)arena;
    (void)slot;
    (void)reterr;
    kept.is_kept = true;
    kept.answer = *answer;
    memcpy(kept.body, answer->body.at, answer->body.length);
    kept.answer.body.at = kept.body;
    kept.answer.content_type = GW_TEXT("application/json");
    return gw_ok();
}

static const gw_token_store tokens = {find_token, NULL};
static const gw_idempotency_store answers = {keep_find, keep_save, NULL};

static int open_server(void **state) {
    gw_http_server *server = NULL;
    gw_http_options options = gw_http_defaults();
    options.routes = (gw_route_table){rows, sizeof rows / sizeof rows[0]};
    options.tokens = &tokens;
    options.idempotency = &answers;
    options.arrival_ms = 400;
    if (!gw_is_ok(gw_http_open(&options, &server, NULL))) return 1;
    *state = server;
    return 0;
}

static int close_server(void **state) {
    gw_http_close(*state);
    return 0;
}

static int dial(const gw_http_server *server) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)gw_http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 10};
    struct sockaddr any;
    const int line = socket(AF_INET, SOCK_STREAM, 0);
    (void)setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    memcpy(&any, &to, sizeof any);
    assert_int_equal(connect(line, &any, sizeof to), 0);
    return line;
}

static size_t listen_to(int line, char *answer, size_t room) {
    size_t length = 0;
    for (;;) {
        const ssize_t got = recv(line, answer + length, room - 1 - length, 0);
        if (got <= 0 || length + (size_t)got >= room - 1) break;
        length += (size_t)got;
    }
    answer[length] = '\0';
    return length;
}

/* Sends the bytes, reads until the server closes. Requests say "Connection: close". */
static const char *talk(const gw_http_server *server, const char *sent) {
    static char answer[65536];
    const int line = dial(server);
    assert_int_equal(send(line, sent, strlen(sent), MSG_NOSIGNAL), (ssize_t)strlen(sent));
    (void)listen_to(line, answer, sizeof answer);
    (void)close(line);
    return answer;
}

static void expect(const gw_http_server *server, const char *sent, const char *wanted) {
    const char *answer = talk(server, sent);
    if (strstr(answer, wanted) == NULL) fail_msg("%s\n  wanted %s\n  got %s", sent, wanted, answer);
}

#define CLOSE "Host: x\r\nConnection: close\r\n"
#define JSON "Content-Type: application/json\r\n"

static void requests_are_answered(void **state) {
    expect(*state, "GET /echo?a=%20b HTTP/1.1\r\n" CLOSE "\r\n", "\"query\":\"a=%20b\"");
    expect(*state, "POST /echo HTTP/1.1\r\n" CLOSE JSON "Content-Length: 5\r\n\r\nhello",
           "\"bytes\":5");
    expect(*state,
           "POST /echo HTTP/1.1\r\n" CLOSE JSON
           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
           "\"bytes\":5");
    expect(*state, "HEAD /echo HTTP/1.1\r\n" CLOSE "\r\n", "200 OK");
    expect(*state, "GET /echo HTTP/1.1\r\n" CLOSE "\r\n", "X-Request-Id: ");
}

static void wrong_requests_get_their_problem(void **state) {
    expect(*state, "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n", "/problems/not-found");
    expect(*state, "PUT /echo HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n", "Allow: GET, POST");
    expect(*state, "BREW /echo HTTP/1.1\r\n" CLOSE "\r\n", "/problems/method-not-allowed");
    expect(*state, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 101\r\n\r\n", "408");
    expect(*state, "GET /echo HTTP/1.1\r\n" CLOSE "Content-Length: 1\r\n\r\nx",
           "/problems/too-large");
    expect(*state,
           "POST /echo HTTP/1.1\r\n" CLOSE
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
           "/problems/malformed");
    expect(*state,
           "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
           "/problems/malformed");
}

static void a_chunked_body_beyond_the_limit_is_too_large(void **state) {
    char sent[1024];
    (void)snprintf(sent, sizeof sent,
                   "POST /echo HTTP/1.1\r\n" CLOSE "Transfer-Encoding: chunked\r\n\r\n"
                   "65\r\n%0101d\r\n0\r\n\r\n",
                   0);
    expect(*state, sent, "/problems/too-large");
}

static void a_token_is_needed_where_the_route_says_so(void **state) {
    expect(*state, "POST /count HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n",
           "WWW-Authenticate: Bearer");
    expect(*state,
           "POST /count HTTP/1.1\r\n" CLOSE "Authorization: Bearer gw_t1_"
           "0123456789abcdef0123456789abcdeX\r\nContent-Length: 0\r\n\r\n",
           "401 Unauthorized");
    expect(*state, "GET /local HTTP/1.1\r\n" CLOSE "\r\n", "200 OK");
    expect(*state, "GET /local HTTP/1.1\r\n" CLOSE "X-Forwarded-For: 1.2.3.4\r\n\r\n",
           "401 Unauthorized");
}

static void a_keyed_request_has_one_effect(void **state) {
    effects = 0;
    kept.is_kept = false;
    expect(*state, "POST /count HTTP/1.1\r\n" CLOSE BEARER "Content-Length: 0\r\n\r\n",
           "/problems/idempotency-key-missing");
    const char *same = "POST /count HTTP/1.1\r\n" CLOSE BEARER
                       "Idempotency-Key: k1\r\nContent-Length: 2\r\n\r\n{}";
    expect(*state, same, "201 Created");
    expect(*state, same, "Idempotency-Replayed: true");
    expect(*state, same, "\"effects\":1");
    expect(*state,
           "POST /count HTTP/1.1\r\n" CLOSE BEARER
           "Idempotency-Key: k1\r\nContent-Length: 2\r\n\r\n[]",
           "/problems/idempotency-key-reused");
    assert_int_equal(effects, 1);
}

static void an_answer_can_come_later(void **state) {
    for (int at = 0; at < 20; at++)
        expect(*state, "GET /later HTTP/1.1\r\n" CLOSE "\r\n", "it came later");
}

static void a_slow_drip_is_cut_at_the_deadline(void **state) {
    char answer[4096];
    const int line = dial(*state);
    const struct timespec pause = {.tv_nsec = 50000000};
    const char *slow = "GET /echo HTTP/1.1\r\nHost: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    size_t sent = 0;
    while (sent < strlen(slow) && send(line, slow + sent, 1, MSG_NOSIGNAL) == 1) {
        sent++;
        (void)nanosleep(&pause, NULL);
    }
    assert_true(sent < strlen(slow));
    (void)listen_to(line, answer, sizeof answer);
    assert_non_null(strstr(answer, "HTTP/1.1 408 "));
    const char *body = strstr(answer, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(strlen(body + 4), 120);
    (void)close(line);
}

static void two_requests_share_a_connection(void **state) {
    static char answer[8192];
    const int line = dial(*state);
    const char *both = "GET /echo?n=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                       "GET /echo?n=2 HTTP/1.1\r\n" CLOSE "\r\n";
    assert_int_equal(send(line, both, strlen(both), MSG_NOSIGNAL), (ssize_t)strlen(both));
    (void)listen_to(line, answer, sizeof answer);
    assert_non_null(strstr(answer, "n=1"));
    assert_non_null(strstr(answer, "n=2"));
    (void)close(line);
}

static void a_large_body_arrives_whole(void **state) {
    static char sent[210000];
    const int head = snprintf(sent, sizeof sent,
                              "POST /large HTTP/1.1\r\n" CLOSE "Content-Length: 200000\r\n\r\n");
    memset(sent + head, 'x', 200000);
    sent[head + 200000] = '\0';
    expect(*state, sent, "\"bytes\":200000");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(wrong_requests_get_their_problem),
        cmocka_unit_test(a_chunked_body_beyond_the_limit_is_too_large),
        cmocka_unit_test(a_token_is_needed_where_the_route_says_so),
        cmocka_unit_test(a_keyed_request_has_one_effect),
        cmocka_unit_test(an_answer_can_come_later),
        cmocka_unit_test(a_slow_drip_is_cut_at_the_deadline),
        cmocka_unit_test(two_requests_share_a_connection),
        cmocka_unit_test(a_large_body_arrives_whole),
    };
    return cmocka_run_group_tests(tests, open_server, close_server);
}
