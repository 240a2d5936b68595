/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/anvil.h"

#include "server/fetch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_CAP = 256 << 20, LONGEST_LIFE_S = 120, TRIES = 400 };

static int free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int holder = socket(AF_INET, SOCK_STREAM, 0);
    assert(holder >= 0);
    const int bound = bind(holder, (const struct sockaddr *)&address, size);
    const int named = getsockname(holder, (struct sockaddr *)&address, &size);
    assert(bound == 0 && named == 0);
    close(holder);
    return ntohs(address.sin_port);
}

static void become_anvil(int port, gw_anvil_mining mining) {
    char text[16];
    (void)snprintf(text, sizeof text, "%d", port);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(LONGEST_LIFE_S);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    (void)setenv("HOME", "/tmp", 1);
    execl("tools/chain/anvil", "anvil", "--port", text, "--host", "127.0.0.1", "--accounts", "0",
          "--slots-in-an-epoch", "1", "--silent", mining == GW_ANVIL_BY_HAND ? "--no-mining" : NULL,
          NULL);
    _exit(127);
}

/* False when the process ended instead: the program is not installed. */
static bool await_ready(const gw_anvil *anvil) {
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    uint64_t chain_id = 0;
    for (int try = 0; try < TRIES; try++) {
        int status = 0;
        if (gw_is_ok(gw_rpc_chain_id(anvil->rpc, &chain_id, NULL))) return true;
        if (waitpid(anvil->process, &status, WNOHANG) == anvil->process) return false;
        nanosleep(&pause, NULL);
    }
    assert(false && "anvil answers");
    return false;
}

bool gw_anvil_start(gw_anvil *ret, gw_anvil_mining mining) {
    ret->port = free_port();
    ret->arena = gw_arena_open(ARENA_CAP);
    (void)snprintf(ret->url, sizeof ret->url, "http://127.0.0.1:%d", ret->port);
    ret->process = fork();
    assert(ret->process >= 0 && ret->arena != NULL);
    if (ret->process == 0) become_anvil(ret->port, mining);
    const gw_rpc_settings settings = {.url = ret->url};
    const gw_status opened = gw_rpc_open(ret->arena, &settings, &ret->rpc, NULL);
    assert(gw_is_ok(opened));
    if (await_ready(ret)) return true;
    gw_rpc_close(ret->rpc);
    gw_arena_close(ret->arena);
    return false;
}

void gw_anvil_stop(gw_anvil *anvil) {
    int status = 0;
    (void)kill(anvil->process, SIGKILL);
    (void)waitpid(anvil->process, &status, 0);
    gw_rpc_close(anvil->rpc);
    gw_arena_close(anvil->arena);
}

void gw_anvil_run(const gw_anvil *anvil, const char *method, const char *params) {
    char body[1024];
    const int length =
        snprintf(body, sizeof body,
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method, params);
    assert(length > 0 && (size_t)length < sizeof body);
    const gw_fetch_request request = {
        .method = "POST", .url = anvil->url, .body = {(const uint8_t *)body, (size_t)length}};
    gw_fetch_response response;
    gw_fetch *fetch = gw_fetch_open(NULL);
    const gw_status status = gw_fetch_run(fetch, anvil->arena, &request, &response, NULL);
    gw_fetch_close(fetch);
    assert(gw_is_ok(status));
    const bool is_error = memmem(response.body.at, response.body.length, "\"error\"", 7) != NULL;
    if (is_error)
        fprintf(stderr, "%s: %.*s\n", method, (int)response.body.length,
                (const char *)response.body.at);
    assert(!is_error);
}

void gw_anvil_mine(const gw_anvil *anvil, int blocks) {
    char params[32];
    (void)snprintf(params, sizeof params, "[\"0x%x\"]", (unsigned)blocks);
    gw_anvil_run(anvil, "anvil_mine", params);
}

void gw_anvil_give_ether(const gw_anvil *anvil, gw_address account) {
    char address[GW_ADDRESS_TEXT_SIZE];
    char params[128];
    gw_address_print(account, address);
    (void)snprintf(params, sizeof params, "[\"%s\",\"0x56bc75e2d63100000\"]", address);
    gw_anvil_run(anvil, "anvil_setBalance", params);
}

gw_signer *gw_anvil_signer(const gw_anvil *anvil, uint8_t seed) {
    gw_signing_key key;
    gw_signer *signer = NULL;
    memset(key.bytes, seed, sizeof key.bytes);
    const gw_status made = gw_signer_make(anvil->arena, &key, NULL, &signer, NULL);
    assert(gw_is_ok(made));
    return signer;
}

void gw_anvil_key_file(uint8_t seed, char path[128]) {
    char folder[] = "/tmp/gw-key-XXXXXX";
    const char *made = mkdtemp(folder);
    assert(made != NULL);
    (void)snprintf(path, 128, "%s/sender.eth", folder);
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert(file >= 0);
    for (int at = 0; at < GW_SIGNING_KEY_BYTES; at++) dprintf(file, "%02x", seed);
    close(file);
}

void gw_anvil_key_remove(const char *path) {
    char folder[128];
    (void)snprintf(folder, sizeof folder, "%s", path);
    (void)unlink(path);
    *strrchr(folder, '/') = '\0';
    (void)rmdir(folder);
}
