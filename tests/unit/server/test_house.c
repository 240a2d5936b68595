/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_instant winter_evening = {INT64_C(1768930200000000)}; /* 2026-01-20T17:30Z */
static const gw_house_limit no_limit = {.active = false};

static gw_house house(gw_house_kind kind, uint64_t seed) {
    return (gw_house){.kind = kind, .seed = seed, .rating_w = 3000, .zone_offset_s = 3600};
}

static void the_same_plan_gives_the_same_minute(void **state) {
    (void)state;
    const gw_house first = house(GW_HOUSE_HEAT_PUMP, 42);
    const gw_house second = house(GW_HOUSE_HEAT_PUMP, 42);
    assert_int_equal(gw_house_power_w(&first, winter_evening, -2000, no_limit),
                     gw_house_power_w(&second, winter_evening, -2000, no_limit));
}

static void a_limit_caps_the_appliance_within_its_imperfection(void **state) {
    (void)state;
    const gw_house_limit limit = {.active = true, .limit_w = 450};
    for (uint64_t seed = 1; seed < 200; seed++) {
        const gw_house heated = house(GW_HOUSE_HEAT_PUMP, seed);
        const int64_t free_w = gw_house_power_w(&heated, winter_evening, -2000, no_limit);
        const int64_t held_w = gw_house_power_w(&heated, winter_evening, -2000, limit);
        const int64_t flexible_w = gw_house_flexible_w(&heated, winter_evening, -2000);
        assert_true(held_w <= free_w);
        assert_true(held_w - (free_w - flexible_w) <= 450 + 3000 * 8 / 100);
    }
}

static void a_heat_pump_rests_in_summer(void **state) {
    (void)state;
    const gw_house heated = house(GW_HOUSE_HEAT_PUMP, 3);
    assert_int_equal(gw_house_flexible_w(&heated, winter_evening, 25000), 0);
}

static void pv_exports_at_noon_and_never_at_night(void **state) {
    (void)state;
    const gw_house roof = house(GW_HOUSE_PV, 8);
    const gw_instant noon = {INT64_C(1768906800000000)};
    assert_true(gw_house_flexible_w(&roof, noon, 2000) < 0);
    assert_int_equal(gw_house_flexible_w(&roof, winter_evening, 2000), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_plan_gives_the_same_minute),
        cmocka_unit_test(a_limit_caps_the_appliance_within_its_imperfection),
        cmocka_unit_test(a_heat_pump_rests_in_summer),
        cmocka_unit_test(pv_exports_at_noon_and_never_at_night),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
