/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/settlement.h"

#include "base/wide.h"

gw_status gw_settlement_price(const gw_delivery *delivery, gw_price price, gw_price shortfall_price,
                              gw_settlement_line *ret, gw_fault *reterr) {
    gw_settlement_line line = *ret;
    gw_money paid = {0};
    gw_money charge = {0};
    line.delivery = *delivery;
    line.shortfall_wh = delivery->ordered_wh - delivery->delivered_wh;
    line.charged_shortfall_wh = line.shortfall_wh - delivery->outage_wh;
    GW_TRY(gw_money_from_energy((gw_energy){delivery->delivered_wh}, price, &paid, reterr));
    GW_TRY(gw_money_from_energy((gw_energy){line.charged_shortfall_wh}, shortfall_price, &charge,
                                reterr));
    line.paid_micros = paid.micros;
    line.shortfall_micros = charge.micros;
    *ret = line;
    return gw_ok();
}

gw_status gw_settlement_total(const gw_settlement_line *lines, size_t count, size_t order_index,
                              gw_order_total *ret, gw_fault *reterr) {
    gw_order_total total = *ret;
    total.paid_micros = 0;
    total.shortfall_micros = 0;
    for (size_t at = 0; at < count; at++) {
        if (lines[at].order_index != order_index) continue;
        GW_TRY(gw_int64_add(total.paid_micros, lines[at].paid_micros, &total.paid_micros, reterr));
        GW_TRY(gw_int64_add(total.shortfall_micros, lines[at].shortfall_micros,
                            &total.shortfall_micros, reterr));
    }
    *ret = total;
    return gw_ok();
}

bool gw_settlement_counts(gw_period interval, gw_instant ended_at) {
    return interval.to.us <= ended_at.us;
}
