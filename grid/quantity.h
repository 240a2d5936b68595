/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantities of the domain: 64-bit integers in one-field structs, so that two kinds do not mix.
 * Energy in Wh, power in W, price in millionths of the currency per kWh, money in millionths of
 * the currency, ratios in parts per million, temperature in thousandths of a degree Celsius.
 * Signs as in docs/GLOSSARY.md: import is positive, turn-down that was delivered is positive.
 * Sums are checked (GW_CODE_OVERFLOW); every rounding has its name in the function's comment. Pure.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"

#include <stdint.h>

typedef struct gw_energy {
    int64_t wh;
} gw_energy;

typedef struct gw_power {
    int64_t w;
} gw_power;

typedef struct gw_price {
    int64_t micros_per_kwh;
} gw_price;

typedef struct gw_money {
    int64_t micros;
} gw_money;

typedef struct gw_ratio {
    int64_t ppm;
} gw_ratio;

typedef struct gw_temperature {
    int64_t millic;
} gw_temperature;

GW_MUST_CHECK gw_status gw_energy_add(gw_energy left, gw_energy right, gw_energy *ret,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_power_add(gw_power left, gw_power right, gw_power *ret,
                                     gw_fault *reterr);
GW_MUST_CHECK gw_status gw_money_add(gw_money left, gw_money right, gw_money *ret,
                                     gw_fault *reterr);
GW_MUST_CHECK gw_status gw_money_subtract(gw_money left, gw_money right, gw_money *ret,
                                          gw_fault *reterr);

/* Energy of a constant power over a span, floored to whole Wh: nothing is promised or paid that is
 * not there. */
GW_MUST_CHECK gw_status gw_energy_from_power(gw_power power, gw_span span, gw_energy *ret,
                                             gw_fault *reterr);

/* Mean power of an energy over a span (> 0), floored to whole W. */
GW_MUST_CHECK gw_status gw_power_from_energy(gw_energy energy, gw_span span, gw_power *ret,
                                             gw_fault *reterr);

/* floor(wh * micros_per_kwh / 1000): the amount of one line. */
GW_MUST_CHECK gw_status gw_money_from_energy(gw_energy energy, gw_price price, gw_money *ret,
                                             gw_fault *reterr);

/* floor(power * percent / 100), percent 0..100: the power of a partly activated bid. */
gw_power gw_power_percent(gw_power power, int percent);
