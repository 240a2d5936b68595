/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_report.h"

#include "grid/flow_solve.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *report(gw_arena *arena, const gw_net *net) {
    gw_fault fault = {0};
    gw_flow_outcome outcome;
    gw_flow_state found;
    gw_writer out;
    gw_text text;
    const char *made = NULL;
    assert_true(
        gw_is_ok(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &found, &fault)));
    const gw_flow_report wanted = {net, &outcome, &found, 2};
    gw_writer_init(&out, arena);
    assert_true(gw_is_ok(gw_flow_report_write(&wanted, arena, &out, &fault)));
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, &fault)));
    assert_true(gw_is_ok(gw_text_to_c(arena, text, &made, &fault)));
    return made;
}

static void the_worst_rows_come_first(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.nodes[3].id = GW_TEXT("far");
    it.nodes[3].vmin_pu = 0.999;
    it.branches[2].id = GW_TEXT("thin");
    it.branches[2].imax_a = 4;
    const char *text = report(arena, &it.net);
    assert_non_null(strstr(text, "small: balanced, 4 nodes, 3 branches"));
    const char *far_away = strstr(text, "\n  far ");
    assert_non_null(far_away);
    assert_non_null(strstr(far_away, "too low"));
    assert_true(strstr(text, "\n  node ") > far_away);
    assert_true(strstr(text, "\n  thin ") < strstr(text, "\n  line "));
}

static void dark_and_infeasible_are_said(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 4);
    it.branches[2].closed = false;
    assert_non_null(strstr(report(arena, &it.net), "not energised"));
    it.branches[2].closed = true;
    it.points[0].p_w = 1e6;
    assert_non_null(strstr(report(arena, &it.net), "\ninfeasible: "));
}

static void three_phases_show_unbalance_and_neutral(void **state) {
    (void)state;
    small_net it;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    small_chain(&it, 2);
    it.net.model = GW_NET_THREE_PHASE;
    it.points[0].phases = GW_NET_PHASE_B;
    gw_net_shunt shunt = {.id = GW_TEXT("s"), .node = 1, .closed = true, .b1_s = 1e-3};
    it.net.shunts = &shunt;
    it.net.shunt_count = 1;
    const char *text = report(arena, &it.net);
    assert_non_null(strstr(text, "negative       zero"));
    assert_non_null(strstr(text, "neutral A"));
    assert_non_null(strstr(text, "  shunts "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_rows_come_first),
        cmocka_unit_test(dark_and_infeasible_are_said),
        cmocka_unit_test(three_phases_show_unbalance_and_neutral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
