/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/settle_save.h"

#include "base/wide.h"
#include "server/db/settlement_store.h"

const char *gw_run_type_print(gw_run_type type) {
    static const char *const names[] = {"", "PRELIM", "INITIAL", "FINAL", "LATE"};
    return type >= GW_RUN_PRELIM && type <= GW_RUN_LATE ? names[type] : "";
}

static const gw_order *order_of(const gw_core_settlement *core, gw_uuid order_id) {
    for (size_t i = 0; i < core->order_count; i++)
        if (gw_uuid_equal(core->orders[i].order_id, order_id)) return &core->orders[i];
    return NULL;
}

/* Baselines ascend by meter, so do an order's meters. */
static const gw_core_baseline *baseline_of(const gw_core_settlement *core, gw_text meter) {
    for (size_t i = 0; i < core->baseline_count; i++)
        if (gw_text_equal(core->baselines[i].meter, meter)) return &core->baselines[i];
    return NULL;
}

static bool is_metered(const gw_core_baseline *baseline, size_t interval) {
    return baseline != NULL && baseline->has_enough_days != 0 &&
           interval < baseline->actual_count && baseline->actual_wh[interval] >= 0;
}

/* The two sums that a line is explained with; meters that are missing are in neither. */
static gw_status sum_meters(const gw_core_settlement *core, const gw_order *order, size_t interval,
                            gw_line_row *line, gw_fault *reterr) {
    for (size_t m = 0; m < order->meter_count; m++) {
        const gw_core_baseline *baseline = baseline_of(core, order->meters[m].meter);
        if (!is_metered(baseline, interval)) continue;
        GW_TRY(gw_int64_add(line->baseline_mwh, baseline->baseline_mwh[interval],
                            &line->baseline_mwh, reterr));
        GW_TRY(gw_int64_add(line->metered.wh, baseline->actual_wh[interval], &line->metered.wh,
                            reterr));
    }
    return gw_ok();
}

static gw_status fill_line(const gw_core_settlement *core, size_t position, gw_line_row *ret,
                           gw_fault *reterr) {
    const gw_core_line *line = &core->lines[position];
    const gw_order *order = order_of(core, line->order_id);
    if (order == NULL) return gw_fail(reterr, GW_CODE_INTERNAL);
    *ret = (gw_line_row){
        .settlement_id = core->run.settlement_id,
        .position = (int64_t)position,
        .order_id = line->order_id,
        .party = order->party,
        .start = line->start,
        .ordered = {line->ordered_wh},
        .missing_meters = line->missing_meters,
        .missing = {line->missing_wh},
        .outage = {line->outage_wh},
        .delivered_mwh = line->delivered_mwh,
        .delivered = {line->delivered_wh},
        .shortfall = {line->shortfall_wh},
        .charged_shortfall = {line->charged_shortfall_wh},
        .price = {line->price_micros_per_kwh},
        .shortfall_price = core->event.shortfall_price,
        .paid = {line->paid_micros},
        .shortfall_charge = {line->shortfall_micros},
    };
    const size_t interval = position % core->event.need_count;
    return sum_meters(core, order, interval, ret, reterr);
}

static gw_status fill_lines(const gw_flow_unit *unit, const gw_core_settlement *core,
                            gw_settlement_whole *whole, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_line_row, core->line_count, &whole->lines.items, reterr));
    whole->lines.count = (int)core->line_count;
    for (size_t i = 0; i < core->line_count; i++) {
        gw_line_row *line = &whole->lines.items[i];
        GW_TRY(fill_line(core, i, line, reterr));
        GW_TRY(gw_money_add(whole->row.paid, line->paid, &whole->row.paid, reterr));
        GW_TRY(gw_money_add(whole->row.shortfall, line->shortfall_charge, &whole->row.shortfall,
                            reterr));
    }
    return gw_ok();
}

static gw_status fill_journal(const gw_flow_unit *unit, const gw_core_settlement *core,
                              gw_settlement_whole *whole, gw_fault *reterr) {
    GW_TRY(gw_ledger_check(core->ledger, core->ledger_count, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_journal_row, core->ledger_count, &whole->journal.items,
                        reterr));
    whole->journal.count = (int)core->ledger_count;
    for (size_t i = 0; i < core->ledger_count; i++)
        whole->journal.items[i] = (gw_journal_row){
            .settlement_id = core->run.settlement_id,
            .position = (int64_t)i,
            .account = core->ledger[i].account,
            .order_id = core->ledger[i].order_id,
            .component = gw_text_from_c(gw_component_print(core->ledger[i].component)),
            .amount = {core->ledger[i].amount_micros}};
    return gw_ok();
}

static gw_status fill_entitlements(const gw_flow_unit *unit, const gw_core_settlement *core,
                                   gw_settlement_whole *whole, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_entitlement_row, core->entitlement_count,
                        &whole->entitlements.items, reterr));
    whole->entitlements.count = (int)core->entitlement_count;
    for (size_t i = 0; i < core->entitlement_count; i++) {
        const gw_core_entitlement *entitlement = &core->entitlements[i];
        whole->entitlements.items[i] =
            (gw_entitlement_row){.settlement_id = core->run.settlement_id,
                                 .payee = entitlement->payee,
                                 .previous = {entitlement->previous_micros},
                                 .change = {entitlement->change_micros},
                                 .lifetime = {entitlement->lifetime_micros},
                                 .carried = {entitlement->carried_micros},
                                 .salt = gw_word_slice(&entitlement->salt)};
    }
    return gw_ok();
}

gw_status gw_settle_save(const gw_flow_unit *unit, const gw_core_settlement *core,
                         gw_uuid proposal_id, gw_word data_hash, gw_fault *reterr) {
    gw_settlement_whole whole = {
        .row = {
            .settlement_id = core->run.settlement_id,
            .event_id = core->event.event_id,
            .run_type = gw_text_from_c(gw_run_type_print(core->run.run_type)),
            .revision = core->run.revision,
            .sequence = core->run.sequence,
            .proposal_id = proposal_id,
            .as_of = core->run.as_of,
            .evidence_root = gw_word_slice(&core->evidence_root),
            .entitlement_root = gw_word_slice(&core->entitlement_root),
            .previous_root = gw_word_slice(&core->previous_root),
            .total = {core->total_micros},
            .data_hash = gw_word_slice(&data_hash),
            .created_at = unit->now,
        }};
    GW_TRY(fill_lines(unit, core, &whole, reterr));
    GW_TRY(fill_journal(unit, core, &whole, reterr));
    GW_TRY(fill_entitlements(unit, core, &whole, reterr));
    return gw_settlement_save(unit->tx, unit->arena, &whole, reterr);
}
