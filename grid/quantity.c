/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/quantity.h"

#include "base/wide.h"

#include <assert.h>

static const int64_t HOUR_US = INT64_C(3600) * 1000000;

gw_status gw_energy_add(gw_energy left, gw_energy right, gw_energy *ret, gw_fault *reterr) {
    return gw_int64_add(left.wh, right.wh, &ret->wh, reterr);
}

gw_status gw_power_add(gw_power left, gw_power right, gw_power *ret, gw_fault *reterr) {
    return gw_int64_add(left.w, right.w, &ret->w, reterr);
}

gw_status gw_money_add(gw_money left, gw_money right, gw_money *ret, gw_fault *reterr) {
    return gw_int64_add(left.micros, right.micros, &ret->micros, reterr);
}

gw_status gw_money_subtract(gw_money left, gw_money right, gw_money *ret, gw_fault *reterr) {
    return gw_int64_subtract(left.micros, right.micros, &ret->micros, reterr);
}

gw_status gw_energy_from_power(gw_power power, gw_span span, gw_energy *ret, gw_fault *reterr) {
    const gw_wide watt_us = gw_wide_multiply(power.w, span.us);
    return gw_wide_to_int64(gw_wide_floor(watt_us, HOUR_US), &ret->wh, reterr);
}

gw_status gw_power_from_energy(gw_energy energy, gw_span span, gw_power *ret, gw_fault *reterr) {
    assert(span.us > 0);
    const gw_wide watt_us = gw_wide_multiply(energy.wh, HOUR_US);
    return gw_wide_to_int64(gw_wide_floor(watt_us, span.us), &ret->w, reterr);
}

gw_status gw_money_from_energy(gw_energy energy, gw_price price, gw_money *ret, gw_fault *reterr) {
    const gw_wide milli = gw_wide_multiply(energy.wh, price.micros_per_kwh);
    return gw_wide_to_int64(gw_wide_floor(milli, 1000), &ret->micros, reterr);
}

gw_power gw_power_percent(gw_power power, int percent) {
    assert(percent >= 0 && percent <= 100);
    return (gw_power){(int64_t)gw_wide_floor(gw_wide_multiply(power.w, percent), 100)};
}
