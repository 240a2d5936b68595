/* SPDX-License-Identifier: Apache-2.0
 *
 * The one 128-bit integer type and the named roundings. Every rounding of money and energy goes
 * through here, so that it has a name. Pure.
 */
#pragma once

#include "base/status.h"

#include <stdint.h>

__extension__ typedef __int128 gw_wide;

static inline gw_wide gw_wide_multiply(int64_t left, int64_t right) {
    return (gw_wide)left * (gw_wide)right; /* 64 x 64 bits always fit 128 */
}

/* Division with a positive divisor; asserts divisor > 0. */
gw_wide gw_wide_floor(gw_wide dividend, gw_wide divisor);     /* towards minus infinity */
gw_wide gw_wide_half_even(gw_wide dividend, gw_wide divisor); /* nearest, ties to even */

GW_MUST_CHECK gw_status gw_wide_to_int64(gw_wide value, int64_t *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_int64_add(int64_t left, int64_t right, int64_t *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_int64_subtract(int64_t left, int64_t right, int64_t *ret,
                                          gw_fault *reterr);
