/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/bind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 64 * 1024 };

static gw_args args;
static gw_arena *arena;

static int open_args(void **state) {
    (void)state;
    arena = gw_arena_open(ARENA_CAP);
    gw_args_init(&args, arena);
    return arena == NULL ? -1 : 0;
}

static int close_args(void **state) {
    (void)state;
    gw_arena_close(arena);
    return 0;
}

static void values_have_postgres_text_forms(void **state) {
    (void)state;
    gw_bind_int64(&args, INT64_MIN);
    gw_bind_flag(&args, true);
    gw_bind_instant(&args, (gw_instant){INT64_C(1769000000123456)});
    gw_bind_energy(&args, (gw_energy){-5});
    gw_bind_money(&args, (gw_money){7});
    assert_int_equal(args.failed, GW_CODE_OK);
    assert_int_equal(args.count, 5);
    assert_string_equal(args.values[0], "-9223372036854775808");
    assert_string_equal(args.values[1], "t");
    assert_string_equal(args.values[2], "2026-01-21T12:53:20.123456Z");
    assert_string_equal(args.values[3], "-5");
    assert_string_equal(args.values[4], "7");
}

static void nothing_binds_null_only_where_asked(void **state) {
    (void)state;
    gw_bind_null(&args);
    gw_bind_c(&args, NULL);
    gw_bind_text_or_null(&args, GW_TEXT(""));
    gw_bind_text(&args, GW_TEXT(""));
    gw_bind_bytes(&args, (gw_bytes){NULL, 0});
    assert_null(args.values[0]);
    assert_null(args.values[1]);
    assert_null(args.values[2]);
    assert_string_equal(args.values[3], "");
    assert_non_null(args.values[4]);
    assert_int_equal(args.formats[4], 1);
}

static void a_nul_inside_a_text_is_refused(void **state) {
    (void)state;
    gw_bind_text(&args, (gw_text){"a\0b", 3});
    gw_bind_int64(&args, 1);
    assert_int_equal(args.failed, GW_CODE_INVALID);
    assert_int_equal(args.count, 0);
}

static void arrays_quote_what_needs_it(void **state) {
    (void)state;
    const gw_text texts[] = {GW_TEXT("plain"), GW_TEXT("a,b"), GW_TEXT("q\"\\"), GW_TEXT(""),
                             GW_TEXT("NULL")};
    const int64_t numbers[] = {1, -2};
    const gw_instant instants[] = {{INT64_C(1769000000000000)}};
    gw_bind_texts(&args, texts, 5);
    gw_bind_texts(&args, texts, 0);
    gw_bind_int64s(&args, numbers, 2);
    gw_bind_instants(&args, instants, 1);
    assert_string_equal(args.values[0], "{\"plain\",\"a,b\",\"q\\\"\\\\\",\"\",\"NULL\"}");
    assert_string_equal(args.values[1], "{}");
    assert_string_equal(args.values[2], "{1,-2}");
    assert_string_equal(args.values[3], "{\"2026-01-21T12:53:20Z\"}");
}

static void too_many_and_too_large_are_noticed(void **state) {
    (void)state;
    static char big[ARENA_CAP + 1];
    for (int i = 0; i <= GW_ARGS_MAX; i++) gw_bind_null(&args);
    assert_int_equal(args.failed, GW_CODE_TOO_LARGE);
    assert_int_equal(args.count, GW_ARGS_MAX);
    gw_args_init(&args, arena);
    memset(big, 'x', sizeof big);
    gw_bind_text(&args, (gw_text){big, sizeof big});
    assert_int_equal(args.failed, GW_CODE_NO_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_have_postgres_text_forms, open_args, close_args),
        cmocka_unit_test_setup_teardown(nothing_binds_null_only_where_asked, open_args, close_args),
        cmocka_unit_test_setup_teardown(a_nul_inside_a_text_is_refused, open_args, close_args),
        cmocka_unit_test_setup_teardown(arrays_quote_what_needs_it, open_args, close_args),
        cmocka_unit_test_setup_teardown(too_many_and_too_large_are_noticed, open_args, close_args),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
