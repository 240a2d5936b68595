/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/copy.h"
#include "server/db/embedded.h"
#include "server/db/migrate.h"
#include "server/db/pool.h"
#include "server/metrics.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 4 * 1024 * 1024 };

typedef struct world {
    gw_db *db;
    gw_arena *arena;
} world;

static gw_db_settings settings_of_test(void) {
    return (gw_db_settings){.conninfo = getenv("GW_TEST_PG"),
                            .connections = 4,
                            .statement_timeout_ms = 2000,
                            .lease_timeout_ms = 300,
                            .connect_timeout_s = 5};
}

static int open_world(void **state) {
    static world made;
    gw_fault fault = {0};
    gw_migrate_result result = {0};
    const gw_db_settings settings = settings_of_test();
    gw_status status = gw_migrate(settings.conninfo, NULL, &result, &fault);
    if (gw_is_ok(status)) status = gw_db_open(&settings, &made.db, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    made.arena = gw_arena_open(ARENA_CAP);
    *state = &made;
    return gw_is_ok(status) && made.arena != NULL ? 0 : -1;
}

static int close_world(void **state) {
    world *made = *state;
    gw_db_close(made->db);
    gw_arena_close(made->arena);
    return 0;
}

static gw_args args_of(const world *made) {
    gw_args args;
    gw_args_init(&args, made->arena);
    return args;
}

/* A statement of the tests' own, outside the pool. */
static void run_sql(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        print_error("%s", PQerrorMessage(pg));
        fail();
    }
    PQclear(result);
    PQfinish(pg);
}

static void bind_lease(gw_args *args, const char *name, const char *holder) {
    gw_bind_c(args, name);
    gw_bind_c(args, holder);
    gw_bind_int64(args, 60);
}

static void a_row_comes_back_by_name_and_type(void **state) {
    const world *made = *state;
    gw_args args = args_of(made);
    gw_row row;
    int64_t epoch = 0;
    bind_lease(&args, "typed", "me");
    assert_true(gw_is_ok(gw_db_query_one(made->db, GW_QUERY_LEASE_TAKE, &args, &row, NULL)));
    gw_row_int64(&row, "epoch", &epoch);
    assert_true(gw_is_ok(gw_row_end(&row, NULL)));
    assert_int_equal(epoch, 1);
}

static void no_row_is_not_found_and_leaves_the_output_untouched(void **state) {
    const world *made = *state;
    gw_args args = args_of(made);
    gw_row row = {.index = 77};
    gw_bind_c(&args, "nothing1");
    assert_int_equal(gw_db_query_one(made->db, GW_QUERY_TOKEN_FIND, &args, &row, NULL).code,
                     GW_CODE_NOT_FOUND);
    assert_int_equal(row.index, 77);
}

static void the_wrong_number_of_arguments_is_refused(void **state) {
    const world *made = *state;
    gw_args args = args_of(made);
    gw_fault fault = {0};
    assert_int_equal(gw_db_exec(made->db, GW_QUERY_TOKEN_FIND, &args, NULL, &fault).code,
                     GW_CODE_INTERNAL);
    assert_string_equal(fault.subject, "token_find");
}

static void bind_token(gw_args *args, const char *id, int64_t digest_size) {
    static const uint8_t digest[64] = {0, 1, 2, 0xff};
    gw_bind_c(args, id);
    gw_bind_c(args, "a \"name\" with \\ and '");
    gw_bind_bytes(args, (gw_bytes){digest, (size_t)digest_size});
    gw_bind_int64(args, 1);
    gw_bind_null(args);
    gw_bind_instant(args, (gw_instant){INT64_C(1769000000123456)});
}

static void values_survive_the_way_to_the_database_and_back(void **state) {
    const world *made = *state;
    gw_args args = args_of(made);
    gw_args wanted = args_of(made);
    gw_row row;
    gw_text name;
    gw_bytes digest;
    gw_instant expires;
    bind_token(&args, "roundtrip1", 32);
    gw_bind_c(&wanted, "roundtrip1");
    assert_true(gw_is_ok(gw_db_exec(made->db, GW_QUERY_TOKEN_INSERT, &args, NULL, NULL)));
    assert_true(gw_is_ok(gw_db_query_one(made->db, GW_QUERY_TOKEN_FIND, &wanted, &row, NULL)));
    gw_row_text(&row, "name", &name);
    gw_row_bytes(&row, "digest", &digest);
    gw_row_instant(&row, "expires_at", &expires);
    assert_true(gw_row_is_null(&row, "party"));
    assert_true(gw_is_ok(gw_row_end(&row, NULL)));
    assert_true(gw_text_is(name, "a \"name\" with \\ and '"));
    assert_int_equal(digest.length, 32);
    assert_int_equal(digest.at[3], 0xff);
    assert_int_equal(expires.us, INT64_C(1769000000123456));
}

static void broken_rules_of_the_schema_become_codes(void **state) {
    const world *made = *state;
    gw_fault fault = {0};
    gw_args twice = args_of(made);
    gw_args invalid = args_of(made);
    bind_token(&twice, "roundtrip1", 32);
    bind_token(&invalid, "shortdigest", 31);
    assert_int_equal(gw_db_exec(made->db, GW_QUERY_TOKEN_INSERT, &twice, NULL, &fault).code,
                     GW_CODE_CONFLICT);
    assert_string_equal(fault.subject, "token_pkey");
    assert_int_equal(gw_db_exec(made->db, GW_QUERY_TOKEN_INSERT, &invalid, NULL, &fault).code,
                     GW_CODE_INVALID);
    assert_string_equal(fault.subject, "token_digest_check");
}

static gw_status insert_and_fail(gw_db *tx, void *context, gw_fault *reterr) {
    gw_args args = args_of(context);
    bind_token(&args, "rolledback1", 32);
    GW_TRY(gw_db_exec(tx, GW_QUERY_TOKEN_INSERT, &args, NULL, reterr));
    return gw_fail(reterr, GW_CODE_GATE_CLOSED);
}

static int64_t count_token(const world *made, const char *id) {
    gw_args args = args_of(made);
    gw_rows rows;
    gw_bind_c(&args, id);
    assert_true(gw_is_ok(gw_db_query(made->db, GW_QUERY_TOKEN_FIND, &args, &rows, NULL)));
    return rows.count;
}

static void a_failed_transaction_leaves_nothing(void **state) {
    world *made = *state;
    gw_fault fault = {0};
    assert_int_equal(
        gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, insert_and_fail, made, &fault).code,
        GW_CODE_GATE_CLOSED);
    assert_int_equal(fault.code, GW_CODE_GATE_CLOSED);
    assert_int_equal(count_token(made, "rolledback1"), 0);
}

static gw_status attempt_then_insert(gw_db *tx, void *context, gw_fault *reterr) {
    gw_args args = args_of(context);
    assert_int_equal(gw_db_attempt(tx, insert_and_fail, context, reterr).code, GW_CODE_GATE_CLOSED);
    bind_token(&args, "afterattempt1", 32);
    return gw_db_exec(tx, GW_QUERY_TOKEN_INSERT, &args, NULL, reterr);
}

static void a_failed_attempt_undoes_only_itself(void **state) {
    world *made = *state;
    assert_true(gw_is_ok(
        gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, attempt_then_insert, made, NULL)));
    assert_int_equal(count_token(made, "rolledback1"), 0);
    assert_int_equal(count_token(made, "afterattempt1"), 1);
}

static gw_status ignore_a_failure(gw_db *tx, void *context, gw_fault *reterr) {
    gw_args args = args_of(context);
    bind_token(&args, "roundtrip1", 32);
    gw_ignore(gw_db_exec(tx, GW_QUERY_TOKEN_INSERT, &args, NULL, reterr));
    return gw_ok();
}

static void an_ignored_failure_is_not_reported_as_committed(void **state) {
    world *made = *state;
    assert_int_equal(
        gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, ignore_a_failure, made, NULL).code,
        GW_CODE_INTERNAL);
}

typedef struct deadlock_side {
    world *made;
    const char *first;
    const char *second;
    pthread_barrier_t *meet;
    int runs;
    gw_status status;
} deadlock_side;

static gw_status take_both(gw_db *tx, void *context, gw_fault *reterr) {
    deadlock_side *side = context;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_args first;
    gw_args second;
    gw_rows rows;
    gw_args_init(&first, arena);
    gw_args_init(&second, arena);
    bind_lease(&first, side->first, "same");
    bind_lease(&second, side->second, "same");
    side->runs++;
    GW_TRY(gw_db_query(tx, GW_QUERY_LEASE_TAKE, &first, &rows, reterr));
    if (side->runs == 1) (void)pthread_barrier_wait(side->meet);
    return gw_db_query(tx, GW_QUERY_LEASE_TAKE, &second, &rows, reterr);
}

static void *run_side(void *context) {
    deadlock_side *side = context;
    side->status =
        gw_db_transact(side->made->db, GW_ISOLATION_READ_COMMITTED, take_both, side, NULL);
    return NULL;
}

static void a_deadlock_is_run_again(void **state) {
    pthread_barrier_t meet;
    pthread_t other;
    deadlock_side sides[2] = {{.made = *state, .first = "left", .second = "right", .meet = &meet},
                              {.made = *state, .first = "right", .second = "left", .meet = &meet}};
    (void)pthread_barrier_init(&meet, NULL, 2);
    gw_metrics_reset();
    assert_int_equal(pthread_create(&other, NULL, run_side, &sides[1]), 0);
    (void)run_side(&sides[0]);
    (void)pthread_join(other, NULL);
    (void)pthread_barrier_destroy(&meet);
    assert_true(gw_is_ok(sides[0].status));
    assert_true(gw_is_ok(sides[1].status));
    assert_int_equal(sides[0].runs + sides[1].runs, 3);
    assert_int_equal(gw_metric_get(GW_METRIC_DB_RETRIES, NULL), 1);
}

static void a_killed_connection_is_replaced_unnoticed(void **state) {
    const world *made = *state;
    run_sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    assert_true(gw_is_ok(gw_db_check(made->db, NULL)));
}

typedef struct hold {
    world *made;
    pthread_barrier_t *taken;
    pthread_barrier_t *done;
} hold;

static gw_status hold_connection(gw_db *tx, void *context, gw_fault *reterr) {
    (void)tx;
    (void)reterr;
    const hold *wish = context;
    (void)pthread_barrier_wait(wish->taken);
    (void)pthread_barrier_wait(wish->done);
    return gw_ok();
}

static void *run_hold(void *context) {
    hold *wish = context;
    gw_ignore(gw_db_transact(wish->made->db, GW_ISOLATION_READ_COMMITTED, hold_connection, wish,
                             NULL)); /* nothing is written */
    return NULL;
}

static void a_busy_pool_says_so_instead_of_waiting_for_ever(void **state) {
    pthread_barrier_t taken;
    pthread_barrier_t done;
    pthread_t threads[4];
    hold wish = {.made = *state, .taken = &taken, .done = &done};
    gw_fault fault = {0};
    (void)pthread_barrier_init(&taken, NULL, 5);
    (void)pthread_barrier_init(&done, NULL, 5);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run_hold, &wish), 0);
    }
    (void)pthread_barrier_wait(&taken);
    const gw_status status = gw_db_check(wish.made->db, &fault);
    (void)pthread_barrier_wait(&done);
    for (int i = 0; i < 4; i++) (void)pthread_join(threads[i], NULL);
    assert_int_equal(status.code, GW_CODE_UNAVAILABLE);
    assert_string_equal(fault.message, "all 4 database connections are busy");
}

static void an_absent_database_opens_degraded(void **state) {
    (void)state;
    gw_db *db = NULL;
    gw_db_settings settings = settings_of_test();
    settings.conninfo = "host=/nonexistent dbname=nothing";
    assert_true(gw_is_ok(gw_db_open(&settings, &db, NULL)));
    assert_int_equal(gw_db_check(db, NULL).code, GW_CODE_UNAVAILABLE);
    gw_db_close(db);
}

static int scalar(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    int number = 0;
    for (const char *at = PQgetvalue(result, 0, 0); *at != '\0'; at++) {
        number = number * 10 + (*at - '0');
    }
    PQclear(result);
    PQfinish(pg);
    return number;
}

static void every_table_and_column_has_a_comment(void **state) {
    (void)state;
    assert_int_equal(
        scalar("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
               "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v') "
               "AND NOT c.relispartition AND obj_description(c.oid, 'pg_class') IS NULL"),
        0);
    assert_int_equal(
        scalar("SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
               "JOIN pg_namespace n ON n.oid = c.relnamespace "
               "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
               "AND a.attnum > 0 AND NOT a.attisdropped "
               "AND col_description(c.oid, a.attnum) IS NULL"),
        0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_comes_back_by_name_and_type),
        cmocka_unit_test(no_row_is_not_found_and_leaves_the_output_untouched),
        cmocka_unit_test(the_wrong_number_of_arguments_is_refused),
        cmocka_unit_test(values_survive_the_way_to_the_database_and_back),
        cmocka_unit_test(broken_rules_of_the_schema_become_codes),
        cmocka_unit_test(a_failed_transaction_leaves_nothing),
        cmocka_unit_test(a_failed_attempt_undoes_only_itself),
        cmocka_unit_test(an_ignored_failure_is_not_reported_as_committed),
        cmocka_unit_test(a_deadlock_is_run_again),
        cmocka_unit_test(a_killed_connection_is_replaced_unnoticed),
        cmocka_unit_test(a_busy_pool_says_so_instead_of_waiting_for_ever),
        cmocka_unit_test(an_absent_database_opens_degraded),
        cmocka_unit_test(every_table_and_column_has_a_comment),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
