/* SPDX-License-Identifier: Apache-2.0
 *
 * What was promised before delivery starts: the orders and the most they can cost. An order's
 * payee is the registered legal entity's chain address as "0x" and 40 lower-case hex digits; these
 * rules only compare it. The leaf of an order is hashed in server/evidence. Pure.
 */
#pragma once

#include "base/ident.h"
#include "base/text.h"
#include "grid/period.h"
#include "grid/quantity.h"

#include <stddef.h>

typedef struct gw_order_meter {
    gw_text meter;
    gw_power qualified;
} gw_order_meter;

/* An order is an awarded bid: the group's meters deliver power[t] in interval t of the event. */
typedef struct gw_order {
    gw_uuid event_id;
    gw_uuid order_id;
    gw_uuid bid_id;
    gw_text party;
    gw_text payee;
    gw_text group;
    gw_price price;
    const gw_power *power; /* per interval */
    size_t power_count;
    const gw_order_meter *meters; /* ascending by meter */
    size_t meter_count;
} gw_order;

enum { GW_ORDER_MAX_METERS = 4096, GW_COMMITMENT_MAX_ORDERS = 1024 };

/* floor(power * interval) in Wh. */
GW_MUST_CHECK gw_status gw_order_energy(const gw_order *order, size_t interval_index,
                                        gw_span interval, gw_energy *ret, gw_fault *reterr);

/* Sum over orders and intervals of floor(ordered_wh * price / 1000): what escrow must lock. */
GW_MUST_CHECK gw_status gw_commitment_max_liability(const gw_order *orders, size_t count,
                                                    gw_span interval, gw_money *ret,
                                                    gw_fault *reterr);

/* Every order has interval_count powers >= 0, a price >= 0, meters ascending without repeats with
 * qualified power > 0; orders ascend by id; no meter is sold twice. GW_CODE_INVALID says where. */
GW_MUST_CHECK gw_status gw_commitment_check(const gw_order *orders, size_t count,
                                            size_t interval_count, gw_fault *reterr);
