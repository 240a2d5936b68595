/* SPDX-License-Identifier: Apache-2.0
 *
 * Money of one order in one interval, pay as bid:
 *     paid      = floor(delivered_wh * price / 1000)
 *     shortfall = ordered_wh - delivered_wh
 *     charged   = shortfall - outage_wh                (our own outage is not charged)
 *     charge    = floor(charged * shortfall_price / 1000)
 * Totals are sums of rounded lines, never the other way. Pure.
 */
#pragma once

#include "dr/delivery.h"

#include <stddef.h>

typedef struct gw_settlement_line {
    size_t order_index;
    size_t interval_index;
    gw_delivery delivery;
    int64_t paid_micros;
    int64_t shortfall_wh;
    int64_t charged_shortfall_wh;
    int64_t shortfall_micros;
} gw_settlement_line;

/* Fills the money of a line from its delivery. */
GW_MUST_CHECK gw_status gw_settlement_price(const gw_delivery *delivery, gw_price price,
                                            gw_price shortfall_price, gw_settlement_line *ret,
                                            gw_fault *reterr);

/* Totals of one order: what earlier runs of the same event posted is subtracted by the ledger. */
typedef struct gw_order_total {
    gw_uuid order_id;
    int64_t paid_micros;
    int64_t shortfall_micros;
} gw_order_total;

/* Sums the lines of order number order_index. */
GW_MUST_CHECK gw_status gw_settlement_total(const gw_settlement_line *lines, size_t count,
                                            size_t order_index, gw_order_total *ret,
                                            gw_fault *reterr);

/* An interval counts when it ends by `ended_at` (recall, emergency stop); later ones are neither
 * ordered nor paid nor charged. */
bool gw_settlement_counts(gw_period interval, gw_instant ended_at);
