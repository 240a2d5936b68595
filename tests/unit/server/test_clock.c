/* SPDX-License-Identifier: Apache-2.0
 *
 * The conducted clock against a conductor of one thread that answers from a list.
 */
#include "server/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { REQUEST_SIZE = 4096 };

typedef struct conductor {
    int listener;
    const char *const *answers; /* "204" or a JSON body, one per connection; NULL ends */
    char last[REQUEST_SIZE];
    char url[64];
    pthread_t thread;
} conductor;

static void answer(int peer, const char *body) {
    char text[1024];
    const bool is_empty = strcmp(body, "204") == 0;
    const int length = snprintf(text, sizeof text,
                                "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                                is_empty ? "204 No Content" : "200 OK",
                                is_empty ? (size_t)0 : strlen(body), is_empty ? "" : body);
    assert_int_equal(write(peer, text, (size_t)length), length);
}

/* Reads until the body that Content-Length promises is there; the tests' bodies end with "}". */
static void read_request(conductor *from, int peer) {
    size_t used = 0;
    for (;;) {
        const ssize_t got = read(peer, from->last + used, REQUEST_SIZE - 1 - used);
        if (got <= 0) return;
        used += (size_t)got;
        from->last[used] = '\0';
        const char *end = strstr(from->last, "\r\n\r\n");
        if (end == NULL) continue;
        if (strncmp(from->last, "GET", 3) == 0 || strchr(end, '}') != NULL) return;
    }
}

static void *run_conductor(void *context) {
    conductor *self = context;
    for (int i = 0; self->answers[i] != NULL; i++) {
        const int peer = accept(self->listener, NULL, NULL);
        read_request(self, peer);
        answer(peer, self->answers[i]);
        (void)close(peer);
    }
    return NULL;
}

static void start(conductor *self, const char *const *answers) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self->answers = answers;
    self->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(self->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(self->listener, 4), 0);
    assert_int_equal(getsockname(self->listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(self->url, sizeof self->url, "http://127.0.0.1:%u/", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&self->thread, NULL, run_conductor, self), 0);
}

static void stop(conductor *self) {
    (void)pthread_join(self->thread, NULL);
    (void)close(self->listener);
}

static gw_clock *open_clock(const conductor *self) {
    gw_clock *clock = NULL;
    const gw_clock_settings settings = {
        .mode = GW_CLOCK_CONDUCTED, .conductor_url = self->url, .who = "gateway"};
    assert_true(gw_is_ok(gw_clock_open(&settings, &clock, NULL)));
    return clock;
}

static gw_instant instant_of(const char *text) {
    gw_instant at;
    assert_true(gw_is_ok(gw_instant_parse(gw_text_from_c(text), &at, NULL)));
    return at;
}

static void a_step_moves_the_clock_and_a_poll_without_one_does_not(void **state) {
    (void)state;
    static const char *const answers[] = {
        "{\"now\":\"2026-01-20T15:30:00Z\"}", "204",
        "{\"step\":18,\"now\":\"2026-01-20T16:00:00Z\",\"stop\":false}",
        "{\"step\":19,\"now\":\"2026-01-20T16:30:00Z\",\"stop\":true}", NULL};
    conductor self = {0};
    gw_clock_turn turn = {.step = 77};
    start(&self, answers);
    gw_clock *clock = open_clock(&self);
    assert_true(gw_instant_equal(gw_clock_now(clock), instant_of("2026-01-20T15:30:00Z")));
    assert_true(gw_is_ok(gw_clock_step(clock, 0, &turn, NULL)));
    assert_int_equal(turn.step, 0);
    assert_true(gw_instant_equal(gw_clock_now(clock), instant_of("2026-01-20T15:30:00Z")));
    assert_true(gw_is_ok(gw_clock_step(clock, 0, &turn, NULL)));
    assert_int_equal(turn.step, 18);
    assert_false(turn.stop);
    assert_true(gw_instant_equal(gw_clock_now(clock), instant_of("2026-01-20T16:00:00Z")));
    assert_true(gw_is_ok(gw_clock_step(clock, 18, &turn, NULL)));
    assert_true(turn.stop);
    stop(&self);
    assert_non_null(strstr(self.last, "POST /v1/conductor/step HTTP/1.1"));
    assert_non_null(strstr(self.last, "{\"who\":\"gateway\",\"done\":18}"));
    gw_clock_close(clock);
}

static void an_answer_that_cannot_be_read_changes_nothing(void **state) {
    (void)state;
    static const char *const answers[] = {"{\"now\":\"2026-01-20T15:30:00Z\"}",
                                          "{\"step\":0,\"now\":\"2026-01-20T16:00:00Z\"}",
                                          "{\"step\":5,\"now\":\"soon\"}",
                                          "nonsense",
                                          "{\"step\":5}",
                                          NULL};
    conductor self = {0};
    start(&self, answers);
    gw_clock *clock = open_clock(&self);
    for (int i = 0; i < 4; i++) {
        gw_clock_turn turn = {.step = 77};
        assert_false(gw_is_ok(gw_clock_step(clock, 0, &turn, NULL)));
        assert_int_equal(turn.step, 77);
    }
    stop(&self);
    assert_true(gw_instant_equal(gw_clock_now(clock), instant_of("2026-01-20T15:30:00Z")));
    assert_int_equal(gw_clock_step(clock, 0, &(gw_clock_turn){0}, NULL).code, GW_CODE_UNAVAILABLE);
    gw_clock_close(clock);
}

static void a_conductor_elsewhere_is_refused(void **state) {
    (void)state;
    static const char *const refused[] = {"http://10.0.0.1:80", "https://127.0.0.1:1",
                                          "http://127.0.0.1.example:1", ""};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        gw_clock *clock = NULL;
        const gw_clock_settings settings = {
            .mode = GW_CLOCK_CONDUCTED, .conductor_url = refused[i], .who = "gateway"};
        assert_int_equal(gw_clock_open(&settings, &clock, NULL).code, GW_CODE_INVALID);
        assert_null(clock);
    }
}

static void the_system_clock_is_the_system_s(void **state) {
    (void)state;
    gw_clock *clock = NULL;
    const gw_clock_settings settings = {.mode = GW_CLOCK_SYSTEM};
    assert_true(gw_is_ok(gw_clock_open(&settings, &clock, NULL)));
    const gw_instant before = gw_clock_real();
    const gw_instant now = gw_clock_now(clock);
    assert_false(gw_instant_before(now, before));
    assert_true(gw_is_ok(gw_clock_refresh(clock, NULL)));
    gw_clock_close(clock);
}

static void a_manual_clock_stands_until_it_is_set(void **state) {
    (void)state;
    gw_clock *clock = gw_clock_open_manual((gw_instant){5});
    assert_int_equal(gw_clock_now(clock).us, 5);
    gw_clock_set(clock, (gw_instant){9});
    assert_int_equal(gw_clock_now(clock).us, 9);
    gw_clock_close(clock);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_moves_the_clock_and_a_poll_without_one_does_not),
        cmocka_unit_test(an_answer_that_cannot_be_read_changes_nothing),
        cmocka_unit_test(a_conductor_elsewhere_is_refused),
        cmocka_unit_test(the_system_clock_is_the_system_s),
        cmocka_unit_test(a_manual_clock_stands_until_it_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
