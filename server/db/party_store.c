/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/party_store.h"

static gw_status read_row(gw_row row, gw_party_row *ret, gw_fault *reterr) {
    gw_party_row made = {0};
    gw_row_text(&row, "id", &made.id);
    gw_row_text(&row, "kind", &made.kind);
    gw_row_text_or_empty(&row, "payee", &made.payee);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_party_save(gw_db *db, gw_arena *arena, const gw_party_row *row, gw_text body,
                        gw_saved *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->id);
    gw_bind_text(&args, row->kind);
    gw_bind_text_or_null(&args, row->payee);
    gw_bind_instant(&args, row->recorded_at);
    const gw_register_write write = {.insert = GW_QUERY_PARTY_INSERT,
                                     .is_same = GW_QUERY_PARTY_IS_SAME,
                                     .args = &args,
                                     .entity = GW_TEXT("party"),
                                     .subject = row->id,
                                     .party = row->id,
                                     .body = body,
                                     .now = row->recorded_at};
    return gw_register_save(db, &write, ret, reterr);
}

gw_status gw_party_load(gw_db *db, gw_arena *arena, gw_text id, gw_party_row *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, id);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_PARTY_FIND, &args, &row, reterr),
                               "party", id, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_party_load_list(gw_db *db, gw_arena *arena, const gw_register_page *page,
                             gw_party_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_party_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->after);
    gw_bind_int64(&args, page->limit);
    gw_bind_text(&args, page->party);
    GW_TRY(gw_db_query(db, GW_QUERY_PARTY_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_party_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_party_list){items, rows.count};
    return gw_ok();
}
