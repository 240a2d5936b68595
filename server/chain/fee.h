/* SPDX-License-Identifier: Apache-2.0
 *
 * What to bid for gas, in wei. A fresh bid survives five full blocks (cap = 2·base + tip); a bump
 * raises both fields by at least an eighth, which every client takes as a replacement. Pure.
 */
#pragma once

#include "base/status.h"

#include <stdint.h>

typedef struct gw_fee {
    uint64_t tip_wei;
    uint64_t cap_wei;
} gw_fee;

typedef struct gw_fee_limits {
    uint64_t tip_least_wei;
    uint64_t cap_most_wei;
} gw_fee_limits;

/* The cap is cut to cap_most; a base fee above it is GW_CODE_RATE_LIMITED (wait for cheaper). */
GW_MUST_CHECK gw_status gw_fee_fresh(uint64_t base_wei, uint64_t tip_wei,
                                     const gw_fee_limits *limits, gw_fee *ret, gw_fault *reterr);
/* At least the old bid times 9/8 and at least fresh, in both fields; GW_CODE_RATE_LIMITED when that
 * is above cap_most. */
GW_MUST_CHECK gw_status gw_fee_bump(gw_fee old, gw_fee fresh, const gw_fee_limits *limits,
                                    gw_fee *ret, gw_fault *reterr);
