/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_member.h"

#include "base/wide.h"

#include <stdio.h>

enum { MICRO = 1000000 };

/* A price beyond it pushes every interval to the end of its box. */
#define SHADOW_MOST ((gw_wide)1 << 66)

static gw_status refuse(uint32_t interval, const char *field, gw_fault *reterr) {
    char subject[48];
    (void)snprintf(subject, sizeof subject, "/costs/%u/%s", interval, field);
    return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, subject, "the value is out of range");
}

static bool is_within(int64_t value, int64_t least, int64_t most) {
    return value >= least && value <= most;
}

static gw_status check_cost(const gw_exchange_cost *cost, uint32_t interval, gw_fault *reterr) {
    if (!is_within(cost->slope, -GW_EXCHANGE_PRICE_MOST, GW_EXCHANGE_PRICE_MOST))
        return refuse(interval, "slope", reterr);
    if (!is_within(cost->curvature, 0, GW_EXCHANGE_PENALTY_MOST))
        return refuse(interval, "curvature", reterr);
    if (!is_within(cost->least, -GW_EXCHANGE_MILLIWATT_MOST, GW_EXCHANGE_MILLIWATT_MOST))
        return refuse(interval, "least", reterr);
    if (!is_within(cost->most, cost->least, GW_EXCHANGE_MILLIWATT_MOST))
        return refuse(interval, "most", reterr);
    return gw_ok();
}

gw_status gw_exchange_member_check(const gw_exchange_member *member, gw_fault *reterr) {
    int64_t least = 0;
    int64_t most = 0;
    if (!is_within(member->interval_count, 1, GW_EXCHANGE_INTERVALS_MOST))
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "/costs", "there are %u intervals",
                            member->interval_count);
    for (uint32_t t = 0; t < member->interval_count; t++) {
        GW_TRY(check_cost(&member->costs[t], t, reterr));
        least += member->costs[t].least;
        most += member->costs[t].most;
    }
    if (member->least_sum <= member->most_sum && member->least_sum <= most &&
        member->most_sum >= least)
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/energy",
                        "no exports within the boxes have this energy");
}

static int64_t clamp(gw_wide value, int64_t least, int64_t most) {
    if (value < least) return least;
    return value > most ? most : (int64_t)value;
}

/* Answers at a shadow price for the sum; returns their sum, which falls while the price rises. */
static int64_t answer_at(const gw_exchange_member *member, int64_t penalty, const int64_t *targets,
                         gw_wide shadow, int64_t *ret_answers) {
    int64_t sum = 0;
    for (uint32_t t = 0; t < member->interval_count; t++) {
        const gw_exchange_cost *cost = &member->costs[t];
        const gw_wide pull =
            gw_wide_multiply(penalty, targets[t]) - ((gw_wide)cost->slope + shadow) * MICRO;
        const gw_wide free = gw_wide_half_even(pull, (gw_wide)cost->curvature + penalty);
        ret_answers[t] = clamp(free, cost->least, cost->most);
        sum += ret_answers[t];
    }
    return sum;
}

/* Bisection for the price nearest to zero at which the sum keeps its bound: from `keeps` towards
 * `breaks`. */
static void bisect(const gw_exchange_member *member, int64_t penalty, const int64_t *targets,
                   int64_t *ret_answers) {
    int64_t sum = answer_at(member, penalty, targets, 0, ret_answers);
    if (is_within(sum, member->least_sum, member->most_sum)) return;
    gw_wide keeps = sum > member->most_sum ? SHADOW_MOST : -SHADOW_MOST;
    gw_wide breaks = 0;
    while (keeps - breaks > 1 || breaks - keeps > 1) {
        const gw_wide middle = breaks + (keeps - breaks) / 2;
        sum = answer_at(member, penalty, targets, middle, ret_answers);
        const bool holds = keeps > 0 ? sum <= member->most_sum : sum >= member->least_sum;
        if (holds)
            keeps = middle;
        else
            breaks = middle;
    }
    (void)answer_at(member, penalty, targets, keeps, ret_answers);
}

void gw_exchange_member_answer(const gw_exchange_member *member, int64_t penalty,
                               const int64_t *targets, int64_t *ret_answers) {
    bisect(member, penalty, targets, ret_answers);
}

int64_t gw_exchange_member_cost(const gw_exchange_member *member, const int64_t *exports) {
    gw_wide cost = 0;
    for (uint32_t t = 0; t < member->interval_count; t++) {
        const gw_wide linear = gw_wide_multiply(member->costs[t].slope, exports[t]);
        const gw_wide square = gw_wide_multiply(exports[t], exports[t]);
        cost += gw_wide_half_even(linear, MICRO) +
                gw_wide_half_even(square * member->costs[t].curvature, (gw_wide)2 * MICRO * MICRO);
    }
    return (int64_t)cost;
}
