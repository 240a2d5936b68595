/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange.h"

#include "tests/support/exchange_world.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum { ARENA_BYTES = 64 * 1024 * 1024 };

#define KW INT64_C(1000000)

static void run(gw_arena *arena, exchange_world *world, gw_exchange **ret) {
    gw_fault fault = {0};
    const gw_status status = world_run(arena, world, ret, &fault);
    if (!gw_is_ok(status)) fail_msg("%s", fault.message);
}

static void expect(const exchange_world *world, int64_t first_w, int64_t second_w,
                   int64_t third_w) {
    const int64_t wanted[] = {first_w, second_w, third_w};
    for (int i = 0; i < 3; i++) {
        const int64_t off = world->exports_w[i] - wanted[i];
        if (off > 2 || off < -2)
            fail_msg("member %d exports %lld W", i, (long long)world->exports_w[i]);
    }
}

/* grid.md 4.5: 10 rounds at one price of 18 ct; 11 rounds with ties of 60 and 40 kW. */
static void three_microgrids_agree_as_worked_out(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 1000000, -1, -1);
    run(arena, &world, &exchange);
    expect(&world, 100000, 0, -100000);
    assert_int_equal(gw_exchange_progress_get(exchange).iteration, 10);
    world_of_three(&world, 1000000, 60, 40);
    run(arena, &world, &exchange);
    expect(&world, 60000, -20000, -40000);
    assert_int_equal(gw_exchange_progress_get(exchange).iteration, 11);
    assert_int_equal((gw_exchange_price(exchange, 0, 2) + 5000) / 10000, 25200);
}

static void the_exchange_form_agrees_with_consensus(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 1000000, -1, -1);
    world.problem.form = GW_EXCHANGE_FORM_EXCHANGE;
    world.problem.tie_count = 0;
    run(arena, &world, &exchange);
    expect(&world, 100000, 0, -100000);
    assert_int_equal(gw_exchange_progress_get(exchange).iteration, 10);
    assert_int_equal(gw_exchange_price(exchange, 0, 0), gw_exchange_price(exchange, 0, 2));
}

/* A connection of 30 kW at the first: the others share what is left at one price. */
static void connections_limit_an_agreement(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const int64_t least[] = {-500 * KW, -500 * KW, -500 * KW};
    const int64_t most[] = {30 * KW, 500 * KW, 500 * KW};
    world_of_three(&world, 1000000, -1, -1);
    world.problem.least = least;
    world.problem.most = most;
    run(arena, &world, &exchange);
    /* 18 + .08 p2 = 30 + .12 p3, p2 + p3 = -30 */
    expect(&world, 30000, 42000, -72000);
    assert_int_equal((gw_exchange_price(exchange, 0, 1) + 5000) / 10000, 21360);
    assert_int_equal((gw_exchange_price(exchange, 0, 0) + 5000) / 10000, 11000);
}

static void a_penalty_far_off_is_balanced(void **state) {
    (void)state;
    static const int64_t PENALTIES[] = {5000, 20000, 100000, 100000000, 1000000000};
    for (size_t i = 0; i < sizeof PENALTIES / sizeof PENALTIES[0]; i++) {
        exchange_world world;
        gw_exchange *exchange = NULL;
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        world_of_three(&world, PENALTIES[i], 60, 40);
        run(arena, &world, &exchange);
        const uint32_t fixed = gw_exchange_progress_get(exchange).iteration;
        world_of_three(&world, PENALTIES[i], 60, 40);
        world.problem.balancing = GW_EXCHANGE_BALANCING_ON;
        run(arena, &world, &exchange);
        const gw_exchange_progress progress = gw_exchange_progress_get(exchange);
        print_message("penalty %lld: %u rounds fixed, %u balanced\n", (long long)PENALTIES[i],
                      fixed, progress.iteration);
        assert_int_equal(progress.end, GW_EXCHANGE_END_CONVERGED);
        assert_true(progress.iteration <= fixed);
        expect(&world, 60000, -20000, -40000);
    }
}

static void a_warm_start_needs_fewer_rounds(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_exchange *again = NULL;
    int64_t exports[3];
    int64_t prices[3];
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 200000, 60, 40);
    run(arena, &world, &exchange);
    for (uint32_t i = 0; i < 3; i++) {
        exports[i] = world.exports_w[i] * 1000;
        prices[i] = gw_exchange_price(exchange, 0, i);
    }
    world_of_three(&world, 200000, 60, 40);
    world.costs[0][0].slope += 100000; /* a little dearer */
    world.problem.exports = exports;
    world.problem.prices = prices;
    run(arena, &world, &again);
    assert_true(gw_exchange_progress_get(again).iteration * 2 <
                gw_exchange_progress_get(exchange).iteration);
    expect(&world, 60000, -20000, -40000);
}

static void without_agreement_it_ends_after_200_rounds(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 1000000, 60, 40);
    assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &exchange, &fault)));
    for (int i = 0; i < 250; i++) {
        const int64_t stubborn[] = {50 * KW, i % 2 == 0 ? KW : -KW, -KW};
        assert_true(gw_is_ok(gw_exchange_step(exchange, stubborn, &fault)));
    }
    assert_int_equal(gw_exchange_progress_get(exchange).end, GW_EXCHANGE_END_EXHAUSTED);
    assert_int_equal(gw_exchange_progress_get(exchange).iteration, GW_EXCHANGE_ITERATIONS_MOST);
}

/* All exports at once: u grows by their mean in every round. */
static void answers_out_of_all_bounds_are_an_overflow(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const int64_t wild[] = {GW_EXCHANGE_MILLIWATT_MOST, GW_EXCHANGE_MILLIWATT_MOST,
                            GW_EXCHANGE_MILLIWATT_MOST};
    world_of_three(&world, 1000000, 60, 40);
    assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &exchange, &fault)));
    gw_status status = gw_ok();
    int rounds = 0;
    for (; rounds < 100 && gw_is_ok(status); rounds++)
        status = gw_exchange_step(exchange, wild, &fault);
    assert_int_equal(status.code, GW_CODE_OVERFLOW);
    assert_true(rounds < 10);
}

static void refuse(exchange_world *world, const char *subject) {
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    assert_false(gw_is_ok(gw_exchange_open(arena, &world->problem, &exchange, &fault)));
    assert_string_equal(fault.subject, subject);
    assert_null(exchange);
}

static void a_problem_out_of_range_is_refused(void **state) {
    (void)state;
    exchange_world world;
    world_of_three(&world, 0, 60, 40);
    refuse(&world, "/penalty");
    world_of_three(&world, 1000000, 60, 40);
    world.problem.interval_count = 0;
    refuse(&world, "/intervals");
    world_of_three(&world, 1000000, 60, 40);
    world.problem.stop = 0;
    refuse(&world, "/stop");
    world_of_three(&world, 1000000, 60, 40);
    world.limits[1] = -1;
    refuse(&world, "/limits");
    world_of_three(&world, 1000000, 60, 40);
    world.problem.form = GW_EXCHANGE_FORM_EXCHANGE;
    refuse(&world, "/ties");
}

/* ---- replay */

static gw_bytes bytes_of(gw_arena *arena, const gw_exchange *exchange) {
    gw_bytes bytes = {0};
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_exchange_write(exchange, &out);
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_writer_end(&out, &bytes, &fault)));
    return bytes;
}

static void a_stored_state_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *straight = NULL;
    gw_exchange *broken = NULL;
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 200000, 60, 40);
    world.problem.balancing = GW_EXCHANGE_BALANCING_ON;
    run(arena, &world, &straight);
    assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &broken, &fault)));
    while (gw_exchange_progress_get(broken).end == GW_EXCHANGE_END_OPEN) {
        gw_reader in;
        gw_exchange *taken_up = NULL;
        world_answer(&world, broken);
        assert_true(gw_is_ok(gw_exchange_step(broken, world.answers, &fault)));
        assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &taken_up, &fault)));
        gw_reader_init(&in, bytes_of(arena, broken));
        assert_true(gw_is_ok(gw_exchange_read(taken_up, &in, &fault)));
        broken = taken_up;
    }
    const gw_bytes one = bytes_of(arena, straight);
    const gw_bytes other = bytes_of(arena, broken);
    assert_int_equal(one.length, other.length);
    assert_memory_equal(one.at, other.at, one.length);
}

static void other_bytes_are_no_state(void **state) {
    (void)state;
    exchange_world world;
    gw_exchange *exchange = NULL;
    gw_fault fault = {0};
    uint8_t wrong[512] = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    world_of_three(&world, 1000000, 60, 40);
    assert_true(gw_is_ok(gw_exchange_open(arena, &world.problem, &exchange, &fault)));
    const gw_bytes good = bytes_of(arena, exchange);
    for (size_t length = 0; length < good.length; length++) {
        gw_reader in;
        gw_reader_init(&in, (gw_bytes){good.at, length});
        assert_false(gw_is_ok(gw_exchange_read(exchange, &in, &fault)));
    }
    memset(wrong, 0x7f, sizeof wrong);
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){wrong, good.length});
    assert_false(gw_is_ok(gw_exchange_read(exchange, &in, &fault)));
}

/* ---- properties */

static void check_feasible(const exchange_world *world, const gw_exchange *exchange) {
    int64_t flows[WORLD_MEMBERS * WORLD_INTERVALS];
    const uint32_t members = world->problem.member_count;
    for (uint32_t t = 0; t < 2; t++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < members; i++) sum += world->exports_w[t * members + i];
        assert_int_equal(sum, 0);
    }
    gw_exchange_flows(exchange, world->exports_w, flows);
    for (uint32_t i = 0; i < 2 * (members - 1); i++) {
        const int64_t flow = flows[i] < 0 ? -flows[i] : flows[i];
        assert_true(world->limits[i] == GW_EXCHANGE_NO_LIMIT || flow * 1000 <= world->limits[i]);
    }
}

/* Who is not at the end of its box pays or gets what one more kWh costs it, to 0.02 ct. */
static void check_prices(const exchange_world *world, const gw_exchange *exchange) {
    const uint32_t members = world->problem.member_count;
    for (uint32_t t = 0; t < 2; t++)
        for (uint32_t i = 0; i < members; i++) {
            const gw_exchange_cost *cost = &world->costs[i][t];
            const int64_t export_w = world->exports_w[t * members + i];
            if (export_w * 1000 < cost->least + 5000 || export_w * 1000 > cost->most - 5000)
                continue;
            const int64_t marginal = cost->slope + cost->curvature * export_w / 1000;
            const int64_t off = marginal - gw_exchange_price(exchange, t, i);
            assert_true(off < 200000 && off > -200000);
        }
}

static void random_trees_agree_on_what_every_tie_can_carry(void **state) {
    (void)state;
    seeded random = {1234};
    uint32_t most = 0;
    for (int trial = 0; trial < 40; trial++) {
        exchange_world world;
        gw_exchange *exchange = NULL;
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        world_of_many(&world, &random, (uint32_t)seeded_between(&random, 2, 20));
        run(arena, &world, &exchange);
        const gw_exchange_progress progress = gw_exchange_progress_get(exchange);
        assert_int_equal(progress.end, GW_EXCHANGE_END_CONVERGED);
        if (progress.iteration > most) most = progress.iteration;
        check_feasible(&world, exchange);
        check_prices(&world, exchange);
    }
    print_message("at most %u rounds\n", most);
}

/* Member i of the one is member places[i] of the other. */
static void permute(const exchange_world *from, const uint32_t *places, exchange_world *to) {
    const uint32_t members = from->problem.member_count;
    *to = *from;
    for (uint32_t i = 0; i < members; i++) {
        memcpy(to->costs[places[i]], from->costs[i], sizeof from->costs[i]);
        to->members[places[i]] = from->members[i];
        to->members[places[i]].costs = to->costs[places[i]];
        if (i == 0) continue;
        to->ties[i - 1].from = places[from->ties[i - 1].from];
        to->ties[i - 1].to = places[from->ties[i - 1].to];
    }
    to->problem.ties = to->ties;
    to->problem.limits = to->limits;
}

static void the_order_of_members_does_not_matter(void **state) {
    (void)state;
    seeded random = {42};
    for (int trial = 0; trial < 20; trial++) {
        exchange_world world;
        exchange_world other;
        gw_exchange *exchange = NULL;
        gw_exchange *permuted = NULL;
        uint32_t places[12];
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        const uint32_t members = (uint32_t)seeded_between(&random, 2, 12);
        world_of_many(&world, &random, members);
        for (uint32_t i = 0; i < members; i++) places[i] = i;
        for (uint32_t i = members - 1; i > 0; i--) {
            const uint32_t at = (uint32_t)seeded_between(&random, 0, i);
            const uint32_t kept = places[i];
            places[i] = places[at];
            places[at] = kept;
        }
        permute(&world, places, &other);
        run(arena, &world, &exchange);
        run(arena, &other, &permuted);
        for (uint32_t i = 0; i < members; i++) {
            const int64_t off = world.exports_w[i] - other.exports_w[places[i]];
            assert_true(off <= 3 && off >= -3); /* within the stop, in watts */
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_microgrids_agree_as_worked_out),
        cmocka_unit_test(the_exchange_form_agrees_with_consensus),
        cmocka_unit_test(connections_limit_an_agreement),
        cmocka_unit_test(a_penalty_far_off_is_balanced),
        cmocka_unit_test(a_warm_start_needs_fewer_rounds),
        cmocka_unit_test(without_agreement_it_ends_after_200_rounds),
        cmocka_unit_test(answers_out_of_all_bounds_are_an_overflow),
        cmocka_unit_test(a_problem_out_of_range_is_refused),
        cmocka_unit_test(a_stored_state_goes_on_to_the_same_bytes),
        cmocka_unit_test(other_bytes_are_no_state),
        cmocka_unit_test(random_trees_agree_on_what_every_tie_can_carry),
        cmocka_unit_test(the_order_of_members_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
