/* SPDX-License-Identifier: Apache-2.0 */
#include "server/health.h"
#include "server/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void only_what_is_needed_decides_readiness(void **state) {
    (void)state;
    gw_log_init(GW_LEVEL_ERROR, -1);
    assert_false(gw_health_is_ready());
    gw_health_mark_started();
    assert_true(gw_health_is_ready());
    assert_false(gw_health_is_degraded());
    gw_health_set(GW_HEALTH_CHAIN, GW_STATE_DOWN, "no answer");
    assert_true(gw_health_is_ready());
    assert_true(gw_health_is_degraded());
    gw_health_set(GW_HEALTH_JOURNAL, GW_STATE_DOWN, "the disk is full");
    assert_false(gw_health_is_ready());
    gw_health_set(GW_HEALTH_JOURNAL, GW_STATE_UP, NULL);
    gw_health_set(GW_HEALTH_CHAIN, GW_STATE_UP, NULL);
    assert_true(gw_health_is_ready());
    assert_false(gw_health_is_degraded());
    gw_health_mark_stopping();
    assert_false(gw_health_is_ready());
}

static void a_report_keeps_since_when_the_state_holds(void **state) {
    (void)state;
    gw_health_set(GW_HEALTH_BROKER, GW_STATE_DOWN, "refused");
    const gw_health_report first = gw_health_get(GW_HEALTH_BROKER);
    gw_health_set(GW_HEALTH_BROKER, GW_STATE_DOWN, "timed out");
    const gw_health_report second = gw_health_get(GW_HEALTH_BROKER);
    assert_int_equal(first.since.us, second.since.us);
    assert_string_equal(second.name, "broker");
    assert_string_equal(second.detail, "timed out");
    assert_string_equal(gw_health_state_wire(second.state), "down");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_needed_decides_readiness),
        cmocka_unit_test(a_report_keeps_since_when_the_state_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
