/* SPDX-License-Identifier: Apache-2.0
 *
 * The worked example of an exchange: three microgrids in a chain under four penalties, with and
 * without limits of the ties: ../shared/data/grid/worked/admm_3_microgrids.json. Numbers of rounds,
 * exports, prices, welfare.
 */
#include "tests/support/exchange_world.h"
#include "tests/support/grid_data.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024 };

static json_t *load(gw_arena *arena) {
    const gw_bytes bytes = grid_data_read(arena, "worked/admm_3_microgrids.json");
    json_t *root = json_loadb((const char *)bytes.at, bytes.length, 0, NULL);
    assert_non_null(root);
    return root;
}

static double number(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

/* Half up, for positive numbers. */
static int64_t whole(double value) { return (int64_t)(value + 0.5); }

static int64_t limit_kw(const json_t *one, const char *key) {
    const json_t *limit = json_object_get(one, key);
    return json_is_null(limit) ? -1 : whole(json_number_value(limit));
}

static void check_case(gw_arena *arena, const json_t *one) {
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    world_of_three(&world, whole(number(one, "rho") * 10000000), limit_kw(one, "t1_kw"),
                   limit_kw(one, "t2_kw"));
    assert_true(gw_is_ok(world_run(arena, &world, &exchange, &fault)));
    const gw_exchange_progress progress = gw_exchange_progress_get(exchange);
    assert_int_equal(progress.end, GW_EXCHANGE_END_CONVERGED);
    assert_int_equal(progress.iteration, (int)number(one, "iterations"));
    for (uint32_t i = 0; i < 3; i++) {
        const double kw = json_number_value(json_array_get(json_object_get(one, "export_kw"), i));
        const double price =
            json_number_value(json_array_get(json_object_get(one, "local_price_ct_kwh"), i));
        const double off_kw = (double)world.exports_w[i] / 1000 - kw;
        const double off_ct = (double)gw_exchange_price(exchange, 0, i) / 10000000 - price;
        assert_true(off_kw <= 0.01 && off_kw >= -0.01);
        assert_true(off_ct <= 0.01 && off_ct >= -0.01);
    }
}

static void all_eight_cases_take_as_many_rounds_as_worked_out(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    json_t *root = load(arena);
    size_t at = 0;
    json_t *one = NULL;
    assert_int_equal(json_array_size(json_object_get(root, "cases")), 8);
    json_array_foreach(json_object_get(root, "cases"), at, one) check_case(arena, one);
    json_decref(root);
}

static double welfare_ct(exchange_world *world) { return (double)world_welfare(world) / 10000000; }

static void the_welfare_is_as_worked_out(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    json_t *root = load(arena);
    const json_t *welfare = json_object_get(root, "welfare_ct_per_h");
    world_of_three(&world, 1000000, -1, -1);
    assert_true(gw_is_ok(world_run(arena, &world, &exchange, &fault)));
    const double free_off = welfare_ct(&world) - number(welfare, "unconstrained");
    assert_true(free_off < 0.01 && free_off > -0.01);
    int64_t offers[3];
    for (uint32_t i = 0; i < 3; i++) offers[i] = world.exports_w[i] * 1000;

    world_of_three(&world, 1000000, 60, 40);
    assert_true(gw_is_ok(world_run(arena, &world, &exchange, &fault)));
    const double best_off = welfare_ct(&world) - number(welfare, "optimal_with_limits");
    assert_true(best_off < 0.01 && best_off > -0.01);
    assert_true(gw_is_ok(gw_exchange_fall_back(arena, exchange, offers, world.exports_w, &fault)));
    const double scaled_off = welfare_ct(&world) - number(welfare, "pro_rata_scaled");
    assert_true(scaled_off < 0.01 && scaled_off > -0.01);
    json_decref(root);
}

int main(void) {
    if (!grid_data_there()) return GRID_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_eight_cases_take_as_many_rounds_as_worked_out),
        cmocka_unit_test(the_welfare_is_as_worked_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
