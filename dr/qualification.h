/* SPDX-License-Identifier: Apache-2.0
 *
 * May this bid stand? Checked when it comes in, against the request and the group's qualified
 * power. Every refusal says which value was over which limit. Pure.
 */
#pragma once

#include "dr/commitment.h"
#include "dr/selection.h"

#include <stddef.h>

/* What a bid is held against. */
typedef struct gw_bid_terms {
    gw_instant gate_at; /* a bid received at or after it is late */
    size_t interval_count;
    gw_price max_price;           /* 0 = no limit */
    const gw_order_meter *meters; /* of the group */
    size_t meter_count;
} gw_bid_terms;

/* Sum of the meters' qualified powers. */
GW_MUST_CHECK gw_status gw_qualification_power(const gw_order_meter *meters, size_t count,
                                               gw_power *ret, gw_fault *reterr);

/* GW_CODE_GATE_CLOSED: received too late. GW_CODE_INVALID: wrong number of intervals, negative
 * values, nothing offered, percent outside 1..100, a price above the limit. GW_CODE_OUT_OF_RANGE:
 * an interval above the group's qualified power. `power_count` is the length of bid->power. */
GW_MUST_CHECK gw_status gw_bid_check(const gw_bid *bid, size_t power_count,
                                     const gw_bid_terms *terms, gw_fault *reterr);
