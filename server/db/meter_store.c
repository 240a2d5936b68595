/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/meter_store.h"

static gw_status read_row(gw_row row, gw_meter_row *ret, gw_fault *reterr) {
    gw_meter_row made = {0};
    gw_row_text(&row, "id", &made.id);
    gw_row_text(&row, "transformer", &made.transformer);
    gw_row_power(&row, "connection_w", &made.connection);
    gw_row_int64(&row, "interval_s", &made.interval_s);
    gw_row_text(&row, "zone", &made.zone);
    gw_row_text_or_empty(&row, "group_id", &made.group);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_meter_save(gw_db *db, gw_arena *arena, const gw_meter_row *row, gw_text body,
                        gw_saved *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->id);
    gw_bind_text(&args, row->transformer);
    gw_bind_power(&args, row->connection);
    gw_bind_int64(&args, row->interval_s);
    gw_bind_text(&args, row->zone);
    gw_bind_instant(&args, row->recorded_at);
    const gw_register_write write = {.insert = GW_QUERY_METER_INSERT,
                                     .is_same = GW_QUERY_METER_IS_SAME,
                                     .args = &args,
                                     .entity = GW_TEXT("meter"),
                                     .subject = row->id,
                                     .party = GW_TEXT(""),
                                     .body = body,
                                     .now = row->recorded_at};
    return gw_register_save(db, &write, ret, reterr);
}

gw_status gw_meter_load(gw_db *db, gw_arena *arena, const gw_meter_view *view, gw_meter_row *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, view->id);
    gw_bind_text(&args, view->party);
    gw_bind_instant(&args, view->now);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_METER_FIND, &args, &row, reterr),
                               "meter", view->id, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_meter_load_list(gw_db *db, gw_arena *arena, const gw_meter_page *page,
                             gw_meter_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_meter_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->page.after);
    gw_bind_int64(&args, page->page.limit);
    gw_bind_text(&args, page->page.party);
    gw_bind_instant(&args, page->now);
    gw_bind_text(&args, page->transformer);
    GW_TRY(gw_db_query(db, GW_QUERY_METER_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_meter_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_meter_list){items, rows.count};
    return gw_ok();
}
