/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/reading_page.h"

static gw_status read_row(gw_row *row, gw_reading_row *ret, gw_fault *reterr) {
    gw_reading *reading = &ret->reading;
    gw_text quality = {"", 0};
    int64_t channel = 0;
    gw_row_instant(row, "start_at", &reading->start);
    gw_row_int64(row, "channel", &channel);
    gw_row_int64(row, "version", &reading->version);
    gw_row_energy(row, "wh", &reading->energy);
    gw_row_text(row, "quality", &quality);
    gw_row_int64(row, "boot", &reading->boot);
    gw_row_int64(row, "seq", &reading->seq);
    gw_row_instant(row, "received_at", &ret->received_at);
    GW_TRY(gw_row_end(row, reterr));
    reading->channel = channel == 0 ? GW_CHANNEL_IMPORT : GW_CHANNEL_EXPORT;
    return gw_quality_parse(quality, &reading->quality, reterr);
}

gw_status gw_readings_page(gw_db *db, gw_arena *arena, const gw_reading_page *page,
                           gw_reading_rows *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_reading_rows list = {0};
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->meter);
    gw_bind_instant(&args, page->period.from);
    gw_bind_instant(&args, page->period.to);
    gw_bind_instant(&args, page->after_start);
    gw_bind_int64(&args, page->after_channel);
    gw_bind_int64(&args, page->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_READING_PAGE, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_reading_row, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        GW_TRY(read_row(&row, &list.items[list.count++], reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_dead_letters_page(gw_db *db, gw_arena *arena, const gw_dead_letter_page *page,
                               gw_dead_letter_rows *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_dead_letter_rows list = {0};
    gw_args_init(&args, arena);
    gw_bind_int64(&args, page->after_lsn);
    gw_bind_int64(&args, page->after_part);
    gw_bind_text(&args, page->device);
    gw_bind_text(&args, page->code);
    gw_bind_int64(&args, page->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_DEAD_LETTER_PAGE, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_dead_letter_row, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_dead_letter_row *item = &list.items[list.count++];
        gw_row_int64(&row, "lsn", &item->lsn);
        gw_row_int64(&row, "part", &item->part);
        gw_row_instant(&row, "received_at", &item->received_at);
        gw_row_text(&row, "source", &item->source);
        gw_row_text(&row, "topic", &item->topic);
        gw_row_text(&row, "device", &item->device);
        gw_row_text(&row, "code", &item->code);
        gw_row_text(&row, "subject", &item->subject);
        gw_row_text(&row, "detail", &item->detail);
        gw_row_bytes(&row, "raw", &item->raw);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = list;
    return gw_ok();
}
