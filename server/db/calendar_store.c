/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/calendar_store.h"

enum { DAY_CHARACTERS = 11 }; /* "2026-01-01," */

static gw_status read_row(gw_arena *arena, gw_row row, gw_calendar_row *ret, gw_fault *reterr) {
    gw_calendar_row made = {0};
    gw_text holidays = {"", 0};
    gw_row_text(&row, "name", &made.name);
    gw_row_int64(&row, "version", &made.version);
    gw_row_text(&row, "zone", &made.zone);
    gw_row_text(&row, "holidays", &holidays);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    GW_TRY(gw_row_end(&row, reterr));
    const size_t most = holidays.length / DAY_CHARACTERS + 1;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, most, &made.holidays, reterr));
    while (holidays.length > 0) made.holidays[made.holiday_count++] = gw_text_split(&holidays, ',');
    *ret = made;
    return gw_ok();
}

gw_status gw_calendar_save(gw_db *db, gw_arena *arena, const gw_calendar_row *row, gw_text body,
                           gw_saved *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->name);
    gw_bind_int64(&args, row->version);
    gw_bind_text(&args, row->zone);
    gw_bind_texts(&args, row->holidays, row->holiday_count);
    gw_bind_instant(&args, row->recorded_at);
    const gw_register_write write = {.insert = GW_QUERY_CALENDAR_INSERT,
                                     .is_same = GW_QUERY_CALENDAR_IS_SAME,
                                     .args = &args,
                                     .entity = GW_TEXT("calendar"),
                                     .subject = row->name,
                                     .party = GW_TEXT(""),
                                     .body = body,
                                     .now = row->recorded_at};
    return gw_register_save(db, &write, ret, reterr);
}

gw_status gw_calendar_load(gw_db *db, gw_arena *arena, const gw_calendar_row *wanted,
                           gw_calendar_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, wanted->name);
    gw_bind_int64(&args, wanted->version);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_CALENDAR_FIND, &args, &row, reterr),
                               "calendar", wanted->name, reterr));
    return read_row(arena, row, ret, reterr);
}

gw_status gw_calendar_load_list(gw_db *db, gw_arena *arena, const gw_register_page *page,
                                gw_calendar_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_calendar_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->after);
    gw_bind_int64(&args, page->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_CALENDAR_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_calendar_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(arena, gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_calendar_list){items, rows.count};
    return gw_ok();
}
