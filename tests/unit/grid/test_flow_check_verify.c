/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check.h"

#include "tests/support/five_trades.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static const int64_t good_w[FIVE_TRADES] = {16567, 19996, 13525, 10000, 8000};

static gw_flow_check_finding verify(const five_trades *it, const int64_t *accepted_w) {
    gw_flow_check_finding found = {.doubt = GW_FLOW_DOUBT_COUNT};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_true(
        gw_is_ok(gw_flow_check_verify(arena, &it->question, accepted_w, 100, &found, &fault)));
    return found;
}

static void a_node_agrees_with_the_worked_amounts(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    const gw_flow_check_finding found = verify(&it, good_w);
    assert_int_equal(found.doubt, GW_FLOW_DOUBT_NONE);
    assert_true(found.worst_ppm > 999000 && found.worst_ppm <= 1000000);
}

static void too_much_breaks_a_limit(void **state) {
    (void)state;
    int64_t accepted_w[FIVE_TRADES];
    five_trades it;
    five_trades_make(&it);
    memcpy(accepted_w, good_w, sizeof accepted_w);
    accepted_w[1] += 100;
    const gw_flow_check_finding found = verify(&it, accepted_w);
    assert_int_equal(found.doubt, GW_FLOW_DOUBT_LIMIT);
    assert_true(gw_text_is(found.limit, "3"));
}

static void more_than_requested_is_no_amount(void **state) {
    (void)state;
    const int64_t more_w[FIVE_TRADES] = {16567, 19996, 13525, 10001, 8000};
    const int64_t less_w[FIVE_TRADES] = {16567, 19996, 13525, 10000, -1};
    five_trades it;
    five_trades_make(&it);
    assert_int_equal(verify(&it, more_w).doubt, GW_FLOW_DOUBT_AMOUNT);
    assert_int_equal(verify(&it, less_w).item, 4);
}

static void a_cut_of_what_relieves_is_refused(void **state) {
    (void)state;
    const int64_t counter_w[FIVE_TRADES] = {16000, 19000, 13525, 9000, 8000};
    const int64_t inside_w[FIVE_TRADES] = {16567, 19996, 13525, 10000, 7999};
    five_trades it;
    five_trades_make(&it);
    assert_int_equal(verify(&it, counter_w).doubt, GW_FLOW_DOUBT_CUT);
    const gw_flow_check_finding found = verify(&it, inside_w);
    assert_int_equal(found.doubt, GW_FLOW_DOUBT_CUT);
    assert_int_equal(found.item, 4);
}

static void a_smaller_margin_than_the_proposers_is_kept(void **state) {
    (void)state;
    gw_flow_check_result proposed = {.items = NULL};
    int64_t accepted_w[FIVE_TRADES];
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.question.margin_ppm = 500;
    assert_true(gw_is_ok(gw_flow_check(arena, &it.question, &proposed, NULL)));
    for (size_t at = 0; at < FIVE_TRADES; at++) accepted_w[at] = proposed.items[at].accepted.w;
    it.question.margin_ppm = 250;
    GW_AUTO_ARENA other = gw_arena_open(ARENA_BYTES);
    gw_flow_check_finding found;
    assert_true(gw_is_ok(gw_flow_check_verify(other, &it.question, accepted_w, 500, &found, NULL)));
    assert_int_equal(found.doubt, GW_FLOW_DOUBT_NONE);
    it.question.margin_ppm = 750;
    assert_int_equal(verify(&it, accepted_w).doubt, GW_FLOW_DOUBT_LIMIT);
}

static void without_a_solution_only_what_changes_nothing_is_right(void **state) {
    (void)state;
    const int64_t none_w[FIVE_TRADES] = {0, 0, 0, 0, 8000};
    five_trades it;
    five_trades_make(&it);
    it.injections[3].p_w = 5000000;
    assert_int_equal(verify(&it, none_w).doubt, GW_FLOW_DOUBT_NONE);
    assert_int_equal(verify(&it, good_w).doubt, GW_FLOW_DOUBT_LIMIT);
}

static void every_doubt_has_its_own_name(void **state) {
    (void)state;
    for (int left = 0; left < GW_FLOW_DOUBT_COUNT; left++)
        for (int right = 0; right < left; right++)
            assert_string_not_equal(gw_flow_check_doubt_name((gw_flow_check_doubt)left),
                                    gw_flow_check_doubt_name((gw_flow_check_doubt)right));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_agrees_with_the_worked_amounts),
        cmocka_unit_test(too_much_breaks_a_limit),
        cmocka_unit_test(more_than_requested_is_no_amount),
        cmocka_unit_test(a_cut_of_what_relieves_is_refused),
        cmocka_unit_test(a_smaller_margin_than_the_proposers_is_kept),
        cmocka_unit_test(without_a_solution_only_what_changes_nothing_is_right),
        cmocka_unit_test(every_doubt_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
