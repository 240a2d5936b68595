/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_report.h"

#include "tests/support/five_trades.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static const char *write_report(gw_arena *arena, five_trades *it, size_t rows) {
    gw_flow_check_result results[GW_FLOW_RULE_COUNT];
    gw_writer out;
    gw_text text;
    const char *shown = NULL;
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        it->question.rule = (gw_flow_rule)rule;
        assert_true(gw_is_ok(gw_flow_check(arena, &it->question, &results[rule], NULL)));
    }
    it->question.rule = GW_FLOW_RULE_SENSITIVITY_QP;
    gw_writer_init(&out, arena);
    gw_flow_check_report_write(&(gw_flow_check_report){&it->question, results, rows}, &out);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    assert_true(gw_is_ok(gw_text_to_c(arena, text, &shown, NULL)));
    return shown;
}

static void rules_stand_side_by_side(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const char *shown = write_report(arena, &it, 20);
    assert_non_null(strstr(shown, "five trades: 5 items, 1 bases\nsensitivity_qp: curtailed"));
    assert_non_null(strstr(shown, "  B                   25.000    19.996    17.197"));
    assert_non_null(strstr(shown, "refused"));
    assert_non_null(strstr(shown, "voltage_high"));
    assert_non_null(strstr(shown, "same_feeder"));
}

static void a_table_is_no_longer_than_wanted(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const char *shown = write_report(arena, &it, 1);
    assert_non_null(strstr(shown, "... 4 more"));
    assert_null(strstr(shown, "\n  D "));
}

static void a_side_outside_is_named_so(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.items[1].buyer = GW_FLOW_OUTSIDE;
    assert_non_null(strstr(write_report(arena, &it, 20), "outside"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_stand_side_by_side),
        cmocka_unit_test(a_table_is_no_longer_than_wanted),
        cmocka_unit_test(a_side_outside_is_named_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
