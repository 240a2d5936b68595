/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"

#include "server/fetch.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Plausible years of a system clock: a battery-less board starts in 1970, a wrong one in 2036. */
static const int64_t EARLIEST_S = INT64_C(1704067200); /* 2024-01-01 */
static const int64_t LATEST_S = INT64_C(7258118400);   /* 2200-01-01 */

enum {
    ANSWER_MOST = 4096,
    ARENA_CAP = 64 * 1024,
    STEP_TIMEOUT_MS = 15000, /* the conductor holds a poll for at most 10 s */
    NOW_TIMEOUT_MS = 2000,
    START_ATTEMPTS = 150,
    START_PAUSE_MS = 200, /* 150 * 200 ms = 30 s */
    URL_LONGEST = 256,
    NAME_SIZE = 65,
};

struct gw_clock {
    gw_clock_mode mode;
    bool is_manual;
    char url[URL_LONGEST]; /* of the conductor, without a slash at the end */
    char who[NAME_SIZE];
    gw_fetch *fetch;         /* for steps; one thread */
    _Atomic int64_t told_us; /* conducted: the last instant we were told */
};

gw_instant gw_clock_real(void) {
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_REALTIME, &at);
    return (gw_instant){(int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000};
}

gw_tick gw_tick_now(void) {
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (gw_tick){(int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000};
}

gw_clock_mode gw_clock_mode_get(const gw_clock *clock) { return clock->mode; }

gw_instant gw_clock_now(const gw_clock *clock) {
    if (clock->mode == GW_CLOCK_SYSTEM) return gw_clock_real();
    return (gw_instant){atomic_load(&clock->told_us)};
}

void gw_clock_set(gw_clock *clock, gw_instant now) {
    assert(clock->is_manual);
    atomic_store(&clock->told_us, now.us);
}

static gw_status check_year(gw_fault *reterr) {
    const int64_t now_s = gw_clock_real().us / 1000000;
    if (now_s >= EARLIEST_S && now_s < LATEST_S) return gw_ok();
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(gw_clock_real(), text);
    const gw_status status = gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "clock",
                                          "the system's clock cannot be right: %s", text);
    return gw_hint(reterr, status, "Set the clock and let it be kept by NTP.");
}

static gw_status answer_fault(gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "conductor",
                        "the conductor's answer cannot be read");
}

static gw_status read_now(const json_t *answer, gw_instant *ret, gw_fault *reterr) {
    const char *text = json_string_value(json_object_get(answer, "now"));
    if (text == NULL) return answer_fault(reterr);
    return gw_instant_parse(gw_text_from_c(text), ret, reterr);
}

static gw_status read_turn(gw_bytes body, gw_clock_turn *ret, gw_fault *reterr) {
    json_t *answer = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *step = json_object_get(answer, "step");
    gw_clock_turn turn = {.step = json_integer_value(step)};
    turn.stop = json_is_true(json_object_get(answer, "stop"));
    gw_status status = read_now(answer, &turn.now, reterr);
    if (gw_is_ok(status) && turn.step <= 0) status = answer_fault(reterr);
    json_decref(answer);
    GW_TRY(status);
    *ret = turn;
    return gw_ok();
}

static gw_status exchange(const gw_clock *clock, gw_fetch *fetch, gw_arena *arena,
                          const gw_fetch_request *wish, gw_fetch_response *ret) {
    char url[URL_LONGEST + 32];
    gw_fetch_request request = *wish;
    (void)snprintf(url, sizeof url, "%s/v1/conductor/%s", clock->url, wish->url);
    request.url = url;
    request.response_limit = ANSWER_MOST;
    return gw_fetch_run(fetch, arena, &request, ret, NULL);
}

static gw_status away(const gw_clock *clock, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "conductor",
                        "could not reach the conductor at %s", clock->url);
}

static gw_status ask_now(gw_clock *clock, gw_fetch *fetch, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL || fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_fetch_request wish = {.method = "GET", .url = "now", .timeout_ms = NOW_TIMEOUT_MS};
    gw_fetch_response response = {0};
    const gw_status status = exchange(clock, fetch, arena, &wish, &response);
    if (!gw_is_ok(status) || response.status != 200) return away(clock, reterr);
    json_t *answer = json_loadb((const char *)response.body.at, response.body.length, 0, NULL);
    gw_instant now = {0};
    const gw_status read = read_now(answer, &now, reterr);
    json_decref(answer);
    GW_TRY(read);
    atomic_store(&clock->told_us, now.us);
    return gw_ok();
}

/* With a connection of its own, so that any thread may ask while another waits for its step. */
gw_status gw_clock_refresh(gw_clock *clock, gw_fault *reterr) {
    if (clock->mode == GW_CLOCK_SYSTEM || clock->is_manual) return gw_ok();
    gw_fetch *fetch = gw_fetch_open(NULL);
    const gw_status status = ask_now(clock, fetch, reterr);
    gw_fetch_close(fetch);
    return status;
}

static gw_status wait_for_conductor(gw_clock *clock, gw_fault *reterr) {
    gw_fault fault = {0};
    gw_status status = gw_ok();
    for (int i = 0; i < START_ATTEMPTS; i++) {
        status = gw_clock_refresh(clock, &fault);
        if (gw_is_ok(status)) return status;
        (void)nanosleep(&(struct timespec){.tv_nsec = START_PAUSE_MS * 1000000L}, NULL);
    }
    if (reterr != NULL) *reterr = fault;
    return status;
}

static gw_status check_settings(const gw_clock_settings *settings, gw_fault *reterr) {
    const gw_text url = gw_text_from_c(settings->conductor_url);
    const bool is_local = gw_text_starts(url, "http://127.0.0.1:") ||
                          gw_text_starts(url, "http://localhost:") ||
                          gw_text_starts(url, "http://[::1]:");
    if (!is_local || url.length >= URL_LONGEST) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "clock.conductor_url",
                            "a conducted clock needs a conductor on loopback");
    }
    if (!gw_text_is_name(gw_text_from_c(settings->who))) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "clock.who", "not a name");
    }
    return gw_ok();
}

static gw_status start_conducted(const gw_clock_settings *settings, gw_clock *clock,
                                 gw_fault *reterr) {
    GW_TRY(check_settings(settings, reterr));
    gw_text url = gw_text_from_c(settings->conductor_url);
    while (url.length > 0 && url.at[url.length - 1] == '/') url.length--;
    (void)snprintf(clock->url, sizeof clock->url, "%.*s", GW_TEXT_ARGS(url));
    (void)snprintf(clock->who, sizeof clock->who, "%s", settings->who);
    clock->fetch = gw_fetch_open(NULL);
    if (clock->fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return wait_for_conductor(clock, reterr);
}

gw_status gw_clock_open(const gw_clock_settings *settings, gw_clock **ret, gw_fault *reterr) {
    GW_TRY(check_year(reterr));
    gw_clock *clock = calloc(1, sizeof *clock);
    if (clock == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    clock->mode = settings->mode;
    if (settings->mode == GW_CLOCK_CONDUCTED) {
        const gw_status status = start_conducted(settings, clock, reterr);
        if (!gw_is_ok(status)) {
            gw_clock_close(clock);
            return status;
        }
    }
    *ret = clock;
    return gw_ok();
}

gw_clock *gw_clock_open_manual(gw_instant now) {
    gw_clock *clock = calloc(1, sizeof *clock);
    if (clock == NULL) return NULL;
    clock->mode = GW_CLOCK_CONDUCTED;
    clock->is_manual = true;
    gw_clock_set(clock, now);
    return clock;
}

void gw_clock_close(gw_clock *clock) {
    if (clock == NULL) return;
    gw_fetch_close(clock->fetch);
    free(clock);
}

gw_status gw_clock_step(gw_clock *clock, int64_t done, gw_clock_turn *ret, gw_fault *reterr) {
    assert(clock->mode == GW_CLOCK_CONDUCTED && !clock->is_manual);
    char body[URL_LONGEST];
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    (void)snprintf(body, sizeof body, "{\"who\":\"%s\",\"done\":%" PRId64 "}", clock->who, done);
    const gw_fetch_request wish = {.method = "POST",
                                   .url = "step",
                                   .timeout_ms = STEP_TIMEOUT_MS,
                                   .body = {(const uint8_t *)body, strlen(body)}};
    gw_fetch_response response = {0};
    const gw_status status = exchange(clock, clock->fetch, arena, &wish, &response);
    if (!gw_is_ok(status)) return away(clock, reterr);
    if (response.status == 204) {
        *ret = (gw_clock_turn){.now = gw_clock_now(clock)};
        return gw_ok();
    }
    if (response.status != 200) return answer_fault(reterr);
    GW_TRY(read_turn(response.body, ret, reterr));
    atomic_store(&clock->told_us, ret->now.us);
    return gw_ok();
}
