/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/bid.h"

#include "dr/qualification.h"
#include "oracle/keccak.h"
#include "server/db/market_source.h"
#include "server/flow/advance.h"

#include <stdio.h>

typedef struct receive_call {
    const gw_bid_wish *wish;
    gw_bid_row *ret;
} receive_call;

static gw_uuid bid_id(const gw_flow_unit *unit, const gw_bid_wish *wish, gw_word hash) {
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(wish->event_id, event_id);
    char hash_text[GW_WORD_TEXT_SIZE];
    gw_word_print(hash, hash_text);
    char label[256];
    const int length = snprintf(label, sizeof label, "bid/%s/%.*s/%s", event_id,
                                GW_TEXT_ARGS(wish->party), hash_text);
    const gw_text text = {label, length < 0 ? 0 : (size_t)length};
    return gw_random_uuid(unit->flow->random, text, unit->now);
}

static gw_status check_group(const gw_market_group *group, const gw_bid_wish *wish,
                             gw_fault *reterr) {
    if (!gw_text_equal(group->party, wish->party))
        return gw_fail_with(reterr, GW_CODE_FORBIDDEN, "/group",
                            "the group \"%.*s\" belongs to another party",
                            GW_TEXT_ARGS(wish->group));
    if (!group->is_approved || !group->is_valid)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "/group", "the group \"%.*s\" is not %s",
                            GW_TEXT_ARGS(wish->group),
                            group->is_approved ? "valid in the window of the event"
                                               : "prequalified");
    if (group->meter_count == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/group", "the group \"%.*s\" has no meters",
                            GW_TEXT_ARGS(wish->group));
    if (group->payee.length == 0)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_INCOMPLETE, "/group",
                                    "the party \"%.*s\" has no chain address to be paid at",
                                    GW_TEXT_ARGS(wish->party)),
                       "Register the payee address of the party first.");
    return gw_ok();
}

static gw_status check_terms(const gw_flow_unit *unit, const gw_bid_wish *wish,
                             const gw_request_row *request, gw_fault *reterr) {
    gw_market_group group = {.group = wish->group, .window = request->window};
    GW_TRY(gw_market_load_group(unit->tx, unit->arena, &group, reterr));
    GW_TRY(check_group(&group, wish, reterr));
    const gw_bid bid = {.group = wish->group,
                        .price = wish->price,
                        .min_activation_pct = (int)wish->min_activation_pct,
                        .power = wish->power,
                        .received_at = unit->now};
    const gw_bid_terms terms = {.gate_at = request->gate_at,
                                .interval_count = (size_t)request->need.count,
                                .max_price = request->price_cap,
                                .meters = group.meters,
                                .meter_count = (size_t)group.meter_count};
    return gw_bid_check(&bid, wish->power_count, &terms, reterr);
}

static gw_status check_alone(const gw_flow_unit *unit, const gw_bid_row *row, gw_fault *reterr) {
    int64_t standing = 0;
    GW_TRY(gw_bid_count_of_group(unit->tx, unit->arena, row, &standing, reterr));
    if (standing == 0) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_CONFLICT, "/group",
                                "the group \"%.*s\" stands in another bid for this event",
                                GW_TEXT_ARGS(row->group)),
                   "Withdraw that bid first.");
}

static gw_status check_open(const gw_flow_unit *unit, gw_request_row *request, gw_fault *reterr) {
    gw_event_state state;
    GW_TRY(gw_advance_state(request, &state, reterr));
    const bool is_late =
        request->published_at.us != 0 && !gw_instant_before(unit->now, request->gate_at);
    if (is_late) return gw_fail_with(reterr, GW_CODE_GATE_CLOSED, "request", "the gate is closed");
    if (!gw_event_takes_bids(state))
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "request",
                            "a request in %.*s takes no bids", GW_TEXT_ARGS(request->state));
    return gw_request_load_need(unit->tx, unit->arena, request->event_id, &request->need, reterr);
}

static gw_status fill_row(const gw_flow_unit *unit, const gw_bid_wish *wish,
                          const gw_need_list *need, gw_bid_row *row, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_bid_interval, wish->power_count, &row->intervals, reterr));
    row->interval_count = (int)wish->power_count;
    for (size_t i = 0; i < wish->power_count && (int)i < need->count; i++)
        row->intervals[i] = (gw_bid_interval){need->items[i].start, wish->power[i]};
    return gw_ok();
}

static gw_status note_bid(const gw_flow_unit *unit, const gw_bid_row *bid, const char *type,
                          gw_fault *reterr) {
    char *id = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, char, GW_UUID_TEXT_SIZE, &id, reterr));
    gw_uuid_print(bid->bid_id, id);
    const gw_advance_note note = {.event_id = bid->event_id,
                                  .entity = "bid",
                                  .type = type,
                                  .subject = gw_text_from_c(id),
                                  .party = bid->party};
    return gw_advance_log(unit, &note, reterr);
}

static gw_status find_same(const gw_flow_unit *unit, const gw_bid_row *row, bool *ret_is_found,
                           gw_bid_row *ret, gw_fault *reterr) {
    const gw_bid_filter filter = {.event_id = row->event_id, .party = row->party};
    gw_bid_list bids;
    GW_TRY(gw_bid_load_list(unit->tx, unit->arena, &filter, &bids, reterr));
    *ret_is_found = false;
    for (int i = 0; i < bids.count; i++) {
        if (!gw_bytes_equal(bids.items[i].raw_hash, row->raw_hash)) continue;
        *ret = bids.items[i];
        *ret_is_found = true;
    }
    return gw_ok();
}

static gw_status add_bid(const gw_flow_unit *unit, const gw_bid_wish *wish, gw_request_row *request,
                         gw_bid_row *row, gw_fault *reterr) {
    GW_TRY(check_open(unit, request, reterr));
    GW_TRY(check_terms(unit, wish, request, reterr));
    GW_TRY(check_alone(unit, row, reterr));
    GW_TRY(fill_row(unit, wish, &request->need, row, reterr));
    GW_TRY(gw_bid_save(unit->tx, unit->arena, row, row, reterr));
    return note_bid(unit, row, "bid.received", reterr);
}

static gw_status receive_bid(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const receive_call *call = (const receive_call *)context;
    const gw_bid_wish *wish = call->wish;
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, wish->event_id, &request, reterr));
    gw_word *hash = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, 1, &hash, reterr));
    *hash = gw_keccak256(wish->raw);
    gw_bid_row row = {.bid_id = bid_id(unit, wish, *hash),
                      .event_id = wish->event_id,
                      .party = wish->party,
                      .group = wish->group,
                      .price = wish->price,
                      .min_activation_pct = wish->min_activation_pct,
                      .state = GW_TEXT("VALID"),
                      .received_at = unit->now,
                      .raw = wish->raw,
                      .raw_hash = gw_word_slice(hash)};
    bool is_found = false;
    GW_TRY(find_same(unit, &row, &is_found, call->ret, reterr));
    if (is_found) return gw_ok();
    GW_TRY(add_bid(unit, wish, &request, &row, reterr));
    *call->ret = row;
    return gw_ok();
}

gw_status gw_bid_receive(const gw_flow *flow, gw_arena *arena, const gw_bid_wish *wish,
                         gw_instant now, gw_bid_row *ret, gw_fault *reterr) {
    gw_bid_row row = {0};
    receive_call call = {wish, &row};
    const gw_flow_job job = {receive_bid, &call, now, GW_CRASH_BID_BEFORE_COMMIT,
                             GW_CRASH_BID_AFTER_COMMIT};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}

typedef struct withdraw_call {
    const gw_bid_call *call;
    gw_bid_row *ret;
} withdraw_call;

static gw_status withdraw_bid(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const withdraw_call *call = (const withdraw_call *)context;
    gw_bid_row bid;
    GW_TRY(gw_bid_load(unit->tx, unit->arena, call->call->bid_id, &bid, reterr));
    const gw_text party = call->call->party;
    if (party.length > 0 && !gw_text_equal(party, bid.party))
        return gw_fail(reterr, GW_CODE_NOT_FOUND);
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, bid.event_id, &request, reterr));
    if (!gw_text_is(bid.state, "WITHDRAWN")) {
        GW_TRY(check_open(unit, &request, reterr));
        const gw_bid_move move = {.bid_id = bid.bid_id,
                                  .from = GW_TEXT("VALID"),
                                  .to = GW_TEXT("WITHDRAWN"),
                                  .reason = GW_TEXT("withdrawn by its party")};
        GW_TRY(gw_bid_save_move(unit->tx, unit->arena, &move, reterr));
        GW_TRY(note_bid(unit, &bid, "bid.withdrawn", reterr));
    }
    return gw_bid_load(unit->tx, unit->arena, bid.bid_id, call->ret, reterr);
}

gw_status gw_bid_withdraw(const gw_flow *flow, gw_arena *arena, const gw_bid_call *bid,
                          gw_bid_row *ret, gw_fault *reterr) {
    gw_bid_row row = {0};
    withdraw_call call = {bid, &row};
    const gw_flow_job job = {withdraw_bid, &call, bid->now, GW_CRASH_BID_BEFORE_WITHDRAW,
                             GW_CRASH_BID_AFTER_WITHDRAW};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}
