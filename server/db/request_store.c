/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/request_store.h"

#include "server/db/optional.h"

static void read_terms(gw_row *row, gw_request_row *ret) {
    gw_row_int64(row, "interval_s", &ret->interval_s);
    gw_row_price(row, "price_cap_micros_per_kwh", &ret->price_cap);
    gw_row_price(row, "shortfall_price_micros_per_kwh", &ret->shortfall_price);
    gw_row_money(row, "budget_micros", &ret->budget);
    gw_row_text(row, "method", &ret->method);
    gw_row_text(row, "adjustment", &ret->adjustment);
    gw_row_text(row, "own_event_days", &ret->own_event_days);
    gw_row_text(row, "calendar", &ret->calendar);
    gw_row_int64(row, "calendar_version", &ret->calendar_version);
    gw_row_bytes(row, "calendar_hash", &ret->calendar_hash);
}

static gw_status read_request(gw_row row, gw_request_row *ret, gw_fault *reterr) {
    gw_request_row read = {0};
    gw_row_uuid(&row, "event_id", &read.event_id);
    gw_row_text(&row, "state", &read.state);
    gw_row_text(&row, "transformer", &read.transformer);
    gw_row_text(&row, "source", &read.source);
    gw_row_instant(&row, "starts_at", &read.window.from);
    gw_row_instant(&row, "ends_at", &read.window.to);
    read_terms(&row, &read);
    gw_row_instant(&row, "gate_at", &read.gate_at);
    gw_row_instant(&row, "ack_by", &read.ack_by);
    gw_row_instant(&row, "data_deadline_at", &read.data_deadline_at);
    gw_row_instant(&row, "created_at", &read.created_at);
    gw_row_instant_or_zero(&row, "published_at", &read.published_at);
    gw_row_instant_or_zero(&row, "stopped_at", &read.stopped_at);
    gw_row_text(&row, "reason", &read.reason);
    gw_row_bytes_or_empty(&row, "commitment_root", &read.commitment_root);
    gw_row_money(&row, "max_liability_micros", &read.max_liability);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status insert_request(gw_db *tx, gw_arena *arena, const gw_request_row *request,
                                bool *ret_is_new, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, request->event_id);
    gw_bind_text(&args, request->state);
    gw_bind_text(&args, request->transformer);
    gw_bind_text(&args, request->source);
    gw_bind_instant(&args, request->window.from);
    gw_bind_instant(&args, request->window.to);
    gw_bind_int64(&args, request->interval_s);
    gw_bind_price(&args, request->price_cap);
    gw_bind_price(&args, request->shortfall_price);
    gw_bind_money(&args, request->budget);
    gw_bind_text(&args, request->method);
    gw_bind_text(&args, request->adjustment);
    gw_bind_text(&args, request->own_event_days);
    gw_bind_text(&args, request->calendar);
    gw_bind_int64(&args, request->calendar_version);
    gw_bind_bytes(&args, request->calendar_hash);
    gw_bind_instant(&args, request->gate_at);
    gw_bind_instant(&args, request->ack_by);
    gw_bind_instant(&args, request->data_deadline_at);
    gw_bind_instant(&args, request->created_at);
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, GW_QUERY_REQUEST_INSERT, &args, &affected, reterr));
    *ret_is_new = affected > 0;
    return gw_ok();
}

gw_status gw_request_save(gw_db *tx, gw_arena *arena, const gw_request_row *request,
                          bool *ret_is_new, gw_fault *reterr) {
    const gw_need_list need = request->need;
    bool is_new = false;
    GW_TRY(insert_request(tx, arena, request, &is_new, reterr));
    for (int i = 0; is_new && i < need.count; i++) {
        gw_args args;
        gw_args_init(&args, arena);
        gw_bind_uuid(&args, request->event_id);
        gw_bind_instant(&args, need.items[i].start);
        gw_bind_power(&args, need.items[i].need);
        gw_bind_power(&args, need.items[i].forecast);
        GW_TRY(gw_db_exec(tx, GW_QUERY_REQUEST_INTERVAL_INSERT, &args, NULL, reterr));
    }
    *ret_is_new = is_new;
    return gw_ok();
}

static gw_status load_one(gw_db *db, gw_query query, gw_arena *arena, gw_uuid event_id, gw_row *ret,
                          gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    return gw_db_query_one(db, query, &args, ret, reterr);
}

gw_status gw_request_load(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_request_row *ret,
                          gw_fault *reterr) {
    gw_row row;
    GW_TRY(load_one(db, GW_QUERY_REQUEST_FIND, arena, event_id, &row, reterr));
    return read_request(row, ret, reterr);
}

gw_status gw_request_lock(gw_db *tx, gw_arena *arena, gw_uuid event_id, gw_request_row *ret,
                          gw_fault *reterr) {
    gw_row row;
    GW_TRY(load_one(tx, GW_QUERY_REQUEST_LOCK, arena, event_id, &row, reterr));
    return read_request(row, ret, reterr);
}

gw_status gw_request_load_list(gw_db *db, gw_arena *arena, const gw_request_filter *filter,
                               gw_request_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text_or_null(&args, filter->state);
    gw_bind_text_or_null(&args, filter->transformer);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_REQUEST_LIST, &args, &rows, reterr));
    gw_request_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_request_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_request(gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_request_list){items, rows.count};
    return gw_ok();
}

gw_status gw_request_load_need(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_need_list *ret,
                               gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_REQUEST_INTERVAL_LIST, &args, &rows, reterr));
    gw_need_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_need_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_instant(&row, "start_at", &items[i].start);
        gw_row_power(&row, "need_w", &items[i].need);
        gw_row_power(&row, "forecast_w", &items[i].forecast);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_need_list){items, rows.count};
    return gw_ok();
}

gw_status gw_request_save_move(gw_db *tx, gw_arena *arena, const gw_request_move *move,
                               gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, move->event_id);
    gw_bind_text(&args, move->from);
    gw_bind_text(&args, move->to);
    gw_bind_text(&args, move->reason);
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, GW_QUERY_REQUEST_SET_STATE, &args, &affected, reterr));
    if (affected == 0)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "request", "the request is not in %.*s",
                            GW_TEXT_ARGS(move->from));
    return gw_ok();
}

static gw_status save_instant(gw_db *tx, gw_query query, gw_arena *arena,
                              const gw_request_row *what, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, what->event_id);
    gw_bind_instant(&args, what->created_at);
    return gw_db_exec(tx, query, &args, NULL, reterr);
}

gw_status gw_request_save_published(gw_db *tx, gw_arena *arena, gw_uuid event_id, gw_instant now,
                                    gw_fault *reterr) {
    const gw_request_row what = {.event_id = event_id, .created_at = now};
    return save_instant(tx, GW_QUERY_REQUEST_SET_PUBLISHED, arena, &what, reterr);
}

gw_status gw_request_save_stopped(gw_db *tx, gw_arena *arena, gw_uuid event_id, gw_instant now,
                                  gw_fault *reterr) {
    const gw_request_row what = {.event_id = event_id, .created_at = now};
    return save_instant(tx, GW_QUERY_REQUEST_SET_STOPPED, arena, &what, reterr);
}

gw_status gw_request_save_promise(gw_db *tx, gw_arena *arena, const gw_request_promise *promise,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, promise->event_id);
    gw_bind_bytes(&args, promise->root);
    gw_bind_money(&args, promise->max_liability);
    return gw_db_exec(tx, GW_QUERY_REQUEST_SET_COMMITMENT, &args, NULL, reterr);
}

gw_status gw_request_load_reserved(gw_db *tx, gw_arena *arena, gw_uuid event_id, gw_money *ret,
                                   gw_fault *reterr) {
    gw_row row;
    GW_TRY(load_one(tx, GW_QUERY_REQUEST_RESERVED, arena, event_id, &row, reterr));
    gw_money reserved = {0};
    gw_row_money(&row, "reserved_micros", &reserved);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = reserved;
    return gw_ok();
}

gw_status gw_request_load_event_days(gw_db *db, gw_arena *arena, const gw_look_back *look_back,
                                     gw_event_day_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, look_back->event_id);
    gw_bind_instant(&args, look_back->period.from);
    gw_bind_instant(&args, look_back->period.to);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_REQUEST_EVENT_DAYS, &args, &rows, reterr));
    gw_event_day *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_event_day, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_text(&row, "meter", &items[i].meter);
        gw_row_instant(&row, "starts_at", &items[i].window.from);
        gw_row_instant(&row, "ends_at", &items[i].window.to);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_event_day_list){items, rows.count};
    return gw_ok();
}
