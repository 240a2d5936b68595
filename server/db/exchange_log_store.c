/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/exchange_log_store.h"

#include "base/reader.h"
#include "base/writer.h"

enum { POWER_BYTES = 8 };

typedef struct power_list {
    const int64_t *items;
    size_t count;
} power_list;

static gw_status bind_powers(gw_args *args, power_list powers, gw_fault *reterr) {
    gw_writer out;
    gw_bytes bytes;
    gw_writer_init(&out, args->arena);
    for (size_t i = 0; i < powers.count; i++) gw_write_u64_le(&out, (uint64_t)powers.items[i]);
    GW_TRY(gw_writer_end(&out, &bytes, reterr));
    gw_bind_bytes(args, bytes);
    return gw_ok();
}

static gw_status read_powers(gw_row *row, gw_arena *arena, power_list *ret, gw_fault *reterr) {
    gw_bytes bytes;
    gw_reader in;
    int64_t *items = NULL;
    gw_row_bytes(row, "powers", &bytes);
    const size_t count = bytes.length / POWER_BYTES;
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &items, reterr));
    gw_reader_init(&in, bytes);
    for (size_t i = 0; i < count; i++) items[i] = (int64_t)gw_read_u64_le(&in);
    *ret = (power_list){items, count};
    return gw_reader_end(&in, reterr);
}

/* ---- messages */

gw_status gw_exchange_append(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                             const gw_exchange_message *message, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, exchange_id);
    gw_bind_text(&args, message->kind);
    gw_bind_int64(&args, message->run);
    gw_bind_int64(&args, message->iteration);
    gw_bind_int64(&args, message->counter);
    gw_bind_int64(&args, message->member);
    gw_bind_text(&args, message->transport);
    gw_bind_text(&args, message->verdict);
    GW_TRY(bind_powers(&args, (power_list){message->powers, message->power_count}, reterr));
    gw_bind_instant(&args, message->received_at);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_MESSAGE_INSERT, &args, NULL, reterr);
}

static gw_status read_message(gw_row row, gw_arena *arena, gw_exchange_message *ret,
                              gw_fault *reterr) {
    power_list powers;
    gw_row_int64(&row, "seq", &ret->seq);
    gw_row_text(&row, "kind", &ret->kind);
    gw_row_int64(&row, "run", &ret->run);
    gw_row_int64(&row, "iteration", &ret->iteration);
    gw_row_int64(&row, "counter", &ret->counter);
    gw_row_int64(&row, "ordinal", &ret->member);
    gw_row_text(&row, "transport", &ret->transport);
    gw_row_text(&row, "verdict", &ret->verdict);
    GW_TRY(read_powers(&row, arena, &powers, reterr));
    gw_row_instant(&row, "received_at", &ret->received_at);
    ret->powers = powers.items;
    ret->power_count = powers.count;
    return gw_row_end(&row, reterr);
}

static gw_status read_messages(const gw_rows *rows, gw_arena *arena, gw_exchange_message_list *ret,
                               gw_fault *reterr) {
    gw_exchange_message *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_message, (size_t)rows->count, &items, reterr));
    for (int i = 0; i < rows->count; i++)
        GW_TRY(read_message(gw_rows_at(rows, i), arena, &items[i], reterr));
    *ret = (gw_exchange_message_list){items, rows->count};
    return gw_ok();
}

gw_status gw_exchange_load_messages(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                    gw_exchange_message_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, exchange_id);
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_MESSAGE_LIST, &args, &rows, reterr));
    return read_messages(&rows, arena, ret, reterr);
}

gw_status gw_exchange_load_of_round(gw_db *db, gw_arena *arena,
                                    const gw_exchange_message_filter *filter,
                                    gw_exchange_message_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, filter->exchange_id);
    gw_bind_int64(&args, filter->counter);
    gw_bind_c(&args, filter->kind);
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_MESSAGE_OF_ROUND, &args, &rows, reterr));
    return read_messages(&rows, arena, ret, reterr);
}

gw_status gw_exchange_count_messages(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                     gw_exchange_message_counts *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_exchange_message_counts counts;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, exchange_id);
    GW_TRY(gw_db_query_one(db, GW_QUERY_EXCHANGE_MESSAGE_COUNTS, &args, &row, reterr));
    gw_row_int64(&row, "answers", &counts.answers);
    gw_row_int64(&row, "accepted", &counts.accepted);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = counts;
    return gw_ok();
}

/* ---- rounds */

gw_status gw_exchange_save_round(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                 const gw_exchange_round_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, exchange_id);
    gw_bind_int64(&args, row->counter);
    gw_bind_int64(&args, row->run);
    gw_bind_int64(&args, row->iteration);
    gw_bind_int64(&args, row->penalty);
    gw_bind_int64(&args, row->primal_milliwatt);
    gw_bind_int64(&args, row->dual_milliwatt);
    gw_bind_bytes(&args, row->state_hash);
    gw_bind_instant(&args, row->closed_at);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_ROUND_INSERT, &args, NULL, reterr);
}

gw_status gw_exchange_load_rounds(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                  gw_exchange_round_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_exchange_round_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, exchange_id);
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_ROUND_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_round_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_int64(&row, "counter", &items[i].counter);
        gw_row_int64(&row, "run", &items[i].run);
        gw_row_int64(&row, "iteration", &items[i].iteration);
        gw_row_int64(&row, "penalty", &items[i].penalty);
        gw_row_int64(&row, "primal_milliwatt", &items[i].primal_milliwatt);
        gw_row_int64(&row, "dual_milliwatt", &items[i].dual_milliwatt);
        gw_row_bytes(&row, "state_hash", &items[i].state_hash);
        gw_row_instant(&row, "closed_at", &items[i].closed_at);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_exchange_round_list){items, rows.count};
    return gw_ok();
}

/* ---- answers that wait */

gw_status gw_exchange_save_waiting(gw_db *tx, gw_arena *arena, const gw_exchange_waiting *row,
                                   gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->member);
    gw_bind_uuid(&args, row->exchange_id);
    gw_bind_int64(&args, row->iteration);
    gw_bind_int64(&args, row->counter);
    GW_TRY(bind_powers(&args, (power_list){row->powers, row->power_count}, reterr));
    gw_bind_instant(&args, row->received_at);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_INBOX_INSERT, &args, NULL, reterr);
}

gw_status gw_exchange_load_waiting(gw_db *db, gw_arena *arena, int64_t limit,
                                   gw_exchange_waiting_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_exchange_waiting *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, limit);
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_INBOX_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_waiting, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        power_list powers;
        gw_row_int64(&row, "inbox_id", &items[i].inbox_id);
        gw_row_text(&row, "member", &items[i].member);
        gw_row_uuid(&row, "exchange_id", &items[i].exchange_id);
        gw_row_int64(&row, "iteration", &items[i].iteration);
        gw_row_int64(&row, "counter", &items[i].counter);
        GW_TRY(read_powers(&row, arena, &powers, reterr));
        gw_row_instant(&row, "received_at", &items[i].received_at);
        GW_TRY(gw_row_end(&row, reterr));
        items[i].powers = powers.items;
        items[i].power_count = powers.count;
    }
    *ret = (gw_exchange_waiting_list){items, rows.count};
    return gw_ok();
}

gw_status gw_exchange_drop_waiting(gw_db *tx, gw_arena *arena, int64_t inbox_id, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, inbox_id);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_INBOX_DELETE, &args, NULL, reterr);
}
