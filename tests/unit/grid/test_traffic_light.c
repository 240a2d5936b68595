/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/traffic_light.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Shares of one limit in thousandths, and what the light makes of it. */
typedef struct moment {
    int64_t middle;
    int64_t upper;
    int64_t measured; /* 0: not measured */
    int64_t offered_w;
    gw_light_reason wanted;
} moment;

static gw_light_reason step(gw_light_state *state, const moment *at) {
    gw_light_transition transition;
    GW_AUTO_ARENA arena = gw_arena_open(4096);
    const gw_light_reading reading = {7, at->middle * 1000, at->upper * 1000,
                                      at->measured == 0 ? INT64_MIN : at->measured * 1000};
    const gw_light_interval interval = {
        .readings = &reading, .count = 1, .needed = {1000}, .offered = {at->offered_w}};
    assert_true(
        gw_is_ok(gw_light_step(arena, &(gw_light_policy){0}, &interval, state, &transition, NULL)));
    return state->reason;
}

static void follow(const moment *moments, size_t count) {
    gw_light_state state = {GW_LIGHT_GREEN, GW_LIGHT_CALM, 0};
    for (size_t at = 0; at < count; at++) {
        const gw_light_reason got = step(&state, &moments[at]);
        if (got == moments[at].wanted) continue;
        print_error("interval %zu: %s, expected %s\n", at, gw_light_reason_word(got),
                    gw_light_reason_word(moments[at].wanted));
        fail();
    }
}

static void a_possible_congestion_is_yellow_and_left_after_two_calm_intervals(void **state) {
    (void)state;
    static const moment moments[] = {
        {500, 990, 0, 0, GW_LIGHT_CALM},      {600, 1000, 0, 0, GW_LIGHT_POSSIBLE},
        {600, 1100, 0, 0, GW_LIGHT_POSSIBLE}, {500, 960, 0, 0, GW_LIGHT_HELD},
        {500, 940, 0, 0, GW_LIGHT_HELD},      {500, 955, 0, 0, GW_LIGHT_HELD},
        {500, 940, 0, 0, GW_LIGHT_HELD},      {500, 940, 0, 0, GW_LIGHT_CALM},
        {500, 990, 0, 0, GW_LIGHT_CALM},
    };
    follow(moments, sizeof moments / sizeof moments[0]);
}

static void offers_decide_between_yellow_and_red(void **state) {
    (void)state;
    static const moment moments[] = {
        {1000, 1200, 0, 1000, GW_LIGHT_COVERED},
        {1000, 1200, 0, 999, GW_LIGHT_UNCOVERED},
        {500, 600, 0, 0, GW_LIGHT_HELD}, /* from red by way of yellow */
        {500, 600, 0, 0, GW_LIGHT_CALM},
    };
    follow(moments, sizeof moments / sizeof moments[0]);
}

static void a_measured_violation_is_red_whatever_is_forecast(void **state) {
    (void)state;
    static const moment moments[] = {
        {500, 600, 1001, 5000, GW_LIGHT_MEASURED},
        {500, 600, 960, 5000, GW_LIGHT_HELD}, /* measured above 95 % is not calm */
        {500, 600, 900, 5000, GW_LIGHT_HELD},
        {500, 600, 900, 5000, GW_LIGHT_CALM},
    };
    follow(moments, sizeof moments / sizeof moments[0]);
}

static void a_transition_carries_its_limits_and_the_forecast(void **state) {
    (void)state;
    gw_light_state light = {GW_LIGHT_GREEN, GW_LIGHT_CALM, 0};
    gw_light_transition made;
    GW_AUTO_ARENA arena = gw_arena_open(4096);
    const gw_light_reading readings[] = {{3, 900000, 1000000, INT64_MIN},
                                         {5, 900000, 999999, INT64_MIN},
                                         {8, 990000, 1300000, INT64_MIN}};
    gw_light_interval interval = {
        .period = {{100}, {200}}, .forecast_id = {{9}}, .readings = readings, .count = 2};
    const gw_light_policy policy = {0};
    interval.readings = &readings[1];
    interval.count = 1;
    assert_true(gw_is_ok(gw_light_step(arena, &policy, &interval, &light, &made, NULL)));
    assert_false(made.is_change);
    assert_int_equal(made.count, 0);
    interval.readings = readings;
    interval.count = 3;
    assert_true(gw_is_ok(gw_light_step(arena, &policy, &interval, &light, &made, NULL)));
    assert_true(made.is_change);
    assert_int_equal(made.from, GW_LIGHT_GREEN);
    assert_int_equal(made.to, GW_LIGHT_YELLOW);
    assert_int_equal(made.count, 2);
    assert_int_equal(made.constraints[0], 3);
    assert_int_equal(made.constraints[1], 8);
    assert_int_equal(made.forecast_id.bytes[0], 9);
    assert_int_equal(made.period.from.us, 100);
    interval.is_infeasible = true;
    assert_true(gw_is_ok(gw_light_step(arena, &policy, &interval, &light, &made, NULL)));
    assert_string_equal(gw_light_word(made.to), "red");
    assert_string_equal(gw_light_reason_word(made.reason), "infeasible");
    assert_int_equal(made.count, 0);
}

/* Property: nothing is green that is beyond a limit, and green never follows red at once. */
static void the_light_never_hides_a_limit(void **state) {
    (void)state;
    seeded random = {4711};
    gw_light_state light = {GW_LIGHT_GREEN, GW_LIGHT_CALM, 0};
    for (int round = 0; round < 20000; round++) {
        moment at = {seeded_between(&random, 800, 1050), 0, seeded_between(&random, 0, 1) * 999,
                     seeded_between(&random, 0, 2000), GW_LIGHT_CALM};
        at.upper = at.middle + seeded_between(&random, 0, 100);
        const gw_light before = light.light;
        (void)step(&light, &at);
        if (at.upper >= 1000) assert_int_not_equal(light.light, GW_LIGHT_GREEN);
        if (before == GW_LIGHT_RED) assert_int_not_equal(light.light, GW_LIGHT_GREEN);
        if (at.middle < 1000 && at.measured < 1000) assert_int_not_equal(light.light, GW_LIGHT_RED);
    }
}

/* Ref: § 14a EnWG, 4.2 kW stay with every device. */
static void a_limited_device_keeps_its_floor(void **state) {
    (void)state;
    const gw_power taken[] = {{11000}, {4200}, {3000}, {7400}};
    gw_power limits[4];
    const gw_light_policy policy = {0};
    assert_int_equal(gw_light_dim(&policy, (gw_power){5000}, taken, 4, limits).w, 0);
    assert_int_equal(limits[0].w, 11000 - 3400);
    assert_int_equal(limits[1].w, 4200);
    assert_int_equal(limits[2].w, 3000);
    assert_int_equal(limits[3].w, 7400 - 1600);
    assert_int_equal(gw_light_dim(&policy, (gw_power){50000}, taken, 4, limits).w, 40000);
    assert_int_equal(limits[0].w, 4200);
    assert_int_equal(limits[3].w, 4200);
    assert_int_equal(gw_light_dim(&policy, (gw_power){0}, taken, 4, limits).w, 0);
    assert_int_equal(limits[0].w, 11000);
}

static void what_is_cut_and_what_is_left_add_up(void **state) {
    (void)state;
    seeded random = {99};
    for (int round = 0; round < 2000; round++) {
        gw_power taken[6];
        gw_power limits[6];
        int64_t cut = 0;
        for (size_t at = 0; at < 6; at++) taken[at].w = seeded_between(&random, 0, 22000);
        const int64_t wanted = seeded_between(&random, 0, 80000);
        const int64_t left =
            gw_light_dim(&(gw_light_policy){0}, (gw_power){wanted}, taken, 6, limits).w;
        for (size_t at = 0; at < 6; at++) {
            assert_true(limits[at].w <= taken[at].w);
            assert_true(limits[at].w >= 4200 || limits[at].w == taken[at].w);
            cut += taken[at].w - limits[at].w;
        }
        assert_true(cut + left >= wanted && cut + left <= wanted + 6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_possible_congestion_is_yellow_and_left_after_two_calm_intervals),
        cmocka_unit_test(offers_decide_between_yellow_and_red),
        cmocka_unit_test(a_measured_violation_is_red_whatever_is_forecast),
        cmocka_unit_test(a_transition_carries_its_limits_and_the_forecast),
        cmocka_unit_test(the_light_never_hides_a_limit),
        cmocka_unit_test(a_limited_device_keeps_its_floor),
        cmocka_unit_test(what_is_cut_and_what_is_left_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
