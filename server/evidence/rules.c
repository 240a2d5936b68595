/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/rules.h"

#include "oracle/keccak.h"
#include "oracle/merkle.h"
#include "server/evidence/core_shape.h"

static gw_status refuse(const char *pointer, const char *why, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INVALID, pointer, "%s", why);
}

gw_period gw_core_window(const gw_core_event *event) { return (gw_period){event->from, event->to}; }

static gw_status check_event(const gw_core_event *event, size_t *ret_count, gw_fault *reterr) {
    if (event->interval_s <= 0 || event->interval_s > 86400)
        return refuse("/event/interval_s", "the interval is not 1 to 86400 s", reterr);
    GW_TRY(gw_period_count(gw_core_window(event), gw_span_seconds(event->interval_s), ret_count,
                           reterr));
    if (event->published_at.us > event->gate_at.us || event->gate_at.us > event->from.us)
        return refuse("/event/gate_at", "the gate does not lie between publication and start",
                      reterr);
    if (event->need_count != *ret_count)
        return refuse("/event/need_w", "there is not one need per interval", reterr);
    for (size_t at = 0; at < event->need_count; at++)
        if (event->need[at].w < 0) return refuse("/event/need_w", "a need is negative", reterr);
    if (event->max_price.micros_per_kwh < 0 || event->shortfall_price.micros_per_kwh < 0)
        return refuse("/event", "a price is negative", reterr);
    return gw_ok();
}

gw_status gw_core_check_chain(const gw_core_chain *chain, gw_fault *reterr) {
    if (chain->chain_id < 1) return refuse("/chain/chain_id", "the chain id is below 1", reterr);
    if (chain->epoch < 0) return refuse("/chain/epoch", "the epoch is negative", reterr);
    if (chain->signer_set < 0 || chain->signer_set > UINT32_MAX)
        return refuse("/chain/signer_set", "the signer set is no 32-bit number", reterr);
    return gw_ok();
}

static bool same_method(const gw_method *left, const gw_method *right) {
    return left->interval_s == right->interval_s && left->lookback_days == right->lookback_days &&
           left->target_days == right->target_days && left->minimum_days == right->minimum_days &&
           left->adjust_from_s == right->adjust_from_s && left->adjust_to_s == right->adjust_to_s &&
           left->cap_low_num == right->cap_low_num && left->cap_low_den == right->cap_low_den &&
           left->cap_high_num == right->cap_high_num && left->cap_high_den == right->cap_high_den;
}

static gw_status check_method(const gw_core_rules *rules, int64_t interval_s, gw_fault *reterr) {
    gw_method known = {0};
    GW_TRY(gw_method_find(rules->method.id, rules->method.adjustment, &known, reterr));
    if (!same_method(&known, &rules->method))
        return refuse("/rules/method", "the parameters are not those of this method", reterr);
    if (known.interval_s != interval_s)
        return refuse("/event/interval_s", "the interval is not that of the method", reterr);
    return gw_ok();
}

gw_status gw_core_prepare(gw_arena *arena, const gw_core_event *event, gw_core_rules *rules,
                          size_t *ret_count, gw_fault *reterr) {
    GW_TRY(check_event(event, ret_count, reterr));
    GW_TRY(check_method(rules, event->interval_s, reterr));
    GW_TRY(gw_calendar_check(&rules->calendar, reterr));
    GW_TRY(gw_core_hash(arena, &GW_SHAPE_METHOD, &rules->method, &rules->method_hash, reterr));
    return gw_core_hash(arena, &GW_SHAPE_CALENDAR, &rules->calendar, &rules->calendar_hash, reterr);
}

gw_status gw_core_bytes(gw_arena *arena, const gw_shape *shape, const void *value, gw_bytes *ret,
                        gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_shape_write(shape, value, &out);
    return gw_writer_end(&out, ret, reterr);
}

gw_status gw_core_hash(gw_arena *arena, const gw_shape *shape, const void *value, gw_word *ret,
                       gw_fault *reterr) {
    gw_bytes bytes = {0};
    GW_TRY(gw_core_bytes(arena, shape, value, &bytes, reterr));
    *ret = gw_keccak256(bytes);
    return gw_ok();
}

gw_status gw_core_tree(gw_arena *arena, const gw_core_leaves *leaves, gw_word *ret,
                       gw_fault *reterr) {
    gw_word *hashes = NULL;
    gw_merkle tree = {0};
    GW_TRY(GW_ARENA_NEW(arena, gw_word, leaves->count, &hashes, reterr));
    for (size_t at = 0; at < leaves->count; at++) {
        const char *item = (const char *)leaves->items + at * leaves->shape->size;
        gw_word content = {{0}};
        GW_TRY(gw_core_hash(arena, leaves->shape, item, &content, reterr));
        hashes[at] = gw_merkle_content(content, leaves->salts[at]);
    }
    GW_TRY(gw_merkle_build(arena, hashes, leaves->count, &tree, reterr));
    *ret = gw_merkle_root(&tree);
    return gw_ok();
}

gw_status gw_core_calendar_hash(gw_arena *arena, const gw_calendar *calendar, gw_word *ret,
                                gw_fault *reterr) {
    GW_TRY(gw_calendar_check(calendar, reterr));
    return gw_core_hash(arena, &GW_SHAPE_CALENDAR, calendar, ret, reterr);
}
