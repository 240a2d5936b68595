/* SPDX-License-Identifier: Apache-2.0
 *
 * The side of a microgrid in an exchange: what it answers to a target. Its costs never leave it.
 * Exporting p kW for an hour costs slope p + curvature p^2 / 2; what it takes in is a negative
 * export. Units and signs as in grid/exchange.h.
 *
 * Ref: grid.md §4.5. Pure.
 */
#pragma once

#include "base/status.h"
#include "grid/exchange.h"

/* Of one interval. */
typedef struct gw_exchange_cost {
    int64_t slope;     /* billionths per kWh: the price of the first kWh */
    int64_t curvature; /* >= 0, billionths per kWh and kW */
    int64_t least;     /* milliwatt; negative: what it can take in */
    int64_t most;
} gw_exchange_cost;

typedef struct gw_exchange_member {
    const gw_exchange_cost *costs;
    uint32_t interval_count;
    /* Bounds of the sum over all intervals in milliwatt (energy divided by the interval's length);
     * INT64_MIN and INT64_MAX: none. */
    int64_t least_sum;
    int64_t most_sum;
} gw_exchange_member;

/* GW_CODE_OUT_OF_RANGE with the field as subject; GW_CODE_INFEASIBLE when no exports within the
 * boxes have a sum within its bounds. */
GW_MUST_CHECK gw_status gw_exchange_member_check(const gw_exchange_member *member,
                                                 gw_fault *reterr);

/* The p that minimises cost + penalty/2 (p - target)^2 within the boxes, half to even: p =
 * (penalty target - slope) / (curvature + penalty). A bound of the sum acts like a price that is
 * the same in all intervals: the nearest whole one on the side that keeps the bound. */
void gw_exchange_member_answer(const gw_exchange_member *member, int64_t penalty,
                               const int64_t *targets, int64_t *ret_answers);

/* Cost of exports in milliwatt for one hour in each interval: billionths, half to even. */
int64_t gw_exchange_member_cost(const gw_exchange_member *member, const int64_t *exports);
