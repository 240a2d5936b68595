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

/* What the awards give to a demand, what the bids that help it could give, and what all could. */
typedef struct given {
    gw_wide awarded;
    gw_wide by_helping;
    gw_wide by_all;
    gw_wide wanted;
} given;

static gw_wide counted(const gw_selection_question *question, size_t demand, size_t bid,
                       gw_wide power_w) {
    if (demand < question->interval_count) return power_w;
    const gw_selection_limit *limit = &question->limits[demand - question->interval_count];
    return gw_wide_floor(power_w * limit->effect_ppm[bid], 1000000);
}

static given count_demand(const gw_selection_question *question, const gw_selection *selection,
                          size_t demand) {
    const int64_t price_limit = question->max_price.micros_per_kwh;
    const bool is_need = demand < question->interval_count;
    const gw_selection_limit *limit =
        is_need ? NULL : &question->limits[demand - question->interval_count];
    const size_t t = is_need ? demand : limit->interval_index;
    given made = {.wanted = is_need ? question->need[t].w : limit->required.w};
    for (size_t at = 0; at < question->bid_count; at++) {
        const gw_bid *bid = &question->bids[at];
        const gw_wide awarded =
            gw_wide_floor((gw_wide)bid->power[t].w * selection->activation_pct[at], 100);
        const gw_wide full = counted(question, demand, at, bid->power[t].w);
        made.awarded += counted(question, demand, at, awarded);
        if (price_limit > 0 && bid->price.micros_per_kwh > price_limit) continue;
        made.by_all += full;
        if (full > 0) made.by_helping += full;
    }
    return made;
}

static gw_wide missing_from(gw_wide wanted, gw_wide possible) {
    return wanted > possible ? wanted - possible : 0;
}

gw_status gw_selection_check(const gw_selection_question *question, const gw_selection *selection,
                             gw_fault *reterr) {
    const size_t count = question->interval_count + question->limit_count;
    bool is_short = false;
    bool is_each = true;
    bool is_together = true;
    GW_TRY(check_percents(question, selection, reterr));
    GW_TRY(check_cost(question, selection, reterr));
    for (size_t demand = 0; demand < count; demand++) {
        const given made = count_demand(question, selection, demand);
        const gw_wide missing = selection->shortage[demand].w;
        is_each = is_each && missing == missing_from(made.wanted, made.by_helping);
        is_together = is_together && missing == missing_from(made.wanted, made.by_all);
        if (!is_each && !is_together)
            return mismatch("the shortage is not right for demand", demand, reterr);
        if (made.awarded < made.wanted - missing)
            return mismatch("not enough is awarded for demand", demand, reterr);
        if (missing > 0) is_short = true;
    }
    if (is_short != selection->is_short) return mismatch("is_short is not", !is_short, reterr);
    return gw_ok();
}
