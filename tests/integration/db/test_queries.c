/* SPDX-License-Identifier: Apache-2.0
 *
 * Every statement of sql/queries on a fresh database: it can be prepared, and its "-- params:" and
 * "-- columns:" lines say what the server says.
 */
#include "base/text.h"
#include "server/db/embedded.h"
#include "server/db/migrate.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TYPE_SIZE = 80 };

static PGconn *connection;

static int open_database(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_migrate_result result = {0};
    if (!gw_is_ok(gw_migrate(getenv("GW_TEST_PG"), NULL, &result, &fault))) {
        print_error("%s: %s\n", fault.subject, fault.message);
        return -1;
    }
    connection = PQconnectdb(getenv("GW_TEST_PG"));
    return PQstatus(connection) == CONNECTION_OK ? 0 : -1;
}

static int close_database(void **state) {
    (void)state;
    PQfinish(connection);
    return 0;
}

/* The server's one name for a type, by its oid or by any of its names; "?" when there is none. */
static void name_of_type(const char *sql, const char *value, char out[TYPE_SIZE]) {
    const char *const values[] = {value};
    PGresult *result = PQexecParams(connection, sql, 1, NULL, values, NULL, NULL, 0);
    const bool is_known = PQntuples(result) == 1 && PQgetisnull(result, 0, 0) == 0;
    (void)snprintf(out, TYPE_SIZE, "%s", is_known ? PQgetvalue(result, 0, 0) : "?");
    PQclear(result);
}

static void name_of_oid(Oid oid, char out[TYPE_SIZE]) {
    char text[16];
    (void)snprintf(text, sizeof text, "%u", oid);
    name_of_type("SELECT format_type($1::oid, NULL)", text, out);
}

static void name_of_alias(gw_text alias, char out[TYPE_SIZE]) {
    char text[TYPE_SIZE];
    (void)snprintf(text, sizeof text, "%.*s", GW_TEXT_ARGS(alias));
    name_of_type("SELECT format_type(to_regtype($1), NULL)", text, out);
}

typedef struct said {
    char name[TYPE_SIZE];
    char type[TYPE_SIZE];
} said;

/* Takes "name type" off the list. */
static bool next_said(gw_text *list, said *ret) {
    if (list->length == 0) return false;
    gw_text piece = gw_text_trim(gw_text_split(list, ','));
    const gw_text name = gw_text_split(&piece, ' ');
    (void)snprintf(ret->name, sizeof ret->name, "%.*s", GW_TEXT_ARGS(name));
    name_of_alias(gw_text_trim(piece), ret->type);
    return true;
}

static int compare_params(const gw_query_text *query, const PGresult *described) {
    gw_text list = gw_text_from_c(query->params);
    int faults = 0;
    said one;
    char type[TYPE_SIZE];
    for (int i = 0; next_said(&list, &one); i++) {
        name_of_oid(i < PQnparams(described) ? PQparamtype(described, i) : 0, type);
        if (gw_text_is(gw_text_from_c(one.type), type)) continue;
        print_error("%s: parameter $%d (%s) is %s\n", query->name, i + 1, one.name, type);
        faults++;
    }
    if (PQnparams(described) == query->param_count) return faults;
    print_error("%s: takes %d parameters, its comment names %d\n", query->name,
                PQnparams(described), query->param_count);
    return faults + 1;
}

static int compare_columns(const gw_query_text *query, const PGresult *described) {
    gw_text list = gw_text_from_c(query->columns);
    int faults = 0;
    int count = 0;
    said one;
    for (; next_said(&list, &one); count++) {
        char type[TYPE_SIZE] = "?";
        const char *name = count < PQnfields(described) ? PQfname(described, count) : "nothing";
        if (count < PQnfields(described)) name_of_oid(PQftype(described, count), type);
        const bool is_equal = gw_text_is(gw_text_from_c(one.name), name) &&
                              gw_text_is(gw_text_from_c(one.type), type);
        if (is_equal) continue;
        print_error("%s: column %d is %s %s\n", query->name, count + 1, name, type);
        faults++;
    }
    if (PQnfields(described) == count) return faults;
    print_error("%s: gives %d columns, its comment names %d\n", query->name, PQnfields(described),
                count);
    return faults + 1;
}

static int check_query(const gw_query_text *query) {
    PGresult *prepared = PQprepare(connection, query->name, query->sql, 0, NULL);
    const bool is_prepared = PQresultStatus(prepared) == PGRES_COMMAND_OK;
    if (!is_prepared) print_error("%s: %s", query->name, PQresultErrorMessage(prepared));
    PQclear(prepared);
    if (!is_prepared) return 1;
    PGresult *described = PQdescribePrepared(connection, query->name);
    const int faults = compare_params(query, described) + compare_columns(query, described);
    PQclear(described);
    return faults;
}

static void every_statement_is_as_its_comment_says(void **state) {
    (void)state;
    int faults = 0;
    for (int i = 0; i < GW_QUERY_COUNT; i++) faults += check_query(&gw_query_texts[i]);
    assert_int_equal(faults, 0);
}

/* COPY is planned only when it runs, so its columns are checked by an empty one. */
static void every_copy_finds_its_table_and_columns(void **state) {
    (void)state;
    for (int i = 0; i < GW_QUERY_COUNT; i++) {
        const gw_query_text *query = &gw_query_texts[i];
        if (!gw_text_starts(gw_text_from_c(query->sql), "COPY ")) continue;
        PGresult *result = PQexec(connection, query->sql);
        if (PQresultStatus(result) != PGRES_COPY_IN) {
            print_error("%s: %s", query->name, PQresultErrorMessage(result));
            fail();
        }
        PQclear(result);
        assert_int_equal(PQputCopyEnd(connection, "only looking"), 1);
        for (result = PQgetResult(connection); result != NULL; result = PQgetResult(connection)) {
            PQclear(result);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_is_as_its_comment_says),
        cmocka_unit_test(every_copy_finds_its_table_and_columns),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
