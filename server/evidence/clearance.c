/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/clearance.h"

#include "oracle/keccak.h"
#include "server/evidence/clearance_shape.h"
#include "server/evidence/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t HELD_MOST_W = INT64_C(1000000000000);
enum { SECOND_US = 1000000, LONGEST_INTERVAL_S = 86400, PPM = 1000000 };

static gw_status refuse(const char *pointer, const char *why, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INVALID, pointer, "%s", why);
}

static gw_status refuse_at(const char *list, size_t at, const char *why, gw_fault *reterr) {
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu", list, at);
    return refuse(pointer, why, reterr);
}

static int64_t interval_s(const gw_core_clearance *core) {
    return (core->to.us - core->from.us) / SECOND_US;
}

static gw_status check_times(const gw_core_clearance *core, gw_fault *reterr) {
    const gw_instant times[] = {core->from, core->to, core->expires_at};
    for (size_t at = 0; at < sizeof times / sizeof times[0]; at++)
        if (times[at].us < 0 || times[at].us % SECOND_US != 0)
            return refuse("/from", "the times are not whole seconds since 1970", reterr);
    if (core->to.us <= core->from.us || interval_s(core) > LONGEST_INTERVAL_S)
        return refuse("/to", "the interval is not 1 to 86400 s", reterr);
    if (core->sign_by.us <= core->checked_at.us)
        return refuse("/sign_by", "the time to sign ends before the check", reterr);
    if (core->expires_at.us < core->sign_by.us)
        return refuse("/expires_at", "the clearance expires before it is signed", reterr);
    return gw_ok();
}

static gw_status check_bases(const gw_core_clearance *core, size_t *ret_points, gw_fault *reterr) {
    if (core->base_count == 0 || core->base_count > GW_FLOW_CHECK_BASES_MOST)
        return refuse("/bases", "there is no base, or too many", reterr);
    const size_t points = core->bases[0].p_count;
    for (size_t at = 0; at < core->base_count; at++)
        if (core->bases[at].p_count != points || core->bases[at].q_count != points)
            return refuse_at("bases", at, "the bases are not equally long", reterr);
    *ret_points = points;
    return gw_ok();
}

static bool is_point(int64_t point, size_t points) {
    return point >= 0 && (uint64_t)point < points;
}

static gw_status check_readings(const gw_core_clearance *core, size_t points, gw_fault *reterr) {
    for (size_t at = 0; at < core->reading_count; at++) {
        const gw_core_anchor *reading = &core->readings[at];
        if (!is_point(reading->point, points) ||
            (at > 0 && core->readings[at - 1].point >= reading->point))
            return refuse_at("readings", at, "the readings do not ascend by point", reterr);
        if (reading->interval_s <= 0 || reading->interval_s > LONGEST_INTERVAL_S)
            return refuse_at("readings", at, "the interval is not 1 to 86400 s", reterr);
        if (reading->boot < 0 || reading->seq < 0)
            return refuse_at("readings", at, "the version is negative", reterr);
        if (llabs(reading->held_w) > HELD_MOST_W)
            return refuse_at("readings", at, "the held power is out of range", reterr);
    }
    return gw_ok();
}

static bool is_side(int64_t point, size_t points) {
    return point == GW_CORE_OUTSIDE || is_point(point, points);
}

/* A side has a schedule exactly when it needs one. */
static bool is_told(const gw_core_item *item, int64_t point, const gw_core_schedule *schedule) {
    const gw_uuid none = {{0}};
    const bool needs = item->effect == GW_FLOW_ITEM_WITHIN_SCHEDULE && point != GW_CORE_OUTSIDE;
    return needs != gw_uuid_equal(schedule->check_id, none);
}

static gw_status check_item(const gw_core_clearance *core, size_t at, size_t points,
                            gw_fault *reterr) {
    const gw_core_item *item = &core->items[at];
    if (at > 0 && gw_text_compare(core->items[at - 1].id, item->id) >= 0)
        return refuse_at("items", at, "the items do not ascend by id", reterr);
    if (!is_side(item->seller_point, points) || !is_side(item->buyer_point, points))
        return refuse_at("items", at, "a side is no point of the base", reterr);
    if (item->requested.w < 1 || item->requested.w > GW_FLOW_CHECK_POWER_MOST_W)
        return refuse_at("items", at, "the request is out of range", reterr);
    if (item->accepted.w < 0 || item->accepted.w > GW_FLOW_CHECK_POWER_MOST_W)
        return refuse_at("items", at, "the accepted power is out of range", reterr);
    if (!is_told(item, item->seller_point, &item->seller_schedule) ||
        !is_told(item, item->buyer_point, &item->buyer_schedule))
        return refuse_at("items", at, "an item within a schedule names the check of each side",
                         reterr);
    return gw_ok();
}

static gw_status check_inputs(const gw_core_clearance *core, gw_fault *reterr) {
    size_t points = 0;
    GW_TRY(gw_core_check_chain(&core->chain, reterr));
    GW_TRY(check_times(core, reterr));
    GW_TRY(check_bases(core, &points, reterr));
    GW_TRY(check_readings(core, points, reterr));
    if (core->network.document_bytes < 1 || core->network.version < 1)
        return refuse("/network", "a number is below 1", reterr);
    if (core->margin_ppm < 0 || core->margin_ppm >= PPM)
        return refuse("/margin_ppm", "the margin is not 0 to 999999", reterr);
    if (core->limit_kinds < 0 || core->limit_kinds > UINT16_MAX)
        return refuse("/limit_kinds", "the kinds of limits are no 16 bits", reterr);
    if (core->item_count == 0 || core->item_count > GW_FLOW_CHECK_ITEMS_MOST)
        return refuse("/items", "there is no item, or too many", reterr);
    for (size_t at = 0; at < core->item_count; at++) GW_TRY(check_item(core, at, points, reterr));
    return gw_ok();
}

static gw_status fill_item(const gw_core_clearance *core, gw_core_item *item, gw_fault *reterr) {
    gw_energy energy;
    GW_TRY(
        gw_energy_from_power(item->accepted, gw_span_seconds(interval_s(core)), &energy, reterr));
    item->accepted_wh = energy.wh;
    item->trade_id = gw_trade_word(core->check_id.bytes, item->id);
    return gw_ok();
}

static gw_status leaf_of(const gw_core_item *item, gw_word *ret, gw_fault *reterr) {
    gw_trade_leaf leaf = {
        .trade_id = item->trade_id, .accepted_wh = (uint64_t)item->accepted_wh, .salt = item->salt};
    GW_TRY(gw_address_parse(item->seller, &leaf.seller, reterr));
    GW_TRY(gw_address_parse(item->buyer, &leaf.buyer, reterr));
    *ret = gw_merkle_trade(&leaf);
    return gw_ok();
}

static gw_status build_tree(gw_arena *arena, const gw_core_clearance *core, gw_merkle *ret,
                            gw_fault *reterr) {
    gw_word *leaves = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_word, core->item_count, &leaves, reterr));
    for (size_t at = 0; at < core->item_count; at++)
        GW_TRY(leaf_of(&core->items[at], &leaves[at], reterr));
    return gw_merkle_build(arena, leaves, core->item_count, ret, reterr);
}

gw_status gw_core_build_clearance(gw_arena *arena, gw_core_clearance *core, gw_fault *reterr) {
    gw_merkle tree;
    GW_TRY(check_inputs(core, reterr));
    for (size_t at = 0; at < core->item_count; at++)
        GW_TRY(fill_item(core, &core->items[at], reterr));
    GW_TRY(build_tree(arena, core, &tree, reterr));
    core->items_root = gw_merkle_root(&tree);
    return gw_ok();
}

gw_status gw_core_write_clearance(gw_arena *arena, const gw_core_clearance *core, gw_bytes *ret,
                                  gw_fault *reterr) {
    return gw_core_bytes(arena, &GW_SHAPE_CLEARANCE, core, ret, reterr);
}

gw_status gw_core_read_clearance(gw_arena *arena, gw_bytes bytes, gw_core_clearance *ret,
                                 gw_fault *reterr) {
    gw_core_clearance core = {0};
    GW_TRY(gw_core_read(arena, &GW_SHAPE_CLEARANCE, bytes, &core, reterr));
    *ret = core;
    return gw_ok();
}

gw_status gw_core_check_clearance(gw_arena *arena, gw_bytes bytes, gw_core_clearance *ret,
                                  gw_fault *reterr) {
    gw_core_clearance core = {0};
    gw_bytes rebuilt = {0};
    GW_TRY(gw_core_read_clearance(arena, bytes, &core, reterr));
    GW_TRY(gw_core_build_clearance(arena, &core, reterr));
    GW_TRY(gw_core_write_clearance(arena, &core, &rebuilt, reterr));
    GW_TRY(gw_core_compare(bytes, rebuilt, reterr));
    if (ret != NULL) *ret = core;
    return gw_ok();
}

gw_clearance gw_core_clearance_statement(const gw_core_clearance *core, gw_bytes bytes) {
    return (gw_clearance){
        .check_id = gw_check_word(core->check_id.bytes),
        .signer_set = (uint32_t)core->chain.signer_set,
        .epoch = (uint64_t)core->chain.epoch,
        .network_hash = core->network.hash,
        .interval_start_s = (uint64_t)(core->from.us / SECOND_US),
        .interval_end_s = (uint64_t)(core->to.us / SECOND_US),
        .items_root = core->items_root,
        .expires_at_s = (uint64_t)(core->expires_at.us / SECOND_US),
        .data_hash = gw_keccak256(bytes),
    };
}

gw_status gw_core_clearance_prove(gw_arena *arena, const gw_core_clearance *core, size_t item,
                                  gw_merkle_proof *ret, gw_fault *reterr) {
    gw_merkle tree;
    GW_TRY(build_tree(arena, core, &tree, reterr));
    gw_merkle_prove(&tree, item, ret);
    return gw_ok();
}

/* ---- as the grid takes it ---- */

static uint32_t side_of(int64_t point) {
    return point == GW_CORE_OUTSIDE ? GW_FLOW_OUTSIDE : (uint32_t)point;
}

static gw_status fill_bases(gw_arena *arena, const gw_core_clearance *core,
                            gw_flow_check_question *ret, gw_fault *reterr) {
    gw_flow_base *bases = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_base, core->base_count, &bases, reterr));
    for (size_t at = 0; at < core->base_count; at++) {
        const gw_core_base *from = &core->bases[at];
        gw_flow_injection *points = NULL;
        GW_TRY(GW_ARENA_NEW(arena, gw_flow_injection, from->p_count, &points, reterr));
        for (size_t point = 0; point < from->p_count; point++)
            points[point] = (gw_flow_injection){from->p_w[point], from->q_var[point]};
        bases[at] = (gw_flow_base){from->id, points};
    }
    ret->bases = bases;
    ret->base_count = core->base_count;
    return gw_ok();
}

gw_status gw_core_clearance_question(gw_arena *arena, const gw_core_clearance *core,
                                     gw_flow_check_question *ret, int64_t **ret_accepted_w,
                                     gw_fault *reterr) {
    gw_flow_item *items = NULL;
    int64_t *accepted_w = NULL;
    gw_flow_check_question question = {.item_count = core->item_count,
                                       .limit_kinds = (unsigned)core->limit_kinds,
                                       .margin_ppm = core->margin_ppm,
                                       .duration = gw_span_seconds(interval_s(core))};
    GW_TRY(fill_bases(arena, core, &question, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_item, core->item_count, &items, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, core->item_count, &accepted_w, reterr));
    for (size_t at = 0; at < core->item_count; at++) {
        const gw_core_item *from = &core->items[at];
        items[at] = (gw_flow_item){.id = from->id,
                                   .kind = from->kind,
                                   .effect = from->effect,
                                   .seller = side_of(from->seller_point),
                                   .buyer = side_of(from->buyer_point),
                                   .requested = from->requested};
        accepted_w[at] = from->accepted.w;
    }
    question.items = items;
    *ret = question;
    *ret_accepted_w = accepted_w;
    return gw_ok();
}
