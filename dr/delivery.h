/* SPDX-License-Identifier: Apache-2.0
 *
 * What a group delivered in one interval: baseline minus reading, summed over its meters first,
 * then clamped to 0 and to the order, floored to Wh. A meter without a reading or without a
 * baseline leaves the sum whole; its share of the order counts as undelivered, unless the outage
 * was the buyer's own: then it is undelivered but not charged. Ref: DESIGN.md §13.5. Pure.
 */
#pragma once

#include "base/arena.h"
#include "dr/commitment.h"

#include <stddef.h>
#include <stdint.h>

typedef enum gw_presence {
    GW_PRESENCE_METERED,   /* a baseline and a measured reading */
    GW_PRESENCE_MISSING,   /* one of them is not there */
    GW_PRESENCE_OWN_OUTAGE /* not there, and our own log says that the outage was ours */
} gw_presence;

/* One meter of the order in one interval, in the order of order->meters. */
typedef struct gw_meter_interval {
    gw_presence presence;
    int64_t baseline_mwh;
    int64_t actual_wh;
} gw_meter_interval;

typedef struct gw_delivery {
    int64_t ordered_wh;
    int64_t missing_wh;    /* share of the meters that are not metered, own outages included */
    int64_t outage_wh;     /* the part of missing_wh that was our own outage */
    int64_t delivered_mwh; /* sum of the metered ones before the clamp; may be negative */
    int64_t delivered_wh;  /* 0 .. ordered_wh - missing_wh */
    int64_t missing_meters;
} gw_delivery;

/* Shares of `total` (>= 0) by weight (>= 0, sum > 0): floors, then one unit each to the largest
 * remainders, ties to the lower index; the sum is `total` exactly. Ref: dr_mv.md §3.3. */
GW_MUST_CHECK gw_status gw_share_largest_remainder(gw_arena *arena, int64_t total,
                                                   const int64_t *weights, size_t count,
                                                   int64_t **ret, gw_fault *reterr);

/* One interval of one order; `meters` has order->meter_count items. */
GW_MUST_CHECK gw_status gw_delivery_measure(gw_arena *arena, const gw_order *order,
                                            gw_energy ordered, const gw_meter_interval *meters,
                                            gw_delivery *ret, gw_fault *reterr);
