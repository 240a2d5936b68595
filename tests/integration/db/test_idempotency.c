/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers for Idempotency-Keys on a real database: kept, found, not shared, and over after a week.
 */
#include "server/db/idempotency_store.h"
#include "server/db/migrate.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct world {
    gw_db *db;
    gw_arena *arena;
    gw_idempotency_store store;
} world;

static int open_world(void **state) {
    static world made;
    gw_migrate_result result = {0};
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 2,
                                     .statement_timeout_ms = 5000,
                                     .lease_timeout_ms = 1000,
                                     .connect_timeout_s = 5};
    gw_status status = gw_migrate(settings.conninfo, NULL, &result, NULL);
    if (gw_is_ok(status)) status = gw_db_open(&settings, &made.db, NULL);
    made.arena = gw_arena_open(1 << 20);
    made.store = gw_idempotency_store_of(made.db);
    *state = &made;
    return gw_is_ok(status) && made.arena != NULL ? 0 : -1;
}

static int close_world(void **state) {
    world *made = *state;
    gw_db_close(made->db);
    gw_arena_close(made->arena);
    return 0;
}

static gw_idempotency_slot slot_of(const char *key) {
    return (gw_idempotency_slot){.owner = GW_TEXT("agg-north"),
                                 .operation = GW_TEXT("createBid"),
                                 .key = gw_text_from_c(key)};
}

static gw_code find(const world *made, gw_idempotency_slot slot, gw_idempotency_answer *ret) {
    return made->store.find(made->store.context, made->arena, &slot, ret, NULL).code;
}

static void keep(const world *made, const char *key) {
    const gw_idempotency_slot slot = slot_of(key);
    const gw_idempotency_answer answer = {.body_hash = {7},
                                          .http_status = 201,
                                          .content_type = GW_TEXT("application/json"),
                                          .body = GW_TEXT("{\"bid\":1}")};
    assert_true(gw_is_ok(made->store.save(made->store.context, made->arena, &slot, &answer, NULL)));
}

static void an_answer_is_found_by_its_owner_operation_and_key(void **state) {
    const world *made = *state;
    gw_idempotency_answer answer = {.http_status = 0};
    assert_int_equal(find(made, slot_of("k1"), &answer), GW_CODE_NOT_FOUND);
    keep(made, "k1");
    assert_int_equal(find(made, slot_of("k1"), &answer), GW_CODE_OK);
    assert_int_equal(answer.http_status, 201);
    assert_int_equal(answer.body_hash[0], 7);
    assert_true(gw_text_is(answer.body, "{\"bid\":1}"));
    assert_true(gw_text_is(answer.content_type, "application/json"));
    gw_idempotency_slot foreign = slot_of("k1");
    foreign.owner = GW_TEXT("agg-south");
    assert_int_equal(find(made, foreign, &answer), GW_CODE_NOT_FOUND);
}

static void an_answer_is_over_after_seven_days(void **state) {
    const world *made = *state;
    gw_idempotency_answer answer;
    int64_t count = 0;
    keep(made, "old");
    PGconn *pg = PQconnectdb(getenv("GW_TEST_PG"));
    PGresult *result = PQexec(pg, "UPDATE idempotency SET kept_at = kept_at - interval '7 days' "
                                  "WHERE key = 'old'");
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(pg);
    assert_int_equal(find(made, slot_of("old"), &answer), GW_CODE_NOT_FOUND);
    keep(made, "fresh");
    assert_true(gw_is_ok(gw_idempotency_forget(made->db, made->arena, &count, NULL)));
    assert_int_equal(count, 1);
    assert_int_equal(find(made, slot_of("fresh"), &answer), GW_CODE_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_found_by_its_owner_operation_and_key),
        cmocka_unit_test(an_answer_is_over_after_seven_days),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
