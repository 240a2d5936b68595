/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_result.h"

#include "tests/support/exchange_world.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

/* Nobody beyond its offer, nobody on the other side, nothing left over, every tie within. */
static void check_promise(const exchange_world *world, const gw_exchange *exchange,
                          const int64_t *offers) {
    const uint32_t members = world->problem.member_count;
    int64_t flows[WORLD_MEMBERS * WORLD_INTERVALS];
    int64_t sum = 0;
    for (uint32_t i = 0; i < members; i++) {
        const int64_t export_w = world->exports_w[i];
        sum += export_w;
        assert_true(export_w == 0 || (export_w > 0) == (offers[i] > 0));
        assert_true((export_w < 0 ? -export_w : export_w) * 1000 <=
                    (offers[i] < 0 ? -offers[i] : offers[i]));
    }
    assert_int_equal(sum, 0);
    gw_exchange_flows(exchange, world->exports_w, flows);
    for (uint32_t i = 0; i < world->problem.tie_count; i++)
        assert_true((flows[i] < 0 ? -flows[i] : flows[i]) * 1000 <= world->limits[i]);
}

static void nobody_gives_more_than_its_last_offer(void **state) {
    (void)state;
    seeded random = {8};
    for (int run = 0; run < 500; run++) {
        exchange_world world;
        gw_exchange *exchange = NULL;
        gw_fault fault = {0};
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        int64_t offers[12];
        world_of_three(&world, 1000000, 60, 40);
        world.problem.member_count = (uint32_t)seeded_between(&random, 2, 12);
        world.problem.tie_count = world.problem.member_count - 1;
        for (uint32_t i = 0; i < world.problem.member_count; i++) {
            offers[i] = seeded_between(&random, -100000000, 100000000);
            world.limits[i] = seeded_between(&random, 0, 90000000);
            world.ties[i] = (gw_exchange_tie){(uint32_t)seeded_between(&random, 0, i), i + 1};
        }
        assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &exchange, &fault)));
        assert_true(
            gw_is_ok(gw_exchange_fall_back(arena, exchange, offers, world.exports_w, &fault)));
        check_promise(&world, exchange, offers);
    }
}

static void one_side_alone_promises_nothing(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const int64_t offers[] = {5000000, 7000000, 0};
    world_of_three(&world, 1000000, 60, 40);
    assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &exchange, &fault)));
    assert_true(gw_is_ok(gw_exchange_fall_back(arena, exchange, offers, world.exports_w, &fault)));
    for (int i = 0; i < 3; i++) assert_int_equal(world.exports_w[i], 0);
}

static void final_exports_are_whole_watts_within_odd_limits(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    int64_t flows[2];
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 1000000, 60, 40);
    world.limits[0] = 60000700;
    world.limits[1] = 39999999;
    assert_true(gw_is_ok(world_run(arena, &world, &exchange, &fault)));
    gw_exchange_flows(exchange, world.exports_w, flows);
    assert_int_equal(flows[0], 60000);
    assert_int_equal(flows[1], 39999);
    assert_int_equal(world.exports_w[0] + world.exports_w[1] + world.exports_w[2], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gives_more_than_its_last_offer),
        cmocka_unit_test(one_side_alone_promises_nothing),
        cmocka_unit_test(final_exports_are_whole_watts_within_odd_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
