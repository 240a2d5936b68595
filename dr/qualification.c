/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/qualification.h"

gw_status gw_qualification_power(const gw_order_meter *meters, size_t count, gw_power *ret,
                                 gw_fault *reterr) {
    gw_power sum = {0};
    for (size_t at = 0; at < count; at++)
        GW_TRY(gw_power_add(sum, meters[at].qualified, &sum, reterr));
    *ret = sum;
    return gw_ok();
}

static gw_status check_price(const gw_bid *bid, const gw_bid_terms *terms, gw_fault *reterr) {
    if (bid->price.micros_per_kwh < 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/price_micros_per_kwh",
                            "the price %lld is negative", (long long)bid->price.micros_per_kwh);
    if (terms->max_price.micros_per_kwh > 0 &&
        bid->price.micros_per_kwh > terms->max_price.micros_per_kwh)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/price_micros_per_kwh",
                            "the price %lld is above the limit %lld of the request",
                            (long long)bid->price.micros_per_kwh,
                            (long long)terms->max_price.micros_per_kwh);
    if (bid->min_activation_pct < 1 || bid->min_activation_pct > 100)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/min_activation_pct",
                            "the minimum activation of %d %% is not 1 to 100",
                            bid->min_activation_pct);
    return gw_ok();
}

static gw_status check_power(const gw_bid *bid, size_t count, gw_power qualified,
                             gw_fault *reterr) {
    int64_t largest_w = 0;
    for (size_t at = 0; at < count; at++) {
        if (bid->power[at].w < 0)
            return gw_fail_with(reterr, GW_CODE_INVALID, "/power_w",
                                "the power of interval %zu is negative", at);
        if (bid->power[at].w > qualified.w)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "/power_w",
                                "interval %zu offers %lld W, the group is qualified for %lld W", at,
                                (long long)bid->power[at].w, (long long)qualified.w);
        if (bid->power[at].w > largest_w) largest_w = bid->power[at].w;
    }
    if (largest_w == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/power_w", "the bid offers nothing");
    return gw_ok();
}

gw_status gw_bid_check(const gw_bid *bid, size_t power_count, const gw_bid_terms *terms,
                       gw_fault *reterr) {
    if (!gw_instant_before(bid->received_at, terms->gate_at)) {
        char gate[GW_INSTANT_TEXT_SIZE];
        gw_instant_print(terms->gate_at, gate);
        return gw_fail_with(reterr, GW_CODE_GATE_CLOSED, NULL, "the gate closed at \"%s\"", gate);
    }
    if (power_count != terms->interval_count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/power_w",
                            "the bid has %zu intervals, the request %zu", power_count,
                            terms->interval_count);
    GW_TRY(check_price(bid, terms, reterr));
    gw_power qualified = {0};
    GW_TRY(gw_qualification_power(terms->meters, terms->meter_count, &qualified, reterr));
    return check_power(bid, power_count, qualified, reterr);
}
