/* SPDX-License-Identifier: Apache-2.0
 *
 * The worked example of five trades (../shared/data/grid/worked/trade_check_5trades.json): a 400 V
 * busbar at 1.02 pu and a cable of 300, 300 and 400 m with a load after each; limits 1.05 pu and
 * 270 A. A sells from 3 to 1, B from 3 to the busbar, C from 2 to 1, D from 2 to 3, E inside 1.
 */
#pragma once

#include "grid/flow_check.h"

#include <string.h>

enum { FIVE_NODES = 4, FIVE_POINTS = 4, FIVE_TRADES = 5 };

typedef struct five_trades {
    gw_net net;
    gw_net_node nodes[FIVE_NODES];
    gw_net_branch branches[FIVE_NODES - 1];
    gw_net_point points[FIVE_POINTS];
    gw_net_source source;
    gw_flow_injection injections[FIVE_POINTS];
    gw_flow_base base;
    gw_flow_item items[FIVE_TRADES];
    gw_flow_check_question question;
} five_trades;

static inline gw_net_branch five_cable(gw_text id, uint32_t from, double length_km) {
    return (gw_net_branch){.id = id,
                           .from = from,
                           .to = from + 1,
                           .kind = GW_NET_CABLE,
                           .closed = true,
                           .has_zero_sequence = true,
                           .r1_ohm = 0.2067 * length_km,
                           .x1_ohm = 0.0804 * length_km,
                           .r0_ohm = 0.2067 * length_km * 4,
                           .x0_ohm = 0.0804 * length_km * 4,
                           .imax_a = 270};
}

static inline gw_flow_item five_item(gw_text id, uint32_t seller, uint32_t buyer, int64_t power_w,
                                     int64_t minute, int64_t price) {
    return (gw_flow_item){.id = id,
                          .seller = seller,
                          .buyer = buyer,
                          .requested = {power_w},
                          .accepted_at = {minute * 60000000},
                          .price = {price}};
}

static inline void five_trades_make(five_trades *it) {
    const double kw[FIVE_POINTS] = {0, 6, 4, 2};
    const gw_text names[] = {GW_TEXT("0"), GW_TEXT("1"), GW_TEXT("2"), GW_TEXT("3")};
    const double tangent = 0.32868410517886313; /* of a power factor of 0.95 */
    memset(it, 0, sizeof *it);
    for (uint32_t at = 0; at < FIVE_NODES; at++) {
        it->nodes[at] = (gw_net_node){.id = names[at], .un_v = 400, .vmax_pu = 1.05};
        it->points[at] = (gw_net_point){.id = names[at], .node = at};
        it->injections[at] =
            (gw_flow_injection){(int64_t)(kw[at] * 1000), (int64_t)(kw[at] * 1000 * tangent + 0.5)};
    }
    it->branches[0] = five_cable(GW_TEXT("s1"), 0, 0.3);
    it->branches[1] = five_cable(GW_TEXT("s2"), 1, 0.3);
    it->branches[2] = five_cable(GW_TEXT("s3"), 2, 0.4);
    it->source = (gw_net_source){.id = GW_TEXT("grid"), .u_pu = 1.02};
    it->net = (gw_net){.name = GW_TEXT("five trades"),
                       .nodes = it->nodes,
                       .node_count = FIVE_NODES,
                       .branches = it->branches,
                       .branch_count = FIVE_NODES - 1,
                       .points = it->points,
                       .point_count = FIVE_POINTS,
                       .sources = &it->source,
                       .source_count = 1};
    it->base = (gw_flow_base){GW_TEXT("p50"), it->injections};
    it->items[0] = five_item(GW_TEXT("A"), 3, 1, 20000, 600, 160000);
    it->items[1] = five_item(GW_TEXT("B"), 3, 0, 25000, 605, 140000);
    it->items[2] = five_item(GW_TEXT("C"), 2, 1, 15000, 610, 150000);
    it->items[3] = five_item(GW_TEXT("D"), 2, 3, 10000, 620, 170000);
    it->items[4] = five_item(GW_TEXT("E"), 1, 1, 8000, 625, 150000);
    it->question = (gw_flow_check_question){.net = &it->net,
                                            .bases = &it->base,
                                            .base_count = 1,
                                            .items = it->items,
                                            .item_count = FIVE_TRADES,
                                            .duration = {900000000}};
}
