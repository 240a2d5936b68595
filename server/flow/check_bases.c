/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wide.h"
#include "server/flow/check_case.h"

/* Cuts of the past make a point's next cut dearer, up to ten times. */
enum { WEIGHT_ONE = 1000000, WEIGHT_MOST = 10 * WEIGHT_ONE };

/* Faults of the state get codes of their own, so that a caller can tell them apart. */
static gw_status explain(gw_status status, gw_fault *reterr) {
    const gw_text subject = gw_text_from_c(reterr->subject);
    if (status.code == GW_CODE_NO_DATA && gw_text_is(subject, "forecast"))
        return gw_fail_with(reterr, GW_CODE_NO_FORECAST, "forecast",
                            "there is no forecast for this interval");
    if (status.code == GW_CODE_NO_DATA && gw_text_is(subject, "measurement"))
        return gw_fail_with(reterr, GW_CODE_STALE_MEASUREMENT, "measurement",
                            "the newest measurement of the network is too old");
    return status;
}

static gw_status load_injections(gw_check_case *it, gw_fault *reterr) {
    const gw_flow_unit *unit = it->unit;
    gw_injection_meters meters;
    gw_fault fault = {.code = GW_CODE_OK};
    GW_TRY(
        gw_injection_meters_load(unit->tx, unit->arena, &it->network, unit->now, &meters, reterr));
    const gw_period interval = gw_injection_interval(&meters, it->wish->interval.from);
    if (interval.from.us != it->wish->interval.from.us ||
        interval.to.us != it->wish->interval.to.us)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/starts_at",
                            "the interval is none of the meters', which have %lld s",
                            (long long)(meters.interval.us / 1000000));
    const gw_injection_question question = {.network = &it->network,
                                            .interval = interval,
                                            .now = unit->now,
                                            .stale_s = it->wish->terms->stale_s};
    gw_status status = gw_injection_make(unit->tx, unit->arena, &question, &it->injections, &fault);
    if (gw_is_ok(status)) return status;
    status = explain(status, &fault);
    if (reterr != NULL) *reterr = fault;
    return status;
}

/* P5 and P95 of a point; the reactive power goes along. */
static gw_flow_injection injection_of(const gw_injections *from, size_t point, int quantile) {
    const gw_injection *here = &from->points[point];
    if (quantile == 1) return (gw_flow_injection){here->p_w, here->q_var};
    const int64_t p_w = quantile == 0 ? here->low_w : here->high_w;
    return (gw_flow_injection){p_w, gw_injection_reactive(from->said[point], p_w)};
}

/* What earlier checks hold, by point. */
static gw_status load_held(gw_check_case *it, gw_fault *reterr) {
    const gw_check_when when = {.network_id = it->wish->network_id,
                                .starts_at = it->wish->interval.from,
                                .now = it->unit->now};
    gw_check_held_list held;
    uint32_t at = 0;
    GW_TRY(
        GW_ARENA_NEW(it->unit->arena, int64_t, it->network.net.point_count, &it->held_w, reterr));
    GW_TRY(gw_check_load_held(it->unit->tx, it->unit->arena, &when, &held, reterr));
    for (int item = 0; item < held.count; item++) {
        const gw_check_held *here = &held.items[item];
        if (here->seller_point.length > 0 && gw_net_index_find(&it->index, here->seller_point, &at))
            it->held_w[at] -= here->accepted.w;
        if (here->buyer_point.length > 0 && gw_net_index_find(&it->index, here->buyer_point, &at))
            it->held_w[at] += here->accepted.w;
    }
    return gw_ok();
}

static gw_status make_base(gw_check_case *it, int quantile, gw_fault *reterr) {
    static const gw_text names[GW_CHECK_QUANTILES] = {{"p5", 2}, {"p50", 3}, {"p95", 3}};
    gw_flow_injection *points = NULL;
    const size_t count = it->injections.point_count;
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_flow_injection, count, &points, reterr));
    for (size_t at = 0; at < count; at++) {
        points[at] = injection_of(&it->injections, at, quantile);
        points[at].p_w += it->held_w[at];
    }
    it->bases[it->question.base_count++] = (gw_flow_base){names[quantile], points};
    return gw_ok();
}

gw_status gw_check_bases_make(gw_check_case *it, gw_fault *reterr) {
    GW_TRY(load_injections(it, reterr));
    GW_TRY(load_held(it, reterr));
    it->question.bases = it->bases;
    for (int quantile = 0; quantile < GW_CHECK_QUANTILES; quantile++)
        if ((it->wish->quantiles >> quantile & 1U) != 0) GW_TRY(make_base(it, quantile, reterr));
    return gw_ok();
}

/* ---- weights ---- */

static int64_t weight_of(gw_energy cut, int64_t mean_wh) {
    int64_t extra = 0;
    if (mean_wh <= 0) return WEIGHT_ONE;
    const gw_wide scaled = gw_wide_half_even(gw_wide_multiply(cut.wh, WEIGHT_ONE), mean_wh);
    if (!gw_is_ok(gw_wide_to_int64(scaled, &extra, NULL))) return WEIGHT_MOST;
    return extra < WEIGHT_MOST - WEIGHT_ONE ? WEIGHT_ONE + extra : WEIGHT_MOST;
}

static gw_status load_cuts(gw_check_case *it, gw_energy *cuts, gw_fault *reterr) {
    const size_t count = 2 * it->wish->item_count;
    gw_text *points = NULL;
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_text, count, &points, reterr));
    for (size_t at = 0; at < it->wish->item_count; at++) {
        points[2 * at] = it->wish->items[at].seller.point;
        points[2 * at + 1] = it->wish->items[at].buyer.point;
    }
    const gw_span back = gw_span_seconds(it->wish->terms->fair_days * 86400);
    const gw_curtailment_points question = {
        .network_id = it->wish->network_id,
        .points = points,
        .count = count,
        .period = {gw_instant_minus(it->unit->now, back), it->wish->interval.to}};
    return gw_curtailment_load_points(it->unit->tx, it->unit->arena, &question, cuts, reterr);
}

gw_status gw_check_weights_fill(gw_check_case *it, gw_fault *reterr) {
    const size_t count = it->wish->item_count;
    gw_energy *cuts = NULL;
    int64_t sum_wh = 0;
    int64_t cut_items = 0;
    if (it->wish->fairness == GW_CHECK_PLAIN) return gw_ok();
    GW_TRY(GW_ARENA_NEW(it->unit->arena, gw_energy, 2 * count, &cuts, reterr));
    GW_TRY(load_cuts(it, cuts, reterr));
    for (size_t at = 0; at < count; at++) {
        if (cuts[2 * at].wh < cuts[2 * at + 1].wh) cuts[2 * at] = cuts[2 * at + 1];
        sum_wh += cuts[2 * at].wh;
        cut_items += cuts[2 * at].wh > 0 ? 1 : 0;
    }
    for (size_t at = 0; at < count; at++)
        it->items[at].weight_ppm = weight_of(cuts[2 * at], cut_items > 0 ? sum_wh / cut_items : 0);
    return gw_ok();
}
