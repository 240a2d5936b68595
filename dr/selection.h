/* SPDX-License-Identifier: Apache-2.0
 *
 * Which bids to take: need per interval and limits of the grid, at least cost, in integers.
 * A bid is taken in whole percent from min_activation_pct to 100, or not at all; all or nothing is
 * min_activation_pct = 100. Awarded power is floor(power * percent / 100) per interval; cost is
 * what the order can cost at most, sum of floor(floor(power * interval) * price / 1000).
 *
 * A limit of the grid is a demand like the need, but a watt counts by where it is: the sum of
 * floor(effect_ppm * awarded / 1,000,000) over the bids has to reach what the limit requires. The
 * effect of a bid may be negative (a cut on one phase lowers the voltage of another), and what is
 * required too (room that awards may use up).
 *
 * Where no set of bids reaches a demand, less of it is required and the rest is reported as
 * shortage: first each demand is lowered to what the bids that help it give together; if no set
 * reaches all of them at once, each is lowered to what all bids together give, with those that
 * harm it.
 * Ties: lower cost, fewer awards, then lower percent for the bid received last (then higher id),
 * and so on to the first.
 *
 * Exact branch and bound for at most GW_SELECTION_MAX_BIDS bids. The search is bounded by a number
 * of nodes, not by time, so that every machine gets the same answer; when the bound is hit the best
 * answer so far is given with is_optimal = false. All-or-nothing bids are always proven in
 * practice; ten and more divisible bids with different shapes over several intervals often are not.
 * Bids of one group exclude each other: hand in at most one per group. The arena needs up to 16 MB.
 * Ref: dr_mv.md §4. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "grid/period.h"
#include "grid/quantity.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    GW_SELECTION_MAX_BIDS = 25,
    GW_SELECTION_MAX_INTERVALS = 96,
    GW_SELECTION_MAX_LIMITS = 416,
    GW_SELECTION_EFFECT_MOST_PPM = 10000000
};

typedef struct gw_bid {
    gw_uuid bid_id;
    gw_text group;
    gw_price price;
    int min_activation_pct; /* 1..100 */
    const gw_power *power;  /* per interval, >= 0 */
    gw_instant received_at;
} gw_bid;

/* Ref: grid research note §3.3: a bid of x at a point counts eta * x. */
typedef struct gw_selection_limit {
    size_t interval_index;
    gw_power required;         /* at the limit's reference point; may be negative */
    const int64_t *effect_ppm; /* per bid; at most GW_SELECTION_EFFECT_MOST_PPM either way */
} gw_selection_limit;

typedef struct gw_selection_question {
    const gw_bid *bids;
    size_t bid_count;
    const gw_power *need; /* per interval, >= 0 */
    size_t interval_count;
    const gw_selection_limit *limits;
    size_t limit_count;
    gw_span interval;
    gw_price max_price; /* bids above it are not taken; 0 = no limit */
} gw_selection_question;

typedef struct gw_selection {
    int *activation_pct; /* per bid, 0 = not taken */
    size_t award_count;
    gw_money cost;
    gw_power *shortage; /* per interval: requirement that no set of bids reaches */
    bool is_short;      /* some shortage > 0: the need or the rating is not met */
    bool is_optimal;    /* false: the search bound was hit */
} gw_selection;

/* GW_CODE_INVALID for bids out of range or two of one group; GW_CODE_TOO_LARGE above the limits. No
 * bids at all is a selection with shortage. */
GW_MUST_CHECK gw_status gw_selection_solve(gw_arena *arena, const gw_selection_question *question,
                                           gw_selection *ret, gw_fault *reterr);

/* Independent of the search: recomputes awards, cost and shortage of a selection and refuses it
 * with GW_CODE_MISMATCH when a percent is not allowed, the cost differs, a demand less its stated
 * shortage is not met, or the shortages are neither those of the first nor of the second lowering.
 * It does not prove that no cheaper selection exists, nor that the second lowering was necessary:
 * re-solving does. */
GW_MUST_CHECK gw_status gw_selection_check(const gw_selection_question *question,
                                           const gw_selection *selection, gw_fault *reterr);
