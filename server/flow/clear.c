/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: the gate closes, the sealed bids are cleared: least cost, exact, with the transformer
 * kept within its rating as far as the bids reach. Awards above the budget are not made.
 */
#include "dr/selection.h"
#include "server/db/bid_store.h"
#include "server/db/market_source.h"
#include "server/flow/advance.h"
#include "server/flow/award.h"
#include "server/flow/steps.h"

gw_status gw_step_gate(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_PUBLISHED)) return gw_ok();
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_CLOSE_GATE, GW_TEXT(""), reterr));
    return gw_step_arm(unit, timer->event_id, "CLEAR", request.gate_at, reterr);
}

gw_status gw_award_question(const gw_flow_unit *unit, const gw_request_row *request,
                            gw_award_case *ret, gw_fault *reterr) {
    gw_award_case found = {0};
    GW_TRY(gw_request_load_need(unit->tx, unit->arena, request->event_id, &found.need, reterr));
    GW_TRY(
        gw_market_load_rating(unit->tx, unit->arena, request->transformer, &found.rating, reterr));
    const size_t count = (size_t)found.need.count;
    gw_power *need = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_power, count, &need, reterr));
    gw_power *forecast = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_power, count, &forecast, reterr));
    for (size_t i = 0; i < count; i++) {
        need[i] = found.need.items[i].need;
        forecast[i] = found.need.items[i].forecast;
    }
    found.need_w = need;
    found.forecast_w = gw_text_is(request->source, "FORECAST") ? forecast : NULL;
    *ret = found;
    return gw_ok();
}

/* Bids of a sealed set in the order that the evidence asks for. */
static gw_status make_bids(gw_arena *arena, const gw_bid_list *rows, gw_bid **ret,
                           gw_fault *reterr) {
    gw_bid *bids = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_bid, (size_t)rows->count, &bids, reterr));
    for (int i = 0; i < rows->count; i++) {
        const gw_bid_row *row = &rows->items[i];
        gw_power *power = NULL;
        GW_TRY(GW_ARENA_NEW(arena, gw_power, (size_t)row->interval_count, &power, reterr));
        for (int t = 0; t < row->interval_count; t++) power[t] = row->intervals[t].offered;
        bids[i] = (gw_bid){row->bid_id, row->group,      row->price, (int)row->min_activation_pct,
                           power,       row->received_at};
    }
    *ret = bids;
    return gw_ok();
}

static gw_status save_result(const gw_flow_unit *unit, const gw_bid_list *bids,
                             const gw_selection *selection, gw_fault *reterr) {
    for (int i = 0; i < bids->count; i++) {
        const int percent = selection->activation_pct[i];
        const gw_bid_move move = {
            .bid_id = bids->items[i].bid_id,
            .from = GW_TEXT("VALID"),
            .to = percent > 0 ? GW_TEXT("AWARDED") : GW_TEXT("NOT_SELECTED"),
            .reason =
                percent > 0 ? GW_TEXT("") : GW_TEXT("the need is met at less cost without it"),
            .activation_pct = percent};
        GW_TRY(gw_bid_save_move(unit->tx, unit->arena, &move, reterr));
    }
    return gw_ok();
}

static gw_status solve(const gw_flow_unit *unit, const gw_request_row *request,
                       const gw_bid_list *bids, gw_selection *ret, gw_fault *reterr) {
    gw_award_case found;
    GW_TRY(gw_award_question(unit, request, &found, reterr));
    gw_bid *items = NULL;
    GW_TRY(make_bids(unit->arena, bids, &items, reterr));
    const gw_selection_question question = {
        .bids = items,
        .bid_count = (size_t)bids->count,
        .need = found.need_w,
        .forecast = found.forecast_w,
        .rating = found.rating,
        .interval_count = (size_t)found.need.count,
        .interval = gw_span_seconds(request->interval_s),
        .max_price = request->price_cap,
    };
    GW_TRY(gw_selection_solve(unit->arena, &question, ret, reterr));
    return gw_selection_check(&question, ret, reterr);
}

static gw_status give_up(const gw_flow_unit *unit, gw_request_row *request, gw_text reason,
                         gw_fault *reterr) {
    const gw_timer_row dropped = {
        .event_id = request->event_id, .fired_at = unit->now, .outcome = GW_TEXT("NO_OFFERS")};
    GW_TRY(gw_advance(unit, request, GW_EVENT_DO_FIND_NO_OFFERS, reason, reterr));
    return gw_timer_drop(unit->tx, unit->arena, &dropped, reterr);
}

gw_status gw_step_clear(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_GATE_CLOSED)) return gw_ok();
    const gw_bid_filter filter = {.event_id = request.event_id, .state = GW_TEXT("VALID")};
    gw_bid_list bids;
    GW_TRY(gw_bid_load_list(unit->tx, unit->arena, &filter, &bids, reterr));
    if (bids.count == 0) return give_up(unit, &request, GW_TEXT("no bid came in"), reterr);
    gw_selection selection;
    GW_TRY(solve(unit, &request, &bids, &selection, reterr));
    if (selection.award_count == 0)
        return give_up(unit, &request, GW_TEXT("no bid could be taken"), reterr);
    if (selection.cost.micros > request.budget.micros)
        return give_up(unit, &request, GW_TEXT("the least cost is above the budget"), reterr);
    GW_TRY(save_result(unit, &bids, &selection, reterr));
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_CLEAR,
                      selection.is_short ? GW_TEXT("the bids do not cover the whole need")
                                         : GW_TEXT(""),
                      reterr));
    return gw_step_arm(unit, timer->event_id, "ORDER", request.gate_at, reterr);
}
