/* SPDX-License-Identifier: Apache-2.0
 *
 * An exchange and its members in one process: the coordinator asks, everybody answers, until it
 * ends. Header only.
 */
#pragma once

#include "grid/exchange_member.h"
#include "grid/exchange_result.h"
#include "tests/support/seeded.h"

#include <stddef.h>

enum { WORLD_MEMBERS = 64, WORLD_INTERVALS = 8 };

typedef struct exchange_world {
    gw_exchange_problem problem;
    gw_exchange_tie ties[WORLD_MEMBERS];
    int64_t limits[WORLD_MEMBERS * WORLD_INTERVALS];
    gw_exchange_cost costs[WORLD_MEMBERS][WORLD_INTERVALS];
    gw_exchange_member members[WORLD_MEMBERS];
    int64_t answers[WORLD_MEMBERS * WORLD_INTERVALS];
    int64_t exports_w[WORLD_MEMBERS * WORLD_INTERVALS];
} exchange_world;

/* grid.md §4.5: three microgrids in a chain, ct/kWh and kW. Limits below 0: none. */
static inline void world_of_three(exchange_world *world, int64_t penalty, int64_t first_kw,
                                  int64_t second_kw) {
    static const int64_t SLOPES_CT[] = {8, 18, 30};
    static const int64_t CURVATURES[] = {1000000, 800000, 1200000};
    *world = (exchange_world){0};
    for (uint32_t i = 0; i < 3; i++) {
        world->costs[i][0] = (gw_exchange_cost){SLOPES_CT[i] * 10000000, CURVATURES[i],
                                                -INT64_C(1000000000), INT64_C(1000000000)};
        world->members[i] = (gw_exchange_member){world->costs[i], 1, INT64_MIN, INT64_MAX};
    }
    world->ties[0] = (gw_exchange_tie){0, 1};
    world->ties[1] = (gw_exchange_tie){1, 2};
    world->limits[0] = first_kw < 0 ? GW_EXCHANGE_NO_LIMIT : first_kw * 1000000;
    world->limits[1] = second_kw < 0 ? GW_EXCHANGE_NO_LIMIT : second_kw * 1000000;
    world->problem = (gw_exchange_problem){.form = GW_EXCHANGE_FORM_CONSENSUS,
                                           .balancing = GW_EXCHANGE_BALANCING_OFF,
                                           .member_count = 3,
                                           .interval_count = 1,
                                           .ties = world->ties,
                                           .tie_count = 2,
                                           .limits = world->limits,
                                           .penalty = penalty,
                                           .stop = GW_EXCHANGE_STOP_MILLIWATT};
}

/* Two intervals, costs between 5 and 35 ct, ties in a random tree, two thirds of them with limits.
 */
static inline void world_of_many(exchange_world *world, seeded *random, uint32_t members) {
    *world = (exchange_world){0};
    for (uint32_t i = 0; i < members; i++) {
        for (uint32_t t = 0; t < 2; t++) {
            world->costs[i][t] = (gw_exchange_cost){
                .slope = seeded_between(random, 50000000, 350000000),
                .curvature = seeded_between(random, 500000, 2000000),
                .least = -seeded_between(random, 0, INT64_C(150000000)),
                .most = seeded_between(random, 0, INT64_C(150000000)),
            };
            world->limits[t * (members - 1) + i] =
                i % 3 == 0 ? GW_EXCHANGE_NO_LIMIT : seeded_between(random, 0, INT64_C(80000000));
        }
        world->members[i] = (gw_exchange_member){world->costs[i], 2, INT64_MIN, INT64_MAX};
        if (i > 0)
            world->ties[i - 1] = (gw_exchange_tie){i, (uint32_t)seeded_between(random, 0, i - 1)};
    }
    world->problem = (gw_exchange_problem){.balancing = GW_EXCHANGE_BALANCING_ON,
                                           .member_count = members,
                                           .interval_count = 2,
                                           .ties = world->ties,
                                           .tie_count = members - 1,
                                           .limits = world->limits,
                                           .penalty = 1000000,
                                           .stop = GW_EXCHANGE_STOP_MILLIWATT};
}

/* Everybody answers the targets of the open round. */
static inline void world_answer(exchange_world *world, const gw_exchange *exchange) {
    const gw_exchange_progress progress = gw_exchange_progress_get(exchange);
    for (uint32_t i = 0; i < world->problem.member_count; i++) {
        int64_t targets[WORLD_INTERVALS];
        int64_t powers[WORLD_INTERVALS];
        for (uint32_t t = 0; t < world->problem.interval_count; t++)
            targets[t] = gw_exchange_target(exchange, t, i);
        gw_exchange_member_answer(&world->members[i], progress.penalty, targets, powers);
        for (uint32_t t = 0; t < world->problem.interval_count; t++)
            world->answers[(size_t)t * world->problem.member_count + i] = powers[t];
    }
}

/* Rounds until it ends; then the exports are in the world. */
static inline gw_status world_run(gw_arena *arena, exchange_world *world, gw_exchange **ret,
                                  gw_fault *reterr) {
    GW_TRY(gw_exchange_open(arena, &world->problem, ret, reterr));
    while (gw_exchange_progress_get(*ret).end == GW_EXCHANGE_END_OPEN) {
        world_answer(world, *ret);
        GW_TRY(gw_exchange_step(*ret, world->answers, reterr));
    }
    return gw_exchange_finish(arena, *ret, world->exports_w, reterr);
}

/* Welfare of the exports in the world: billionths for one hour per interval. */
static inline int64_t world_welfare(const exchange_world *world) {
    int64_t welfare = 0;
    for (uint32_t i = 0; i < world->problem.member_count; i++) {
        int64_t exports[WORLD_INTERVALS];
        for (uint32_t t = 0; t < world->problem.interval_count; t++)
            exports[t] = world->exports_w[(size_t)t * world->problem.member_count + i] * 1000;
        welfare -= gw_exchange_member_cost(&world->members[i], exports);
    }
    return welfare;
}
