/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/clearance.h"

#include "base/writer.h"
#include "server/db/party_store.h"
#include "server/db/reading_store.h"
#include "server/evidence/clearance.h"
#include "server/flow/propose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANCHOR_HOURS = 6, COMMON_INTERVAL_S = 900, ADDRESS_LENGTH = 42 };

static const gw_text nobody = {"0x0000000000000000000000000000000000000000", ADDRESS_LENGTH};

/* ---- parties ---- */

/* Cores hold addresses in lower case. */
static gw_status print_address(gw_arena *arena, gw_text address, gw_text *ret, gw_fault *reterr) {
    gw_address parsed;
    char *text = NULL;
    GW_TRY(gw_address_parse(address, &parsed, reterr));
    GW_TRY(GW_ARENA_NEW(arena, char, ADDRESS_LENGTH + 1, &text, reterr));
    text[0] = '0';
    text[1] = 'x';
    gw_hex_print(parsed.bytes, GW_ADDRESS_BYTES, text + 2);
    *ret = gw_text_from_c(text);
    return gw_ok();
}

/* given, else the payee of who may trade at the point, else nobody. */
static gw_status find_address(const gw_flow_unit *unit, const gw_clearance_case *what,
                              uint32_t point, gw_text given, gw_text *ret, gw_fault *reterr) {
    gw_party_row party;
    *ret = nobody;
    if (given.length > 0) return print_address(unit->arena, given, ret, reterr);
    if (point == GW_FLOW_OUTSIDE || what->network->links == NULL ||
        what->network->links[point].party.length == 0)
        return gw_ok();
    GW_TRY(gw_party_load(unit->tx, unit->arena, what->network->links[point].party, &party, reterr));
    if (party.payee.length == 0) return gw_ok();
    return print_address(unit->arena, party.payee, ret, reterr);
}

/* ---- items ---- */

static int64_t place_of(uint32_t point) {
    return point == GW_FLOW_OUTSIDE ? GW_CORE_OUTSIDE : (int64_t)point;
}

static gw_word salt_of(const gw_flow_unit *unit, gw_uuid check_id, gw_text item) {
    char check[GW_UUID_TEXT_SIZE];
    char label[192];
    gw_word salt;
    gw_uuid_print(check_id, check);
    const int length =
        snprintf(label, sizeof label, "salt/clearance/%s/%.*s", check, GW_TEXT_ARGS(item));
    gw_random_bytes(unit->flow->random, (gw_text){label, (size_t)length}, salt.bytes,
                    sizeof salt.bytes);
    return salt;
}

/* Texts of a core are never empty. */
static gw_core_schedule schedule_of(gw_uuid check_id, gw_text item) {
    return (gw_core_schedule){check_id, item.length > 0 ? item : GW_TEXT("-")};
}

static gw_status fill_item(const gw_flow_unit *unit, const gw_clearance_case *what, size_t at,
                           gw_core_item *into, gw_fault *reterr) {
    const gw_flow_item *item = &what->question->items[at];
    const gw_clearance_side none = {.seller = {"", 0}};
    const gw_clearance_side *side = what->sides == NULL ? &none : &what->sides[at];
    *into = (gw_core_item){
        .id = item->id,
        .kind = item->kind,
        .effect = item->effect,
        .seller_point = place_of(item->seller),
        .buyer_point = place_of(item->buyer),
        .requested = item->requested,
        .accepted = what->result->items[at].accepted,
        .seller_schedule = schedule_of(side->seller_schedule, side->seller_schedule_item),
        .buyer_schedule = schedule_of(side->buyer_schedule, side->buyer_schedule_item),
        .salt = salt_of(unit, what->check_id, gw_text_part(item->id, 0, 64))};
    GW_TRY(find_address(unit, what, item->seller, side->seller, &into->seller, reterr));
    return find_address(unit, what, item->buyer, side->buyer, &into->buyer, reterr);
}

static int compare_items(const void *left, const void *right) {
    const gw_core_item *first = left;
    const gw_core_item *second = right;
    return gw_text_compare(first->id, second->id);
}

static gw_status fill_items(const gw_flow_unit *unit, const gw_clearance_case *what,
                            gw_core_clearance *core, gw_fault *reterr) {
    core->item_count = what->question->item_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_item, core->item_count, &core->items, reterr));
    for (size_t at = 0; at < core->item_count; at++)
        GW_TRY(fill_item(unit, what, at, &core->items[at], reterr));
    qsort(core->items, core->item_count, sizeof core->items[0], compare_items);
    return gw_ok();
}

/* ---- base ---- */

static gw_status fill_base(gw_arena *arena, const gw_flow_base *from, size_t points,
                           gw_core_base *into, gw_fault *reterr) {
    *into = (gw_core_base){.id = from->id, .p_count = points, .q_count = points};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, points, &into->p_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, points, &into->q_var, reterr));
    for (size_t at = 0; at < points; at++) {
        into->p_w[at] = from->points[at].p_w;
        into->q_var[at] = from->points[at].q_var;
    }
    return gw_ok();
}

static gw_status fill_bases(const gw_flow_unit *unit, const gw_clearance_case *what,
                            gw_core_clearance *core, gw_fault *reterr) {
    const gw_flow_check_question *question = what->question;
    core->base_count = question->base_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_base, core->base_count, &core->bases, reterr));
    for (size_t at = 0; at < core->base_count; at++)
        GW_TRY(fill_base(unit->arena, &question->bases[at], question->net->point_count,
                         &core->bases[at], reterr));
    return gw_ok();
}

/* ---- the newest readings behind it ---- */

static gw_status list_meters(gw_arena *arena, const gw_network *network, gw_text **ret,
                             size_t *ret_count, gw_fault *reterr) {
    size_t count = 0;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, network->net.point_count, ret, reterr));
    for (size_t at = 0; at < network->net.point_count; at++)
        if (network->links[at].meter.length > 0) (*ret)[count++] = network->links[at].meter;
    *ret_count = count;
    return gw_ok();
}

/* Of readings ascending by meter and start: the last of the meter, its interval the least step. */
static bool find_anchor(const gw_reading_list *readings, gw_text meter, gw_core_anchor *ret) {
    int64_t interval_s = COMMON_INTERVAL_S * 4;
    const gw_reading *last = NULL;
    for (size_t at = 0; at < readings->count; at++) {
        const gw_reading *reading = &readings->items[at];
        if (!gw_text_equal(reading->meter, meter) || reading->quality != GW_QUALITY_ACTUAL)
            continue;
        const int64_t step_s =
            last == NULL ? interval_s : (reading->start.us - last->start.us) / 1000000;
        if (step_s > 0 && step_s < interval_s) interval_s = step_s;
        last = reading;
    }
    if (last == NULL) return false;
    *ret = (gw_core_anchor){.meter = meter,
                            .start = last->start,
                            .interval_s = interval_s,
                            .wh = last->energy.wh,
                            .boot = last->boot,
                            .seq = last->seq};
    return true;
}

static gw_status fill_anchors(const gw_flow_unit *unit, const gw_clearance_case *what,
                              gw_core_clearance *core, gw_fault *reterr) {
    const gw_network *network = what->network;
    gw_text *meters = NULL;
    size_t meter_count = 0;
    gw_reading_list readings;
    if (network->links == NULL) return gw_ok();
    GW_TRY(list_meters(unit->arena, network, &meters, &meter_count, reterr));
    if (meter_count == 0) return gw_ok();
    const gw_instant since = gw_instant_plus(unit->now, gw_span_seconds(-3600 * ANCHOR_HOURS));
    const gw_reading_window window = {meters, meter_count, GW_CHANNEL_IMPORT, {since, unit->now}};
    GW_TRY(gw_readings_load(unit->tx, unit->arena, &window, &readings, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_anchor, meter_count, &core->readings, reterr));
    for (size_t at = 0; at < network->net.point_count; at++) {
        gw_core_anchor *anchor = &core->readings[core->reading_count];
        if (network->links[at].meter.length == 0 ||
            !find_anchor(&readings, network->links[at].meter, anchor))
            continue;
        anchor->point = (int64_t)at;
        anchor->held_w = what->held_w == NULL ? 0 : what->held_w[at];
        core->reading_count++;
    }
    return gw_ok();
}

/* ---- what the proposer saw ---- */

static gw_status fill_limits(const gw_flow_unit *unit, const gw_flow_check_result *result,
                             gw_core_clearance *core, gw_fault *reterr) {
    core->limit_count = result->limit_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_limit, core->limit_count, &core->limits, reterr));
    for (size_t at = 0; at < core->limit_count; at++) {
        const gw_flow_check_limit *from = &result->limits[at];
        core->limits[at] = (gw_core_limit){.id = from->id,
                                           .unit = from->unit,
                                           .limit = from->limit,
                                           .before = from->before,
                                           .requested = from->requested,
                                           .after = from->after};
    }
    return gw_ok();
}

static gw_status build(const gw_flow_unit *unit, const gw_clearance_case *what,
                       gw_core_clearance *core, gw_fault *reterr) {
    const gw_network *network = what->network;
    *core = (gw_core_clearance){
        .realm = unit->flow->settings.realm,
        .check_id = what->check_id,
        .checked_at = unit->now,
        .sign_by = what->sign_by,
        .expires_at = {what->expires_at.us - what->expires_at.us % 1000000},
        .from = what->interval.from,
        .to = what->interval.to,
        .network = {.id = network->id,
                    .version = network->version,
                    .document_bytes = (int64_t)network->document.length,
                    .hash = network->hash},
        .policy = gw_text_from_c(gw_flow_rule_name(what->question->rule)),
        .margin_ppm = what->question->margin_ppm,
        .limit_kinds = (int64_t)what->question->limit_kinds,
        .verdict = what->result->verdict,
    };
    GW_TRY(gw_propose_chain(unit, &core->chain, reterr));
    GW_TRY(fill_items(unit, what, core, reterr));
    GW_TRY(fill_bases(unit, what, core, reterr));
    GW_TRY(fill_anchors(unit, what, core, reterr));
    GW_TRY(fill_limits(unit, what->result, core, reterr));
    return gw_core_build_clearance(unit->arena, core, reterr);
}

gw_status gw_clearance_propose(const gw_flow_unit *unit, const gw_clearance_case *what,
                               gw_uuid *ret_task_id, gw_fault *reterr) {
    gw_core_clearance core;
    gw_propose_case proposed = {.subject_id = what->check_id,
                                .kind = GW_TASK_CLEARANCE,
                                .revision = 1,
                                .closes_at = what->sign_by};
    GW_TRY(build(unit, what, &core, reterr));
    GW_TRY(gw_core_write_clearance(unit->arena, &core, &proposed.core, reterr));
    proposed.clearance = gw_core_clearance_statement(&core, proposed.core);
    return gw_propose(unit, &proposed, ret_task_id, reterr);
}

gw_status gw_clearance_load(gw_db *db, gw_arena *arena, gw_uuid check_id, gw_proposal_row *ret,
                            gw_fault *reterr) {
    const gw_proposal_key key = {check_id, GW_TEXT("CLEARANCE")};
    return gw_proposal_load_last(db, arena, &key, ret, reterr);
}

gw_status gw_clearance_network(gw_db *db, gw_arena *arena, const gw_proposal_row *proposal,
                               gw_bytes *ret, gw_fault *reterr) {
    gw_core_clearance core;
    gw_network network;
    gw_writer out;
    if (!gw_text_is(proposal->kind, "CLEARANCE"))
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "network",
                            "only a clearance names a network");
    GW_TRY(gw_core_read_clearance(arena, proposal->core, &core, reterr));
    GW_TRY(gw_network_load_version(db, arena, core.network.id, core.network.version, &network,
                                   reterr));
    gw_writer_init(&out, arena);
    gw_write_bytes(&out, network.document.at, network.document.length);
    gw_write_text(&out, network.overlay);
    return gw_writer_end(&out, ret, reterr);
}
