/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/embed/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_sql_file file_of(const char *text) {
    gw_sql_file file;
    gw_sql_file_init(&file, gw_text_from_c(text));
    return file;
}

static void sections_are_read_one_after_the_other(void **state) {
    (void)state;
    gw_sql_section section;
    gw_sql_file file = file_of("-- SPDX\n-- about\n\n"
                               "-- name: meter_find\n"
                               "-- params: id text, at timestamptz\n"
                               "-- columns: meter text, import_wh bigint\n"
                               "-- why it is so\n"
                               "SELECT meter, import_wh\n\nFROM meter; -- no\n"
                               "-- name: meter_touch\n-- params: none\n-- columns: none\n"
                               "UPDATE meter SET a = 'x;y';\n");
    assert_true(gw_is_ok(gw_sql_section_next(&file, &section, NULL)));
    assert_true(gw_text_is(section.name, "meter_find"));
    assert_int_equal(section.param_count, 2);
    assert_int_equal(section.line, 4);
    assert_true(gw_text_is(section.columns, "meter text, import_wh bigint"));
    assert_true(gw_text_is(section.sql, "SELECT meter, import_wh\n\nFROM meter; -- no"));
    assert_true(gw_is_ok(gw_sql_section_next(&file, &section, NULL)));
    assert_int_equal(section.param_count, 0);
    assert_int_equal(section.params.length, 0);
    assert_true(gw_text_is(section.sql, "UPDATE meter SET a = 'x;y'"));
    assert_int_equal(gw_sql_section_next(&file, &section, NULL).code, GW_CODE_NOT_FOUND);
}

static void what_is_not_a_section_is_refused(void **state) {
    (void)state;
    static const char *const refused[] = {
        "SELECT 1;\n",
        "-- name: Upper\n-- params: none\n-- columns: none\nSELECT 1;\n",
        "-- name:\n-- params: none\n-- columns: none\nSELECT 1;\n",
        "-- name: no_params\n-- columns: none\nSELECT 1;\n",
        "-- name: no_columns\n-- params: none\nSELECT 1;\n",
        "-- name: no_type\n-- params: id\n-- columns: none\nSELECT 1;\n",
        "-- name: no_statement\n-- params: none\n-- columns: none\n\n;\n",
        "-- name: no_statement\n-- params: none\n-- columns: none",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        gw_sql_section section = {.line = 77};
        gw_sql_file file = file_of(refused[i]);
        gw_fault fault = {0};
        assert_int_equal(gw_sql_section_next(&file, &section, &fault).code, GW_CODE_MALFORMED);
        assert_int_equal(section.line, 77);
        assert_non_null(strstr(fault.message, "line 1"));
    }
}

static void an_empty_file_has_no_sections(void **state) {
    (void)state;
    gw_sql_section section;
    gw_sql_file file = file_of("-- only a comment\n\n");
    assert_int_equal(gw_sql_section_next(&file, &section, NULL).code, GW_CODE_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_are_read_one_after_the_other),
        cmocka_unit_test(what_is_not_a_section_is_refused),
        cmocka_unit_test(an_empty_file_has_no_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
