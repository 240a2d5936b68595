/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/order.h"

#include "server/db/bid_store.h"
#include "server/db/market_source.h"
#include "server/flow/advance.h"
#include "server/flow/steps.h"

#include <stdio.h>

enum { ORDERS_OF_EVENT = 1024 };

gw_status gw_order_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_order_list *ret,
                            gw_fault *reterr) {
    const gw_order_filter filter = {.event_id = &event_id, .limit = ORDERS_OF_EVENT};
    return gw_order_load_list(db, arena, &filter, ret, reterr);
}

static gw_text label_of(char *out, size_t size, const char *use, gw_uuid id) {
    char id_text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(id, id_text);
    const int length = snprintf(out, size, "%s/%s", use, id_text);
    return (gw_text){out, length < 0 ? 0 : (size_t)length};
}

static gw_status make_salt(const gw_flow_unit *unit, gw_order_row *order, gw_fault *reterr) {
    uint8_t *salt = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, uint8_t, GW_WORD_BYTES, &salt, reterr));
    char label[64];
    gw_random_bytes(unit->flow->random,
                    label_of(label, sizeof label, "salt/order", order->order_id), salt,
                    GW_WORD_BYTES);
    order->salt = (gw_bytes){salt, GW_WORD_BYTES};
    return gw_ok();
}

static gw_status make_intervals(const gw_flow_unit *unit, const gw_bid_row *bid,
                                gw_order_row *order, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_order_interval, (size_t)bid->interval_count,
                        &order->intervals, reterr));
    order->interval_count = bid->interval_count;
    for (int i = 0; i < bid->interval_count; i++)
        order->intervals[i] = (gw_order_interval){
            bid->intervals[i].start,
            gw_power_percent(bid->intervals[i].offered, (int)bid->activation_pct)};
    return gw_ok();
}

static gw_status make_order(const gw_flow_unit *unit, const gw_bid_row *bid, gw_order_row *ret,
                            gw_fault *reterr) {
    gw_market_group group = {.group = bid->group};
    GW_TRY(gw_market_load_group(unit->tx, unit->arena, &group, reterr));
    char label[64];
    *ret = (gw_order_row){
        .order_id = gw_random_uuid(unit->flow->random,
                                   label_of(label, sizeof label, "order", bid->bid_id), unit->now),
        .event_id = bid->event_id,
        .bid_id = bid->bid_id,
        .party = bid->party,
        .payee = group.payee,
        .group = bid->group,
        .price = bid->price,
        .activation_pct = bid->activation_pct,
        .state = GW_TEXT("ORDERED"),
        .ordered_at = unit->now,
        .meters = group.meters,
        .meter_count = group.meter_count,
    };
    GW_TRY(make_salt(unit, ret, reterr));
    return make_intervals(unit, bid, ret, reterr);
}

static gw_status note_order(const gw_flow_unit *unit, const gw_order_row *order, const char *type,
                            gw_fault *reterr) {
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(order->order_id, id);
    const gw_advance_note note = {.event_id = order->event_id,
                                  .entity = "order",
                                  .type = type,
                                  .subject = gw_text_from_c(id),
                                  .party = order->party};
    return gw_advance_log(unit, &note, reterr);
}

gw_status gw_step_order(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_CLEARED)) return gw_ok();
    const gw_bid_filter filter = {.event_id = request.event_id, .state = GW_TEXT("AWARDED")};
    gw_bid_list bids;
    GW_TRY(gw_bid_load_list(unit->tx, unit->arena, &filter, &bids, reterr));
    for (int i = 0; i < bids.count; i++) {
        gw_order_row order;
        GW_TRY(make_order(unit, &bids.items[i], &order, reterr));
        GW_TRY(gw_order_save(unit->tx, unit->arena, &order, reterr));
        GW_TRY(note_order(unit, &order, "order.given", reterr));
    }
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_ORDER, request.reason, reterr));
    return gw_step_arm(unit, timer->event_id, "COMMIT", request.gate_at, reterr);
}

static gw_status count_open(const gw_flow_unit *unit, gw_uuid event_id, int *ret,
                            gw_fault *reterr) {
    gw_order_list orders;
    GW_TRY(gw_order_of_event(unit->tx, unit->arena, event_id, &orders, reterr));
    int open = 0;
    for (int i = 0; i < orders.count; i++)
        if (gw_text_is(orders.items[i].state, "ORDERED")) open++;
    *ret = open;
    return gw_ok();
}

gw_status gw_order_advance(const gw_flow_unit *unit, gw_request_row *request, gw_fault *reterr) {
    if (gw_advance_is(request, GW_EVENT_ORDERED)) {
        int open = 0;
        GW_TRY(count_open(unit, request->event_id, &open, reterr));
        if (open > 0) return gw_ok();
        GW_TRY(gw_advance(unit, request, GW_EVENT_DO_CONFIRM, request->reason, reterr));
    }
    const bool is_certified = request->commitment_root.length > 0;
    if (!gw_advance_is(request, GW_EVENT_CONFIRMED) || !is_certified) return gw_ok();
    return gw_advance(unit, request, GW_EVENT_DO_COMMIT, request->reason, reterr);
}

gw_status gw_step_confirm(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_ORDERED)) return gw_ok();
    gw_order_list orders;
    GW_TRY(gw_order_of_event(unit->tx, unit->arena, timer->event_id, &orders, reterr));
    for (int i = 0; i < orders.count; i++) {
        if (!gw_text_is(orders.items[i].state, "ORDERED")) continue;
        const gw_order_move move = {.order_id = orders.items[i].order_id,
                                    .from = GW_TEXT("ORDERED"),
                                    .to = GW_TEXT("NO_ACK"),
                                    .reason = GW_TEXT("not acknowledged before the deadline; the "
                                                      "order stands and a shortfall is charged")};
        GW_TRY(gw_order_save_move(unit->tx, unit->arena, &move, reterr));
        GW_TRY(note_order(unit, &orders.items[i], "order.unanswered", reterr));
    }
    return gw_order_advance(unit, &request, reterr);
}

typedef struct acknowledge_call {
    const gw_order_call *call;
    gw_order_row *ret;
} acknowledge_call;

static gw_status answer(const gw_flow_unit *unit, const gw_order_call *call, gw_order_row *order,
                        gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, order->event_id, &request, reterr));
    if (!gw_instant_before(unit->now, request.ack_by) || gw_text_is(order->state, "NO_ACK"))
        return gw_fail_with(reterr, GW_CODE_TIMED_OUT, "order",
                            "the deadline for the acknowledgement is over");
    const gw_order_move move = {.order_id = order->order_id,
                                .from = GW_TEXT("ORDERED"),
                                .to = call->is_refused ? GW_TEXT("REFUSED") : GW_TEXT("ACKED"),
                                .acked_at = unit->now,
                                .reason = call->reason};
    GW_TRY(gw_order_save_move(unit->tx, unit->arena, &move, reterr));
    GW_TRY(
        note_order(unit, order, call->is_refused ? "order.refused" : "order.acknowledged", reterr));
    return gw_order_advance(unit, &request, reterr);
}

static gw_status acknowledge_order(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const acknowledge_call *call = (const acknowledge_call *)context;
    gw_order_row order;
    GW_TRY(gw_order_load(unit->tx, unit->arena, call->call->order_id, &order, reterr));
    const gw_text party = call->call->party;
    if (party.length > 0 && !gw_text_equal(party, order.party))
        return gw_fail(reterr, GW_CODE_NOT_FOUND);
    const bool is_same = gw_text_is(order.state, call->call->is_refused ? "REFUSED" : "ACKED");
    if (!is_same) GW_TRY(answer(unit, call->call, &order, reterr));
    return gw_order_load(unit->tx, unit->arena, order.order_id, call->ret, reterr);
}

gw_status gw_order_acknowledge(const gw_flow *flow, gw_arena *arena, const gw_order_call *order,
                               gw_order_row *ret, gw_fault *reterr) {
    gw_order_row row = {0};
    acknowledge_call call = {order, &row};
    const gw_flow_job job = {acknowledge_order, &call, order->now, GW_CRASH_ORDER_BEFORE_ACK,
                             GW_CRASH_ORDER_AFTER_ACK};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}
