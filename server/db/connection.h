/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection to PostgreSQL with every statement prepared. Private to server/db: the only place
 * that sees libpq, with copy.c and migrate.c. One thread at a time.
 */
#pragma once

#include "server/db/pool.h"

typedef struct pg_conn PGconn; /* of libpq; its header stays in the .c files */
typedef struct pg_result PGresult;

typedef struct gw_connection {
    PGconn *pg;       /* NULL: not open */
    bool is_leased;   /* guarded by the pool's lock */
    bool wants_retry; /* a statement of this transaction failed with class 40 */
    bool in_transaction;
} gw_connection;

typedef struct gw_pool gw_pool;

/* bound NULL: the pool itself. */
struct gw_db {
    gw_pool *pool;
    gw_connection *bound;
};

/* Opens without preparing; for migrations and tools. */
GW_MUST_CHECK gw_status gw_connection_dial(gw_connection *connection,
                                           const gw_db_settings *settings, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_connection_prepare(gw_connection *connection, gw_fault *reterr);
void gw_connection_close(gw_connection *connection);
/* Open, and the server has not hung up since the last use. */
bool gw_connection_is_alive(const gw_connection *connection);

void gw_result_clear_at(PGresult **result);
#define GW_AUTO_RESULT __attribute__((cleanup(gw_result_clear_at))) PGresult *

/* Runs a prepared statement; args may be NULL. Accepts COMMAND_OK, TUPLES_OK and COPY_IN. */
GW_MUST_CHECK gw_status gw_connection_run(gw_connection *connection, gw_query query,
                                          const gw_args *args, PGresult **ret, gw_fault *reterr);
/* The same without arguments and result. */
GW_MUST_CHECK gw_status gw_connection_do(gw_connection *connection, gw_query query,
                                         gw_fault *reterr);
/* Explains a result that is an error (or NULL); name is the statement's. */
gw_status gw_connection_fault(gw_connection *connection, const PGresult *result, const char *name,
                              gw_fault *reterr);

/* A connection for one statement or one transaction; give it back with gw_db_give_back. */
GW_MUST_CHECK gw_status gw_db_lease(gw_db *db, gw_connection **ret, gw_fault *reterr);
void gw_db_give_back(gw_db *db, gw_connection *connection);
