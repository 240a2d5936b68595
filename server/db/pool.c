/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/connection.h"

#include "server/clock.h"
#include "server/metrics.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* After a failed connect others fail at once for this long, so that a database that is away does
 * not hold every thread for the whole connect timeout. */
static const int64_t CONNECT_PAUSE_US = 500000;

struct gw_pool {
    gw_db_settings settings;
    char *conninfo;
    char *password;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    gw_connection *connections;
    int in_use;
    gw_tick failed_at; /* us 0: the last connect worked */
};

static gw_status no_memory(gw_fault *reterr) { return gw_fail(reterr, GW_CODE_NO_MEMORY); }

static void pool_free(gw_pool *pool) {
    if (pool == NULL) return;
    if (pool->password != NULL) explicit_bzero(pool->password, strlen(pool->password));
    free(pool->password);
    free(pool->conninfo);
    free(pool->connections);
    free(pool);
}

static gw_pool *pool_new(const gw_db_settings *settings) {
    gw_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->settings = *settings;
    pool->conninfo = strdup(settings->conninfo);
    pool->password = settings->password == NULL ? NULL : strdup(settings->password);
    pool->connections = calloc((size_t)settings->connections, sizeof *pool->connections);
    pool->settings.conninfo = pool->conninfo;
    pool->settings.password = pool->password;
    const bool is_whole = pool->conninfo != NULL && pool->connections != NULL &&
                          (settings->password == NULL || pool->password != NULL);
    if (is_whole) return pool;
    pool_free(pool);
    return NULL;
}

static void init_locks(gw_pool *pool) {
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pool->freed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&pool->lock, NULL);
}

gw_status gw_db_open(const gw_db_settings *settings, gw_db **ret, gw_fault *reterr) {
    gw_fault fault = {0};
    if (settings->connections < 1 || settings->connections > 64) {
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "connections", "not 1 to 64");
    }
    gw_db *db = calloc(1, sizeof *db);
    if (db == NULL) return no_memory(reterr);
    db->pool = pool_new(settings);
    if (db->pool == NULL) {
        free(db);
        return no_memory(reterr);
    }
    init_locks(db->pool);
    const gw_status status = gw_db_check(db, &fault);
    if (!gw_is_ok(status) && status.code != GW_CODE_UNAVAILABLE) {
        gw_db_close(db);
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    *ret = db;
    return gw_ok();
}

void gw_db_close(gw_db *db) {
    if (db == NULL) return;
    gw_pool *pool = db->pool;
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->in_use > 0) (void)pthread_cond_wait(&pool->freed, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->settings.connections; i++) {
        gw_connection_close(&pool->connections[i]);
    }
    (void)pthread_cond_destroy(&pool->freed);
    (void)pthread_mutex_destroy(&pool->lock);
    pool_free(pool);
    free(db);
}

/* An open idle connection before one that must still be opened. Called under the lock. */
static gw_connection *find_idle(gw_pool *pool) {
    gw_connection *closed = NULL;
    for (int i = 0; i < pool->settings.connections; i++) {
        gw_connection *connection = &pool->connections[i];
        if (connection->is_leased) continue;
        if (connection->pg != NULL) return connection;
        if (closed == NULL) closed = connection;
    }
    return closed;
}

static struct timespec deadline_after(int timeout_ms) {
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
    if (at.tv_nsec < 1000000000L) return at;
    at.tv_nsec -= 1000000000L;
    at.tv_sec++;
    return at;
}

static gw_connection *wait_for_idle(gw_pool *pool) {
    const struct timespec deadline = deadline_after(pool->settings.lease_timeout_ms);
    (void)pthread_mutex_lock(&pool->lock);
    gw_connection *connection = find_idle(pool);
    int waited = 0;
    while (connection == NULL && waited != ETIMEDOUT) {
        waited = pthread_cond_timedwait(&pool->freed, &pool->lock, &deadline);
        connection = find_idle(pool);
    }
    if (connection != NULL) {
        connection->is_leased = true;
        pool->in_use++;
    }
    gw_metric_set(GW_METRIC_DB_IN_USE, NULL, pool->in_use);
    (void)pthread_mutex_unlock(&pool->lock);
    return connection;
}

static bool is_paused(gw_pool *pool) {
    (void)pthread_mutex_lock(&pool->lock);
    const gw_tick failed_at = pool->failed_at;
    (void)pthread_mutex_unlock(&pool->lock);
    return failed_at.us != 0 && gw_tick_since(gw_tick_now(), failed_at).us < CONNECT_PAUSE_US;
}

static void note_connect(gw_pool *pool, gw_status status) {
    (void)pthread_mutex_lock(&pool->lock);
    pool->failed_at = gw_is_ok(status) ? (gw_tick){0} : gw_tick_now();
    (void)pthread_mutex_unlock(&pool->lock);
}

static gw_status revive(gw_pool *pool, gw_connection *connection, gw_fault *reterr) {
    gw_connection_close(connection);
    if (is_paused(pool)) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "database",
                            "could not connect to the database a moment ago");
    }
    gw_status status = gw_connection_dial(connection, &pool->settings, reterr);
    note_connect(pool, status);
    GW_TRY(status);
    status = gw_connection_prepare(connection, reterr);
    if (!gw_is_ok(status)) gw_connection_close(connection);
    return status;
}

gw_status gw_db_lease(gw_db *db, gw_connection **ret, gw_fault *reterr) {
    if (db->bound != NULL) {
        *ret = db->bound;
        return gw_ok();
    }
    gw_connection *connection = wait_for_idle(db->pool);
    if (connection == NULL) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "database",
                            "all %d database connections are busy", db->pool->settings.connections);
    }
    if (!gw_connection_is_alive(connection)) {
        const gw_status status = revive(db->pool, connection, reterr);
        if (!gw_is_ok(status)) {
            gw_db_give_back(db, connection);
            return status;
        }
    }
    connection->wants_retry = false;
    *ret = connection;
    return gw_ok();
}

void gw_db_give_back(gw_db *db, gw_connection *connection) {
    if (db->bound != NULL) return;
    gw_pool *pool = db->pool;
    (void)pthread_mutex_lock(&pool->lock);
    connection->is_leased = false;
    pool->in_use--;
    gw_metric_set(GW_METRIC_DB_IN_USE, NULL, pool->in_use);
    (void)pthread_cond_signal(&pool->freed);
    (void)pthread_mutex_unlock(&pool->lock);
}

gw_status gw_db_check(gw_db *db, gw_fault *reterr) {
    gw_connection *connection = NULL;
    GW_TRY(gw_db_lease(db, &connection, reterr));
    const gw_status status = gw_connection_do(connection, GW_QUERY_SESSION_NOW, reterr);
    gw_db_give_back(db, connection);
    return status;
}

gw_db_usage gw_db_usage_get(gw_db *db) {
    gw_pool *pool = db->pool;
    (void)pthread_mutex_lock(&pool->lock);
    gw_db_usage usage = {.in_use = pool->in_use, .limit = pool->settings.connections};
    for (int i = 0; i < usage.limit; i++) usage.open += pool->connections[i].pg != NULL ? 1 : 0;
    (void)pthread_mutex_unlock(&pool->lock);
    return usage;
}
