/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: before delivery starts, the orders are offered to the oracle nodes as a commitment:
 * the sealed bids, the awards that the selection gives, the salts. What a quorum signs here can no
 * longer be edited by anybody.
 */
#include "server/db/award_store.h"
#include "server/db/bid_store.h"
#include "server/db/market_source.h"
#include "server/flow/advance.h"
#include "server/flow/order.h"
#include "server/flow/propose.h"
#include "server/flow/steps.h"

#include <string.h>

static gw_word word_of(gw_bytes bytes) {
    gw_word word = {{0}};
    if (bytes.length == sizeof word.bytes) memcpy(word.bytes, bytes.at, sizeof word.bytes);
    return word;
}

static const gw_order_row *order_of_bid(const gw_order_list *orders, gw_uuid bid_id) {
    for (int i = 0; i < orders->count; i++)
        if (gw_uuid_equal(orders->items[i].bid_id, bid_id)) return &orders->items[i];
    return NULL;
}

/* An ordered bid keeps the members and payee of its order; the others are as registered now. */
static gw_status fill_members(const gw_flow_unit *unit, const gw_order_row *order, gw_core_bid *bid,
                              gw_fault *reterr) {
    if (order != NULL) {
        bid->payee = order->payee;
        bid->meters = order->meters;
        bid->meter_count = (size_t)order->meter_count;
        return gw_ok();
    }
    gw_market_group group = {.group = bid->group};
    GW_TRY(gw_market_load_group(unit->tx, unit->arena, &group, reterr));
    bid->payee = group.payee;
    bid->meters = group.meters;
    bid->meter_count = (size_t)group.meter_count;
    return gw_ok();
}

static gw_status fill_bid(const gw_flow_unit *unit, const gw_bid_row *row,
                          const gw_order_list *orders, gw_core_bid *ret, gw_fault *reterr) {
    gw_core_bid bid = {
        .bid_id = row->bid_id,
        .party = row->party,
        .group = row->group,
        .price = row->price,
        .min_activation_pct = row->min_activation_pct,
        .power_count = (size_t)row->interval_count,
        .received_at = row->received_at,
        .body_hash = word_of(row->raw_hash),
    };
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_power, bid.power_count, &bid.power, reterr));
    for (size_t i = 0; i < bid.power_count; i++) bid.power[i] = row->intervals[i].offered;
    GW_TRY(fill_members(unit, order_of_bid(orders, row->bid_id), &bid, reterr));
    *ret = bid;
    return gw_ok();
}

/* The sealed set: everything that stood at the gate, ascending by arrival and id. */
static gw_status fill_bids(const gw_flow_unit *unit, const gw_order_list *orders,
                           gw_core_commitment *core, gw_fault *reterr) {
    const gw_bid_filter filter = {.event_id = core->event.event_id};
    gw_bid_list rows;
    GW_TRY(gw_bid_load_list(unit->tx, unit->arena, &filter, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_bid, (size_t)rows.count, &core->bids, reterr));
    core->bid_count = 0;
    for (int i = 0; i < rows.count; i++) {
        if (gw_text_is(rows.items[i].state, "WITHDRAWN")) continue;
        GW_TRY(fill_bid(unit, &rows.items[i], orders, &core->bids[core->bid_count], reterr));
        core->bid_count++;
    }
    return gw_ok();
}

static gw_status fill_awards(const gw_flow_unit *unit, const gw_order_list *orders,
                             gw_core_commitment *core, gw_fault *reterr) {
    const size_t count = (size_t)orders->count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_award, count, &core->awards, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, count, &core->salts, reterr));
    core->award_count = count;
    core->salt_count = count;
    for (size_t i = 0; i < count; i++) {
        const gw_order_row *order = &orders->items[i];
        core->awards[i] = (gw_core_award){order->bid_id, order->order_id, order->activation_pct};
        core->salts[i] = word_of(order->salt);
    }
    return gw_ok();
}

/* The demands are aligned with the sealed set, which is what fill_bids gives. */
static gw_status fill_limits(const gw_flow_unit *unit, gw_core_commitment *core, gw_fault *reterr) {
    gw_award_demand_list rows;
    GW_TRY(gw_award_load_demands(unit->tx, unit->arena, core->event.event_id, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_demand, rows.count, &core->limits, reterr));
    core->limit_count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        const gw_award_demand_row *row = &rows.items[i];
        core->limits[i] = (gw_core_demand){row->limit_id, row->interval_index, row->required,
                                           row->effect_ppm, row->effect_count};
    }
    return gw_ok();
}

static gw_status build(const gw_flow_unit *unit, const gw_request_row *request,
                       gw_core_commitment *core, gw_fault *reterr) {
    gw_order_list orders;
    GW_TRY(gw_order_of_event(unit->tx, unit->arena, request->event_id, &orders, reterr));
    core->realm = unit->flow->settings.realm;
    GW_TRY(gw_propose_chain(unit, &core->chain, reterr));
    GW_TRY(gw_propose_event(unit, request, &core->event, reterr));
    GW_TRY(gw_propose_rules(unit, request, &core->rules, reterr));
    GW_TRY(fill_limits(unit, core, reterr));
    GW_TRY(fill_bids(unit, &orders, core, reterr));
    GW_TRY(fill_awards(unit, &orders, core, reterr));
    return gw_core_build_commitment(unit->arena, core, reterr);
}

gw_status gw_step_commit(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_ORDERED) && !gw_advance_is(&request, GW_EVENT_CONFIRMED))
        return gw_ok();
    const gw_proposal_key key = {request.event_id, GW_TEXT("COMMITMENT")};
    gw_proposal_row last;
    GW_TRY(gw_propose_next(unit, &key, &last, reterr));
    if (last.revision > 0 && !gw_text_is(last.state, "SPLIT")) return gw_ok();
    gw_core_commitment core = {.revision = last.revision + 1};
    GW_TRY(build(unit, &request, &core, reterr));
    gw_propose_case what = {
        .subject_id = request.event_id, .kind = GW_TASK_COMMITMENT, .revision = core.revision};
    GW_TRY(gw_core_write_commitment(unit->arena, &core, &what.core, reterr));
    what.commitment = gw_core_commitment_statement(&core, what.core);
    gw_uuid proposal_id;
    return gw_propose(unit, &what, &proposal_id, reterr);
}
