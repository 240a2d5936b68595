/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NO GW_EVENT_STATE_COUNT

/* The whole space: state by state, action by action, in the order of gw_event_action. */
static const gw_event_state EXPECTED[GW_EVENT_STATE_COUNT][GW_EVENT_ACTION_COUNT] = {
    /*                     draft publish gate none clear order confirm commit start end recall */
    [GW_EVENT_NEED] = {GW_EVENT_DRAFT, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
                       GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_DRAFT] = {NO, GW_EVENT_PUBLISHED, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
                        NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_PUBLISHED] = {NO, GW_EVENT_PUBLISHED, GW_EVENT_GATE_CLOSED, NO, NO, NO, NO, NO, NO,
                            NO, NO, NO, NO, NO, NO, NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_GATE_CLOSED] = {NO, NO, NO, GW_EVENT_NO_OFFERS, GW_EVENT_CLEARED, NO, NO, NO, NO, NO,
                              NO, NO, NO, NO, NO, NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_NO_OFFERS] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
    [GW_EVENT_CLEARED] = {NO, NO, NO, NO, NO, GW_EVENT_ORDERED, NO, NO, NO, NO, NO, NO, NO, NO, NO,
                          NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_ORDERED] = {NO, NO, NO, NO, NO, NO, GW_EVENT_CONFIRMED, NO, NO, NO, NO, NO, NO, NO,
                          NO, NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_CONFIRMED] = {NO, NO, NO, NO, NO, NO, NO, GW_EVENT_COMMITTED, NO, NO, NO, NO, NO, NO,
                            NO, NO, GW_EVENT_CANCELLED, GW_EVENT_FAILED},
    [GW_EVENT_COMMITTED] = {NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_ACTIVE, NO, GW_EVENT_ENDED, NO,
                            NO, NO, NO, NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_ACTIVE] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_ENDED, GW_EVENT_ENDED, NO, NO,
                         NO, NO, NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_ENDED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_METERED, NO, NO, NO,
                        NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_METERED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_VERIFIED, NO, NO,
                          NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_VERIFIED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_SETTLED, NO,
                           NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_SETTLED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, GW_EVENT_POSTED,
                          NO, NO, GW_EVENT_FAILED},
    [GW_EVENT_POSTED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
                         GW_EVENT_METERED, NO, NO},
    [GW_EVENT_CANCELLED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
    [GW_EVENT_FAILED] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
};

static void every_action_in_every_state_does_as_the_table_says(void **state) {
    (void)state;
    for (int from = 0; from < GW_EVENT_STATE_COUNT; from++)
        for (int action = 0; action < GW_EVENT_ACTION_COUNT; action++) {
            gw_fault fault = {0};
            gw_event_state to = NO;
            const gw_status status =
                gw_event_move((gw_event_state)from, (gw_event_action)action, &to, &fault);
            assert_int_equal(to, EXPECTED[from][action]);
            assert_int_equal(gw_is_ok(status), EXPECTED[from][action] != NO);
            if (!gw_is_ok(status)) assert_true(fault.message[0] != '\0');
        }
}

static void publishing_after_the_gate_says_that_the_gate_is_closed(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_event_state to = NO;
    assert_int_equal(gw_event_move(GW_EVENT_CLEARED, GW_EVENT_DO_PUBLISH, &to, &fault).code,
                     GW_CODE_GATE_CLOSED);
    assert_int_equal(gw_event_move(GW_EVENT_NEED, GW_EVENT_DO_PUBLISH, &to, &fault).code,
                     GW_CODE_WRONG_STATE);
    assert_int_equal(gw_event_move(NO, GW_EVENT_DO_PUBLISH, &to, &fault).code, GW_CODE_WRONG_STATE);
}

static void names_are_read_back(void **state) {
    (void)state;
    gw_fault fault = {0};
    for (int at = 0; at < GW_EVENT_STATE_COUNT; at++) {
        gw_event_state read = NO;
        const gw_text name = gw_text_from_c(gw_event_state_print((gw_event_state)at));
        assert_true(gw_is_ok(gw_event_state_parse(name, &read, &fault)));
        assert_int_equal(read, at);
    }
    gw_event_state read = NO;
    assert_int_equal(gw_event_state_parse(GW_TEXT("posted"), &read, &fault).code, GW_CODE_INVALID);
    for (int at = 0; at < GW_EVENT_ACTION_COUNT; at++)
        assert_non_null(gw_event_action_print((gw_event_action)at));
}

static void escrow_is_locked_from_the_promise_to_the_post(void **state) {
    (void)state;
    for (int at = 0; at < GW_EVENT_STATE_COUNT; at++) {
        const gw_event_state one = (gw_event_state)at;
        assert_int_equal(gw_event_has_liability(one),
                         one >= GW_EVENT_COMMITTED && one <= GW_EVENT_SETTLED);
        assert_int_equal(gw_event_takes_bids(one), one == GW_EVENT_PUBLISHED);
        assert_int_equal(gw_event_is_final(one), one == GW_EVENT_NO_OFFERS ||
                                                     one == GW_EVENT_POSTED ||
                                                     one >= GW_EVENT_CANCELLED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_in_every_state_does_as_the_table_says),
        cmocka_unit_test(publishing_after_the_gate_says_that_the_gate_is_closed),
        cmocka_unit_test(names_are_read_back),
        cmocka_unit_test(escrow_is_locked_from_the_promise_to_the_post),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
