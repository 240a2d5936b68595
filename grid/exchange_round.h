/* SPDX-License-Identifier: Apache-2.0
 *
 * Exports in whole units that add up to zero: rounding by largest remainder. Pure.
 */
#pragma once

#include <stdint.h>

/* whole[i] = floor(parts[i] / divisor), plus one for those with the largest remainders (of equal
 * ones the first), so many that the sum is zero. The parts add up to less than one unit; divisor
 * > 0. Returns how many were rounded up. */
uint32_t gw_exchange_round(const int64_t *parts, uint32_t count, int64_t divisor, int64_t *whole);
