/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/device_store.h"

static gw_status read_row(gw_row row, gw_device_row *ret, gw_fault *reterr) {
    gw_device_row made = {0};
    gw_row_text(&row, "id", &made.id);
    gw_row_text(&row, "meter", &made.meter);
    gw_row_text_or_empty(&row, "aggregator", &made.aggregator);
    gw_row_text(&row, "kind", &made.kind);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    if (!gw_row_is_null(&row, "last_seen_at"))
        gw_row_instant(&row, "last_seen_at", &made.last_seen_at);
    gw_row_int64_or(&row, "boot", 0, &made.boot);
    gw_row_int64_or(&row, "hwm", 0, &made.hwm);
    gw_row_text_or_empty(&row, "ahead", &made.ahead);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_device_save(gw_db *db, gw_arena *arena, const gw_device_row *row, gw_text body,
                         gw_saved *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->id);
    gw_bind_text(&args, row->meter);
    gw_bind_text_or_null(&args, row->aggregator);
    gw_bind_text(&args, row->kind);
    gw_bind_instant(&args, row->recorded_at);
    const gw_register_write write = {.insert = GW_QUERY_DEVICE_INSERT,
                                     .is_same = GW_QUERY_DEVICE_IS_SAME,
                                     .args = &args,
                                     .entity = GW_TEXT("device"),
                                     .subject = row->id,
                                     .party = row->aggregator,
                                     .body = body,
                                     .now = row->recorded_at};
    return gw_register_save(db, &write, ret, reterr);
}

gw_status gw_device_load(gw_db *db, gw_arena *arena, const gw_device_view *view, gw_device_row *ret,
                         gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, view->id);
    gw_bind_text(&args, view->party);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_DEVICE_FIND, &args, &row, reterr),
                               "device", view->id, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_device_load_list(gw_db *db, gw_arena *arena, const gw_device_page *page,
                              gw_device_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_device_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->page.after);
    gw_bind_int64(&args, page->page.limit);
    gw_bind_text(&args, page->page.party);
    gw_bind_text(&args, page->meter);
    GW_TRY(gw_db_query(db, GW_QUERY_DEVICE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_device_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_device_list){items, rows.count};
    return gw_ok();
}
