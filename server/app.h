/* SPDX-License-Identifier: Apache-2.0
 *
 * The running process: handles of its parts, and the loop that starts them in order, waits for a
 * signal, and stops them in reverse. SIGTERM and SIGINT stop gracefully; a second one ends at once;
 * SIGHUP reloads what config.def marks so.
 * Tells systemd READY, STOPPING and WATCHDOG when NOTIFY_SOCKET is set. Fields are written by the
 * part that owns them, before any later part starts; afterwards they are read-only.
 */
#pragma once

#include "base/status.h"

struct gw_config;
struct gw_clock;
struct gw_random;
struct gw_db;

typedef struct gw_app {
    struct gw_config *config;
    void (*reload)(struct gw_app *app); /* SIGHUP, on the main thread; NULL: ignored */
    struct gw_clock *clock;
    struct gw_random *random;
    struct gw_db *db;
    /* Owners add their handle here, one line each, sorted. */
    struct gw_chain_port *chain; /* NULL: no chain is configured */
    struct gw_flow *flow;
    struct gw_worker *forecast; /* NULL on a conducted clock: its steps forecast */
    struct gw_http_server *http;
    struct gw_journal *journal;
    struct gw_loader *loader;
    struct gw_mqtt *mqtt;
    struct gw_outbox *outbox;
} gw_app;

typedef struct gw_part {
    const char *name;
    gw_status (*start)(gw_app *app, gw_fault *reterr);
    void (*stop)(gw_app *app);
} gw_part;

typedef struct gw_part_list {
    const gw_part *items;
    int count;
} gw_part_list;

/* Starts, waits until a signal or gw_app_stop, stops. Signals must be blocked before any thread is
 * made, so the caller's first act is gw_app_block_signals. Returns the first failure. */
GW_MUST_CHECK gw_status gw_app_run(gw_app *app, const gw_part_list *parts, gw_fault *reterr);
void gw_app_block_signals(void);
/* Asks the loop to stop, from any thread; exit_code is the process's result. */
void gw_app_stop(int exit_code);
int gw_app_exit_code(void);
