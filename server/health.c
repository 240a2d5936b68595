/* SPDX-License-Identifier: Apache-2.0 */
#include "server/health.h"

#include "server/log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct facts {
    const char *name;
    bool needed;
} facts;

static const facts facts_of[GW_HEALTH_COUNT] = {
#define GW_HEALTH(symbol, wire, needed) [GW_HEALTH_##symbol] = {wire, (needed) != 0},
#include "server/health.def"
#undef GW_HEALTH
};

static const char *const state_names[] = {"unused", "up", "degraded", "down"};

typedef struct present {
    gw_health_state state;
    gw_tick since;
    char detail[160];
} present;

/* Guarded by the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static present present_of[GW_HEALTH_COUNT];
static bool is_started;

const char *gw_health_state_wire(gw_health_state state) { return state_names[state]; }

static bool change(gw_health health, gw_health_state state, const char *detail) {
    present *now = &present_of[health];
    const bool is_new = now->state != state;
    if (is_new) now->since = gw_tick_now();
    now->state = state;
    (void)snprintf(now->detail, sizeof now->detail, "%s", detail == NULL ? "" : detail);
    return is_new;
}

void gw_health_set(gw_health health, gw_health_state state, const char *detail) {
    (void)pthread_mutex_lock(&lock);
    const bool is_new = change(health, state, detail);
    (void)pthread_mutex_unlock(&lock);
    if (!is_new) return;
    const gw_level level =
        state == GW_STATE_DOWN || state == GW_STATE_DEGRADED ? GW_LEVEL_WARNING : GW_LEVEL_INFO;
    gw_log(level, "health.changed", facts_of[health].name, "%s%s%s", state_names[state],
           detail == NULL ? "" : ": ", detail == NULL ? "" : detail);
}

gw_health_report gw_health_get(gw_health health) {
    (void)pthread_mutex_lock(&lock);
    const present *now = &present_of[health];
    gw_health_report report = {.name = facts_of[health].name,
                               .needed = facts_of[health].needed,
                               .state = now->state,
                               .since = now->since};
    memcpy(report.detail, now->detail, sizeof report.detail);
    (void)pthread_mutex_unlock(&lock);
    return report;
}

bool gw_health_is_ready(void) {
    (void)pthread_mutex_lock(&lock);
    bool ready = is_started;
    for (int i = 0; i < GW_HEALTH_COUNT; i++) {
        ready = ready && !(facts_of[i].needed && present_of[i].state == GW_STATE_DOWN);
    }
    (void)pthread_mutex_unlock(&lock);
    return ready;
}

bool gw_health_is_degraded(void) {
    (void)pthread_mutex_lock(&lock);
    bool degraded = false;
    for (int i = 0; i < GW_HEALTH_COUNT; i++) {
        degraded = degraded || present_of[i].state == GW_STATE_DOWN ||
                   present_of[i].state == GW_STATE_DEGRADED;
    }
    (void)pthread_mutex_unlock(&lock);
    return degraded;
}

static void mark(bool started) {
    (void)pthread_mutex_lock(&lock);
    is_started = started;
    (void)pthread_mutex_unlock(&lock);
}

void gw_health_mark_started(void) { mark(true); }
void gw_health_mark_stopping(void) { mark(false); }
