/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection.h"

#include "base/wide.h"

static gw_status mismatch(const char *what, size_t at, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MISMATCH, NULL, "%s %zu", what, at);
}

static gw_status check_percents(const gw_selection_question *question,
                                const gw_selection *selection, gw_fault *reterr) {
    size_t awards = 0;
    const int64_t limit = question->max_price.micros_per_kwh;
    for (size_t at = 0; at < question->bid_count; at++) {
        const gw_bid *bid = &question->bids[at];
        const int percent = selection->activation_pct[at];
        if (percent == 0) continue;
        awards++;
        if (percent < bid->min_activation_pct || percent > 100)
            return mismatch("the percent is not allowed for bid", at, reterr);
        if (limit > 0 && bid->price.micros_per_kwh > limit)
            return mismatch("the price limit forbids bid", at, reterr);
    }
    if (awards != selection->award_count)
        return mismatch("the number of awards is not", selection->award_count, reterr);
    return gw_ok();
}

/* cost = sum of floor(floor(floor(P * pct / 100) * interval / 1 h) * price / 1000) */
static gw_wide cost_of(const gw_bid *bid, int percent, const gw_selection_question *question) {
    const gw_wide hour_us = (gw_wide)3600 * 1000000;
    gw_wide cost = 0;
    for (size_t t = 0; t < question->interval_count; t++) {
        const gw_wide awarded = gw_wide_floor((gw_wide)bid->power[t].w * percent, 100);
        const gw_wide energy = gw_wide_floor(awarded * question->interval.us, hour_us);
        cost += gw_wide_floor(energy * bid->price.micros_per_kwh, 1000);
    }
    return cost;
}

static gw_status check_cost(const gw_selection_question *question, const gw_selection *selection,
                            gw_fault *reterr) {
    gw_wide cost = 0;
    for (size_t at = 0; at < question->bid_count; at++)
        cost += cost_of(&question->bids[at], selection->activation_pct[at], question);
    if (cost == selection->cost.micros) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, NULL, "the cost is not %lld",
                        (long long)selection->cost.micros);
}

/* What the awards give, and what all bids that may be taken could give. */
static void sum_power(const gw_selection_question *question, const gw_selection *selection,
                      size_t t, gw_wide *ret_awarded, gw_wide *ret_possible) {
    const int64_t limit = question->max_price.micros_per_kwh;
    gw_wide awarded = 0;
    gw_wide possible = 0;
    for (size_t at = 0; at < question->bid_count; at++) {
        const gw_bid *bid = &question->bids[at];
        awarded += gw_wide_floor((gw_wide)bid->power[t].w * selection->activation_pct[at], 100);
        if (limit == 0 || bid->price.micros_per_kwh <= limit) possible += bid->power[t].w;
    }
    *ret_awarded = awarded;
    *ret_possible = possible;
}

static gw_wide wanted_power(const gw_selection_question *question, size_t t) {
    gw_wide wanted = question->need[t].w;
    if (question->forecast == NULL) return wanted;
    const gw_wide over = (gw_wide)question->forecast[t].w - question->rating.w;
    return over > wanted ? over : wanted;
}

gw_status gw_selection_check(const gw_selection_question *question, const gw_selection *selection,
                             gw_fault *reterr) {
    bool is_short = false;
    GW_TRY(check_percents(question, selection, reterr));
    GW_TRY(check_cost(question, selection, reterr));
    for (size_t t = 0; t < question->interval_count; t++) {
        gw_wide awarded = 0;
        gw_wide possible = 0;
        const gw_wide wanted = wanted_power(question, t);
        sum_power(question, selection, t, &awarded, &possible);
        const gw_wide missing = wanted > possible ? wanted - possible : 0;
        if (selection->shortage[t].w != missing)
            return mismatch("the shortage is not right in interval", t, reterr);
        if (awarded < wanted - missing)
            return mismatch("the requirement is not met in interval", t, reterr);
        if (missing > 0) is_short = true;
    }
    if (is_short != selection->is_short) return mismatch("is_short is not", !is_short, reterr);
    return gw_ok();
}
