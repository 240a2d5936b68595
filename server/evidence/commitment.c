/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/core.h"

#include "dr/qualification.h"
#include "server/evidence/core_shape.h"
#include "server/evidence/rules.h"

#include <stdio.h>
#include <string.h>

enum { UUID_BYTES = 16 };

static gw_status refuse(const char *list, size_t at, const char *why, gw_fault *reterr) {
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu", list, at);
    return gw_fail_with(reterr, GW_CODE_INVALID, pointer, "%s", why);
}

static gw_bid plain_bid(const gw_core_bid *bid) {
    return (gw_bid){
        .bid_id = bid->bid_id,
        .group = bid->group,
        .price = bid->price,
        .min_activation_pct = (int)bid->min_activation_pct,
        .power = bid->power,
        .received_at = bid->received_at,
    };
}

static bool is_after(const gw_core_bid *left, const gw_core_bid *right) {
    if (left->received_at.us != right->received_at.us)
        return left->received_at.us > right->received_at.us;
    return memcmp(left->bid_id.bytes, right->bid_id.bytes, UUID_BYTES) > 0;
}

static gw_status check_bid(const gw_core_commitment *core, size_t at, gw_fault *reterr) {
    const gw_core_bid *bid = &core->bids[at];
    const gw_bid_terms terms = {
        .gate_at = core->event.gate_at,
        .interval_count = core->event.need_count,
        .max_price = {0}, /* a dearer bid may be in the set; it is not taken */
        .meters = bid->meters,
        .meter_count = bid->meter_count,
    };
    if (at > 0 && !is_after(bid, &core->bids[at - 1]))
        return refuse("bids", at, "the bids do not ascend by receipt and id", reterr);
    if (bid->min_activation_pct < 1 || bid->min_activation_pct > 100)
        return refuse("bids", at, "the minimum activation is not 1 to 100", reterr);
    const gw_bid plain = plain_bid(bid);
    return gw_bid_check(&plain, bid->power_count, &terms, reterr);
}

static gw_status check_limit(const gw_core_commitment *core, size_t at, gw_fault *reterr) {
    const gw_core_demand *limit = &core->limits[at];
    if (limit->interval < 0 || (uint64_t)limit->interval >= core->event.need_count)
        return refuse("limits", at, "there is no such interval", reterr);
    if (limit->effect_count != core->bid_count)
        return refuse("limits", at, "there is not one effect per bid", reterr);
    return gw_ok();
}

static gw_status check_inputs(const gw_core_commitment *core, gw_fault *reterr) {
    if (core->award_count != core->salt_count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/salts", "there is not one salt per award");
    if (core->revision < 1 || core->revision > UINT16_MAX)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/revision", "the revision is not 1 to 65535");
    for (size_t at = 0; at < core->bid_count; at++) GW_TRY(check_bid(core, at, reterr));
    for (size_t at = 0; at < core->limit_count; at++) GW_TRY(check_limit(core, at, reterr));
    return gw_ok();
}

/* ---- the selection, solved again ---- */

static gw_status solve(gw_arena *arena, const gw_core_commitment *core, gw_selection *ret,
                       gw_fault *reterr) {
    gw_bid *bids = NULL;
    gw_selection_limit *limits = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_bid, core->bid_count, &bids, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_selection_limit, core->limit_count, &limits, reterr));
    for (size_t at = 0; at < core->bid_count; at++) bids[at] = plain_bid(&core->bids[at]);
    for (size_t at = 0; at < core->limit_count; at++)
        limits[at] = (gw_selection_limit){(size_t)core->limits[at].interval,
                                          core->limits[at].required, core->limits[at].effect_ppm};
    const gw_selection_question question = {
        .bids = bids,
        .bid_count = core->bid_count,
        .need = core->event.need,
        .interval_count = core->event.need_count,
        .interval = gw_span_seconds(core->event.interval_s),
        .limits = limits,
        .limit_count = core->limit_count,
        .max_price = core->event.max_price,
    };
    GW_TRY(gw_selection_solve(arena, &question, ret, reterr));
    return gw_selection_check(&question, ret, reterr);
}

static const gw_core_bid *find_bid(const gw_core_commitment *core, gw_uuid bid_id, size_t *ret) {
    for (size_t at = 0; at < core->bid_count; at++) {
        if (!gw_uuid_equal(core->bids[at].bid_id, bid_id)) continue;
        *ret = at;
        return &core->bids[at];
    }
    return NULL;
}

/* Each award is what the selection gives to its bid, each bid has one award at most. */
static gw_status check_awards(const gw_core_commitment *core, const gw_selection *selection,
                              gw_fault *reterr) {
    if (core->award_count != selection->award_count)
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "/awards",
                            "the selection gives %zu awards, not %zu", selection->award_count,
                            core->award_count);
    for (size_t at = 0; at < core->award_count; at++) {
        char pointer[64];
        size_t bid = 0;
        (void)snprintf(pointer, sizeof pointer, "/awards/%zu", at);
        for (size_t other = 0; other < at; other++)
            if (gw_uuid_equal(core->awards[other].bid_id, core->awards[at].bid_id))
                return gw_fail_with(reterr, GW_CODE_MISMATCH, pointer, "the bid is awarded twice");
        if (find_bid(core, core->awards[at].bid_id, &bid) == NULL ||
            selection->activation_pct[bid] != core->awards[at].activation_pct)
            return gw_fail_with(reterr, GW_CODE_MISMATCH, pointer,
                                "the selection does not give this award");
    }
    return gw_ok();
}

static gw_status make_order(gw_arena *arena, const gw_core_commitment *core,
                            const gw_core_award *award, gw_order *ret, gw_fault *reterr) {
    size_t ignored = 0;
    gw_power *power = NULL;
    const gw_core_bid *bid = find_bid(core, award->bid_id, &ignored);
    GW_TRY(GW_ARENA_NEW(arena, gw_power, bid->power_count, &power, reterr));
    for (size_t t = 0; t < bid->power_count; t++)
        power[t] = gw_power_percent(bid->power[t], (int)award->activation_pct);
    *ret = (gw_order){
        .event_id = core->event.event_id,
        .order_id = award->order_id,
        .bid_id = bid->bid_id,
        .party = bid->party,
        .payee = bid->payee,
        .group = bid->group,
        .price = bid->price,
        .power = power,
        .power_count = bid->power_count,
        .meters = bid->meters,
        .meter_count = bid->meter_count,
    };
    return gw_ok();
}

gw_status gw_core_build_commitment(gw_arena *arena, gw_core_commitment *core, gw_fault *reterr) {
    size_t count = 0;
    gw_selection selection = {0};
    gw_money liability = {0};
    GW_TRY(gw_core_prepare(arena, &core->event, &core->rules, &count, reterr));
    GW_TRY(gw_core_check_chain(&core->chain, reterr));
    GW_TRY(check_inputs(core, reterr));
    GW_TRY(solve(arena, core, &selection, reterr));
    GW_TRY(check_awards(core, &selection, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_order, core->award_count, &core->orders, reterr));
    core->order_count = core->award_count;
    for (size_t at = 0; at < core->award_count; at++)
        GW_TRY(make_order(arena, core, &core->awards[at], &core->orders[at], reterr));
    GW_TRY(gw_commitment_check(core->orders, core->order_count, count, reterr));
    GW_TRY(gw_commitment_max_liability(core->orders, core->order_count,
                                       gw_span_seconds(core->event.interval_s), &liability,
                                       reterr));
    core->shortage = selection.shortage;
    core->shortage_count = core->event.need_count + core->limit_count;
    core->cost_micros = selection.cost.micros;
    core->max_liability_micros = liability.micros;
    const gw_core_leaves leaves = {&GW_SHAPE_ORDER, core->orders, core->order_count, core->salts};
    return gw_core_tree(arena, &leaves, &core->root, reterr);
}
