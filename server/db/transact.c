/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/db/connection.h"
#include "server/metrics.h"
#include "server/random.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>
#include <time.h>

static const gw_query begin_of[] = {
    [GW_ISOLATION_READ_COMMITTED] = GW_QUERY_SESSION_BEGIN_READ_COMMITTED,
    [GW_ISOLATION_REPEATABLE_READ] = GW_QUERY_SESSION_BEGIN_REPEATABLE_READ,
    [GW_ISOLATION_SERIALIZABLE] = GW_QUERY_SESSION_BEGIN_SERIALIZABLE,
};

/* A COMMIT of a transaction that already failed answers ROLLBACK: that is no success. */
static gw_status commit(gw_connection *connection, gw_fault *reterr) {
    GW_AUTO_RESULT result = NULL;
    GW_TRY(gw_connection_run(connection, GW_QUERY_SESSION_COMMIT, NULL, &result, reterr));
    if (strcmp(PQcmdStatus(result), "COMMIT") == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INTERNAL, "database",
                        "the transaction was rolled back because a failed statement was ignored");
}

static void roll_back(gw_connection *connection) {
    /* A connection that cannot even roll back is dropped; the server rolls back then. */
    if (!gw_is_ok(gw_connection_do(connection, GW_QUERY_SESSION_ROLLBACK, NULL))) {
        gw_connection_close(connection);
    }
}

static gw_status run_bound(gw_db *tx, gw_isolation isolation, gw_db_work *work, void *context,
                           gw_fault *reterr) {
    GW_TRY(gw_connection_do(tx->bound, begin_of[isolation], reterr));
    gw_status status = work(tx, context, reterr);
    if (gw_is_ok(status)) status = commit(tx->bound, reterr);
    if (!gw_is_ok(status)) roll_back(tx->bound);
    return status;
}

/* Waits longer each time and not in step with the others: 2 to 4 ms, 4 to 8 ms, ... */
static void wait_before(int attempt) {
    uint8_t byte = 0;
    gw_random_key(&byte, 1);
    const long base_us = 2000L << (attempt > 6 ? 6 : attempt);
    const long wait_us = base_us + base_us * byte / 256;
    (void)nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
}

gw_status gw_db_transact(gw_db *db, gw_isolation isolation, gw_db_work *work, void *context,
                         gw_fault *reterr) {
    if (db->bound != NULL) return work(db, context, reterr);
    gw_connection *connection = NULL;
    GW_TRY(gw_db_lease(db, &connection, reterr));
    gw_db tx = {.pool = db->pool, .bound = connection};
    gw_fault fault = {0};
    gw_status status = gw_ok();
    for (int attempt = 0; attempt < GW_DB_ATTEMPTS; attempt++) {
        connection->wants_retry = false;
        status = run_bound(&tx, isolation, work, context, &fault);
        if (gw_is_ok(status) || !connection->wants_retry || connection->pg == NULL) break;
        gw_metric_add(GW_METRIC_DB_RETRIES, NULL, 1);
        wait_before(attempt);
    }
    gw_db_give_back(db, connection);
    if (!gw_is_ok(status) && reterr != NULL) *reterr = fault;
    return status;
}

gw_status gw_db_attempt(gw_db *tx, gw_db_work *work, void *context, gw_fault *reterr) {
    assert(tx->bound != NULL);
    GW_TRY(gw_connection_do(tx->bound, GW_QUERY_SESSION_SAVEPOINT, reterr));
    const gw_status status = work(tx, context, reterr);
    if (gw_is_ok(status)) {
        return gw_connection_do(tx->bound, GW_QUERY_SESSION_SAVEPOINT_RELEASE, reterr);
    }
    /* When this fails too, the whole transaction fails at its commit. */
    gw_ignore(gw_connection_do(tx->bound, GW_QUERY_SESSION_SAVEPOINT_ROLLBACK, NULL));
    return status;
}

gw_status gw_db_lock(gw_db *tx, gw_lock_class class, int32_t key, gw_fault *reterr) {
    assert(tx->bound != NULL);
    gw_args args;
    GW_AUTO_ARENA arena = gw_arena_open(1024);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_args_init(&args, arena);
    gw_bind_int64(&args, class);
    gw_bind_int64(&args, key);
    return gw_db_exec(tx, GW_QUERY_SESSION_LOCK, &args, NULL, reterr);
}
