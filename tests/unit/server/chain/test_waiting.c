/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const gw_span pause = {1000};

static gw_tick at_us(int64_t us) { return (gw_tick){us}; }

static void after_a_restart_everything_is_due(void **state) {
    (void)state;
    const gw_waiting empty = {0};
    assert_true(gw_waiting_is_due(&empty, 0, at_us(0), pause));
    assert_true(gw_waiting_is_due(&empty, 77, at_us(0), pause));
}

static void what_was_sent_waits_for_its_pause(void **state) {
    (void)state;
    gw_waiting waiting = {0};
    assert_false(gw_waiting_sent(&waiting, 5, at_us(100)));
    assert_false(gw_waiting_is_due(&waiting, 5, at_us(1099), pause));
    assert_true(gw_waiting_is_due(&waiting, 5, at_us(1100), pause));
    assert_true(gw_waiting_is_due(&waiting, 6, at_us(100), pause));
}

static void patience_ends_with_the_third_sending(void **state) {
    (void)state;
    gw_waiting waiting = {0};
    assert_false(gw_waiting_sent(&waiting, 5, at_us(1)));
    assert_false(gw_waiting_sent(&waiting, 5, at_us(2)));
    assert_true(gw_waiting_sent(&waiting, 5, at_us(3)));
    gw_waiting_forget(&waiting, 5);
    assert_false(gw_waiting_sent(&waiting, 5, at_us(4)));
}

static void many_nonces_never_push_out_those_in_flight(void **state) {
    (void)state;
    gw_waiting waiting = {0};
    for (uint64_t nonce = 0; nonce < 1000; nonce++)
        (void)gw_waiting_sent(&waiting, nonce, at_us((int64_t)nonce));
    for (uint64_t nonce = 1000 - GW_CHAIN_IN_FLIGHT; nonce < 1000; nonce++)
        assert_false(gw_waiting_is_due(&waiting, nonce, at_us(1000), pause));
}

static void a_foreign_use_is_dated_by_its_first_sight(void **state) {
    (void)state;
    gw_waiting waiting = {0};
    assert_int_equal(gw_waiting_foreign(&waiting, 5, 10), 10);
    assert_int_equal(gw_waiting_foreign(&waiting, 5, 12), 10);
    (void)gw_waiting_sent(&waiting, 5, at_us(1)); /* it was free again in between */
    assert_int_equal(gw_waiting_foreign(&waiting, 5, 14), 14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_restart_everything_is_due),
        cmocka_unit_test(what_was_sent_waits_for_its_pause),
        cmocka_unit_test(patience_ends_with_the_third_sending),
        cmocka_unit_test(many_nonces_never_push_out_those_in_flight),
        cmocka_unit_test(a_foreign_use_is_dated_by_its_first_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
