/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/settlement_store.h"

#include "server/db/optional.h"

static gw_status insert_row(gw_db *tx, gw_arena *arena, const gw_settlement_row *row,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->settlement_id);
    gw_bind_uuid(&args, row->event_id);
    gw_bind_text(&args, row->run_type);
    gw_bind_int64(&args, row->revision);
    gw_bind_int64(&args, row->sequence);
    gw_bind_uuid(&args, row->proposal_id);
    gw_bind_instant(&args, row->as_of);
    gw_bind_bytes(&args, row->evidence_root);
    gw_bind_bytes(&args, row->entitlement_root);
    gw_bind_bytes(&args, row->previous_root);
    gw_bind_money(&args, row->total);
    gw_bind_money(&args, row->paid);
    gw_bind_money(&args, row->shortfall);
    gw_bind_bytes(&args, row->data_hash);
    gw_bind_instant(&args, row->created_at);
    return gw_db_exec(tx, GW_QUERY_SETTLEMENT_INSERT, &args, NULL, reterr);
}

static gw_status insert_line(gw_db *tx, gw_arena *arena, const gw_line_row *line,
                             gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, line->settlement_id);
    gw_bind_int64(&args, line->position);
    gw_bind_uuid(&args, line->order_id);
    gw_bind_text(&args, line->party);
    gw_bind_instant(&args, line->start);
    gw_bind_int64(&args, line->baseline_mwh);
    gw_bind_energy(&args, line->metered);
    gw_bind_energy(&args, line->ordered);
    gw_bind_int64(&args, line->missing_meters);
    gw_bind_energy(&args, line->missing);
    gw_bind_energy(&args, line->outage);
    gw_bind_int64(&args, line->delivered_mwh);
    gw_bind_energy(&args, line->delivered);
    gw_bind_energy(&args, line->shortfall);
    gw_bind_energy(&args, line->charged_shortfall);
    gw_bind_price(&args, line->price);
    gw_bind_price(&args, line->shortfall_price);
    gw_bind_money(&args, line->paid);
    gw_bind_money(&args, line->shortfall_charge);
    return gw_db_exec(tx, GW_QUERY_SETTLEMENT_LINE_INSERT, &args, NULL, reterr);
}

static gw_status insert_entry(gw_db *tx, gw_arena *arena, const gw_journal_row *entry,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, entry->settlement_id);
    gw_bind_int64(&args, entry->position);
    gw_bind_text(&args, entry->account);
    gw_bind_uuid(&args, entry->order_id);
    gw_bind_text(&args, entry->component);
    gw_bind_money(&args, entry->amount);
    return gw_db_exec(tx, GW_QUERY_JOURNAL_ENTRY_INSERT, &args, NULL, reterr);
}

static gw_status insert_entitlement(gw_db *tx, gw_arena *arena, const gw_entitlement_row *row,
                                    gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->settlement_id);
    gw_bind_text(&args, row->payee);
    gw_bind_money(&args, row->previous);
    gw_bind_money(&args, row->change);
    gw_bind_money(&args, row->lifetime);
    gw_bind_money(&args, row->carried);
    gw_bind_bytes(&args, row->salt);
    return gw_db_exec(tx, GW_QUERY_ENTITLEMENT_INSERT, &args, NULL, reterr);
}

gw_status gw_settlement_save(gw_db *tx, gw_arena *arena, const gw_settlement_whole *whole,
                             gw_fault *reterr) {
    GW_TRY(insert_row(tx, arena, &whole->row, reterr));
    for (int i = 0; i < whole->lines.count; i++)
        GW_TRY(insert_line(tx, arena, &whole->lines.items[i], reterr));
    for (int i = 0; i < whole->journal.count; i++)
        GW_TRY(insert_entry(tx, arena, &whole->journal.items[i], reterr));
    for (int i = 0; i < whole->entitlements.count; i++)
        GW_TRY(insert_entitlement(tx, arena, &whole->entitlements.items[i], reterr));
    return gw_ok();
}

static void read_money(gw_row *row, gw_settlement_row *ret) {
    gw_row_bytes(row, "evidence_root", &ret->evidence_root);
    gw_row_bytes(row, "entitlement_root", &ret->entitlement_root);
    gw_row_bytes(row, "previous_root", &ret->previous_root);
    gw_row_money(row, "total_micros", &ret->total);
    gw_row_money(row, "paid_micros", &ret->paid);
    gw_row_money(row, "shortfall_micros", &ret->shortfall);
    gw_row_bytes(row, "data_hash", &ret->data_hash);
    gw_row_instant_or_zero(row, "inputs_changed_at", &ret->inputs_changed_at);
    gw_row_money(row, "difference_micros", &ret->difference);
    gw_row_text(row, "difference_detail", &ret->difference_detail);
    gw_row_instant(row, "created_at", &ret->created_at);
}

static gw_status read_settlement(gw_row row, gw_settlement_row *ret, gw_fault *reterr) {
    gw_settlement_row read = {0};
    gw_row_uuid(&row, "settlement_id", &read.settlement_id);
    gw_row_uuid(&row, "event_id", &read.event_id);
    gw_row_text(&row, "run_type", &read.run_type);
    gw_row_text(&row, "own_event_days", &read.own_event_days);
    gw_row_int64(&row, "revision", &read.revision);
    gw_row_int64(&row, "sequence", &read.sequence);
    gw_row_uuid(&row, "proposal_id", &read.proposal_id);
    gw_row_instant(&row, "as_of", &read.as_of);
    gw_row_text(&row, "state", &read.state);
    read_money(&row, &read);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status load_list(gw_db *db, gw_query query, const gw_args *args, gw_settlement_list *ret,
                           gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(gw_db_query(db, query, args, &rows, reterr));
    gw_settlement_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_settlement_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_settlement(gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_settlement_list){items, rows.count};
    return gw_ok();
}

static gw_status load_by_id(gw_db *db, gw_query query, gw_arena *arena, gw_uuid id,
                            gw_settlement_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, id);
    gw_row row;
    GW_TRY(gw_db_query_one(db, query, &args, &row, reterr));
    return read_settlement(row, ret, reterr);
}

gw_status gw_settlement_load(gw_db *db, gw_arena *arena, gw_uuid id, gw_settlement_row *ret,
                             gw_fault *reterr) {
    return load_by_id(db, GW_QUERY_SETTLEMENT_FIND, arena, id, ret, reterr);
}

gw_status gw_settlement_load_of_proposal(gw_db *db, gw_arena *arena, gw_uuid id,
                                         gw_settlement_row *ret, gw_fault *reterr) {
    return load_by_id(db, GW_QUERY_SETTLEMENT_FIND_PROPOSAL, arena, id, ret, reterr);
}

gw_status gw_settlement_load_head(gw_db *db, gw_arena *arena, gw_settlement_list *ret,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    return load_list(db, GW_QUERY_SETTLEMENT_LAST, &args, ret, reterr);
}

gw_status gw_settlement_load_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                      gw_settlement_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    return load_list(db, GW_QUERY_SETTLEMENT_OF_EVENT, &args, ret, reterr);
}

gw_status gw_settlement_load_list(gw_db *db, gw_arena *arena, const gw_settlement_filter *filter,
                                  gw_settlement_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid_or_null(&args, filter->event_id);
    gw_bind_text_or_null(&args, filter->state);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    return load_list(db, GW_QUERY_SETTLEMENT_LIST, &args, ret, reterr);
}

gw_status gw_settlement_save_move(gw_db *tx, gw_arena *arena, const gw_settlement_move *move,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, move->settlement_id);
    gw_bind_text(&args, move->from);
    gw_bind_text(&args, move->to);
    return gw_db_exec(tx, GW_QUERY_SETTLEMENT_SET_STATE, &args, NULL, reterr);
}

gw_status gw_settlement_save_changed(gw_db *tx, gw_arena *arena, const gw_settlement_row *row,
                                     gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->settlement_id);
    gw_bind_instant(&args, row->inputs_changed_at);
    gw_bind_money(&args, row->difference);
    gw_bind_text(&args, row->difference_detail);
    return gw_db_exec(tx, GW_QUERY_SETTLEMENT_SET_CHANGED, &args, NULL, reterr);
}
