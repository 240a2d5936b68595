/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"

#include "server/health.h"
#include "server/log.h"
#include "server/notify.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic int wanted_exit;
static _Atomic bool is_stop_wanted;

static sigset_t stop_signals(void) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    return set;
}

void gw_app_block_signals(void) {
    const sigset_t set = stop_signals();
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

void gw_app_stop(int exit_code) {
    atomic_store(&wanted_exit, exit_code);
    atomic_store(&is_stop_wanted, true);
    (void)kill(getpid(), SIGTERM);
}

int gw_app_exit_code(void) { return atomic_load(&wanted_exit); }

/* From here on a second signal ends the process at once. */
static void let_signals_through(void) {
    const sigset_t set = stop_signals();
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void wait_for_stop(gw_app *app) {
    const sigset_t set = stop_signals();
    const struct timespec second = {.tv_sec = 1};
    for (;;) {
        const int number = sigtimedwait(&set, NULL, &second);
        if (number == SIGTERM || number == SIGINT || atomic_load(&is_stop_wanted)) return;
        if (number == SIGHUP && app->reload != NULL) app->reload(app);
        gw_notify_watchdog();
    }
}

static int start_parts(gw_app *app, const gw_part_list *parts, gw_status *ret, gw_fault *reterr) {
    for (int i = 0; i < parts->count; i++) {
        *ret = parts->items[i].start(app, reterr);
        if (!gw_is_ok(*ret)) {
            gw_log(GW_LEVEL_ERROR, "app.part-failed", parts->items[i].name, "start refused");
            return i;
        }
        gw_log(GW_LEVEL_DEBUG, "app.part-started", parts->items[i].name, "started");
    }
    return parts->count;
}

static void stop_parts(gw_app *app, const gw_part_list *parts, int started) {
    for (int i = started - 1; i >= 0; i--) {
        parts->items[i].stop(app);
        gw_log(GW_LEVEL_DEBUG, "app.part-stopped", parts->items[i].name, "stopped");
    }
}

gw_status gw_app_run(gw_app *app, const gw_part_list *parts, gw_fault *reterr) {
    gw_status status = gw_ok();
    const int started = start_parts(app, parts, &status, reterr);
    if (gw_is_ok(status)) {
        gw_health_mark_started();
        gw_notify_ready();
        gw_log(GW_LEVEL_INFO, "app.started", NULL, "all parts run");
        wait_for_stop(app);
        gw_health_mark_stopping();
        gw_log(GW_LEVEL_INFO, "app.stopping", NULL, "asked to stop");
    }
    gw_notify_stopping();
    let_signals_through();
    stop_parts(app, parts, started);
    return status;
}
