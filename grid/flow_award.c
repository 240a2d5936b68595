/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_award.h"

#include "grid/flow_round.h"

#include <string.h>

/* Aimed a hair inside the limit and accepted a hair outside: per unit, far below any meter. */
static const double aim = 1e-8;
static const double within = 1e-6;
static const double million = 1e6;
static const double power_most_w = 1e12;

typedef struct award_case {
    gw_arena *arena;
    const gw_flow_award_question *question;
    gw_flow_scenario scenario;
    double *change_w; /* by point */
    gw_flow_effects effects;
    uint32_t *points; /* that some bid has */
    size_t *place_of; /* by point of the network: in points; SIZE_MAX: no bid has it */
    size_t point_count;
    double *need; /* by limit: what is wanted, and what harmful bids in full would add */
    gw_flow_award made;
} award_case;

static gw_status check_bid(const gw_flow_award_question *question, size_t at, gw_fault *reterr) {
    const gw_flow_bid *bid = &question->bids[at];
    int64_t shares = 0;
    bool is_good = bid->most_w >= 0 && (double)bid->most_w <= power_most_w && bid->awarded_w >= 0 &&
                   bid->awarded_w <= bid->most_w;
    for (size_t point = 0; point < bid->point_count && is_good; point++) {
        is_good = bid->points[point] < question->net->point_count && bid->share_ppm[point] >= 0 &&
                  bid->share_ppm[point] <= 1000000;
        shares += bid->share_ppm[point];
    }
    if (is_good && shares <= 1000000) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                        "bid %zu names no point, or its power or shares are out of range", at);
}

static void add_bid(award_case *it, const gw_flow_bid *bid) {
    for (size_t at = 0; at < bid->point_count; at++) {
        const uint32_t point = bid->points[at];
        it->change_w[point] -= (double)bid->awarded_w * (double)bid->share_ppm[at] / million;
        if (it->place_of[point] != SIZE_MAX) continue;
        it->place_of[point] = it->point_count;
        it->points[it->point_count++] = point;
    }
}

static gw_status open_case(award_case *it, gw_fault *reterr) {
    const gw_flow_award_question *question = it->question;
    const size_t points = question->net->point_count;
    for (size_t at = 0; at < question->bid_count; at++) GW_TRY(check_bid(question, at, reterr));
    GW_TRY(gw_flow_scenario_open(it->arena, question->net, &question->limits, &question->paths,
                                 &it->scenario, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, points, &it->change_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, points, &it->points, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, size_t, points, &it->place_of, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, question->limits.count, &it->need, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, question->limits.count, &it->made.broken, reterr));
    for (size_t at = 0; at < points; at++) it->place_of[at] = SIZE_MAX;
    for (size_t at = 0; at < question->bid_count; at++) add_bid(it, &question->bids[at]);
    return gw_ok();
}

static double excess_of(const award_case *it, size_t limit) {
    return gw_flow_limit_excess(&it->question->limits.at[limit],
                                it->scenario.outlooks[limit].upper);
}

static void hold_limits(award_case *it) {
    const size_t count = it->question->limits.count;
    gw_flow_scenario_solve(&it->scenario, it->change_w, it->question->cut);
    it->made.worst = (uint32_t)count;
    it->made.is_collapsed = it->scenario.is_upper_collapsed;
    if (it->made.is_collapsed) return;
    for (size_t at = 0; at < count; at++) {
        const int64_t share_ppm = gw_flow_scenario_share(&it->scenario, at).upper;
        if (excess_of(it, at) > within) it->made.broken[it->made.broken_count++] = (uint32_t)at;
        if (it->made.worst < count && share_ppm <= it->made.worst_share_ppm) continue;
        it->made.worst = (uint32_t)at;
        it->made.worst_share_ppm = share_ppm;
    }
}

/* ---- demands ---- */

/* At the path that has the quantile of the worst limit. */
static gw_status find_effects(award_case *it, gw_fault *reterr) {
    const gw_flow_award_question *question = it->question;
    gw_net net = *question->net;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_net_point, net.point_count, &net.points, reterr));
    if (net.point_count > 0)
        memcpy(net.points, question->net->points, net.point_count * sizeof *net.points);
    const uint32_t path = it->scenario.outlooks[it->made.worst].upper_path;
    gw_flow_scenario_put(&it->scenario, path, it->change_w, question->cut, net.points);
    const gw_flow_question asked = {.net = &net,
                                    .limits = question->limits,
                                    .points = it->points,
                                    .point_count = it->point_count,
                                    .cut = question->cut};
    return gw_flow_effects_find(it->arena, &asked, &it->effects, reterr);
}

/* What a watt of the bid takes off the limit's excess, at the least. */
static double relief_of(const award_case *it, size_t bid, size_t limit) {
    const gw_flow_bid *of = &it->question->bids[bid];
    double relief = 0;
    for (size_t at = 0; at < of->point_count; at++) {
        const size_t place = it->place_of[of->points[at]];
        const gw_flow_effect *effect = &it->effects.at[place * it->effects.limit_count + limit];
        relief += effect->low * (double)of->share_ppm[at] / million;
    }
    return relief;
}

/* What is wanted of all bids together: what is beyond now, and what the awards already give. */
static double wanted_of(const award_case *it, size_t limit) {
    double wanted = excess_of(it, limit) + aim;
    for (size_t bid = 0; bid < it->question->bid_count; bid++)
        wanted += relief_of(it, bid, limit) * (double)it->question->bids[bid].awarded_w;
    return wanted;
}

static double harm_of(const award_case *it, size_t limit) {
    double harm = 0;
    for (size_t bid = 0; bid < it->question->bid_count; bid++) {
        const double relief = relief_of(it, bid, limit);
        if (relief < 0) harm -= relief * (double)it->question->bids[bid].most_w;
    }
    return harm;
}

static double largest_relief(const award_case *it, size_t limit) {
    double largest = 0;
    for (size_t bid = 0; bid < it->question->bid_count; bid++) {
        const double relief = relief_of(it, bid, limit);
        const double size = relief < 0 ? -relief : relief;
        largest = size > largest ? size : largest;
    }
    return largest;
}

static double held(double number) {
    if (number > power_most_w) return power_most_w;
    return number < -power_most_w ? -power_most_w : number;
}

static gw_status add_demand(award_case *it, size_t limit, gw_fault *reterr) {
    const double largest = largest_relief(it, limit);
    gw_flow_demand *demand = &it->made.demands[it->made.demand_count++];
    demand->limit = (uint32_t)limit;
    demand->required_w = gw_flow_round_up(held(wanted_of(it, limit) / largest));
    GW_TRY(GW_ARENA_NEW(it->arena, int64_t, it->question->bid_count, &demand->effect_ppm, reterr));
    for (size_t bid = 0; bid < it->question->bid_count; bid++)
        demand->effect_ppm[bid] = -gw_flow_round_up(-relief_of(it, bid, limit) / largest * million);
    return gw_ok();
}

static size_t tightest(const award_case *it) {
    size_t found = SIZE_MAX;
    for (size_t at = 0; at < it->question->limits.count; at++)
        if (it->need[at] > 0 && (found == SIZE_MAX || it->need[at] > it->need[found])) found = at;
    return found;
}

/* Limits that are beyond, or that harmful bids could bring beyond. A limit that no bid reaches is
 * no demand: it stays broken. */
static gw_status list_demands(award_case *it, gw_fault *reterr) {
    const size_t most = it->question->demands_most;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_demand, most, &it->made.demands, reterr));
    for (size_t at = 0; at < it->question->limits.count; at++)
        it->need[at] = largest_relief(it, at) > 0 ? wanted_of(it, at) + harm_of(it, at) : 0;
    while (it->made.demand_count < most) {
        const size_t next = tightest(it);
        if (next == SIZE_MAX) return gw_ok();
        GW_TRY(add_demand(it, next, reterr));
        it->need[next] = 0;
    }
    return gw_ok();
}

gw_status gw_flow_award_check(gw_arena *arena, const gw_flow_award_question *question,
                              gw_flow_award *ret, gw_fault *reterr) {
    award_case it = {.arena = arena, .question = question};
    GW_TRY(open_case(&it, reterr));
    hold_limits(&it);
    *ret = it.made;
    return gw_ok();
}

gw_status gw_flow_award_demands(gw_arena *arena, const gw_flow_award_question *question,
                                gw_flow_award *ret, gw_fault *reterr) {
    award_case it = {.arena = arena, .question = question};
    GW_TRY(open_case(&it, reterr));
    hold_limits(&it);
    if (!it.made.is_collapsed && question->limits.count > 0 && it.point_count > 0) {
        GW_TRY(find_effects(&it, reterr));
        GW_TRY(list_demands(&it, reterr));
    }
    *ret = it.made;
    return gw_ok();
}
