/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/ingest.h"

#include "server/clock.h"
#include "server/config.h"
#include "server/flow/load.h"
#include "server/health.h"
#include "server/ingest/keep.h"
#include "server/ingest/loader.h"
#include "server/ingest/receipts.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/parts.h"
#include "server/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { OWN_ARENA_CAP = 64 * 1024, TICK_MS = 100, PATH_SIZE = 4096, EXIT_JOURNAL = 74 };

/* ---- journal */

static void on_durable(void *context, uint64_t durable) {
    gw_app *app = context;
    gw_metric_set(GW_METRIC_JOURNAL_DURABLE, NULL, (int64_t)durable);
    if (gw_journal_is_failed(app->journal)) {
        gw_health_set(GW_HEALTH_JOURNAL, GW_STATE_DOWN, "a write or sync failed");
        gw_log(GW_LEVEL_ERROR, "journal.failed", "journal",
               "nothing is acknowledged any more; the process ends for a clean restart");
        gw_app_stop(EXIT_JOURNAL);
    }
    if (app->loader != NULL) gw_loader_wake(app->loader);
}

gw_status gw_part_journal_start(gw_app *app, gw_fault *reterr) {
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/journal",
                   gw_config_text(app->config, GW_SETTING_SERVER_STATE_DIR));
    const gw_journal_options options = {
        .directory = path,
        .segment_bytes = (size_t)gw_config_int(app->config, GW_SETTING_JOURNAL_SEGMENT_BYTES)};
    GW_TRY(gw_journal_open(&options, &app->journal, reterr));
    gw_health_set(GW_HEALTH_JOURNAL, GW_STATE_UP, NULL);
    return gw_ok();
}

void gw_part_journal_stop(gw_app *app) {
    gw_journal_close(app->journal);
    app->journal = NULL;
}

/* ---- loader */

struct gw_loader {
    gw_arena *arena; /* holds this struct */
    gw_app *app;
    gw_load *load;
    gw_receipts *receipts;
    gw_worker *worker;
    gw_tick kept_at; /* last look at retention */
    bool is_away;    /* the database; logged once */

    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t lsn;
};

static void on_rejected(void *context, gw_text device, int64_t boot, int64_t seq,
                        const gw_fault *fault) {
    gw_loader *loader = context;
    gw_receipts_reject(loader->receipts, device, boot, seq, fault);
}

static void move(gw_loader *loader) {
    (void)pthread_mutex_lock(&loader->lock);
    loader->lsn = gw_load_lsn(loader->load);
    (void)pthread_cond_broadcast(&loader->moved);
    (void)pthread_mutex_unlock(&loader->lock);
    const int64_t durable = (int64_t)gw_journal_durable(loader->app->journal);
    gw_metric_set(GW_METRIC_INGEST_LAG, NULL, durable - (int64_t)loader->lsn);
}

static void note_failure(gw_loader *loader, const gw_fault *fault) {
    if (!loader->is_away) gw_log_fault(GW_LEVEL_WARNING, "loader.waits", GW_TEXT(""), fault);
    loader->is_away = true;
}

static void keep(gw_loader *loader) {
    const gw_tick now = gw_tick_now();
    if (gw_tick_since(now, loader->kept_at).us < INT64_C(60) * 1000000 && loader->kept_at.us != 0)
        return;
    loader->kept_at = now;
    gw_ingest_keep(loader->app, gw_load_lsn(loader->load));
}

static void tick(void *context) {
    gw_loader *loader = context;
    size_t loaded = 1;
    while (loaded > 0 && !gw_worker_is_closing(loader->worker)) {
        gw_fault fault = {0};
        const gw_status status = gw_load_next(loader->load, &loaded, &fault);
        if (!gw_is_ok(status)) {
            note_failure(loader, &fault);
            return;
        }
        loader->is_away = false;
        move(loader);
    }
    keep(loader);
}

void gw_loader_wake(gw_loader *loader) {
    gw_receipts_wake(loader->receipts);
    gw_worker_wake(loader->worker);
}

void gw_loader_set_mqtt(gw_loader *loader, gw_mqtt *mqtt) {
    gw_receipts_set_mqtt(loader->receipts, mqtt);
}

static gw_status open_load(gw_loader *loader, gw_fault *reterr) {
    gw_app *app = loader->app;
    const gw_config *config = app->config;
    const gw_text realm = gw_text_from_c(gw_config_text(config, GW_SETTING_SERVER_REALM));
    const gw_load_settings settings = {
        .db = app->db,
        .clock = app->clock,
        .journal = app->journal,
        .realm = realm,
        .records_most = (int)gw_config_int(config, GW_SETTING_INGEST_BATCH_RECORDS),
        .oldest = gw_span_seconds(gw_config_int(config, GW_SETTING_INGEST_OLDEST_DAYS) * 86400),
        .clock_lead = gw_span_seconds(gw_config_int(config, GW_SETTING_INGEST_CLOCK_LEAD_S)),
        .context = loader,
        .rejected = on_rejected};
    const gw_receipts_settings receipts = {
        .db = app->db, .clock = app->clock, .journal = app->journal, .realm = realm};
    GW_TRY(gw_load_open(&settings, &loader->load, reterr));
    return gw_receipts_open(&receipts, &loader->receipts, reterr);
}

static gw_status open_worker(gw_loader *loader, gw_fault *reterr) {
    const gw_worker_settings worker = {
        .name = "loader", .tick_ms = TICK_MS, .tick = tick, .context = loader};
    return gw_worker_open(&worker, &loader->worker, reterr);
}

static void close_loader(gw_loader *loader) {
    gw_worker_close(loader->worker);
    gw_receipts_close(loader->receipts);
    gw_load_close(loader->load);
    (void)pthread_cond_destroy(&loader->moved);
    (void)pthread_mutex_destroy(&loader->lock);
    gw_arena_close(loader->arena);
}

gw_status gw_part_loader_start(gw_app *app, gw_fault *reterr) {
    gw_loader *loader = NULL;
    pthread_condattr_t monotonic;
    GW_AUTO_ARENA arena = gw_arena_open(OWN_ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(GW_ARENA_NEW(arena, gw_loader, 1, &loader, reterr));
    loader->arena = arena;
    arena = NULL; /* now the loader's */
    loader->app = app;
    (void)pthread_mutex_init(&loader->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&loader->moved, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    gw_status status = open_load(loader, reterr);
    if (gw_is_ok(status)) status = open_worker(loader, reterr);
    if (!gw_is_ok(status)) {
        close_loader(loader);
        return status;
    }
    app->loader = loader;
    gw_journal_watch(app->journal, on_durable, app);
    return gw_ok();
}

/* The journal outlives the loader by a moment and would wake it, so it is closed here. */
void gw_part_loader_stop(gw_app *app) {
    gw_loader *loader = app->loader;
    gw_journal_unwatch(app->journal);
    app->loader = NULL;
    close_loader(loader);
}

/* ---- what others ask */

uint64_t gw_ingest_watermark(const gw_app *app) {
    gw_loader *loader = app->loader;
    (void)pthread_mutex_lock(&loader->lock);
    const uint64_t lsn = loader->lsn;
    (void)pthread_mutex_unlock(&loader->lock);
    return lsn;
}

static struct timespec deadline_in(int timeout_ms) {
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    const int64_t ns = at.tv_nsec + (int64_t)(timeout_ms % 1000) * 1000000;
    at.tv_sec += timeout_ms / 1000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    return at;
}

gw_status gw_ingest_drain(gw_app *app, int timeout_ms, gw_fault *reterr) {
    gw_loader *loader = app->loader;
    const uint64_t target = gw_journal_appended(app->journal);
    const struct timespec deadline = deadline_in(timeout_ms);
    int waited = 0;
    GW_TRY(gw_journal_wait(app->journal, target, timeout_ms, reterr));
    gw_loader_wake(loader);
    (void)pthread_mutex_lock(&loader->lock);
    while (loader->lsn < target && waited == 0)
        waited = pthread_cond_timedwait(&loader->moved, &loader->lock, &deadline);
    const uint64_t lsn = loader->lsn;
    (void)pthread_mutex_unlock(&loader->lock);
    if (lsn >= target) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_TIMED_OUT, "journal",
                        "record %llu of %llu is loaded after %d ms", (unsigned long long)lsn,
                        (unsigned long long)target, timeout_ms);
}

gw_status gw_ingest_append(gw_app *app, const gw_record *record, uint64_t *ret_lsn,
                           gw_fault *reterr) {
    return gw_journal_append(app->journal, record, ret_lsn, reterr);
}
