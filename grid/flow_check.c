/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check.h"

#include "grid/flow_check_fee.h"
#include "grid/flow_check_round.h"
#include "grid/flow_effect.h"
#include "grid/flow_round.h"

enum { NEAREST_TOLD = 8 }; /* limits beside those that cut something */

const char *gw_flow_item_kind_name(gw_flow_item_kind kind) {
    static const char *const names[GW_FLOW_ITEM_KIND_COUNT] = {[GW_FLOW_ITEM_TRADE] = "trade",
                                                               [GW_FLOW_ITEM_BID] = "bid",
                                                               [GW_FLOW_ITEM_SCHEDULE] =
                                                                   "schedule"};
    return names[kind];
}

const char *gw_flow_item_effect_name(gw_flow_item_effect effect) {
    static const char *const names[GW_FLOW_ITEM_EFFECT_COUNT] = {
        [GW_FLOW_ITEM_INCREMENTAL] = "incremental",
        [GW_FLOW_ITEM_WITHIN_SCHEDULE] = "within_schedule"};
    return names[effect];
}

const char *gw_flow_check_verdict_name(gw_flow_check_verdict verdict) {
    static const char *const names[GW_FLOW_CHECK_VERDICT_COUNT] = {
        [GW_FLOW_CHECK_OK] = "ok",
        [GW_FLOW_CHECK_CURTAILED] = "curtailed",
        [GW_FLOW_CHECK_REJECTED] = "rejected",
        [GW_FLOW_CHECK_INFEASIBLE] = "infeasible",
        [GW_FLOW_CHECK_STALE] = "stale"};
    return names[verdict];
}

static double cut_of(const gw_check_rounds *it, size_t at) {
    const uint32_t item = it->order[at];
    return it->requested_w[item] - it->accepted_w[item];
}

/* ---- limits ---- */

static gw_flow_check_limit tell_limit(const gw_check_rounds *it, size_t base, size_t limit) {
    const gw_flow_limit *here = &it->study->limits[base].at[limit];
    const gw_net *net = it->study->question->net;
    return (gw_flow_check_limit){
        .id = here->id,
        .kind = gw_text_from_c(gw_flow_limit_word(here->kind)),
        .unit = gw_text_from_c(gw_flow_limit_unit(here->kind)),
        .element = here->element,
        .phase = here->phase,
        .limit = gw_flow_limit_quantity(here, net, here->limit),
        .before = gw_flow_limit_quantity(here, net, it->study->before[base][limit]),
        .requested = gw_flow_limit_quantity(here, net, it->requested[base][limit]),
        .after = gw_flow_limit_quantity(here, net, it->value[base][limit]),
        .base = (uint32_t)base};
}

/* Effect of all cuts on a row, of what worsens it only. */
static double cut_effect(const gw_check_rounds *it, const gw_check_row *row) {
    double sum = 0;
    for (size_t at = 0; at < it->study->question->item_count; at++)
        if (row->effect[at] > 0) sum += row->effect[at] * cut_of(it, at);
    return sum;
}

/* A row that cut something, or that would have. */
static bool is_told(const gw_check_rounds *it, const gw_check_row *row) {
    return row->is_broken || (row->gap > 0 && cut_effect(it, row) > 0);
}

static bool is_row(const gw_check_rounds *it, size_t limit) {
    for (size_t at = 0; at < it->row_count; at++)
        if (it->rows[at].limit == limit && is_told(it, &it->rows[at])) return true;
    return false;
}

/* The base in which a limit is nearest. */
static size_t base_of(const gw_check_rounds *it, size_t limit) {
    size_t worst = 0;
    for (size_t base = 1; base < it->study->question->base_count; base++)
        if (it->now[base][limit] > it->now[worst][limit]) worst = base;
    return worst;
}

/* The nearest limit that is no row and that is after `last` in the order of nearness. */
static bool find_next(const gw_check_rounds *it, size_t last, size_t *ret) {
    double most = 0;
    bool is_found = false;
    const double bound = last == SIZE_MAX ? 0 : it->now[base_of(it, last)][last];
    for (size_t limit = 0; limit < it->study->limit_count; limit++) {
        const double excess = it->now[base_of(it, limit)][limit];
        const bool is_after =
            last == SIZE_MAX || excess < bound || (excess <= bound && limit > last);
        if (!is_after || is_row(it, limit) || (is_found && excess <= most)) continue;
        most = excess;
        *ret = limit;
        is_found = true;
    }
    return is_found;
}

static gw_status tell_limits(const gw_check_rounds *it, gw_flow_check_result *result,
                             gw_fault *reterr) {
    size_t nearest = SIZE_MAX;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_check_limit, GW_FLOW_CHECK_LIMITS_MOST, &result->limits,
                        reterr));
    for (size_t at = 0; at < it->row_count; at++) {
        if (!is_told(it, &it->rows[at])) continue;
        if (result->limit_count == GW_FLOW_CHECK_LIMITS_MOST) return gw_ok();
        result->limits[result->limit_count++] =
            tell_limit(it, it->rows[at].base, it->rows[at].limit);
    }
    for (int left = NEAREST_TOLD; left > 0 && find_next(it, nearest, &nearest); left--) {
        if (result->limit_count == GW_FLOW_CHECK_LIMITS_MOST) return gw_ok();
        result->limits[result->limit_count++] = tell_limit(it, base_of(it, nearest), nearest);
    }
    return gw_ok();
}

/* ---- items ---- */

/* Keeps the largest shares, the first of equals first. */
static void add_reason(gw_flow_check_item *item, gw_flow_check_reason made) {
    size_t at = item->reason_count;
    while (at > 0 && item->reasons[at - 1].share_ppm < made.share_ppm) at--;
    if (at == GW_FLOW_CHECK_REASONS_MOST) return;
    if (item->reason_count < GW_FLOW_CHECK_REASONS_MOST) item->reason_count++;
    for (size_t later = item->reason_count - 1; later > at; later--)
        item->reasons[later] = item->reasons[later - 1];
    item->reasons[at] = made;
}

static void tell_row(const gw_check_rounds *it, const gw_check_row *row, uint32_t place,
                     gw_flow_check_result *result) {
    const double whole = cut_effect(it, row);
    for (size_t at = 0; at < result->item_count; at++) {
        const double share = row->effect[at] * cut_of(it, at);
        if (share <= 0 || whole <= 0) continue;
        add_reason(&result->items[it->order[at]],
                   (gw_flow_check_reason){.limit = place,
                                          .effect_ppb_per_w = gw_flow_effect_ppb(row->effect[at]),
                                          .share_ppm = gw_flow_round(share / whole * 1e6)});
    }
}

static gw_flow_check_verdict judge(const gw_check_rounds *it) {
    bool is_cut = false;
    bool is_barred = false;
    bool is_any = false;
    for (size_t at = 0; at < it->study->question->item_count; at++) {
        is_cut = is_cut || cut_of(it, at) > 0;
        is_barred = is_barred || it->is_barred[at];
        is_any = is_any || it->accepted_w[at] > 0;
    }
    if (is_barred) return GW_FLOW_CHECK_INFEASIBLE;
    if (!is_cut) return GW_FLOW_CHECK_OK;
    return is_any ? GW_FLOW_CHECK_CURTAILED : GW_FLOW_CHECK_REJECTED;
}

static gw_status tell(gw_check_rounds *it, gw_flow_check_result *result, gw_fault *reterr) {
    uint32_t place = 0;
    result->verdict = judge(it);
    result->rounds = it->round_count;
    result->iterations = it->iterations;
    result->residual_ppb =
        it->residual > GW_CHECK_EXCESS_LEAST ? gw_flow_round(it->residual * 1e9) + 1 : 0;
    for (size_t at = 0; at < result->item_count; at++)
        result->items[at].accepted.w = (int64_t)it->accepted_w[at];
    GW_TRY(tell_limits(it, result, reterr));
    for (size_t at = 0; at < it->row_count && place < result->limit_count; at++)
        if (is_told(it, &it->rows[at])) tell_row(it, &it->rows[at], place++, result);
    return gw_check_fees_fill(it, result, reterr);
}

/* Without any flow only what changes nothing may pass. */
static void refuse(const gw_flow_check_question *question, gw_flow_check_result *result) {
    const gw_check_study study = {.question = question};
    for (size_t at = 0; at < question->item_count; at++)
        if (gw_check_study_is_idle(&study, at))
            result->items[at].accepted = question->items[at].requested;
    result->verdict = GW_FLOW_CHECK_INFEASIBLE;
}

gw_status gw_flow_check(gw_arena *arena, const gw_flow_check_question *question,
                        gw_flow_check_result *ret, gw_fault *reterr) {
    gw_check_study study;
    gw_check_rounds rounds;
    gw_flow_check_result made = {.item_count = question->item_count};
    gw_fault fault = {.code = GW_CODE_OK};
    const gw_status opened = gw_check_study_open(arena, question, &study, &fault);
    if (!gw_is_ok(opened) && opened.code != GW_CODE_INFEASIBLE) {
        if (reterr != NULL) *reterr = fault;
        return opened;
    }
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_check_item, made.item_count, &made.items, reterr));
    if (gw_is_ok(opened)) {
        GW_TRY(gw_check_rounds_run(arena, &study, &rounds, reterr));
        GW_TRY(tell(&rounds, &made, reterr));
    } else {
        refuse(question, &made);
    }
    *ret = made;
    return gw_ok();
}

int64_t gw_flow_check_rating_va(const gw_net *net) {
    double sum_va = 0;
    for (size_t at = 0; at < net->transformer_count; at++)
        if (net->transformers[at].closed) sum_va += net->transformers[at].sn_va;
    return gw_flow_round(sum_va);
}
