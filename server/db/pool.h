/* SPDX-License-Identifier: Apache-2.0
 *
 * The database: a bounded pool of PostgreSQL connections, and the statements of sql/queries.
 *
 * A gw_db is something that runs statements. The one from gw_db_open is the pool: every call leases
 * a connection for one statement; any thread may use it. The one that a gw_db_transact callback
 * gets is bound to that transaction and to the calling thread; it dies with the callback. Store
 * functions take a gw_db and so work with both.
 *
 * All statements are prepared when a connection opens, so a misspelt column stops the boot. A lost
 * connection gives GW_CODE_UNAVAILABLE and is opened again by the next lease. Errors of the
 * database become codes (see gw_sqlstate_code): a broken unique key is GW_CODE_CONFLICT, a foreign
 * key GW_CODE_NOT_FOUND, a check or a value GW_CODE_INVALID, a timeout GW_CODE_TIMED_OUT. The
 * fault's subject is the name of the constraint or of the statement; values never reach it.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "server/db/bind.h"
#include "server/db/row.h"

#include "server/db/query_table.h" /* generated from sql/queries: enum gw_query */

typedef struct gw_db gw_db;

typedef struct gw_db_settings {
    const char *conninfo;     /* libpq keywords or URI; no password in it */
    const char *password;     /* NULL: none */
    int connections;          /* 1..64 */
    int statement_timeout_ms; /* 0: none */
    int lease_timeout_ms;     /* how long a caller waits for a free connection */
    int connect_timeout_s;
} gw_db_settings;

/* Opens the pool and tries one connection. A database that is away is not a failure here (see
 * gw_db_check); a statement that cannot be prepared is. Strings are copied. */
GW_MUST_CHECK gw_status gw_db_open(const gw_db_settings *settings, gw_db **ret, gw_fault *reterr);
void gw_db_close(gw_db *db); /* waits for leased connections; NULL is fine */

/* Leases a connection and asks the server one question: GW_CODE_UNAVAILABLE when it is away. */
GW_MUST_CHECK gw_status gw_db_check(gw_db *db, gw_fault *reterr);

typedef struct gw_db_usage {
    int in_use;
    int open;
    int limit;
} gw_db_usage;
gw_db_usage gw_db_usage_get(gw_db *db);

/* Rows live in args->arena. */
GW_MUST_CHECK gw_status gw_db_query(gw_db *db, gw_query query, const gw_args *args,
                                    gw_rows *ret_rows, gw_fault *reterr);
/* Exactly one row; GW_CODE_NOT_FOUND when there is none. The row lives in args->arena. */
GW_MUST_CHECK gw_status gw_db_query_one(gw_db *db, gw_query query, const gw_args *args,
                                        gw_row *ret_row, gw_fault *reterr);
/* Without rows; ret_affected may be NULL. */
GW_MUST_CHECK gw_status gw_db_exec(gw_db *db, gw_query query, const gw_args *args,
                                   int64_t *ret_affected, gw_fault *reterr);

typedef enum gw_isolation {
    GW_ISOLATION_READ_COMMITTED,
    GW_ISOLATION_REPEATABLE_READ, /* one snapshot for all statements */
    GW_ISOLATION_SERIALIZABLE,
} gw_isolation;

typedef gw_status gw_db_work(gw_db *tx, void *context, gw_fault *reterr);

/* Runs work in one transaction: commits when it returns ok, rolls back otherwise. What the database
 * asks to retry (serialization failure, deadlock) is run again, up to GW_DB_ATTEMPTS times, so work
 * touches nothing but the database and its own arena pieces. Called with a transaction's gw_db it
 * joins that transaction (isolation is then ignored). */
enum { GW_DB_ATTEMPTS = 8 };
GW_MUST_CHECK gw_status gw_db_transact(gw_db *db, gw_isolation isolation, gw_db_work *work,
                                       void *context, gw_fault *reterr);
/* Inside a transaction: runs work behind a savepoint; when it fails, only its effects are undone,
 * the transaction goes on and the failure is returned. */
GW_MUST_CHECK gw_status gw_db_attempt(gw_db *tx, gw_db_work *work, void *context, gw_fault *reterr);

/* Advisory lock until the end of the transaction; waits. Classes are listed in
 * docs/ARCHITECTURE.md. */
typedef enum gw_lock_class {
    GW_LOCK_MIGRATE = 1,
    GW_LOCK_EVENT_LOG = 2,
    GW_LOCK_FLOW = 3,
    GW_LOCK_CHAIN = 4,
    GW_LOCK_INGEST = 5,
    GW_LOCK_NETWORK = 6,
    GW_LOCK_FORECAST = 8,
    GW_LOCK_CHECK = 9, /* what is held in one interval of a network */
} gw_lock_class;
GW_MUST_CHECK gw_status gw_db_lock(gw_db *tx, gw_lock_class class, int32_t key, gw_fault *reterr);

/* The code that a five-character SQLSTATE stands for. Pure. */
gw_code gw_sqlstate_code(const char *sqlstate);
