/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/bid_store.h"

static gw_status load_intervals(gw_db *db, gw_arena *arena, gw_bid_row *bid, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, bid->bid_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_BID_INTERVAL_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_bid_interval, (size_t)rows.count, &bid->intervals, reterr));
    bid->interval_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_instant(&row, "start_at", &bid->intervals[i].start);
        gw_row_power(&row, "offered_w", &bid->intervals[i].offered);
        GW_TRY(gw_row_end(&row, reterr));
    }
    return gw_ok();
}

static gw_status read_bid(gw_row row, gw_bid_row *ret, gw_fault *reterr) {
    gw_bid_row read = {0};
    gw_row_uuid(&row, "bid_id", &read.bid_id);
    gw_row_uuid(&row, "event_id", &read.event_id);
    gw_row_text(&row, "party", &read.party);
    gw_row_text(&row, "group_id", &read.group);
    gw_row_price(&row, "price_micros_per_kwh", &read.price);
    gw_row_int64(&row, "min_activation_pct", &read.min_activation_pct);
    gw_row_int64(&row, "activation_pct", &read.activation_pct);
    gw_row_text(&row, "state", &read.state);
    gw_row_text(&row, "reason", &read.reason);
    gw_row_instant(&row, "received_at", &read.received_at);
    gw_row_bytes(&row, "raw", &read.raw);
    gw_row_bytes(&row, "raw_hash", &read.raw_hash);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status insert_bid(gw_db *tx, gw_arena *arena, const gw_bid_row *bid, int64_t *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, bid->bid_id);
    gw_bind_uuid(&args, bid->event_id);
    gw_bind_text(&args, bid->party);
    gw_bind_text(&args, bid->group);
    gw_bind_price(&args, bid->price);
    gw_bind_int64(&args, bid->min_activation_pct);
    gw_bind_text(&args, bid->state);
    gw_bind_instant(&args, bid->received_at);
    gw_bind_bytes(&args, bid->raw);
    gw_bind_bytes(&args, bid->raw_hash);
    return gw_db_exec(tx, GW_QUERY_BID_INSERT, &args, ret, reterr);
}

static gw_status find_same(gw_db *tx, gw_arena *arena, const gw_bid_row *bid, gw_bid_row *ret,
                           gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, bid->event_id);
    gw_bind_text(&args, bid->party);
    gw_bind_bytes(&args, bid->raw_hash);
    gw_row row;
    GW_TRY(gw_db_query_one(tx, GW_QUERY_BID_FIND_SAME, &args, &row, reterr));
    gw_bid_row found;
    GW_TRY(read_bid(row, &found, reterr));
    GW_TRY(load_intervals(tx, arena, &found, reterr));
    *ret = found;
    return gw_ok();
}

gw_status gw_bid_save(gw_db *tx, gw_arena *arena, const gw_bid_row *bid, gw_bid_row *ret,
                      gw_fault *reterr) {
    int64_t inserted = 0;
    GW_TRY(insert_bid(tx, arena, bid, &inserted, reterr));
    for (int i = 0; inserted > 0 && i < bid->interval_count; i++) {
        gw_args args;
        gw_args_init(&args, arena);
        gw_bind_uuid(&args, bid->bid_id);
        gw_bind_instant(&args, bid->intervals[i].start);
        gw_bind_power(&args, bid->intervals[i].offered);
        GW_TRY(gw_db_exec(tx, GW_QUERY_BID_INTERVAL_INSERT, &args, NULL, reterr));
    }
    return find_same(tx, arena, bid, ret, reterr);
}

gw_status gw_bid_load(gw_db *db, gw_arena *arena, gw_uuid bid_id, gw_bid_row *ret,
                      gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, bid_id);
    gw_row row;
    GW_TRY(gw_db_query_one(db, GW_QUERY_BID_FIND, &args, &row, reterr));
    gw_bid_row found;
    GW_TRY(read_bid(row, &found, reterr));
    GW_TRY(load_intervals(db, arena, &found, reterr));
    *ret = found;
    return gw_ok();
}

gw_status gw_bid_load_list(gw_db *db, gw_arena *arena, const gw_bid_filter *filter,
                           gw_bid_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, filter->event_id);
    gw_bind_text_or_null(&args, filter->party);
    gw_bind_text_or_null(&args, filter->state);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_BID_LIST, &args, &rows, reterr));
    gw_bid_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_bid_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        GW_TRY(read_bid(gw_rows_at(&rows, i), &items[i], reterr));
        GW_TRY(load_intervals(db, arena, &items[i], reterr));
    }
    *ret = (gw_bid_list){items, rows.count};
    return gw_ok();
}

gw_status gw_bid_save_move(gw_db *tx, gw_arena *arena, const gw_bid_move *move, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, move->bid_id);
    gw_bind_text(&args, move->from);
    gw_bind_text(&args, move->to);
    gw_bind_text(&args, move->reason);
    gw_bind_int64(&args, move->activation_pct);
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, GW_QUERY_BID_SET_STATE, &args, &affected, reterr));
    if (affected == 0)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "bid", "the bid is not in %.*s",
                            GW_TEXT_ARGS(move->from));
    return gw_ok();
}

gw_status gw_bid_count_of_group(gw_db *tx, gw_arena *arena, const gw_bid_row *bid, int64_t *ret,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, bid->event_id);
    gw_bind_text(&args, bid->group);
    gw_row row;
    GW_TRY(gw_db_query_one(tx, GW_QUERY_BID_OFFERED_BY_GROUP, &args, &row, reterr));
    int64_t count = 0;
    gw_row_int64(&row, "bids", &count);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = count;
    return gw_ok();
}
