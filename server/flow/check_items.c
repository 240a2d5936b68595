/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/check_case.h"

#include <stdio.h>

typedef enum side_kind { SIDE_SELLER, SIDE_BUYER } side_kind;

static const char *const point_fields[] = {"seller_point", "buyer_point"};

static gw_status fail_item(gw_fault *reterr, gw_code code, size_t at, const char *field,
                           const char *what) {
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/items/%zu/%s", at, field);
    return gw_fail_with(reterr, code, pointer, "%s", what);
}

static gw_status find_point(const gw_check_case *it, size_t at, side_kind kind, gw_text point,
                            uint32_t *ret, gw_fault *reterr) {
    *ret = GW_FLOW_OUTSIDE;
    if (point.length == 0 || gw_net_index_find(&it->index, point, ret)) return gw_ok();
    return fail_item(reterr, GW_CODE_NOT_FOUND, at, point_fields[kind],
                     "the network has no such point");
}

static gw_text party_at(const gw_check_case *it, uint32_t point) {
    return point == GW_FLOW_OUTSIDE ? GW_TEXT("") : it->network.links[point].party;
}

static gw_status check_party(const gw_check_case *it, size_t at, const gw_check_item_row *row,
                             gw_fault *reterr) {
    const gw_text party = it->wish->party;
    if (party.length == 0) return gw_ok();
    if (gw_text_equal(party, row->seller_party) || gw_text_equal(party, row->buyer_party))
        return gw_ok();
    return fail_item(reterr, GW_CODE_FORBIDDEN, at, "seller_point",
                     "neither the seller's nor the buyer's point is yours");
}

/* ---- schedules ---- */

typedef struct claim {
    const gw_check_side *side;
    gw_text point;
    gw_text party;
    gw_power power;
    side_kind kind;
} claim;

/* Why a schedule does not show what an item says; NULL: it does. */
static const char *doubt_schedule(const gw_check_case *it, const claim *said,
                                  const gw_check_schedule *found) {
    const bool is_seller = said->kind == SIDE_SELLER;
    const gw_text point = is_seller ? found->seller_point : found->buyer_point;
    const gw_text party = is_seller ? found->seller_party : found->buyer_party;
    const gw_period interval = it->wish->interval;
    if (!gw_text_is(found->kind, "schedule")) return "the item named as schedule is none";
    if (found->cleared_at.us == 0) return "the schedule is not signed by enough nodes";
    if (!gw_word_equal(found->digest, said->side->digest))
        return "the digest is not that of the schedule";
    if (!gw_text_equal(found->network_id, it->wish->network_id) ||
        found->interval.from.us != interval.from.us || found->interval.to.us != interval.to.us)
        return "the schedule is of another network or interval";
    if (!gw_text_equal(point, said->point)) return "the schedule is of another point or side";
    if (!gw_text_equal(party, said->party)) return "the schedule is of another party";
    if (found->used.w + said->power.w > found->accepted.w)
        return "the schedule is smaller than what is said to be within it";
    return NULL;
}

static gw_status doubt_side(const gw_check_case *it, const claim *said, const char **ret,
                            gw_fault *reterr) {
    gw_check_schedule found;
    *ret = NULL;
    if (said->point.length == 0) return gw_ok(); /* outside needs no schedule here */
    *ret = "no schedule is named for a side of the trade";
    if (said->side->schedule.item_id.length == 0) return gw_ok();
    gw_fault fault = {.code = GW_CODE_OK};
    const gw_status status = gw_check_load_schedule(
        it->unit->tx, it->unit->arena, &said->side->schedule, it->unit->now, &found, &fault);
    *ret = "there is no such schedule";
    if (status.code == GW_CODE_NOT_FOUND) return gw_ok();
    if (!gw_is_ok(status)) {
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    *ret = doubt_schedule(it, said, &found);
    return gw_ok();
}

/* What earlier items of the same call take from the same schedule counts, too. */
static gw_power taken_before(const gw_check_case *it, size_t at, const gw_check_place *place) {
    gw_power taken = {0};
    for (size_t before = 0; before < at; before++) {
        const gw_check_item_row *row = &it->item_rows[before];
        const gw_check_place *places[] = {&row->seller_schedule, &row->buyer_schedule};
        for (size_t side = 0; side < 2; side++)
            if (places[side]->item_id.length > 0 &&
                gw_text_equal(places[side]->item_id, place->item_id) &&
                gw_uuid_equal(places[side]->check_id, place->check_id))
                taken.w += row->requested.w;
    }
    return taken;
}

static gw_status judge_claim(const gw_check_case *it, size_t at, gw_check_item_row *row,
                             gw_fault *reterr) {
    const gw_check_want *want = &it->wish->items[at];
    const char *doubt = NULL;
    claim seller = {&want->seller, row->seller_point, row->seller_party, want->requested,
                    SIDE_SELLER};
    claim buyer = {&want->buyer, row->buyer_point, row->buyer_party, want->requested, SIDE_BUYER};
    seller.power.w += taken_before(it, at, &want->seller.schedule).w;
    buyer.power.w += taken_before(it, at, &want->buyer.schedule).w;
    GW_TRY(doubt_side(it, &seller, &doubt, reterr));
    if (doubt == NULL) GW_TRY(doubt_side(it, &buyer, &doubt, reterr));
    if (want->kind != GW_FLOW_ITEM_TRADE) doubt = "only a trade can be within a schedule";
    if (doubt != NULL) {
        row->note = gw_text_from_c(doubt);
        row->effect = gw_text_from_c(gw_flow_item_effect_name(GW_FLOW_ITEM_INCREMENTAL));
        return gw_ok();
    }
    if (row->seller_point.length > 0) row->seller_schedule = want->seller.schedule;
    if (row->buyer_point.length > 0) row->buyer_schedule = want->buyer.schedule;
    return gw_ok();
}

/* ---- the whole ---- */

static gw_status resolve_item(gw_check_case *it, size_t at, gw_fault *reterr) {
    const gw_check_want *want = &it->wish->items[at];
    gw_flow_item *item = &it->items[at];
    gw_check_item_row *row = &it->item_rows[at];
    *item = (gw_flow_item){.id = want->id,
                           .kind = want->kind,
                           .requested = want->requested,
                           .price = want->price,
                           .accepted_at =
                               want->accepted_at.us == 0 ? it->unit->now : want->accepted_at};
    GW_TRY(find_point(it, at, SIDE_SELLER, want->seller.point, &item->seller, reterr));
    GW_TRY(find_point(it, at, SIDE_BUYER, want->buyer.point, &item->buyer, reterr));
    *row = (gw_check_item_row){.item_id = want->id,
                               .seq = (int64_t)at,
                               .kind = gw_text_from_c(gw_flow_item_kind_name(want->kind)),
                               .claimed = gw_text_from_c(gw_flow_item_effect_name(want->effect)),
                               .note = GW_TEXT(""),
                               .seller_point = want->seller.point,
                               .buyer_point = want->buyer.point,
                               .seller_party = party_at(it, item->seller),
                               .buyer_party = party_at(it, item->buyer),
                               .requested = want->requested,
                               .price = want->price,
                               .accepted_at = item->accepted_at};
    row->effect = row->claimed;
    GW_TRY(check_party(it, at, row, reterr));
    if (want->effect == GW_FLOW_ITEM_WITHIN_SCHEDULE) GW_TRY(judge_claim(it, at, row, reterr));
    if (row->note.length == 0) item->effect = want->effect;
    it->sides[at].seller_schedule = row->seller_schedule.check_id;
    it->sides[at].seller_schedule_item = row->seller_schedule.item_id;
    it->sides[at].buyer_schedule = row->buyer_schedule.check_id;
    it->sides[at].buyer_schedule_item = row->buyer_schedule.item_id;
    return gw_ok();
}

gw_status gw_check_items_resolve(gw_check_case *it, gw_fault *reterr) {
    const size_t count = it->wish->item_count;
    gw_arena *arena = it->unit->arena;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_item, count, &it->items, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_clearance_side, count, &it->sides, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_check_item_row, count, &it->item_rows, reterr));
    for (size_t at = 0; at < count; at++) GW_TRY(resolve_item(it, at, reterr));
    return gw_ok();
}
