/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/award_inside.h"

#include "server/db/market_source.h"

static const int64_t million = 1000000;

static gw_status rating_demand(const gw_award_case *it, int at, gw_power over,
                               gw_award_demand_row *ret, gw_fault *reterr) {
    const size_t bids = (size_t)it->bids->count;
    int64_t *alike = NULL;
    GW_TRY(GW_ARENA_NEW(it->unit->arena, int64_t, bids, &alike, reterr));
    for (size_t bid = 0; bid < bids; bid++) alike[bid] = million;
    *ret = (gw_award_demand_row){.limit_id = GW_TEXT("rating"),
                                 .interval_index = at,
                                 .required = over,
                                 .effect_ppm = alike,
                                 .effect_count = bids};
    return gw_ok();
}

gw_status gw_award_rating(const gw_award_case *it, gw_award_demand_list *ret, gw_fault *reterr) {
    gw_power rating;
    *ret = (gw_award_demand_list){NULL, 0};
    if (!gw_text_is(it->request->source, "FORECAST")) return gw_ok();
    GW_TRY(gw_market_load_rating(it->unit->tx, it->unit->arena, it->request->transformer, &rating,
                                 reterr));
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_award_demand_row, (size_t)it->need.count, &ret->items,
                        reterr));
    for (int at = 0; at < it->need.count; at++) {
        gw_power over;
        GW_TRY(gw_power_add(it->need.items[at].forecast, (gw_power){-rating.w}, &over, reterr));
        if (over.w <= 0) continue;
        GW_TRY(rating_demand(it, at, over, &ret->items[ret->count++], reterr));
    }
    return gw_ok();
}

/* ---- the selection ---- */

static gw_status make_bids(const gw_award_case *it, gw_bid **ret, gw_fault *reterr) {
    gw_arena *arena = it->unit->arena;
    gw_bid *bids = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_bid, (size_t)it->bids->count, &bids, reterr));
    for (int i = 0; i < it->bids->count; i++) {
        const gw_bid_row *row = &it->bids->items[i];
        gw_power *power = NULL;
        GW_TRY(GW_ARENA_NEW(arena, gw_power, (size_t)row->interval_count, &power, reterr));
        for (int t = 0; t < row->interval_count; t++) power[t] = row->intervals[t].offered;
        bids[i] = (gw_bid){row->bid_id, row->group,      row->price, (int)row->min_activation_pct,
                           power,       row->received_at};
    }
    *ret = bids;
    return gw_ok();
}

static gw_status make_limits(const gw_award_case *it, const gw_award_demand_list *demands,
                             gw_selection_limit **ret, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_selection_limit, demands->count, ret, reterr));
    for (size_t at = 0; at < demands->count; at++) {
        const gw_award_demand_row *demand = &demands->items[at];
        (*ret)[at] = (gw_selection_limit){(size_t)demand->interval_index, demand->required,
                                          demand->effect_ppm};
    }
    return gw_ok();
}

static gw_status select_once(const gw_award_case *it, const gw_award_demand_list *demands,
                             gw_selection *ret, gw_fault *reterr) {
    gw_arena *arena = it->unit->arena;
    gw_bid *bids = NULL;
    gw_selection_limit *limits = NULL;
    gw_power *need = NULL;
    GW_TRY(make_bids(it, &bids, reterr));
    GW_TRY(make_limits(it, demands, &limits, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_power, (size_t)it->need.count, &need, reterr));
    for (int t = 0; t < it->need.count; t++) need[t] = it->need.items[t].need;
    const gw_selection_question question = {
        .bids = bids,
        .bid_count = (size_t)it->bids->count,
        .need = need,
        .interval_count = (size_t)it->need.count,
        .interval = gw_span_seconds(it->request->interval_s),
        .limits = limits,
        .limit_count = demands->count,
        .max_price = it->request->price_cap,
    };
    GW_TRY(gw_selection_solve(arena, &question, ret, reterr));
    return gw_selection_check(&question, ret, reterr);
}

static gw_status by_rating(const gw_award_case *it, gw_text reason, gw_award_result *ret,
                           gw_fault *reterr) {
    GW_TRY(gw_award_rating(it, &ret->demands, reterr));
    GW_TRY(select_once(it, &ret->demands, &ret->selection, reterr));
    ret->check = (gw_award_check_row){.event_id = it->request->event_id,
                                      .verdict = GW_TEXT("RATING_ONLY"),
                                      .reason = reason,
                                      .rounds = 1,
                                      .quantile_ppm = million / 2,
                                      .checked_at = it->unit->now};
    return gw_ok();
}

/* ---- with the grid ---- */

static void fill_check(const gw_award_grid *grid, const gw_award_state *before,
                       const gw_award_state *after, gw_award_check_row *check) {
    check->event_id = grid->of->request->event_id;
    check->network_id = grid->network.id;
    check->network_version = grid->network.version;
    check->network_hash = (gw_bytes){grid->network.hash.bytes, sizeof grid->network.hash.bytes};
    check->forecast_id = grid->plan.forecast.forecast_id;
    check->quantile_ppm = grid->quantile_ppm;
    check->worst_before_ppm = before->worst_share_ppm;
    check->worst_after_ppm = after->worst_share_ppm;
    check->worst_limit_id = after->worst_limit_id;
    check->checked_at = grid->of->unit->now;
}

/* What stays to be said after a round; the empty text: another round may help. */
static gw_text verdict_of(const gw_selection *selection, const gw_award_state *after) {
    if (after->is_collapsed) return GW_TEXT("COLLAPSED");
    if (after->broken_count == 0) return GW_TEXT("CONFIRMED");
    return selection->is_short ? GW_TEXT("SHORT") : GW_TEXT("");
}

static gw_text reason_of(gw_text verdict) {
    if (gw_text_is(verdict, "CONFIRMED")) return GW_TEXT("every limit is kept with the awards");
    if (gw_text_is(verdict, "SHORT")) return GW_TEXT("the bids cannot bring every limit back");
    if (gw_text_is(verdict, "COLLAPSED")) return GW_TEXT("the network cannot carry its load");
    return GW_TEXT("a limit is still not kept after several rounds");
}

static gw_status by_grid(gw_award_grid *grid, gw_award_result *ret, gw_fault *reterr) {
    gw_award_state before;
    gw_award_state after;
    GW_TRY(gw_award_grid_hold(grid, NULL, &before, reterr));
    after = before;
    ret->check = (gw_award_check_row){.verdict = GW_TEXT("")};
    while (ret->check.verdict.length == 0 && ret->check.rounds < GW_AWARD_ROUNDS_MOST) {
        ret->demands = after.demands;
        ret->check.rounds++;
        GW_TRY(select_once(grid->of, &ret->demands, &ret->selection, reterr));
        GW_TRY(gw_award_grid_hold(grid, &ret->selection, &after, reterr));
        ret->check.verdict = verdict_of(&ret->selection, &after);
    }
    if (ret->check.verdict.length == 0) ret->check.verdict = GW_TEXT("UNCONFIRMED");
    ret->check.reason = reason_of(ret->check.verdict);
    fill_check(grid, &before, &after, &ret->check);
    return gw_ok();
}

gw_status gw_award_select(const gw_flow_unit *unit, const gw_request_row *request,
                          const gw_bid_list *bids, gw_award_result *ret, gw_fault *reterr) {
    gw_award_case it = {.unit = unit, .request = request, .bids = bids};
    GW_TRY(gw_request_load_need(unit->tx, unit->arena, request->event_id, &it.need, reterr));
    gw_text reason = {"", 0};
    bool is_there = false;
    gw_award_grid *grid = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_award_grid, 1, &grid, reterr));
    GW_TRY(gw_award_grid_open(&it, grid, &is_there, &reason, reterr));
    return is_there ? by_grid(grid, ret, reterr) : by_rating(&it, reason, ret, reterr);
}
