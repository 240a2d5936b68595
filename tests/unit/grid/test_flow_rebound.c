/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_rebound.h"

#include "tests/support/seeded.h"
#include "tests/support/small_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HOURS = 4 };
static const size_t arena_cap = 64UL * 1024 * 1024;

static void what_comes_back_is_the_share_and_no_more(void **state) {
    (void)state;
    seeded random = {3};
    for (int round = 0; round < 1000; round++) {
        int64_t back_w[12] = {0};
        const gw_flow_rebound model = {.share_ppm = seeded_between(&random, 0, 1000000),
                                       .delay = (uint32_t)seeded_between(&random, 0, 5),
                                       .width = (uint32_t)seeded_between(&random, 0, 6)};
        const int64_t less_w = seeded_between(&random, 0, 100000);
        const size_t from = (size_t)seeded_between(&random, 0, 11);
        int64_t sum = gw_flow_rebound_spread(&model, less_w, from, 12, back_w);
        for (size_t at = 0; at < 12; at++) {
            if (at <= from + model.delay) assert_int_equal(back_w[at], 0);
            sum += back_w[at];
        }
        assert_int_equal(sum, less_w * model.share_ppm / 1000000);
    }
}

/* A line that carries 10 kW; what is taken in each hour is the only path. */
typedef struct bench {
    small_net small;
    int64_t active_w[HOURS];
    int64_t reactive_var[HOURS];
    gw_flow_paths paths[HOURS];
    gw_flow_lever lever;
    gw_flow_rebound model;
    gw_flow_rebound_question question;
} bench;

static void open_bench(gw_arena *arena, bench *it, const int64_t hours_w[HOURS]) {
    memset(it, 0, sizeof *it);
    small_chain(&it->small, 2);
    /* what 10 kW draw at the end of this line */
    it->small.branches[0].imax_a = 14.5275;
    it->lever = (gw_flow_lever){.point = 0, .less = {6000}};
    it->model = (gw_flow_rebound){.share_ppm = 1000000, .width = 1};
    for (size_t at = 0; at < HOURS; at++) {
        it->active_w[at] = hours_w[at];
        it->paths[at] = (gw_flow_paths){
            .active_w = &it->active_w[at], .reactive_var = &it->reactive_var[at], .count = 1};
    }
    it->question = (gw_flow_rebound_question){
        .need = {.net = &it->small.net, .levers = &it->lever, .lever_count = 1},
        .paths = it->paths,
        .models = &it->model,
        .interval_count = HOURS};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &it->small.net, &(gw_flow_limit_options){0},
                                             &it->question.need.limits, NULL)));
}

static gw_flow_rebounds rebounds_of(gw_arena *arena, const bench *it) {
    gw_flow_rebounds found;
    assert_true(gw_is_ok(gw_flow_rebounds_find(arena, &it->question, &found, NULL)));
    return found;
}

/* Reference "grid" §3.4: 3 kW for an hour come back in the next one. */
static void three_kilowatts_shifted_raise_a_second_need(void **state) {
    (void)state;
    static const int64_t hours_w[HOURS] = {13000, 9000, 5000, 5000};
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it, hours_w);
    gw_flow_rebounds found = rebounds_of(arena, &it);
    assert_int_equal(found.at[0].need.verdict, GW_NEED_CONFIRMED);
    assert_false(found.at[0].is_second);
    const int64_t shifted = -found.at[0].need.change_w[0];
    assert_true(shifted >= 2990 && shifted <= 3010);
    assert_int_equal(found.at[1].back_w[0], shifted);
    assert_int_equal(found.at[1].need.verdict, GW_NEED_CONFIRMED);
    assert_true(found.at[1].is_second);
    assert_int_equal(found.seconds, 1);
    assert_true(found.at[1].need.change_w[0] <= -1990 && found.at[1].need.change_w[0] >= -2010);
    /* 1 kW may come back in the second hour, 5 kW in the third */
    assert_true(found.at[1].recovery_w >= 980 && found.at[1].recovery_w <= 1005);
    assert_true(found.at[2].recovery_w >= 4900 && found.at[2].recovery_w <= 5010);
    assert_int_equal(found.at[2].need.verdict, GW_NEED_NONE);
    /* a third of it, or later, does no harm */
    it.model.share_ppm = 300000;
    assert_int_equal(rebounds_of(arena, &it).seconds, 0);
    it.model = (gw_flow_rebound){.share_ppm = 1000000, .delay = 1, .width = 2};
    found = rebounds_of(arena, &it);
    assert_int_equal(found.seconds, 0);
    assert_int_equal(found.at[2].back_w[0] + found.at[3].back_w[0], shifted);
}

static void sunshine_does_not_come_back(void **state) {
    (void)state;
    static const int64_t hours_w[HOURS] = {13000, 9900, 5000, 13000};
    bench it;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it, hours_w);
    it.model.share_ppm = 0;
    gw_flow_rebounds found = rebounds_of(arena, &it);
    assert_int_equal(found.seconds, 0);
    assert_int_equal(found.beyond_w, 0);
    assert_int_equal(found.at[0].recovery_w, INT64_MAX);
    it.model.share_ppm = 1000000;
    found = rebounds_of(arena, &it);
    assert_int_equal(found.beyond_w, -found.at[3].need.change_w[0]);
    assert_false(found.at[3].is_second); /* it would be there anyway */
}

static void too_many_intervals_are_refused(void **state) {
    (void)state;
    static const int64_t hours_w[HOURS] = {0};
    bench it;
    gw_flow_rebounds found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_bench(arena, &it, hours_w);
    it.question.interval_count = GW_REBOUND_INTERVALS_MOST + 1;
    assert_int_equal(gw_flow_rebounds_find(arena, &it.question, &found, NULL).code,
                     GW_CODE_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_back_is_the_share_and_no_more),
        cmocka_unit_test(three_kilowatts_shifted_raise_a_second_need),
        cmocka_unit_test(sunshine_does_not_come_back),
        cmocka_unit_test(too_many_intervals_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
