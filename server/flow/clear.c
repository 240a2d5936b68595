/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: the gate closes, the sealed bids are cleared: least cost, exact, with the limits of the
 * grid kept as far as the bids reach (award.h). Awards above the budget are not made.
 */
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
    gw_award_result result;
    GW_TRY(gw_award_select(unit, &request, &bids, &result, reterr));
    const gw_selection selection = result.selection;
    if (selection.award_count == 0)
        return give_up(unit, &request, GW_TEXT("no bid could be taken"), reterr);
    if (selection.cost.micros > request.budget.micros)
        return give_up(unit, &request, GW_TEXT("the least cost is above the budget"), reterr);
    GW_TRY(save_result(unit, &bids, &selection, reterr));
    GW_TRY(gw_award_save(unit->tx, unit->arena, &result.check, &result.demands, reterr));
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_CLEAR,
                      selection.is_short ? GW_TEXT("the bids do not cover the whole need")
                                         : GW_TEXT(""),
                      reterr));
    return gw_step_arm(unit, timer->event_id, "ORDER", request.gate_at, reterr);
}
