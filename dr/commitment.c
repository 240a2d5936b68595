/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/commitment.h"

#include "base/wide.h"

#include <string.h>

gw_status gw_order_energy(const gw_order *order, size_t interval_index, gw_span interval,
                          gw_energy *ret, gw_fault *reterr) {
    return gw_energy_from_power(order->power[interval_index], interval, ret, reterr);
}

static gw_status add_order(const gw_order *order, gw_span interval, gw_money *total,
                           gw_fault *reterr) {
    for (size_t at = 0; at < order->power_count; at++) {
        gw_energy ordered = {0};
        gw_money amount = {0};
        GW_TRY(gw_order_energy(order, at, interval, &ordered, reterr));
        GW_TRY(gw_money_from_energy(ordered, order->price, &amount, reterr));
        GW_TRY(gw_money_add(*total, amount, total, reterr));
    }
    return gw_ok();
}

gw_status gw_commitment_max_liability(const gw_order *orders, size_t count, gw_span interval,
                                      gw_money *ret, gw_fault *reterr) {
    gw_money total = {0};
    for (size_t at = 0; at < count; at++) GW_TRY(add_order(&orders[at], interval, &total, reterr));
    *ret = total;
    return gw_ok();
}

static gw_status refuse(const gw_order *order, const char *why, gw_fault *reterr) {
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(order->order_id, id);
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "order \"%s\": %s", id, why);
}

static gw_status check_meters(const gw_order *order, gw_fault *reterr) {
    if (order->meter_count == 0 || order->meter_count > GW_ORDER_MAX_METERS)
        return refuse(order, "it has no meters or too many", reterr);
    for (size_t at = 0; at < order->meter_count; at++) {
        if (order->meters[at].qualified.w <= 0)
            return refuse(order, "a meter has no qualified power", reterr);
        if (at > 0 && gw_text_compare(order->meters[at - 1].meter, order->meters[at].meter) >= 0)
            return refuse(order, "its meters are not ascending", reterr);
    }
    return gw_ok();
}

static gw_status check_order(const gw_order *order, size_t interval_count, gw_fault *reterr) {
    if (order->power_count != interval_count)
        return refuse(order, "it does not have one power per interval", reterr);
    for (size_t at = 0; at < interval_count; at++)
        if (order->power[at].w < 0) return refuse(order, "a power is negative", reterr);
    if (order->price.micros_per_kwh < 0) return refuse(order, "its price is negative", reterr);
    return check_meters(order, reterr);
}

/* Both lists ascend, so one walk finds a common meter. */
static bool share_a_meter(const gw_order *left, const gw_order *right) {
    size_t l = 0;
    size_t r = 0;
    while (l < left->meter_count && r < right->meter_count) {
        const int order = gw_text_compare(left->meters[l].meter, right->meters[r].meter);
        if (order == 0) return true;
        if (order < 0)
            l++;
        else
            r++;
    }
    return false;
}

gw_status gw_commitment_check(const gw_order *orders, size_t count, size_t interval_count,
                              gw_fault *reterr) {
    if (count == 0 || count > GW_COMMITMENT_MAX_ORDERS)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "a commitment has 1 to %d orders",
                            GW_COMMITMENT_MAX_ORDERS);
    for (size_t at = 0; at < count; at++) {
        GW_TRY(check_order(&orders[at], interval_count, reterr));
        if (at > 0 && memcmp(orders[at - 1].order_id.bytes, orders[at].order_id.bytes,
                             sizeof orders[at].order_id.bytes) >= 0)
            return refuse(&orders[at], "the orders are not ascending by id", reterr);
        for (size_t other = 0; other < at; other++)
            if (share_a_meter(&orders[other], &orders[at]))
                return refuse(&orders[at], "one of its meters is sold by another order", reterr);
    }
    return gw_ok();
}
