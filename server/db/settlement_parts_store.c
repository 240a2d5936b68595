/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading of what belongs to one settlement run: lines, double entry, entitlements.
 */
#include "server/db/settlement_store.h"

static void read_line(gw_row *row, gw_line_row *ret) {
    gw_row_uuid(row, "settlement_id", &ret->settlement_id);
    gw_row_int64(row, "position", &ret->position);
    gw_row_uuid(row, "order_id", &ret->order_id);
    gw_row_text(row, "party", &ret->party);
    gw_row_text(row, "group_id", &ret->group);
    gw_row_instant(row, "start_at", &ret->start);
    gw_row_int64(row, "baseline_mwh", &ret->baseline_mwh);
    gw_row_energy(row, "metered_wh", &ret->metered);
    gw_row_energy(row, "ordered_wh", &ret->ordered);
    gw_row_int64(row, "missing_meters", &ret->missing_meters);
    gw_row_energy(row, "missing_wh", &ret->missing);
    gw_row_energy(row, "outage_wh", &ret->outage);
    gw_row_int64(row, "delivered_mwh", &ret->delivered_mwh);
    gw_row_energy(row, "delivered_wh", &ret->delivered);
    gw_row_energy(row, "shortfall_wh", &ret->shortfall);
    gw_row_energy(row, "charged_shortfall_wh", &ret->charged_shortfall);
    gw_row_price(row, "price_micros_per_kwh", &ret->price);
    gw_row_price(row, "shortfall_price_micros_per_kwh", &ret->shortfall_price);
    gw_row_money(row, "paid_micros", &ret->paid);
    gw_row_money(row, "shortfall_micros", &ret->shortfall_charge);
}

gw_status gw_settlement_load_lines(gw_db *db, gw_arena *arena, const gw_line_filter *filter,
                                   gw_line_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, filter->settlement_id);
    gw_bind_text_or_null(&args, filter->party);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_SETTLEMENT_LINE_LIST, &args, &rows, reterr));
    gw_line_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_line_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        read_line(&row, &items[i]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_line_list){items, rows.count};
    return gw_ok();
}

static gw_status query_by_id(gw_db *db, gw_query query, gw_arena *arena, gw_uuid id, gw_rows *ret,
                             gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, id);
    return gw_db_query(db, query, &args, ret, reterr);
}

gw_status gw_settlement_load_journal(gw_db *db, gw_arena *arena, gw_uuid id, gw_journal_list *ret,
                                     gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(query_by_id(db, GW_QUERY_JOURNAL_ENTRY_LIST, arena, id, &rows, reterr));
    gw_journal_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_journal_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        items[i].settlement_id = id;
        gw_row_int64(&row, "position", &items[i].position);
        gw_row_text(&row, "account", &items[i].account);
        gw_row_uuid(&row, "order_id", &items[i].order_id);
        gw_row_text(&row, "component", &items[i].component);
        gw_row_money(&row, "amount_micros", &items[i].amount);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_journal_list){items, rows.count};
    return gw_ok();
}

gw_status gw_settlement_load_entitlements(gw_db *db, gw_arena *arena, gw_uuid id,
                                          gw_entitlement_list *ret, gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(query_by_id(db, GW_QUERY_ENTITLEMENT_LIST, arena, id, &rows, reterr));
    gw_entitlement_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_entitlement_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        items[i].settlement_id = id;
        gw_row_text(&row, "payee", &items[i].payee);
        gw_row_money(&row, "previous_micros", &items[i].previous);
        gw_row_money(&row, "change_micros", &items[i].change);
        gw_row_money(&row, "lifetime_micros", &items[i].lifetime);
        gw_row_money(&row, "carried_micros", &items[i].carried);
        gw_row_bytes(&row, "salt", &items[i].salt);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_entitlement_list){items, rows.count};
    return gw_ok();
}

gw_status gw_settlement_load_totals(gw_db *db, gw_arena *arena, gw_uuid id, gw_line_list *ret,
                                    gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(query_by_id(db, GW_QUERY_SETTLEMENT_ORDER_TOTALS, arena, id, &rows, reterr));
    gw_line_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_line_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        items[i].settlement_id = id;
        gw_row_uuid(&row, "order_id", &items[i].order_id);
        gw_row_money(&row, "paid_micros", &items[i].paid);
        gw_row_money(&row, "shortfall_micros", &items[i].shortfall_charge);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_line_list){items, rows.count};
    return gw_ok();
}
