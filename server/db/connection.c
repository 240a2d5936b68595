/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/connection.h"

#include "server/db/embedded.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT_SIZE = 16, OPTIONS_SIZE = 160 };

/* A message of libpq may have several lines and ends with one. */
static int first_line(const char *message) { return (int)strcspn(message, "\n"); }

static PGconn *connect_with(const gw_db_settings *settings) {
    char timeout_s[NUMBER_TEXT_SIZE];
    char options[OPTIONS_SIZE];
    (void)snprintf(timeout_s, sizeof timeout_s, "%d", settings->connect_timeout_s);
    (void)snprintf(options, sizeof options,
                   "-c statement_timeout=%d -c timezone=UTC -c client_min_messages=warning "
                   "-c idle_in_transaction_session_timeout=60000",
                   settings->statement_timeout_ms);
    const char *const keys[] = {"dbname",
                                "password",
                                "options",
                                "connect_timeout",
                                "client_encoding",
                                "fallback_application_name",
                                "keepalives_idle",
                                "keepalives_interval",
                                "keepalives_count",
                                "tcp_user_timeout",
                                NULL};
    const char *const values[] = {settings->conninfo,
                                  settings->password,
                                  options,
                                  timeout_s,
                                  "UTF8",
                                  "gridwitness",
                                  "5",
                                  "2",
                                  "3",
                                  "10000",
                                  NULL};
    return PQconnectdbParams(keys, values, 1);
}

/* The server's notices would go to standard error and break the log's lines. */
static void drop_notice(void *context, const char *message) {
    (void)context;
    (void)message;
}

gw_status gw_connection_dial(gw_connection *connection, const gw_db_settings *settings,
                             gw_fault *reterr) {
    connection->pg = connect_with(settings);
    connection->wants_retry = false;
    connection->in_transaction = false;
    if (connection->pg != NULL && PQstatus(connection->pg) == CONNECTION_OK) {
        (void)PQsetNoticeProcessor(connection->pg, drop_notice, NULL);
        return gw_ok();
    }
    const char *message = connection->pg == NULL ? "no memory" : PQerrorMessage(connection->pg);
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "database",
                     "could not connect to the database: %.*s", first_line(message), message);
    gw_connection_close(connection);
    return gw_hint(reterr, status, "Check that PostgreSQL runs and [database] conninfo fits.");
}

void gw_connection_close(gw_connection *connection) {
    PQfinish(connection->pg);
    connection->pg = NULL;
}

gw_status gw_connection_prepare(gw_connection *connection, gw_fault *reterr) {
    for (int i = 0; i < GW_QUERY_COUNT; i++) {
        const gw_query_text *query = &gw_query_texts[i];
        GW_AUTO_RESULT result = PQprepare(connection->pg, query->name, query->sql, 0, NULL);
        if (PQresultStatus(result) == PGRES_COMMAND_OK) continue;
        const gw_status status = gw_connection_fault(connection, result, query->name, reterr);
        return gw_hint(reterr, status, "Run \"gridwitness migrate\" if the schema is older.");
    }
    return gw_ok();
}

bool gw_connection_is_alive(const gw_connection *connection) {
    if (connection->pg == NULL || PQstatus(connection->pg) != CONNECTION_OK) return false;
    struct pollfd socket = {.fd = PQsocket(connection->pg), .events = POLLIN};
    /* Readable between statements: the server hung up, or says why it will. */
    return poll(&socket, 1, 0) == 0;
}

static const char *field_of(const PGresult *result, int field) {
    const char *text = result == NULL ? NULL : PQresultErrorField(result, field);
    return text == NULL ? "" : text;
}

gw_status gw_connection_fault(gw_connection *connection, const PGresult *result, const char *name,
                              gw_fault *reterr) {
    const char *state = field_of(result, PG_DIAG_SQLSTATE);
    if (state[0] == '\0') {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, name, "the database connection was lost");
    }
    const gw_code code = gw_sqlstate_code(state);
    connection->wants_retry = connection->wants_retry || strncmp(state, "40", 2) == 0;
    const char *constraint = field_of(result, PG_DIAG_CONSTRAINT_NAME);
    if (constraint[0] != '\0') {
        return gw_fail_with(reterr, code, constraint, "the row breaks the constraint \"%s\"",
                            constraint);
    }
    if (strncmp(state, "22", 2) == 0) { /* its text may quote a value */
        return gw_fail_with(reterr, code, name, "a value does not fit its column (SQLSTATE %s)",
                            state);
    }
    return gw_fail_with(reterr, code, name, "statement \"%s\" failed: %s (SQLSTATE %s)", name,
                        field_of(result, PG_DIAG_MESSAGE_PRIMARY), state);
}

static bool is_success(ExecStatusType status) {
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
}

gw_status gw_connection_run(gw_connection *connection, gw_query query, const gw_args *args,
                            PGresult **ret, gw_fault *reterr) {
    const gw_query_text *text = &gw_query_texts[query];
    const int count = args == NULL ? 0 : args->count;
    if (args != NULL && args->failed != GW_CODE_OK) {
        return gw_fail_with(reterr, args->failed, text->name, "an argument cannot be bound");
    }
    if (count != text->param_count) {
        return gw_fail_with(reterr, GW_CODE_INTERNAL, text->name,
                            "statement \"%s\" takes %d arguments, not %d", text->name,
                            text->param_count, count);
    }
    PGresult *result =
        PQexecPrepared(connection->pg, text->name, count, count == 0 ? NULL : args->values,
                       count == 0 ? NULL : args->lengths, count == 0 ? NULL : args->formats, 1);
    if (is_success(PQresultStatus(result))) {
        *ret = result;
        return gw_ok();
    }
    const gw_status status = gw_connection_fault(connection, result, text->name, reterr);
    PQclear(result);
    return status;
}

gw_status gw_connection_do(gw_connection *connection, gw_query query, gw_fault *reterr) {
    GW_AUTO_RESULT result = NULL;
    return gw_connection_run(connection, query, NULL, &result, reterr);
}
void gw_result_clear_at(PGresult **result) { PQclear(*result); }
