/* SPDX-License-Identifier: Apache-2.0
 *
 * A named thread with a bounded queue of pointers and an optional tick. Posting never blocks: a
 * full queue refuses. The item belongs to the worker from a successful post on. Closing lets queued
 * items finish, then joins.
 */
#pragma once

#include "base/status.h"

typedef struct gw_worker gw_worker;

typedef struct gw_worker_settings {
    const char *name; /* a literal, at most 15 characters (thread name) */
    int capacity;     /* 1..65536; 0 for a worker that only ticks */
    int tick_ms;      /* 0: no tick; else tick runs at least this often and once at the start */
    void (*run)(void *context, void *item); /* may be NULL without a queue */
    void (*tick)(void *context);            /* may be NULL */
    void *context;
} gw_worker_settings;

GW_MUST_CHECK gw_status gw_worker_open(const gw_worker_settings *settings, gw_worker **ret,
                                       gw_fault *reterr);
/* GW_CODE_RATE_LIMITED: the queue is full or the worker is closing; the item stays the caller's. */
GW_MUST_CHECK gw_status gw_worker_post(gw_worker *worker, void *item, gw_fault *reterr);
void gw_worker_wake(gw_worker *worker);       /* tick now */
bool gw_worker_is_closing(gw_worker *worker); /* for long ticks and runs */
void gw_worker_close(gw_worker *worker);      /* NULL is fine; not from its own thread */
