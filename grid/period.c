/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/period.h"

#include <assert.h>

bool gw_period_is_valid(gw_period period) {
    return gw_instant_is_valid(period.from) && gw_instant_is_valid(period.to) &&
           gw_instant_before(period.from, period.to);
}

bool gw_period_contains(gw_period period, gw_instant at) {
    return period.from.us <= at.us && at.us < period.to.us;
}

bool gw_period_covers(gw_period outer, gw_period inner) {
    return outer.from.us <= inner.from.us && inner.to.us <= outer.to.us;
}

bool gw_period_overlaps(gw_period left, gw_period right) {
    return left.from.us < right.to.us && right.from.us < left.to.us;
}

gw_span gw_period_length(gw_period period) { return gw_instant_since(period.to, period.from); }

gw_status gw_period_count(gw_period period, gw_span interval, size_t *ret, gw_fault *reterr) {
    assert(interval.us > 0);
    if (!gw_period_is_valid(period))
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "the period is empty or not a time");
    if (period.from.us % interval.us != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the period does not start on a whole interval of %lld s",
                            (long long)(interval.us / 1000000));
    const int64_t length = gw_period_length(period).us;
    if (length % interval.us != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the period is no whole number of intervals of %lld s",
                            (long long)(interval.us / 1000000));
    if (length / interval.us > GW_PERIOD_MAX_INTERVALS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                            "the period has more than %d intervals", GW_PERIOD_MAX_INTERVALS);
    *ret = (size_t)(length / interval.us);
    return gw_ok();
}

gw_period gw_period_interval(gw_period period, gw_span interval, int64_t index) {
    const gw_instant from = {period.from.us + index * interval.us};
    return (gw_period){from, gw_instant_plus(from, interval)};
}
