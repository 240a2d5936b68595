/* SPDX-License-Identifier: Apache-2.0
 *
 * Which bids to take: one location, need per interval, at least cost, in integers.
 * A bid is taken in whole percent from min_activation_pct to 100, or not at all; all or nothing is
 * min_activation_pct = 100. Awarded power is floor(power * percent / 100) per interval; cost is
 * what the order can cost at most, sum of floor(floor(power * interval) * price / 1000).
 *
 * The requirement of an interval is the larger of the request's need and of what keeps the
 * transformer within its rating (forecast - rating). Where all bids together cannot reach it, all
 * they can give is required and the rest is reported as shortage.
 * Ties: lower cost, fewer awards, then lower percent for the bid received last (then higher id),
 * and so on to the first.
 *
 * Exact branch and bound for at most GW_SELECTION_MAX_BIDS bids. The search is bounded by a number
 * of nodes, not by time, so that every machine gets the same answer; when the bound is hit the best
 * answer so far is given with is_optimal = false. All-or-nothing bids are always proven in
 * practice; ten and more divisible bids with different shapes over several intervals often are not.
 * Bids of one group exclude each other: hand in at most one per group. The arena needs up to 3 MB.
 * Ref: dr_mv.md §4. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "grid/period.h"
#include "grid/quantity.h"

#include <stdbool.h>
#include <stddef.h>

enum { GW_SELECTION_MAX_BIDS = 25, GW_SELECTION_MAX_INTERVALS = 96 };

typedef struct gw_bid {
    gw_uuid bid_id;
    gw_text group;
    gw_price price;
    int min_activation_pct; /* 1..100 */
    const gw_power *power;  /* per interval, >= 0 */
    gw_instant received_at;
} gw_bid;

typedef struct gw_selection_question {
    const gw_bid *bids;
    size_t bid_count;
    const gw_power *need;     /* per interval, >= 0 */
    const gw_power *forecast; /* per interval, or NULL: then the rating is not tested */
    gw_power rating;
    size_t interval_count;
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
 * with GW_CODE_MISMATCH when a percent is not allowed, the cost differs, the requirement less the
 * stated shortage is not met, or a shortage is claimed that the bids could have covered. It does
 * not prove that no cheaper selection exists: re-solving does. */
GW_MUST_CHECK gw_status gw_selection_check(const gw_selection_question *question,
                                           const gw_selection *selection, gw_fault *reterr);

/* The requirement per interval: max(need, forecast - rating). */
gw_power gw_selection_requirement(const gw_selection_question *question, size_t interval_index);
