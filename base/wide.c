/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wide.h"

#include <assert.h>

gw_wide gw_wide_floor(gw_wide dividend, gw_wide divisor) {
    assert(divisor > 0);
    const gw_wide quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

gw_wide gw_wide_half_even(gw_wide dividend, gw_wide divisor) {
    const gw_wide below = gw_wide_floor(dividend, divisor);
    const gw_wide rest = dividend - below * divisor; /* 0 <= rest < divisor */
    const gw_wide other = divisor - rest;
    if (rest < other) return below;
    if (rest > other) return below + 1;
    return below % 2 == 0 ? below : below + 1;
}

static gw_status overflow(gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_OVERFLOW, NULL, "a result does not fit 64 bits");
}

gw_status gw_wide_to_int64(gw_wide value, int64_t *ret, gw_fault *reterr) {
    if (value < INT64_MIN || value > INT64_MAX) return overflow(reterr);
    *ret = (int64_t)value;
    return gw_ok();
}

gw_status gw_int64_add(int64_t left, int64_t right, int64_t *ret, gw_fault *reterr) {
    return gw_wide_to_int64((gw_wide)left + right, ret, reterr);
}

gw_status gw_int64_subtract(int64_t left, int64_t right, int64_t *ret, gw_fault *reterr) {
    return gw_wide_to_int64((gw_wide)left - right, ret, reterr);
}
