/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const file = "id;r;on;note\r\n a ;1.5;1;x\n\nb;NULL;False;\n";

static void rows_become_records(void **state) {
    (void)state;
    gw_table table;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    assert_true(gw_is_ok(gw_table_parse_csv(arena, "t", gw_text_from_c(file), &table, &fault)));
    assert_int_equal(table.row_count, 2);
    gw_record record = {&table, 0, gw_ok(), &fault};
    assert_true(gw_text_is(gw_record_text(&record, "id"), "a"));
    assert_true(gw_record_number(&record, "r") == 1.5);
    assert_true(gw_record_flag(&record, "on", false));
    record.row = 1;
    assert_false(gw_record_has(&record, "r"));
    assert_true(gw_record_number_or(&record, "r", 7) == 7.0);
    assert_false(gw_record_flag(&record, "on", true));
    assert_true(gw_record_flag(&record, "no such column", true));
    assert_true(gw_is_ok(record.status));
}

static void the_first_fault_is_kept_with_its_place(void **state) {
    (void)state;
    gw_table table;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    assert_true(gw_is_ok(gw_table_parse_csv(arena, "t", gw_text_from_c(file), &table, &fault)));
    gw_record record = {&table, 1, gw_ok(), &fault};
    (void)gw_record_number(&record, "r");
    (void)gw_record_number(&record, "id");
    assert_int_equal(record.status.code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/t/1/r");
}

static void a_row_of_another_length_is_refused(void **state) {
    (void)state;
    gw_table table = {.row_count = 77};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_status status =
        gw_table_parse_csv(arena, "t", gw_text_from_c("a,b\n1,2\n3\n"), &table, &fault);
    assert_int_equal(status.code, GW_CODE_MALFORMED);
    assert_string_equal(fault.subject, "/t/1");
    assert_int_equal(table.row_count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_records),
        cmocka_unit_test(the_first_fault_is_kept_with_its_place),
        cmocka_unit_test(a_row_of_another_length_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
