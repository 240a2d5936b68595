/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CELL(literal)                                                                              \
    { (const uint8_t *)(literal), (int)sizeof(literal) - 1 }

/* Two rows as the wire has them; the oids are PostgreSQL's. */
static const gw_column columns[] = {{"id", 25},   {"wh", 20},     {"small", 21}, {"flag", 16},
                                    {"at", 1184}, {"body", 3802}, {"raw", 17}};
static const gw_cell cells[] = {CELL("M-1"),
                                CELL("\xff\xff\xff\xff\xff\xff\xff\xfe"),
                                CELL("\x00\x07"),
                                CELL("\x01"),
                                CELL("\x00\x00\x00\x00\x00\x00\x00\x05"),
                                CELL("\x01{}"),
                                CELL("\x00\x01"),
                                CELL("M-2"),
                                {NULL, 0},
                                CELL("\xff\xff"),
                                CELL("\x00"),
                                CELL("\x7f\xff\xff\xff\xff\xff\xff\xff"),
                                {NULL, 0},
                                CELL("")};
static const gw_rows rows = {.count = 2, .column_count = 7, .columns = columns, .cells = cells};

static void columns_are_read_by_name_and_type(void **state) {
    (void)state;
    gw_row row = gw_rows_at(&rows, 0);
    gw_text id;
    gw_text body;
    gw_energy energy;
    int64_t small = 0;
    bool flag = false;
    gw_instant at;
    gw_bytes raw;
    gw_row_bytes(&row, "raw", &raw); /* order does not matter */
    gw_row_text(&row, "id", &id);
    gw_row_energy(&row, "wh", &energy);
    gw_row_int64(&row, "small", &small);
    gw_row_flag(&row, "flag", &flag);
    gw_row_instant(&row, "at", &at);
    gw_row_text(&row, "body", &body);
    assert_true(gw_is_ok(gw_row_end(&row, NULL)));
    assert_true(gw_text_is(id, "M-1"));
    assert_int_equal(energy.wh, -2);
    assert_int_equal(small, 7);
    assert_true(flag);
    assert_int_equal(at.us, INT64_C(946684800000005));
    assert_true(gw_text_is(body, "{}"));
    assert_int_equal(raw.length, 2);
}

static void null_is_a_value_only_where_it_is_expected(void **state) {
    (void)state;
    gw_row row = gw_rows_at(&rows, 1);
    int64_t number = 0;
    gw_text body;
    assert_true(gw_row_is_null(&row, "wh"));
    gw_row_int64_or(&row, "wh", 77, &number);
    gw_row_text_or_empty(&row, "body", &body);
    assert_true(gw_is_ok(gw_row_end(&row, NULL)));
    assert_int_equal(number, 77);
    assert_int_equal(body.length, 0);
    gw_row_int64(&row, "wh", &number);
    assert_int_equal(gw_row_end(&row, NULL).code, GW_CODE_INTERNAL);
}

static void the_first_failure_is_named_and_later_ones_give_zeros(void **state) {
    (void)state;
    gw_row row = gw_rows_at(&rows, 0);
    gw_fault fault = {0};
    int64_t number = 5;
    gw_text id;
    gw_row_int64(&row, "id", &number);
    gw_row_text(&row, "missing", &id);
    gw_row_text(&row, "id", &id);
    assert_int_equal(gw_row_end(&row, &fault).code, GW_CODE_INTERNAL);
    assert_string_equal(fault.subject, "id");
    assert_int_equal(number, 0);
    assert_int_equal(id.length, 0);
}

static void infinity_is_not_an_instant(void **state) {
    (void)state;
    gw_row row = gw_rows_at(&rows, 1);
    gw_instant at;
    gw_row_instant(&row, "at", &at);
    assert_false(gw_is_ok(gw_row_end(&row, NULL)));
    assert_int_equal(at.us, 0);
}

/* One dimension of three items from index 1; the second one is NULL. */
#define HEAD "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x14"
#define THREE HEAD "\x00\x00\x00\x03\x00\x00\x00\x01"
#define SEVEN "\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x07"
#define NOTHING "\xff\xff\xff\xff"
static const gw_column array_columns[] = {{"w", 1016}};
static const gw_cell arrays[] = {CELL(THREE SEVEN NOTHING SEVEN),
                                 CELL("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14"),
                                 CELL(THREE SEVEN),
                                 CELL(HEAD "\x7f\xff\xff\xff\x00\x00\x00\x01" SEVEN),
                                 CELL("\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x14"),
                                 {NULL, 0}};
static const gw_rows array_rows = {
    .count = 6, .column_count = 1, .columns = array_columns, .cells = arrays};

static void an_array_keeps_its_gaps(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_row_array array;
    gw_row row = gw_rows_at(&array_rows, 0);
    assert_true(gw_is_ok(gw_row_int64s(&row, "w", arena, &array, NULL)));
    assert_int_equal(array.count, 3);
    assert_int_equal(array.items[0], 7);
    assert_int_equal(array.items[1], INT64_MIN);
    assert_int_equal(array.items[2], 7);
    row = gw_rows_at(&array_rows, 1);
    assert_true(gw_is_ok(gw_row_int64s(&row, "w", arena, &array, NULL)));
    assert_int_equal(array.count, 0);
}

static void an_array_that_is_cut_or_of_another_shape_is_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    for (int at = 2; at < 6; at++) {
        gw_row_array array = {NULL, 77};
        gw_row row = gw_rows_at(&array_rows, at);
        assert_int_equal(gw_row_int64s(&row, "w", arena, &array, NULL).code, GW_CODE_INTERNAL);
        assert_int_equal(array.count, 77);
    }
    gw_row_array array = {NULL, 77};
    gw_row row = gw_rows_at(&rows, 0);
    assert_int_equal(gw_row_int64s(&row, "wh", arena, &array, NULL).code, GW_CODE_INTERNAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_read_by_name_and_type),
        cmocka_unit_test(null_is_a_value_only_where_it_is_expected),
        cmocka_unit_test(the_first_failure_is_named_and_later_ones_give_zeros),
        cmocka_unit_test(infinity_is_not_an_instant),
        cmocka_unit_test(an_array_keeps_its_gaps),
        cmocka_unit_test(an_array_that_is_cut_or_of_another_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
