/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/migrate.h"

#include "server/db/connection.h"
#include "server/db/embedded.h"

#include <libpq-fe.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_SIZE = 32, NUMBER_TEXT_SIZE = 16, CONNECT_TIMEOUT_S = 10 };

typedef struct digest_hex {
    char text[2 * DIGEST_SIZE + 1];
} digest_hex;

static digest_hex digest_of(const char *sql) {
    uint8_t bytes[DIGEST_SIZE] = {0};
    digest_hex hex;
    unsigned length = 0;
    (void)EVP_Digest(sql, strlen(sql), bytes, &length, EVP_sha256(), NULL);
    gw_hex_print(bytes, sizeof bytes, hex.text);
    return hex;
}

/* The migrator's own statements run before anything can be prepared. */
static gw_status run_now(gw_connection *connection, gw_query query, PGresult **ret,
                         gw_fault *reterr) {
    PGresult *result = PQexec(connection->pg, gw_query_texts[query].sql);
    const ExecStatusType kind = PQresultStatus(result);
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) {
        *ret = result;
        return gw_ok();
    }
    const gw_status status =
        gw_connection_fault(connection, result, gw_query_texts[query].name, reterr);
    PQclear(result);
    return status;
}

static gw_status do_now(gw_connection *connection, gw_query query, gw_fault *reterr) {
    GW_AUTO_RESULT result = NULL;
    return run_now(connection, query, &result, reterr);
}

static gw_status compare_row(const gw_migration_list *list, const PGresult *rows, int at,
                             gw_fault *reterr) {
    if (at >= list->count) {
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "database",
                            "the database is newer than this program");
    }
    const gw_migration *known = &list->items[at];
    char version[NUMBER_TEXT_SIZE];
    (void)snprintf(version, sizeof version, "%d", known->version);
    const digest_hex digest = digest_of(known->sql);
    if (strcmp(version, PQgetvalue(rows, at, 0)) == 0 &&
        strcmp(digest.text, PQgetvalue(rows, at, 1)) == 0) {
        return gw_ok();
    }
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_MISMATCH, known->name,
                     "migration %04d_%s was changed after it ran", known->version, known->name);
    return gw_hint(reterr, status, "Restore the file; put the change into a new migration.");
}

/* How many of the list ran already; refuses another history. */
static gw_status compare_history(gw_connection *connection, const gw_migration_list *list,
                                 int *ret_done, gw_fault *reterr) {
    GW_AUTO_RESULT rows = NULL;
    GW_TRY(run_now(connection, GW_QUERY_MIGRATION_HISTORY, &rows, reterr));
    const int count = PQntuples(rows);
    for (int i = 0; i < count; i++) GW_TRY(compare_row(list, rows, i, reterr));
    *ret_done = count;
    return gw_ok();
}

static gw_status remember(gw_connection *connection, const gw_migration *migration,
                          gw_fault *reterr) {
    char version[NUMBER_TEXT_SIZE];
    (void)snprintf(version, sizeof version, "%d", migration->version);
    const digest_hex digest = digest_of(migration->sql);
    const gw_query_text *query = &gw_query_texts[GW_QUERY_MIGRATION_REMEMBER];
    const char *const values[] = {version, migration->name, digest.text};
    GW_AUTO_RESULT result =
        PQexecParams(connection->pg, query->sql, 3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_COMMAND_OK) return gw_ok();
    return gw_connection_fault(connection, result, query->name, reterr);
}

static gw_status run_sql(gw_connection *connection, const gw_migration *migration,
                         gw_fault *reterr) {
    GW_AUTO_RESULT result = PQexec(connection->pg, migration->sql);
    const ExecStatusType kind = PQresultStatus(result);
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) return gw_ok();
    return gw_connection_fault(connection, result, migration->name, reterr);
}

static gw_status apply(gw_connection *connection, const gw_migration *migration, gw_fault *reterr) {
    GW_TRY(do_now(connection, GW_QUERY_SESSION_BEGIN_READ_COMMITTED, reterr));
    GW_TRY(run_sql(connection, migration, reterr));
    GW_TRY(remember(connection, migration, reterr));
    return do_now(connection, GW_QUERY_SESSION_COMMIT, reterr);
}

static int version_at(const gw_migration_list *list, int done) {
    return done == 0 ? 0 : list->items[done - 1].version;
}

/* The session's advisory lock keeps a second migrator waiting; closing the session frees it. */
static gw_status run_list(gw_connection *connection, const gw_migration_list *list,
                          gw_migrate_result *ret, gw_fault *reterr) {
    int done = 0;
    GW_TRY(do_now(connection, GW_QUERY_MIGRATION_LOCK, reterr));
    GW_TRY(do_now(connection, GW_QUERY_MIGRATION_TABLE, reterr));
    GW_TRY(compare_history(connection, list, &done, reterr));
    for (int i = done; i < list->count; i++) GW_TRY(apply(connection, &list->items[i], reterr));
    *ret = (gw_migrate_result){.before = version_at(list, done),
                               .after = version_at(list, list->count),
                               .applied = list->count - done};
    return gw_ok();
}

static gw_status dial(const char *conninfo, const char *password, gw_connection *ret,
                      gw_fault *reterr) {
    const gw_db_settings settings = {
        .conninfo = conninfo, .password = password, .connect_timeout_s = CONNECT_TIMEOUT_S};
    return gw_connection_dial(ret, &settings, reterr);
}

gw_status gw_migrate_list(const char *conninfo, const char *password, const gw_migration_list *list,
                          gw_migrate_result *ret, gw_fault *reterr) {
    gw_connection connection = {0};
    GW_TRY(dial(conninfo, password, &connection, reterr));
    const gw_status status = run_list(&connection, list, ret, reterr);
    gw_connection_close(&connection);
    return status;
}

gw_status gw_migrate(const char *conninfo, const char *password, gw_migrate_result *ret,
                     gw_fault *reterr) {
    return gw_migrate_list(conninfo, password, &gw_migrations_embedded, ret, reterr);
}

static gw_status check_history(gw_connection *connection, gw_fault *reterr) {
    int done = 0;
    GW_AUTO_RESULT found = NULL;
    GW_TRY(run_now(connection, GW_QUERY_MIGRATION_FIND, &found, reterr));
    if (PQgetisnull(found, 0, 0) == 0) {
        GW_TRY(compare_history(connection, &gw_migrations_embedded, &done, reterr));
    }
    if (done == gw_migrations_embedded.count) return gw_ok();
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_WRONG_STATE, "database",
                     "the database is at version %d, this program needs %d",
                     version_at(&gw_migrations_embedded, done),
                     version_at(&gw_migrations_embedded, gw_migrations_embedded.count));
    return gw_hint(reterr, status, "Run \"gridwitness migrate\".");
}

gw_status gw_migrate_check(const char *conninfo, const char *password, gw_fault *reterr) {
    gw_connection connection = {0};
    GW_TRY(dial(conninfo, password, &connection, reterr));
    const gw_status status = check_history(&connection, reterr);
    gw_connection_close(&connection);
    return status;
}
