/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/core.h"

#include "oracle/address.h"
#include "oracle/merkle.h"
#include "server/evidence/core_shape.h"
#include "server/evidence/meter.h"
#include "server/evidence/rules.h"

#include <stdio.h>
#include <string.h>

enum { UUID_BYTES = 16 };

static gw_status refuse(const char *pointer, const char *why, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INVALID, pointer, "%s", why);
}

/* ---- inputs ---- */

static gw_status check_run(const gw_core_settlement *core, gw_fault *reterr) {
    const gw_core_run *run = &core->run;
    if (run->revision < 1 || run->revision > UINT16_MAX || core->commitment_revision < 1 ||
        core->commitment_revision > UINT16_MAX)
        return refuse("/run/revision", "a revision is not 1 to 65535", reterr);
    if (run->sequence < 1) return refuse("/run/sequence", "the sequence is below 1", reterr);
    if (run->run_type < GW_RUN_PRELIM || run->run_type > GW_RUN_LATE)
        return refuse("/run/run_type", "there is no such run type", reterr);
    if (run->ended_at.us < core->event.from.us || run->ended_at.us > core->event.to.us)
        return refuse("/run/ended_at", "the end of delivery lies outside the event", reterr);
    if (run->as_of.us < core->event.from.us)
        return refuse("/run/as_of", "the run is before the event", reterr);
    return gw_ok();
}

static gw_status check_orders(const gw_core_settlement *core, size_t intervals, gw_fault *reterr) {
    GW_TRY(gw_commitment_check(core->orders, core->order_count, intervals, reterr));
    for (size_t at = 0; at < core->order_count; at++)
        if (!gw_uuid_equal(core->orders[at].event_id, core->event.event_id))
            return refuse("/orders", "an order belongs to another event", reterr);
    if (core->order_salt_count != core->order_count)
        return refuse("/order_salts", "there is not one salt per order", reterr);
    if (core->line_salt_count != core->order_count * intervals)
        return refuse("/line_salts", "there is not one salt per line", reterr);
    return gw_ok();
}

static gw_status check_posted(const gw_core_settlement *core, gw_fault *reterr) {
    for (size_t at = 0; at < core->posted_count; at++) {
        const gw_core_posted *posted = &core->posted[at];
        bool is_known = false;
        for (size_t order = 0; order < core->order_count; order++)
            if (gw_uuid_equal(core->orders[order].order_id, posted->order_id)) is_known = true;
        if (!is_known) return refuse("/posted", "an order of this list is not known", reterr);
        if (posted->paid_micros < 0 || posted->shortfall_micros < 0)
            return refuse("/posted", "a posted total is negative", reterr);
        if (at > 0 &&
            memcmp(core->posted[at - 1].order_id.bytes, posted->order_id.bytes, UUID_BYTES) >= 0)
            return refuse("/posted", "the list does not ascend by order", reterr);
    }
    return gw_ok();
}

/* ---- lines ---- */

static gw_status build_line(gw_arena *arena, const gw_core_settlement *core, size_t order_index,
                            size_t t, gw_settlement_line *line, gw_fault *reterr) {
    const gw_order *order = &core->orders[order_index];
    const gw_span interval = gw_span_seconds(core->event.interval_s);
    const gw_period period = gw_period_interval(gw_core_window(&core->event), interval, (int64_t)t);
    gw_delivery delivery = {0};
    *line = (gw_settlement_line){.order_index = order_index, .interval_index = t};
    if (gw_settlement_counts(period, core->run.ended_at)) {
        gw_meter_interval *meters = NULL;
        gw_energy ordered = {0};
        GW_TRY(GW_ARENA_NEW(arena, gw_meter_interval, order->meter_count, &meters, reterr));
        for (size_t at = 0; at < order->meter_count; at++)
            meters[at] = gw_core_meter_interval(core, order->meters[at].meter, t, period);
        GW_TRY(gw_order_energy(order, t, interval, &ordered, reterr));
        GW_TRY(gw_delivery_measure(arena, order, ordered, meters, &delivery, reterr));
    }
    return gw_settlement_price(&delivery, order->price, core->event.shortfall_price, line, reterr);
}

static gw_core_line print_line(const gw_core_settlement *core, const gw_settlement_line *line) {
    const gw_order *order = &core->orders[line->order_index];
    const gw_span interval = gw_span_seconds(core->event.interval_s);
    return (gw_core_line){
        .event_id = core->event.event_id,
        .order_id = order->order_id,
        .start = gw_period_interval(gw_core_window(&core->event), interval,
                                    (int64_t)line->interval_index)
                     .from,
        .ordered_wh = line->delivery.ordered_wh,
        .missing_meters = line->delivery.missing_meters,
        .missing_wh = line->delivery.missing_wh,
        .outage_wh = line->delivery.outage_wh,
        .delivered_mwh = line->delivery.delivered_mwh,
        .delivered_wh = line->delivery.delivered_wh,
        .price_micros_per_kwh = order->price.micros_per_kwh,
        .paid_micros = line->paid_micros,
        .shortfall_wh = line->shortfall_wh,
        .charged_shortfall_wh = line->charged_shortfall_wh,
        .shortfall_micros = line->shortfall_micros,
    };
}

static gw_status build_lines(gw_arena *arena, gw_core_settlement *core, size_t intervals,
                             gw_settlement_line **ret, gw_fault *reterr) {
    const size_t count = core->order_count * intervals;
    gw_settlement_line *lines = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_settlement_line, count, &lines, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_core_line, count, &core->lines, reterr));
    core->line_count = count;
    for (size_t at = 0; at < count; at++) {
        GW_TRY(build_line(arena, core, at / intervals, at % intervals, &lines[at], reterr));
        core->lines[at] = print_line(core, &lines[at]);
    }
    *ret = lines;
    return gw_ok();
}

/* ---- money ---- */

static void take_posted(const gw_core_settlement *core, gw_order_change *change) {
    for (size_t at = 0; at < core->posted_count; at++)
        if (gw_uuid_equal(core->posted[at].order_id, change->order_id)) {
            change->before.paid_micros = core->posted[at].paid_micros;
            change->before.shortfall_micros = core->posted[at].shortfall_micros;
        }
}

static gw_status build_ledger(gw_arena *arena, gw_core_settlement *core,
                              const gw_settlement_line *lines, gw_fault *reterr) {
    gw_order_change *changes = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_order_change, core->order_count, &changes, reterr));
    for (size_t at = 0; at < core->order_count; at++) {
        changes[at].order_id = core->orders[at].order_id;
        changes[at].payee = core->orders[at].payee;
        GW_TRY(gw_settlement_total(lines, core->line_count, at, &changes[at].now, reterr));
        take_posted(core, &changes[at]);
    }
    GW_TRY(gw_ledger_post(arena, changes, core->order_count, &core->ledger, &core->ledger_count,
                          reterr));
    return gw_ledger_check(core->ledger, core->ledger_count, reterr);
}

static gw_status settle_payee(const gw_core_settlement *core, gw_core_entitlement *entitlement,
                              gw_fault *reterr) {
    gw_money change = {0};
    GW_TRY(gw_ledger_change(core->ledger, core->ledger_count, entitlement->payee, &change, reterr));
    gw_entitlement settled = {
        .previous_micros = entitlement->previous_micros,
        .carried_before_micros = entitlement->carried_before_micros,
        .paid_micros = entitlement->paid_micros,
        .change_micros = change.micros,
    };
    GW_TRY(gw_entitlement_settle(&settled, reterr));
    entitlement->change_micros = change.micros;
    entitlement->lifetime_micros = settled.lifetime_micros;
    entitlement->carried_micros = settled.carried_micros;
    return gw_ok();
}

static gw_status check_payees(const gw_core_settlement *core, gw_fault *reterr) {
    for (size_t at = 1; at < core->entitlement_count; at++)
        if (gw_text_compare(core->entitlements[at - 1].payee, core->entitlements[at].payee) >= 0)
            return refuse("/entitlements", "the list does not ascend by payee", reterr);
    for (size_t order = 0; order < core->order_count; order++) {
        bool is_known = false;
        for (size_t at = 0; at < core->entitlement_count; at++)
            if (gw_text_equal(core->entitlements[at].payee, core->orders[order].payee))
                is_known = true;
        if (!is_known) return refuse("/entitlements", "the payee of an order is missing", reterr);
    }
    return gw_ok();
}

static gw_status leaf_of(const gw_core_entitlement *entitlement, int64_t lifetime_micros,
                         gw_word salt, gw_word *ret, gw_fault *reterr) {
    gw_address payee = {{0}};
    for (size_t at = 0; at < entitlement->payee.length; at++)
        if (entitlement->payee.at[at] >= 'A' && entitlement->payee.at[at] <= 'F')
            return refuse("/entitlements", "a payee is not in lower case", reterr);
    GW_TRY(gw_hex_parse(entitlement->payee, payee.bytes, GW_ADDRESS_BYTES, reterr));
    *ret = gw_merkle_entitlement(payee, (uint64_t)lifetime_micros, salt);
    return gw_ok();
}

static gw_status root_of(gw_arena *arena, const gw_word *leaves, size_t count, gw_word *ret,
                         gw_fault *reterr) {
    gw_merkle tree = {0};
    GW_TRY(gw_merkle_build(arena, leaves, count, &tree, reterr));
    *ret = gw_merkle_root(&tree);
    return gw_ok();
}

static gw_status build_entitlements(gw_arena *arena, gw_core_settlement *core, gw_fault *reterr) {
    const size_t count = core->entitlement_count;
    gw_word *leaves = NULL;
    gw_word *previous = NULL;
    size_t previous_count = 0;
    GW_TRY(check_payees(core, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_word, count, &leaves, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_word, count, &previous, reterr));
    core->total_micros = 0;
    for (size_t at = 0; at < count; at++) {
        gw_core_entitlement *one = &core->entitlements[at];
        GW_TRY(settle_payee(core, one, reterr));
        gw_money total = {core->total_micros};
        GW_TRY(gw_money_add(total, (gw_money){one->lifetime_micros}, &total, reterr));
        core->total_micros = total.micros;
        GW_TRY(leaf_of(one, one->lifetime_micros, one->salt, &leaves[at], reterr));
        if (gw_word_is_zero(one->previous_salt)) {
            if (one->previous_micros != 0)
                return refuse("/entitlements", "a previous amount has no previous salt", reterr);
            continue;
        }
        GW_TRY(leaf_of(one, one->previous_micros, one->previous_salt, &previous[previous_count++],
                       reterr));
    }
    core->previous_root = (gw_word){{0}};
    if (previous_count > 0)
        GW_TRY(root_of(arena, previous, previous_count, &core->previous_root, reterr));
    return root_of(arena, leaves, count, &core->entitlement_root, reterr);
}

gw_status gw_core_build_settlement(gw_arena *arena, gw_core_settlement *core, gw_fault *reterr) {
    size_t intervals = 0;
    gw_settlement_line *lines = NULL;
    GW_TRY(gw_core_prepare(arena, &core->event, &core->rules, &intervals, reterr));
    GW_TRY(gw_core_check_chain(&core->chain, reterr));
    GW_TRY(check_run(core, reterr));
    GW_TRY(check_orders(core, intervals, reterr));
    GW_TRY(check_posted(core, reterr));
    GW_TRY(gw_core_build_meters(arena, core, reterr));
    GW_TRY(build_lines(arena, core, intervals, &lines, reterr));
    GW_TRY(build_ledger(arena, core, lines, reterr));
    GW_TRY(build_entitlements(arena, core, reterr));
    const gw_core_leaves orders = {&GW_SHAPE_ORDER, core->orders, core->order_count,
                                   core->order_salts};
    const gw_core_leaves evidence = {&GW_SHAPE_LINE, core->lines, core->line_count,
                                     core->line_salts};
    GW_TRY(gw_core_tree(arena, &orders, &core->commitment_root, reterr));
    return gw_core_tree(arena, &evidence, &core->evidence_root, reterr);
}
