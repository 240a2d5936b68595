/* SPDX-License-Identifier: Apache-2.0
 *
 * The grid's side of the awards: where each bid falls in the network, what the forecast draws
 * there, and what the power flow says. Where the need came out of a study, the quantile of its
 * scenario paths is held; otherwise the middle of the forecast.
 */
#include "base/wide.h"
#include "server/db/market_source.h"
#include "server/flow/award_inside.h"

#include <stdio.h>

enum {
    DEMANDS_PER_INTERVAL = 16,
    QUANTILE_OF_STUDY_PPM = 950000,
    MIDDLE_PPM = 500000,
    LIMIT_ID_SIZE = 65
};

/* ---- opening ---- */

static gw_period period_of(const gw_award_case *it) { return it->request->window; }

static gw_status load_plan(gw_award_grid *grid, gw_fault *reterr) {
    const gw_flow_unit *unit = grid->of->unit;
    const bool is_study = grid->quantile_ppm != MIDDLE_PPM;
    const gw_injection_question question = {
        .network = &grid->network,
        .now = unit->now,
        .path_count = is_study ? (size_t)unit->flow->settings.grid.path_count : 0};
    return gw_injection_plan_make(unit->tx, unit->arena, &question, period_of(grid->of),
                                  &grid->plan, reterr);
}

static uint32_t point_of(const gw_award_grid *grid, gw_text meter) {
    for (uint32_t at = 0; at < grid->network.net.point_count; at++)
        if (gw_text_equal(grid->network.links[at].meter, meter)) return at;
    return UINT32_MAX;
}

/* A bid falls on its group's meters by their qualified power. What is not in the network counts
 * nothing there. */
static gw_status place_bid(gw_award_grid *grid, const gw_bid_row *row, gw_flow_bid *ret,
                           gw_fault *reterr) {
    gw_arena *arena = grid->of->unit->arena;
    gw_market_group group = {.group = row->group, .window = grid->of->request->window};
    uint32_t *points = NULL;
    int64_t *shares = NULL;
    int64_t qualified_w = 0;
    size_t count = 0;
    GW_TRY(gw_market_load_group(grid->of->unit->tx, arena, &group, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, (size_t)group.meter_count, &points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, (size_t)group.meter_count, &shares, reterr));
    for (int at = 0; at < group.meter_count; at++) qualified_w += group.meters[at].qualified.w;
    for (int at = 0; at < group.meter_count && qualified_w > 0; at++) {
        const uint32_t point = point_of(grid, group.meters[at].meter);
        if (point == UINT32_MAX) continue;
        points[count] = point;
        shares[count++] = (int64_t)((gw_wide)group.meters[at].qualified.w * 1000000 / qualified_w);
    }
    *ret = (gw_flow_bid){.points = points, .share_ppm = shares, .point_count = count};
    return gw_ok();
}

static gw_status place_bids(gw_award_grid *grid, gw_fault *reterr) {
    const gw_bid_list *bids = grid->of->bids;
    GW_TRY(
        GW_ARENA_NEW(grid->of->unit->arena, gw_flow_bid, (size_t)bids->count, &grid->bids, reterr));
    for (int at = 0; at < bids->count; at++)
        GW_TRY(place_bid(grid, &bids->items[at], &grid->bids[at], reterr));
    return gw_ok();
}

gw_status gw_award_grid_open(const gw_award_case *it, gw_award_grid *ret, bool *ret_is_there,
                             gw_text *ret_reason, gw_fault *reterr) {
    const gw_flow_unit *unit = it->unit;
    gw_text network_id;
    gw_fault fault = {0};
    *ret = (gw_award_grid){.of = it};
    ret->quantile_ppm =
        gw_text_is(it->request->source, "NEED") ? QUANTILE_OF_STUDY_PPM : MIDDLE_PPM;
    GW_TRY(gw_award_load_network(unit->tx, unit->arena, it->request->transformer, &network_id,
                                 reterr));
    *ret_is_there = false;
    *ret_reason = GW_TEXT("no network is known for the transformer");
    if (network_id.length == 0) return gw_ok();
    GW_TRY(gw_network_load(unit->tx, unit->arena, network_id, &ret->network, reterr));
    const gw_status status = load_plan(ret, &fault);
    if (status.code == GW_CODE_NO_DATA)
        return gw_text_copy(unit->arena, gw_text_from_c(fault.message), ret_reason, reterr);
    if (!gw_is_ok(status)) {
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    *ret_reason = GW_TEXT("the meters of the network have another interval than the request");
    if (ret->plan.step_count != (size_t)it->need.count) return gw_ok();
    GW_TRY(gw_flow_limits_make(unit->arena, &ret->network.net, &(gw_flow_limit_options){0},
                               &ret->limits, reterr));
    *ret_is_there = true;
    return place_bids(ret, reterr);
}

/* ---- holding ---- */

static char name_letter(char letter) {
    const bool is_good = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                         (letter >= '0' && letter <= '9') || letter == '.' || letter == '-';
    return (char)(is_good ? letter : '_');
}

/* "voltage_low:N-7:B", a name whatever the network calls its elements. */
static gw_status limit_id(const gw_award_grid *grid, uint32_t limit, gw_text *ret,
                          gw_fault *reterr) {
    static const char *const phases[] = {":A", ":B", ":C", ""};
    const gw_flow_limit *of = &grid->limits.at[limit];
    char name[LIMIT_ID_SIZE];
    const char *word = gw_flow_limit_word(of->kind);
    const int head = snprintf(name, sizeof name, "%s:", word);
    size_t length = head < 0 ? 0 : (size_t)head;
    for (size_t at = 0; at < of->id.length && length + 3 < sizeof name; at++)
        name[length++] = name_letter(of->id.at[at]);
    const int tail = snprintf(name + length, sizeof name - length, "%s", phases[of->phase]);
    return gw_text_copy(grid->of->unit->arena,
                        (gw_text){name, length + (tail < 0 ? 0 : (size_t)tail)}, ret, reterr);
}

static gw_status base_of(const gw_award_grid *grid, size_t step, gw_flow_paths *ret,
                         gw_fault *reterr) {
    gw_injections base;
    int64_t *active_w = NULL;
    int64_t *reactive_var = NULL;
    gw_arena *arena = grid->of->unit->arena;
    GW_TRY(gw_injection_plan_step(&grid->plan, arena, step, &base, reterr));
    *ret = (gw_flow_paths){
        .active_w = base.path_w, .count = base.path_count, .quantile_ppm = grid->quantile_ppm};
    if (base.path_count > 0) return gw_ok();
    GW_TRY(GW_ARENA_NEW(arena, int64_t, base.point_count, &active_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, base.point_count, &reactive_var, reterr));
    for (size_t at = 0; at < base.point_count; at++) {
        active_w[at] = base.points[at].p_w;
        reactive_var[at] = base.points[at].q_var;
    }
    ret->active_w = active_w;
    ret->reactive_var = reactive_var;
    ret->count = 1;
    return gw_ok();
}

/* Offers and awards of one interval. */
static void set_power(gw_award_grid *grid, const gw_selection *selection, int step) {
    for (int at = 0; at < grid->of->bids->count; at++) {
        const gw_power offered = grid->of->bids->items[at].intervals[step].offered;
        const int percent = selection == NULL ? 0 : selection->activation_pct[at];
        grid->bids[at].most_w = offered.w;
        grid->bids[at].awarded_w = gw_power_percent(offered, percent).w;
    }
}

static gw_status add_demands(const gw_award_grid *grid, int step, const gw_flow_award *found,
                             gw_award_state *state, gw_fault *reterr) {
    for (size_t at = 0; at < found->demand_count; at++) {
        const gw_flow_demand *demand = &found->demands[at];
        gw_award_demand_row *row = &state->demands.items[state->demands.count++];
        GW_TRY(limit_id(grid, demand->limit, &row->limit_id, reterr));
        row->interval_index = step;
        row->required = (gw_power){demand->required_w};
        row->effect_ppm = demand->effect_ppm;
        row->effect_count = (size_t)grid->of->bids->count;
    }
    return gw_ok();
}

static gw_status hold_step(gw_award_grid *grid, const gw_selection *selection, int step,
                           gw_award_state *state, gw_fault *reterr) {
    gw_flow_award found;
    const size_t share = GW_SELECTION_MAX_LIMITS / (size_t)grid->of->need.count;
    gw_flow_award_question question = {
        .net = &grid->network.net,
        .limits = grid->limits,
        .bids = grid->bids,
        .bid_count = (size_t)grid->of->bids->count,
        .cut = GW_FLOW_CUT_WHOLE,
        .demands_most = share < DEMANDS_PER_INTERVAL ? share : DEMANDS_PER_INTERVAL};
    GW_TRY(base_of(grid, (size_t)step, &question.paths, reterr));
    set_power(grid, selection, step);
    GW_TRY(gw_flow_award_demands(grid->of->unit->arena, &question, &found, reterr));
    if (found.is_collapsed) {
        state->is_collapsed = true;
        return gw_ok();
    }
    state->broken_count += found.broken_count;
    if (found.worst < grid->limits.count && found.worst_share_ppm > state->worst_share_ppm) {
        state->worst_share_ppm = found.worst_share_ppm;
        GW_TRY(limit_id(grid, found.worst, &state->worst_limit_id, reterr));
    }
    return add_demands(grid, step, &found, state, reterr);
}

gw_status gw_award_grid_hold(gw_award_grid *grid, const gw_selection *selection,
                             gw_award_state *ret, gw_fault *reterr) {
    gw_award_state state = {.worst_limit_id = GW_TEXT("")};
    GW_TRY(GW_ARENA_NEW(grid->of->unit->arena, gw_award_demand_row, GW_SELECTION_MAX_LIMITS,
                        &state.demands.items, reterr));
    for (int step = 0; step < grid->of->need.count; step++)
        GW_TRY(hold_step(grid, selection, step, &state, reterr));
    *ret = state;
    return gw_ok();
}
