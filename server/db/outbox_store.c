/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/outbox_store.h"

#include "server/db/optional.h"

static gw_status read_event_id(gw_arena *arena, gw_row *row, gw_outbox_row *ret, gw_fault *reterr) {
    if (gw_row_is_null(row, "event_id")) return gw_ok();
    gw_uuid *event_id = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_uuid, 1, &event_id, reterr));
    gw_row_uuid(row, "event_id", event_id);
    ret->event_id = event_id;
    return gw_ok();
}

static gw_status read_outbox(gw_arena *arena, gw_row row, gw_outbox_row *ret, gw_fault *reterr) {
    gw_outbox_row read = {0};
    gw_row_int64(&row, "outbox_id", &read.outbox_id);
    gw_row_text(&row, "kind", &read.kind);
    gw_row_text(&row, "purpose", &read.purpose);
    GW_TRY(read_event_id(arena, &row, &read, reterr));
    gw_row_text(&row, "topic", &read.topic);
    gw_row_flag(&row, "retained", &read.retained);
    gw_row_bytes(&row, "payload", &read.payload);
    gw_row_instant(&row, "promised_at", &read.promised_at);
    gw_row_instant_or_zero(&row, "done_at", &read.done_at);
    gw_row_int64(&row, "attempts", &read.attempts);
    gw_row_text(&row, "outcome", &read.outcome);
    gw_row_bytes_or_empty(&row, "tx_hash", &read.tx_hash);
    gw_row_int64_or(&row, "block_number", 0, &read.block_number);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status load_list(gw_db *db, gw_query query, const gw_args *args, gw_outbox_list *ret,
                           gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(gw_db_query(db, query, args, &rows, reterr));
    gw_outbox_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_outbox_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_outbox(args->arena, gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_outbox_list){items, rows.count};
    return gw_ok();
}

gw_status gw_outbox_save(gw_db *tx, gw_arena *arena, const gw_outbox_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->kind);
    gw_bind_text(&args, row->purpose);
    gw_bind_uuid_or_null(&args, row->event_id);
    gw_bind_text(&args, row->topic);
    gw_bind_flag(&args, row->retained);
    gw_bind_bytes(&args, row->payload);
    gw_bind_instant(&args, row->promised_at);
    return gw_db_exec(tx, GW_QUERY_OUTBOX_INSERT, &args, NULL, reterr);
}

gw_status gw_outbox_load_due(gw_db *db, gw_arena *arena, int64_t limit, gw_outbox_list *ret,
                             gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, limit);
    return load_list(db, GW_QUERY_OUTBOX_DUE, &args, ret, reterr);
}

gw_status gw_outbox_load_waiting(gw_db *db, gw_arena *arena, int64_t *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_row row;
    GW_TRY(gw_db_query_one(db, GW_QUERY_OUTBOX_WAITING, &args, &row, reterr));
    int64_t waiting = 0;
    gw_row_int64(&row, "waiting", &waiting);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = waiting;
    return gw_ok();
}

gw_status gw_outbox_save_attempt(gw_db *db, gw_arena *arena, const gw_outbox_row *row,
                                 gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, row->outbox_id);
    gw_bind_text(&args, row->outcome);
    gw_bind_bytes_or_null(&args, row->tx_hash);
    return gw_db_exec(db, GW_QUERY_OUTBOX_ATTEMPT, &args, NULL, reterr);
}

gw_status gw_outbox_save_done(gw_db *tx, gw_arena *arena, const gw_outbox_row *row,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, row->outbox_id);
    gw_bind_instant(&args, row->done_at);
    gw_bind_text(&args, row->outcome);
    gw_bind_bytes_or_null(&args, row->tx_hash);
    if (row->block_number == 0)
        gw_bind_null(&args);
    else
        gw_bind_int64(&args, row->block_number);
    return gw_db_exec(tx, GW_QUERY_OUTBOX_DONE, &args, NULL, reterr);
}

gw_status gw_outbox_load_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_outbox_list *ret,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    return load_list(db, GW_QUERY_OUTBOX_OF_EVENT, &args, ret, reterr);
}

gw_status gw_outbox_load_list(gw_db *db, gw_arena *arena, const gw_outbox_filter *filter,
                              gw_outbox_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid_or_null(&args, filter->event_id);
    gw_bind_int64(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    return load_list(db, GW_QUERY_OUTBOX_LIST, &args, ret, reterr);
}
