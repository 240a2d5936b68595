/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/microgrid_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024 };

#define WAY                                                                                        \
    "\"name\":\"grid-a\",\"transport\":\"mqtt\",\"realm\":\"test\","                               \
    "\"broker_url\":\"ssl://localhost:1\",\"keys_dir\":\"keys\""
#define COST                                                                                       \
    "{\"slope_nanos_per_kwh\":80000000,\"curvature_nanos_per_kwh_kw\":1000000,"                    \
    "\"least_w\":-100000,\"most_w\":100000}"

static gw_status load(gw_arena *arena, const char *json, gw_microgrid_plan *ret, gw_fault *reterr) {
    char path[] = "/tmp/gw-microgrid-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    assert_non_null(out);
    assert_true(fputs(json, out) >= 0);
    assert_int_equal(fclose(out), 0);
    const gw_status status = gw_microgrid_plan_load(arena, path, ret, reterr);
    (void)unlink(path);
    return status;
}

static void one_cost_stands_for_every_interval(void **state) {
    (void)state;
    gw_microgrid_plan plan;
    gw_fault fault = {0};
    const int64_t *powers = NULL;
    const int64_t targets[] = {180000000, 100000000, 900000000};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_true(gw_is_ok(load(arena, "{" WAY ",\"costs\":[" COST "]}", &plan, &fault)));
    const gw_microgrid_question question = {1000000, targets, 3};
    assert_true(gw_is_ok(gw_microgrid_answer(arena, &plan, &question, &powers, &fault)));
    assert_int_equal(powers[0], 50000000); /* (180 - 80) / 2 */
    assert_int_equal(powers[1], 10000000);
    assert_int_equal(powers[2], 100000000); /* its box */
}

static void energy_over_all_intervals_is_bounded(void **state) {
    (void)state;
    gw_microgrid_plan plan;
    gw_fault fault = {0};
    const int64_t *powers = NULL;
    const int64_t targets[] = {180000000, 180000000};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    /* 10 kWh in two quarter hours: 20 kW each instead of 50 */
    assert_true(gw_is_ok(
        load(arena, "{" WAY ",\"costs\":[" COST "," COST "],\"most_wh\":10000,\"interval_s\":900}",
             &plan, &fault)));
    const gw_microgrid_question question = {1000000, targets, 2};
    assert_true(gw_is_ok(gw_microgrid_answer(arena, &plan, &question, &powers, &fault)));
    assert_int_equal(powers[0], 20000000);
    assert_int_equal(powers[1], 20000000);
    const gw_microgrid_question longer = {1000000, targets, 1};
    assert_int_equal(gw_microgrid_answer(arena, &plan, &longer, &powers, &fault).code,
                     GW_CODE_INVALID);
}

static void refuse(const char *json, const char *subject) {
    gw_microgrid_plan plan = {.cost_count = 7};
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_false(gw_is_ok(load(arena, json, &plan, &fault)));
    assert_string_equal(fault.subject, subject);
    assert_int_equal(plan.cost_count, 7);
}

static void a_plan_that_cannot_be_followed_is_refused(void **state) {
    (void)state;
    refuse("{" WAY ",\"costs\":[]}", "costs");
    refuse("{" WAY "}", "costs");
    refuse("{\"name\":\"a\",\"transport\":\"pigeon\",\"costs\":[" COST "]}", "transport");
    refuse("{\"name\":\"a\",\"transport\":\"rest\",\"costs\":[" COST "]}", "gateway_url");
    refuse("{" WAY ",\"costs\":[" COST "],\"least_wh\":900000}", "/energy");
    refuse("{" WAY ",\"costs\":[" COST "],\"interval_s\":1}", "interval_s");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cost_stands_for_every_interval),
        cmocka_unit_test(energy_over_all_intervals_is_bounded),
        cmocka_unit_test(a_plan_that_cannot_be_followed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
