/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/delivery.h"

#include "base/wide.h"

#include <assert.h>
#include <stdlib.h>

enum { MILLI = 1000 };

typedef struct remainder {
    gw_wide rest;
    size_t index;
} remainder;

/* Largest remainder first, ties to the lower index: a total order. */
static int by_rest(const void *left_item, const void *right_item) {
    const remainder *left = left_item;
    const remainder *right = right_item;
    if (left->rest != right->rest) return left->rest > right->rest ? -1 : 1;
    if (left->index != right->index) return left->index < right->index ? -1 : 1;
    return 0;
}

static gw_status sum_weights(const int64_t *weights, size_t count, int64_t *ret, gw_fault *reterr) {
    int64_t sum = 0;
    for (size_t at = 0; at < count; at++) {
        if (weights[at] < 0)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "a weight is negative");
        GW_TRY(gw_int64_add(sum, weights[at], &sum, reterr));
    }
    if (sum == 0) return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "the weights sum to 0");
    *ret = sum;
    return gw_ok();
}

gw_status gw_share_largest_remainder(gw_arena *arena, int64_t total, const int64_t *weights,
                                     size_t count, int64_t **ret, gw_fault *reterr) {
    assert(total >= 0);
    int64_t weight_sum = 0;
    int64_t *shares = NULL;
    remainder *order = NULL;
    GW_TRY(sum_weights(weights, count, &weight_sum, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &shares, reterr));
    GW_TRY(GW_ARENA_NEW(arena, remainder, count, &order, reterr));
    int64_t left = total;
    for (size_t at = 0; at < count; at++) {
        const gw_wide product = gw_wide_multiply(total, weights[at]);
        shares[at] = (int64_t)(product / weight_sum); /* at most total */
        order[at] = (remainder){product % weight_sum, at};
        left -= shares[at];
    }
    qsort(order, count, sizeof *order, by_rest);
    for (size_t at = 0; left > 0; at++, left--) shares[order[at].index]++;
    *ret = shares;
    return gw_ok();
}

static gw_status sum_metered(const gw_meter_interval *meters, size_t count, int64_t *ret_mwh,
                             gw_fault *reterr) {
    gw_wide sum = 0;
    for (size_t at = 0; at < count; at++)
        if (meters[at].presence == GW_PRESENCE_METERED)
            sum += meters[at].baseline_mwh - gw_wide_multiply(meters[at].actual_wh, MILLI);
    return gw_wide_to_int64(sum, ret_mwh, reterr);
}

static void add_missing(const gw_meter_interval *meters, size_t count, const int64_t *shares,
                        gw_delivery *delivery) {
    for (size_t at = 0; at < count; at++) {
        if (meters[at].presence == GW_PRESENCE_METERED) continue;
        delivery->missing_meters++;
        delivery->missing_wh += shares[at];
        if (meters[at].presence == GW_PRESENCE_OWN_OUTAGE) delivery->outage_wh += shares[at];
    }
}

gw_status gw_delivery_measure(gw_arena *arena, const gw_order *order, gw_energy ordered,
                              const gw_meter_interval *meters, gw_delivery *ret, gw_fault *reterr) {
    gw_delivery delivery = {.ordered_wh = ordered.wh};
    int64_t *weights = NULL;
    int64_t *shares = NULL;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, order->meter_count, &weights, reterr));
    for (size_t at = 0; at < order->meter_count; at++) weights[at] = order->meters[at].qualified.w;
    GW_TRY(gw_share_largest_remainder(arena, ordered.wh, weights, order->meter_count, &shares,
                                      reterr));
    add_missing(meters, order->meter_count, shares, &delivery);
    GW_TRY(sum_metered(meters, order->meter_count, &delivery.delivered_mwh, reterr));
    const int64_t most_wh = ordered.wh - delivery.missing_wh;
    const int64_t floored_wh =
        delivery.delivered_mwh > 0 ? delivery.delivered_mwh / MILLI : 0; /* floor after clamp */
    delivery.delivered_wh = floored_wh < most_wh ? floored_wh : most_wh;
    *ret = delivery;
    return gw_ok();
}
