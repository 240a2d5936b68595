/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const gw_migration first = {1, "first", "CREATE TABLE one (a integer);"};
static const gw_migration second = {2, "second", "CREATE TABLE two (b integer);"};
static const gw_migration broken = {2, "second", "CREATE TABLE half (c integer); SELECT 1/0;"};
static const gw_migration edited = {1, "first", "CREATE TABLE one (a bigint);"};

static gw_status run(const gw_migration *items, int count, gw_migrate_result *ret,
                     gw_fault *reterr) {
    const gw_migration_list list = {.items = items, .count = count};
    return gw_migrate_list(getenv("GW_TEST_PG"), NULL, &list, ret, reterr);
}

static void an_empty_database_gets_the_first_migration(void **state) {
    (void)state;
    const gw_migration items[] = {first};
    gw_migrate_result result = {0};
    assert_true(gw_is_ok(run(items, 1, &result, NULL)));
    assert_int_equal(result.before, 0);
    assert_int_equal(result.after, 1);
    assert_int_equal(result.applied, 1);
}

static void a_failing_migration_leaves_nothing_and_can_run_again(void **state) {
    (void)state;
    const gw_migration bad[] = {first, broken};
    const gw_migration good[] = {first, second};
    gw_migrate_result result = {.before = 77};
    gw_fault fault = {0};
    assert_int_equal(run(bad, 2, &result, &fault).code, GW_CODE_INVALID);
    assert_int_equal(result.before, 77);
    assert_true(gw_is_ok(run(good, 2, &result, NULL)));
    assert_int_equal(result.before, 1);
    assert_int_equal(result.applied, 1);
}

static void a_second_run_changes_nothing(void **state) {
    (void)state;
    const gw_migration items[] = {first, second};
    gw_migrate_result result = {0};
    assert_true(gw_is_ok(run(items, 2, &result, NULL)));
    assert_int_equal(result.applied, 0);
}

static void a_file_that_changed_after_it_ran_is_refused(void **state) {
    (void)state;
    const gw_migration items[] = {edited, second};
    gw_migrate_result result = {0};
    gw_fault fault = {0};
    assert_int_equal(run(items, 2, &result, &fault).code, GW_CODE_MISMATCH);
    assert_string_equal(fault.message, "migration 0001_first was changed after it ran");
}

static void a_newer_database_is_refused(void **state) {
    (void)state;
    const gw_migration items[] = {first};
    gw_migrate_result result = {0};
    assert_int_equal(run(items, 1, &result, NULL).code, GW_CODE_WRONG_STATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_database_gets_the_first_migration),
        cmocka_unit_test(a_failing_migration_leaves_nothing_and_can_run_again),
        cmocka_unit_test(a_second_run_changes_nothing),
        cmocka_unit_test(a_file_that_changed_after_it_ran_is_refused),
        cmocka_unit_test(a_newer_database_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
