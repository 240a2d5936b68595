/* SPDX-License-Identifier: Apache-2.0
 *
 * Leases, the event log, tokens and COPY on a real database.
 */
#include "server/db/event_log.h"
#include "server/db/lease.h"
#include "server/db/migrate.h"
#include "server/db/token_store.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 8 * 1024 * 1024 };

typedef struct world {
    gw_db *db;
    gw_arena *arena;
} world;

static int open_world(void **state) {
    static world made;
    gw_fault fault = {0};
    gw_migrate_result result = {0};
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 4,
                                     .statement_timeout_ms = 5000,
                                     .lease_timeout_ms = 1000,
                                     .connect_timeout_s = 5};
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

/* A statement of the tests' own, outside the pool. */
static void run_sql(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, sql);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(pg);
}

static void a_lease_belongs_to_one_and_its_renewal_keeps_the_epoch(void **state) {
    const world *made = *state;
    int64_t epoch = 0;
    assert_true(
        gw_is_ok(gw_lease_take(made->db, GW_TEXT("sender"), GW_TEXT("first"), &epoch, NULL)));
    assert_int_equal(epoch, 1);
    assert_true(
        gw_is_ok(gw_lease_take(made->db, GW_TEXT("sender"), GW_TEXT("first"), &epoch, NULL)));
    assert_int_equal(epoch, 1);
    epoch = 77;
    assert_int_equal(
        gw_lease_take(made->db, GW_TEXT("sender"), GW_TEXT("second"), &epoch, NULL).code,
        GW_CODE_WRONG_STATE);
    assert_int_equal(epoch, 77);
}

static gw_status prove(gw_db *tx, void *context, gw_fault *reterr) {
    return gw_lease_prove(tx, context, reterr);
}

static void an_expired_holder_cannot_write_any_more(void **state) {
    const world *made = *state;
    int64_t epoch = 0;
    gw_lease old = {.name = GW_TEXT("sender"), .holder = GW_TEXT("first"), .epoch = 1};
    assert_true(gw_is_ok(gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, prove, &old, NULL)));
    run_sql("UPDATE lease SET expires_at = '2000-01-01'");
    assert_true(
        gw_is_ok(gw_lease_take(made->db, GW_TEXT("sender"), GW_TEXT("second"), &epoch, NULL)));
    assert_int_equal(epoch, 2);
    assert_int_equal(gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, prove, &old, NULL).code,
                     GW_CODE_WRONG_STATE);
}

static void a_dropped_lease_is_free_and_its_epoch_rises(void **state) {
    const world *made = *state;
    int64_t epoch = 0;
    const gw_lease held = {.name = GW_TEXT("sender"), .holder = GW_TEXT("second"), .epoch = 2};
    assert_true(gw_is_ok(gw_lease_drop(made->db, &held, NULL)));
    assert_true(
        gw_is_ok(gw_lease_take(made->db, GW_TEXT("sender"), GW_TEXT("third"), &epoch, NULL)));
    assert_true(epoch > 2);
}

typedef struct append {
    world *made;
    const char *party;
} append;

static gw_status append_entry(gw_db *tx, void *context, gw_fault *reterr) {
    const append *wish = context;
    const gw_event_entry entry = {.at = {INT64_C(1769000000000000)},
                                  .entity = GW_TEXT("request"),
                                  .type = GW_TEXT("request.published"),
                                  .subject = GW_TEXT("R-1"),
                                  .party = gw_text_from_c(wish->party),
                                  .body = GW_TEXT("{\"need_w\":1500}")};
    return gw_event_append(tx, wish->made->arena, &entry, NULL, reterr);
}

static void append_for(world *made, const char *party) {
    append wish = {.made = made, .party = party};
    assert_true(
        gw_is_ok(gw_db_transact(made->db, GW_ISOLATION_READ_COMMITTED, append_entry, &wish, NULL)));
}

static gw_event_list load(const world *made, gw_event_page page) {
    gw_event_list list = {0};
    assert_true(gw_is_ok(gw_event_load(made->db, made->arena, &page, &list, NULL)));
    return list;
}

static void the_event_log_counts_without_gaps_and_shows_a_party_its_own(void **state) {
    world *made = *state;
    append_for(made, "");
    append_for(made, "agg-a");
    append_for(made, "agg-b");
    const gw_event_page all = {.limit = 10, .party = GW_TEXT(""), .entity = GW_TEXT("")};
    const gw_event_page own = {
        .after = 1, .limit = 10, .party = GW_TEXT("agg-b"), .entity = GW_TEXT("request")};
    assert_int_equal(load(made, all).count, 3);
    assert_int_equal(load(made, own).count, 1);
    assert_int_equal(load(made, own).items[0].seq, 3);
    assert_true(gw_text_is(load(made, own).items[0].body, "{\"need_w\":1500}"));
}

static void the_event_log_notices_a_change(void **state) {
    const world *made = *state;
    int64_t count = 0;
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_event_verify(made->db, &count, NULL)));
    assert_int_equal(count, 3);
    run_sql("ALTER TABLE event_log DISABLE TRIGGER USER;"
            "UPDATE event_log SET body = '{\"need_w\":1501}' WHERE seq = 2");
    assert_int_equal(gw_event_verify(made->db, &count, &fault).code, GW_CODE_MISMATCH);
    assert_string_equal(fault.message, "the event log was changed at or before row 2");
}

static void a_token_is_found_until_it_is_revoked(void **state) {
    const world *made = *state;
    gw_token_facts facts = {0};
    const gw_token_row token = {.facts = {.id = GW_TEXT("abcdef0123456789"),
                                          .digest = {1, 2, 3},
                                          .scopes = 2,
                                          .party = GW_TEXT("agg-a")},
                                .name = GW_TEXT("robot")};
    const gw_text id = token.facts.id;
    assert_true(gw_is_ok(gw_token_save(made->db, made->arena, &token, NULL)));
    assert_int_equal(gw_token_save(made->db, made->arena, &token, NULL).code, GW_CODE_CONFLICT);
    assert_true(gw_is_ok(gw_token_find(made->db, made->arena, id, &facts, NULL)));
    assert_int_equal(facts.scopes, 2);
    assert_int_equal(facts.digest[2], 3);
    assert_int_equal(facts.expires_at.us, 0);
    assert_false(facts.is_revoked);
    assert_true(gw_is_ok(gw_token_revoke(made->db, made->arena, id, NULL)));
    assert_true(gw_is_ok(gw_token_find(made->db, made->arena, id, &facts, NULL)));
    assert_true(facts.is_revoked);
    assert_int_equal(gw_token_revoke(made->db, made->arena, id, NULL).code, GW_CODE_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lease_belongs_to_one_and_its_renewal_keeps_the_epoch),
        cmocka_unit_test(an_expired_holder_cannot_write_any_more),
        cmocka_unit_test(a_dropped_lease_is_free_and_its_epoch_rises),
        cmocka_unit_test(the_event_log_counts_without_gaps_and_shows_a_party_its_own),
        cmocka_unit_test(the_event_log_notices_a_change),
        cmocka_unit_test(a_token_is_found_until_it_is_revoked),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
