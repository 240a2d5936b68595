/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need_report.h"

#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 4UL * 1024 * 1024;

static const char *report_of(gw_arena *arena, const small_net *it, gw_flow_lever lever) {
    gw_flow_need need;
    gw_writer out;
    gw_text text;
    const char *shown = NULL;
    gw_flow_need_question question = {.net = &it->net, .levers = &lever, .lever_count = 1};
    assert_true(gw_is_ok(
        gw_flow_limits_make(arena, &it->net, &(gw_flow_limit_options){0}, &question.limits, NULL)));
    assert_true(gw_is_ok(gw_flow_need_find(arena, &question, &need, NULL)));
    const gw_flow_need_report report = {&question, &need, 5};
    gw_writer_init(&out, arena);
    assert_true(gw_is_ok(gw_flow_need_report_write(&report, arena, &out, NULL)));
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    assert_true(gw_is_ok(gw_text_to_c(arena, text, &shown, NULL)));
    return shown;
}

static void assert_says(const char *report, const char *wanted) {
    if (strstr(report, wanted) != NULL) return;
    print_error("\"%s\" is not in:\n%s\n", wanted, report);
    fail();
}

static void a_need_is_told_with_who_is_asked(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    it.nodes[2].vmin_pu = 0.985;
    const char *report = report_of(arena, &it, (gw_flow_lever){.point = 0, .less = {3000}});
    assert_says(report, "the power flow confirms");
    assert_says(report, "voltage_low           node                 B        227.476");
    assert_says(report, "load                  node                 B");
    assert_says(report, "effectiveness for voltage_low of node phase B");
    assert_says(report, "100.00 %");
}

static void too_little_and_nothing_are_told_apart(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    small_chain(&it, 3);
    assert_says(report_of(arena, &it, (gw_flow_lever){.point = 0}), "nothing is needed");
    it.nodes[2].vmin_pu = 0.999;
    assert_says(report_of(arena, &it, (gw_flow_lever){.point = 0, .less = {10}}),
                "not enough exists");
    it.points[0].p_w = 1e6;
    assert_says(report_of(arena, &it, (gw_flow_lever){.point = 0}), "infeasible");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_need_is_told_with_who_is_asked),
        cmocka_unit_test(too_little_and_nothing_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
