/* SPDX-License-Identifier: Apache-2.0 */
#include "server/worker.h"

#include "server/clock.h"
#include "server/metrics.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { CAPACITY_MOST = 65536 };

struct gw_worker {
    gw_worker_settings settings;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void **items; /* a ring */
    int first;
    int count;
    bool is_woken;
    bool is_closing;
};

typedef enum work_kind {
    WORK_ITEM,
    WORK_TICK,
    WORK_END,
} work_kind;

static struct timespec deadline_of(gw_tick at) {
    return (struct timespec){.tv_sec = at.us / 1000000, .tv_nsec = (at.us % 1000000) * 1000};
}

static bool tick_is_due(const gw_worker *worker, gw_tick due) {
    if (worker->settings.tick == NULL) return false;
    return worker->is_woken ||
           (worker->settings.tick_ms > 0 && gw_tick_since(gw_tick_now(), due).us >= 0);
}

static void wait_for_change(gw_worker *worker, gw_tick due) {
    if (worker->settings.tick_ms == 0) {
        (void)pthread_cond_wait(&worker->changed, &worker->lock);
        return;
    }
    const struct timespec deadline = deadline_of(due);
    (void)pthread_cond_timedwait(&worker->changed, &worker->lock, &deadline);
}

/* A due tick goes before items, so that a full queue does not starve it. */
static work_kind next_work(gw_worker *worker, gw_tick due, void **ret_item) {
    for (;;) {
        if (!worker->is_closing && tick_is_due(worker, due)) {
            worker->is_woken = false;
            return WORK_TICK;
        }
        if (worker->count > 0) {
            *ret_item = worker->items[worker->first];
            worker->first = (worker->first + 1) % worker->settings.capacity;
            worker->count--;
            return WORK_ITEM;
        }
        if (worker->is_closing) return WORK_END;
        wait_for_change(worker, due);
    }
}

static void *run_worker(void *context) {
    gw_worker *worker = context;
    gw_tick due = gw_tick_now();
    for (;;) {
        void *item = NULL;
        (void)pthread_mutex_lock(&worker->lock);
        const work_kind kind = next_work(worker, due, &item);
        (void)pthread_mutex_unlock(&worker->lock);
        if (kind == WORK_END) return NULL;
        if (kind == WORK_ITEM) worker->settings.run(worker->settings.context, item);
        if (kind == WORK_TICK) {
            worker->settings.tick(worker->settings.context);
            due = gw_tick_plus(gw_tick_now(), (gw_span){worker->settings.tick_ms * INT64_C(1000)});
        }
    }
}

static void init_locks(gw_worker *worker) {
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&worker->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&worker->lock, NULL);
}

static void worker_free(gw_worker *worker) {
    (void)pthread_cond_destroy(&worker->changed);
    (void)pthread_mutex_destroy(&worker->lock);
    free(worker->items);
    free(worker);
}

gw_status gw_worker_open(const gw_worker_settings *settings, gw_worker **ret, gw_fault *reterr) {
    if (settings->capacity < 0 || settings->capacity > CAPACITY_MOST) {
        return gw_fail(reterr, GW_CODE_OUT_OF_RANGE);
    }
    gw_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    worker->settings = *settings;
    init_locks(worker);
    worker->items = calloc((size_t)settings->capacity + 1, sizeof *worker->items);
    /* The first tick may look at what our caller does with *ret, so it waits for the lock. */
    (void)pthread_mutex_lock(&worker->lock);
    const bool is_running =
        worker->items != NULL && pthread_create(&worker->thread, NULL, run_worker, worker) == 0;
    if (is_running) *ret = worker;
    (void)pthread_mutex_unlock(&worker->lock);
    if (!is_running) {
        worker_free(worker);
        return gw_fail_with(reterr, GW_CODE_NO_MEMORY, settings->name, "could not start a thread");
    }
    (void)pthread_setname_np(worker->thread, settings->name);
    return gw_ok();
}

static bool append(gw_worker *worker, void *item) {
    if (worker->is_closing || worker->count == worker->settings.capacity) return false;
    worker->items[(worker->first + worker->count) % worker->settings.capacity] = item;
    worker->count++;
    (void)pthread_cond_signal(&worker->changed);
    return true;
}

gw_status gw_worker_post(gw_worker *worker, void *item, gw_fault *reterr) {
    (void)pthread_mutex_lock(&worker->lock);
    const bool is_taken = append(worker, item);
    (void)pthread_mutex_unlock(&worker->lock);
    if (is_taken) return gw_ok();
    gw_metric_add(GW_METRIC_WORKER_REFUSED, worker->settings.name, 1);
    return gw_fail_with(reterr, GW_CODE_RATE_LIMITED, worker->settings.name,
                        "the queue of %s is full", worker->settings.name);
}

void gw_worker_wake(gw_worker *worker) {
    (void)pthread_mutex_lock(&worker->lock);
    worker->is_woken = true;
    (void)pthread_cond_signal(&worker->changed);
    (void)pthread_mutex_unlock(&worker->lock);
}

bool gw_worker_is_closing(gw_worker *worker) {
    (void)pthread_mutex_lock(&worker->lock);
    const bool is_closing = worker->is_closing;
    (void)pthread_mutex_unlock(&worker->lock);
    return is_closing;
}

void gw_worker_close(gw_worker *worker) {
    if (worker == NULL) return;
    (void)pthread_mutex_lock(&worker->lock);
    worker->is_closing = true;
    (void)pthread_cond_signal(&worker->changed);
    (void)pthread_mutex_unlock(&worker->lock);
    (void)pthread_join(worker->thread, NULL);
    worker_free(worker);
}
