/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/order_store.h"

#include "server/db/optional.h"

static gw_status insert_order(gw_db *tx, gw_arena *arena, const gw_order_row *order, int64_t *ret,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, order->order_id);
    gw_bind_uuid(&args, order->event_id);
    gw_bind_uuid(&args, order->bid_id);
    gw_bind_text(&args, order->party);
    gw_bind_text(&args, order->payee);
    gw_bind_text(&args, order->group);
    gw_bind_price(&args, order->price);
    gw_bind_int64(&args, order->activation_pct);
    gw_bind_bytes(&args, order->salt);
    gw_bind_text(&args, order->state);
    gw_bind_instant(&args, order->ordered_at);
    return gw_db_exec(tx, GW_QUERY_ORDER_INSERT, &args, ret, reterr);
}

static gw_status insert_intervals(gw_db *tx, gw_arena *arena, const gw_order_row *order,
                                  gw_fault *reterr) {
    for (int i = 0; i < order->interval_count; i++) {
        gw_args args;
        gw_args_init(&args, arena);
        gw_bind_uuid(&args, order->order_id);
        gw_bind_instant(&args, order->intervals[i].start);
        gw_bind_power(&args, order->intervals[i].power);
        GW_TRY(gw_db_exec(tx, GW_QUERY_ORDER_INTERVAL_INSERT, &args, NULL, reterr));
    }
    return gw_ok();
}

static gw_status insert_meters(gw_db *tx, gw_arena *arena, const gw_order_row *order,
                               gw_fault *reterr) {
    for (int i = 0; i < order->meter_count; i++) {
        gw_args args;
        gw_args_init(&args, arena);
        gw_bind_uuid(&args, order->order_id);
        gw_bind_text(&args, order->meters[i].meter);
        gw_bind_power(&args, order->meters[i].qualified);
        GW_TRY(gw_db_exec(tx, GW_QUERY_ORDER_METER_INSERT, &args, NULL, reterr));
    }
    return gw_ok();
}

gw_status gw_order_save(gw_db *tx, gw_arena *arena, const gw_order_row *order, gw_fault *reterr) {
    int64_t inserted = 0;
    GW_TRY(insert_order(tx, arena, order, &inserted, reterr));
    if (inserted == 0) return gw_ok();
    GW_TRY(insert_intervals(tx, arena, order, reterr));
    return insert_meters(tx, arena, order, reterr);
}

static gw_status load_intervals(gw_db *db, gw_arena *arena, gw_order_row *order, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, order->order_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_ORDER_INTERVAL_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_order_interval, (size_t)rows.count, &order->intervals, reterr));
    order->interval_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_instant(&row, "start_at", &order->intervals[i].start);
        gw_row_power(&row, "order_w", &order->intervals[i].power);
        GW_TRY(gw_row_end(&row, reterr));
    }
    return gw_ok();
}

static gw_status load_meters(gw_db *db, gw_arena *arena, gw_order_row *order, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, order->order_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_ORDER_METER_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_order_meter, (size_t)rows.count, &order->meters, reterr));
    order->meter_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_text(&row, "meter", &order->meters[i].meter);
        gw_row_power(&row, "qualified_w", &order->meters[i].qualified);
        GW_TRY(gw_row_end(&row, reterr));
    }
    return gw_ok();
}

static gw_status read_order(gw_row row, gw_order_row *ret, gw_fault *reterr) {
    gw_order_row read = {0};
    gw_row_uuid(&row, "order_id", &read.order_id);
    gw_row_uuid(&row, "event_id", &read.event_id);
    gw_row_uuid(&row, "bid_id", &read.bid_id);
    gw_row_text(&row, "party", &read.party);
    gw_row_text(&row, "payee", &read.payee);
    gw_row_text(&row, "group_id", &read.group);
    gw_row_price(&row, "price_micros_per_kwh", &read.price);
    gw_row_int64(&row, "activation_pct", &read.activation_pct);
    gw_row_bytes(&row, "salt", &read.salt);
    gw_row_text(&row, "state", &read.state);
    gw_row_instant(&row, "ordered_at", &read.ordered_at);
    gw_row_instant_or_zero(&row, "acked_at", &read.acked_at);
    gw_row_text(&row, "reason", &read.reason);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status complete_order(gw_db *db, gw_arena *arena, gw_row row, gw_order_row *ret,
                                gw_fault *reterr) {
    gw_order_row read;
    GW_TRY(read_order(row, &read, reterr));
    GW_TRY(load_intervals(db, arena, &read, reterr));
    GW_TRY(load_meters(db, arena, &read, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_order_load(gw_db *db, gw_arena *arena, gw_uuid order_id, gw_order_row *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, order_id);
    gw_row row;
    GW_TRY(gw_db_query_one(db, GW_QUERY_ORDER_FIND, &args, &row, reterr));
    return complete_order(db, arena, row, ret, reterr);
}

gw_status gw_order_load_list(gw_db *db, gw_arena *arena, const gw_order_filter *filter,
                             gw_order_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid_or_null(&args, filter->event_id);
    gw_bind_text_or_null(&args, filter->party);
    gw_bind_text_or_null(&args, filter->state);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_ORDER_LIST, &args, &rows, reterr));
    gw_order_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_order_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(complete_order(db, arena, gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_order_list){items, rows.count};
    return gw_ok();
}

gw_status gw_order_save_move(gw_db *tx, gw_arena *arena, const gw_order_move *move,
                             gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, move->order_id);
    gw_bind_text(&args, move->from);
    gw_bind_text(&args, move->to);
    gw_bind_instant_or_null(&args, move->acked_at);
    gw_bind_text(&args, move->reason);
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, GW_QUERY_ORDER_SET_STATE, &args, &affected, reterr));
    if (affected == 0)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "order", "the order is not in %.*s",
                            GW_TEXT_ARGS(move->from));
    return gw_ok();
}
