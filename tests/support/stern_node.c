/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/stern_node.h"

#include "oracle/transaction.h"
#include "server/fetch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST = 1 << 20, LONGEST_LIFE_S = 120 };

static const char refusal[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,"
                              "\"message\":\"replacement transaction underpriced\"}}";

/* The body of one request, or an empty one when the client is gone. */
static gw_bytes read_request(int client, uint8_t *buffer) {
    size_t length = 0;
    size_t wanted = SIZE_MAX;
    while (length < LARGEST && length < wanted) {
        const ssize_t piece = recv(client, buffer + length, LARGEST - length, 0);
        if (piece <= 0) return (gw_bytes){buffer, 0};
        length += (size_t)piece;
        const char *end = memmem(buffer, length, "\r\n\r\n", 4);
        const char *field = memmem(buffer, length, "Content-Length: ", 16);
        if (end == NULL || field == NULL) continue;
        size_t size = 0;
        for (const char *digit = field + 16; *digit >= '0' && *digit <= '9'; digit++)
            size = size * 10 + (size_t)(*digit - '0');
        wanted = (size_t)(end + 4 - (const char *)buffer) + size;
        if (length >= wanted) return (gw_bytes){(const uint8_t *)end + 4, size};
    }
    return (gw_bytes){buffer, 0};
}

static bool is_too_cheap(gw_arena *arena, gw_bytes body, uint64_t cap_least_wei) {
    static const char opening[] = "\"params\":[\"0x";
    const char *raw = memmem(body.at, body.length, opening, sizeof opening - 1);
    if (memmem(body.at, body.length, "eth_sendRawTransaction", 22) == NULL || raw == NULL)
        return false;
    const gw_text digits = gw_text_from_c(raw + sizeof opening - 1);
    const size_t count = gw_text_find(digits, '"') / 2;
    uint8_t *bytes = NULL;
    gw_transaction transaction;
    gw_address sender;
    gw_status status = GW_ARENA_NEW(arena, uint8_t, count, &bytes, NULL);
    if (gw_is_ok(status))
        status = gw_hex_parse(gw_text_part(digits, 0, 2 * count), bytes, count, NULL);
    if (gw_is_ok(status))
        status =
            gw_transaction_decode(arena, (gw_bytes){bytes, count}, &transaction, &sender, NULL);
    assert(gw_is_ok(status));
    return gw_word_compare(transaction.fee_cap_wei, gw_word_from_u64(cap_least_wei)) < 0;
}

static void answer(int client, gw_bytes body) {
    dprintf(client,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            "Content-Length: %zu\r\n\r\n",
            body.length);
    size_t sent = 0;
    while (sent < body.length) {
        const ssize_t piece = send(client, body.at + sent, body.length - sent, MSG_NOSIGNAL);
        if (piece <= 0) return;
        sent += (size_t)piece;
    }
}

static void serve_one(int client, gw_fetch *fetch, const char *anvil_url, uint64_t cap_least_wei) {
    gw_arena *arena = gw_arena_open(16 << 20);
    uint8_t *buffer = NULL;
    const gw_status taken = GW_ARENA_NEW(arena, uint8_t, LARGEST + 1, &buffer, NULL);
    assert(gw_is_ok(taken));
    const gw_bytes body = read_request(client, buffer);
    const gw_fetch_request request = {.method = "POST", .url = anvil_url, .body = body};
    gw_fetch_response response = {.body = {(const uint8_t *)refusal, sizeof refusal - 1}};
    if (body.length > 0 && (is_too_cheap(arena, body, cap_least_wei) ||
                            gw_is_ok(gw_fetch_run(fetch, arena, &request, &response, NULL))))
        answer(client, response.body);
    gw_arena_close(arena);
}

static void serve(int listener, const char *anvil_url, uint64_t cap_least_wei) {
    gw_fetch *fetch = gw_fetch_open(NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(LONGEST_LIFE_S);
    while (fetch != NULL) {
        const int client = accept(listener, NULL, NULL);
        if (client < 0) break;
        serve_one(client, fetch, anvil_url, cap_least_wei);
        close(client);
    }
    _exit(0);
}

void gw_stern_node_start(gw_stern_node *ret, const char *anvil_url, uint64_t cap_least_wei) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int bound = bind(listener, (const struct sockaddr *)&address, size);
    const int heard = listen(listener, 16);
    const int named = getsockname(listener, (struct sockaddr *)&address, &size);
    assert(listener >= 0 && bound == 0 && heard == 0 && named == 0);
    (void)snprintf(ret->url, sizeof ret->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    ret->process = fork();
    assert(ret->process >= 0);
    if (ret->process == 0) serve(listener, anvil_url, cap_least_wei);
    close(listener);
}

void gw_stern_node_stop(gw_stern_node *node) {
    int status = 0;
    (void)kill(node->process, SIGKILL);
    (void)waitpid(node->process, &status, 0);
}
