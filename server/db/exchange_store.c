/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/exchange_store.h"

#include "server/db/optional.h"

/* ---- members, ties, cuts */

static gw_args args_of(gw_arena *arena, gw_uuid id) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, id);
    return args;
}

static gw_status load_members(gw_db *db, gw_arena *arena, gw_exchange_row *row, gw_fault *reterr) {
    const gw_args args = args_of(arena, row->exchange_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_MEMBER_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_member_row, (size_t)rows.count, &row->members, reterr));
    row->member_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row one = gw_rows_at(&rows, i);
        gw_exchange_member_row *member = &row->members[i];
        gw_row_text(&one, "party", &member->party);
        gw_row_text(&one, "transport", &member->transport);
        gw_row_text_or_empty(&one, "point", &member->point);
        gw_row_power(&one, "least_w", &member->least);
        gw_row_power(&one, "most_w", &member->most);
        GW_TRY(gw_row_end(&one, reterr));
    }
    return gw_ok();
}

static gw_status load_ties(gw_db *db, gw_arena *arena, gw_exchange_row *row, gw_fault *reterr) {
    const gw_args args = args_of(arena, row->exchange_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_TIE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_tie_row, (size_t)rows.count, &row->ties, reterr));
    row->tie_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row one = gw_rows_at(&rows, i);
        gw_row_int64(&one, "from_member", &row->ties[i].from_member);
        gw_row_int64(&one, "to_member", &row->ties[i].to_member);
        gw_row_int64_or(&one, "limit_w", GW_EXCHANGE_UNLIMITED, &row->ties[i].limit.w);
        GW_TRY(gw_row_end(&one, reterr));
    }
    return gw_ok();
}

static gw_status load_cuts(gw_db *db, gw_arena *arena, gw_exchange_row *row, gw_fault *reterr) {
    const gw_args args = args_of(arena, row->exchange_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_CUT_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_cut_row, (size_t)rows.count, &row->cuts, reterr));
    row->cut_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row one = gw_rows_at(&rows, i);
        gw_exchange_cut_row *cut = &row->cuts[i];
        gw_row_int64(&one, "run", &cut->run);
        gw_row_int64(&one, "interval_no", &cut->interval);
        gw_row_int64(&one, "ordinal", &cut->member);
        gw_row_power(&one, "least_w", &cut->least);
        gw_row_power(&one, "most_w", &cut->most);
        GW_TRY(gw_row_end(&one, reterr));
    }
    return gw_ok();
}

static gw_status load_parts(gw_db *db, gw_arena *arena, gw_exchange_row *row, gw_fault *reterr) {
    GW_TRY(load_members(db, arena, row, reterr));
    GW_TRY(load_ties(db, arena, row, reterr));
    return load_cuts(db, arena, row, reterr);
}

static gw_status save_member(gw_db *tx, gw_arena *arena, const gw_exchange_row *row, int ordinal,
                             gw_fault *reterr) {
    const gw_exchange_member_row *member = &row->members[ordinal];
    gw_args args = args_of(arena, row->exchange_id);
    gw_bind_int64(&args, ordinal);
    gw_bind_text(&args, member->party);
    gw_bind_text(&args, member->transport);
    gw_bind_text_or_null(&args, member->point);
    gw_bind_power(&args, member->least);
    gw_bind_power(&args, member->most);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_MEMBER_INSERT, &args, NULL, reterr);
}

static gw_status save_tie(gw_db *tx, gw_arena *arena, const gw_exchange_row *row, int ordinal,
                          gw_fault *reterr) {
    const gw_exchange_tie_row *tie = &row->ties[ordinal];
    gw_args args = args_of(arena, row->exchange_id);
    gw_bind_int64(&args, ordinal);
    gw_bind_int64(&args, tie->from_member);
    gw_bind_int64(&args, tie->to_member);
    if (tie->limit.w == GW_EXCHANGE_UNLIMITED)
        gw_bind_null(&args);
    else
        gw_bind_power(&args, tie->limit);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_TIE_INSERT, &args, NULL, reterr);
}

gw_status gw_exchange_save_cut(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                               const gw_exchange_cut_row *cut, gw_fault *reterr) {
    gw_args args = args_of(arena, exchange_id);
    gw_bind_int64(&args, cut->run);
    gw_bind_int64(&args, cut->interval);
    gw_bind_int64(&args, cut->member);
    gw_bind_power(&args, cut->least);
    gw_bind_power(&args, cut->most);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_CUT_INSERT, &args, NULL, reterr);
}

/* ---- exchanges */

static gw_status read_warm_from(gw_row *row, gw_arena *arena, const gw_uuid **ret,
                                gw_fault *reterr) {
    gw_uuid *id = NULL;
    if (gw_row_is_null(row, "warm_from")) return gw_ok();
    GW_TRY(GW_ARENA_NEW(arena, gw_uuid, 1, &id, reterr));
    gw_row_uuid(row, "warm_from", id);
    *ret = id;
    return gw_ok();
}

static void read_progress(gw_row *row, gw_exchange_row *ret) {
    gw_row_text(row, "outcome", &ret->outcome);
    gw_row_int64(row, "run", &ret->run);
    gw_row_int64(row, "iteration", &ret->iteration);
    gw_row_int64(row, "counter", &ret->counter);
    gw_row_instant(row, "round_at", &ret->round_at);
    gw_row_instant(row, "answer_by", &ret->answer_by);
    gw_row_int64(row, "reminders", &ret->reminders);
    gw_row_bytes(row, "stored", &ret->stored);
    gw_row_text(row, "result", &ret->result);
    gw_row_bytes_or_empty(row, "result_hash", &ret->result_hash);
    gw_row_instant_or_zero(row, "ended_at", &ret->ended_at);
}

static gw_status read_exchange(gw_row row, gw_arena *arena, gw_exchange_row *ret,
                               gw_fault *reterr) {
    gw_exchange_row read = {0};
    gw_row_uuid(&row, "exchange_id", &read.exchange_id);
    gw_row_text(&row, "state", &read.state);
    gw_row_text(&row, "reason", &read.reason);
    gw_row_text(&row, "form", &read.form);
    gw_row_text(&row, "balancing", &read.balancing);
    gw_row_text_or_empty(&row, "network", &read.network);
    gw_row_instant(&row, "start_at", &read.start_at);
    gw_row_int64(&row, "interval_s", &read.interval_s);
    gw_row_int64(&row, "interval_count", &read.interval_count);
    gw_row_int64(&row, "penalty", &read.penalty);
    gw_row_int64(&row, "stop_milliwatt", &read.stop_milliwatt);
    gw_row_int64(&row, "answer_s", &read.answer_s);
    gw_row_instant(&row, "deadline_at", &read.deadline_at);
    GW_TRY(read_warm_from(&row, arena, &read.warm_from, reterr));
    gw_row_instant(&row, "created_at", &read.created_at);
    read_progress(&row, &read);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

static gw_status insert_exchange(gw_db *tx, gw_arena *arena, const gw_exchange_row *row,
                                 gw_fault *reterr) {
    gw_args args = args_of(arena, row->exchange_id);
    gw_bind_text(&args, row->form);
    gw_bind_text(&args, row->balancing);
    gw_bind_text_or_null(&args, row->network);
    gw_bind_instant(&args, row->start_at);
    gw_bind_int64(&args, row->interval_s);
    gw_bind_int64(&args, row->interval_count);
    gw_bind_int64(&args, row->penalty);
    gw_bind_int64(&args, row->stop_milliwatt);
    gw_bind_int64(&args, row->answer_s);
    gw_bind_instant(&args, row->deadline_at);
    gw_bind_uuid_or_null(&args, row->warm_from);
    gw_bind_instant(&args, row->created_at);
    gw_bind_int64(&args, row->iteration);
    gw_bind_int64(&args, row->counter);
    gw_bind_instant(&args, row->answer_by);
    gw_bind_bytes(&args, row->stored);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_INSERT, &args, NULL, reterr);
}

gw_status gw_exchange_save(gw_db *tx, gw_arena *arena, const gw_exchange_row *row,
                           gw_fault *reterr) {
    GW_TRY(insert_exchange(tx, arena, row, reterr));
    for (int i = 0; i < row->member_count; i++) GW_TRY(save_member(tx, arena, row, i, reterr));
    for (int i = 0; i < row->tie_count; i++) GW_TRY(save_tie(tx, arena, row, i, reterr));
    return gw_ok();
}

typedef struct one_call {
    gw_query query;
    gw_uuid id;
} one_call;

static gw_status load_one(gw_db *db, gw_arena *arena, one_call call, gw_exchange_row *ret,
                          gw_fault *reterr) {
    const gw_args args = args_of(arena, call.id);
    gw_row row;
    gw_exchange_row found;
    GW_TRY(gw_db_query_one(db, call.query, &args, &row, reterr));
    GW_TRY(read_exchange(row, arena, &found, reterr));
    GW_TRY(load_parts(db, arena, &found, reterr));
    *ret = found;
    return gw_ok();
}

gw_status gw_exchange_load(gw_db *db, gw_arena *arena, gw_uuid id, gw_exchange_row *ret,
                           gw_fault *reterr) {
    return load_one(db, arena, (one_call){GW_QUERY_EXCHANGE_FIND, id}, ret, reterr);
}

gw_status gw_exchange_lock(gw_db *tx, gw_arena *arena, gw_uuid id, gw_exchange_row *ret,
                           gw_fault *reterr) {
    return load_one(tx, arena, (one_call){GW_QUERY_EXCHANGE_LOCK, id}, ret, reterr);
}

gw_status gw_exchange_load_list(gw_db *db, gw_arena *arena, const gw_exchange_filter *filter,
                                gw_exchange_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text_or_null(&args, filter->state);
    gw_bind_text_or_null(&args, filter->party);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    gw_rows rows;
    gw_exchange_row *items = NULL;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        GW_TRY(read_exchange(gw_rows_at(&rows, i), arena, &items[i], reterr));
        GW_TRY(load_parts(db, arena, &items[i], reterr));
    }
    *ret = (gw_exchange_list){items, rows.count};
    return gw_ok();
}

gw_status gw_exchange_load_live(gw_db *db, gw_arena *arena, gw_exchange_list *ret,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_rows rows;
    gw_exchange_row *items = NULL;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_LIVE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_uuid(&row, "exchange_id", &items[i].exchange_id);
        gw_row_text(&row, "state", &items[i].state);
        gw_row_int64(&row, "counter", &items[i].counter);
        gw_row_instant(&row, "round_at", &items[i].round_at);
        gw_row_instant(&row, "answer_by", &items[i].answer_by);
        gw_row_instant(&row, "deadline_at", &items[i].deadline_at);
        gw_row_int64(&row, "reminders", &items[i].reminders);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_exchange_list){items, rows.count};
    return gw_ok();
}

gw_status gw_exchange_save_move(gw_db *tx, gw_arena *arena, const gw_exchange_row *row,
                                gw_fault *reterr) {
    gw_args args = args_of(arena, row->exchange_id);
    gw_bind_text(&args, row->state);
    gw_bind_text(&args, row->reason);
    gw_bind_text(&args, row->form);
    gw_bind_text(&args, row->outcome);
    gw_bind_int64(&args, row->run);
    gw_bind_int64(&args, row->iteration);
    gw_bind_int64(&args, row->counter);
    gw_bind_instant(&args, row->round_at);
    gw_bind_instant(&args, row->answer_by);
    gw_bind_int64(&args, row->reminders);
    gw_bind_bytes(&args, row->stored);
    gw_bind_text(&args, row->result);
    gw_bind_bytes_or_null(&args, row->result_hash);
    gw_bind_instant_or_null(&args, row->ended_at);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_UPDATE, &args, NULL, reterr);
}

/* ---- what was agreed */

gw_status gw_exchange_save_shares(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                  const gw_exchange_share_list *shares, gw_fault *reterr) {
    for (int i = 0; i < shares->count; i++) {
        const gw_exchange_share *share = &shares->items[i];
        gw_args args = args_of(arena, exchange_id);
        gw_bind_int64(&args, share->interval);
        gw_bind_int64(&args, share->member);
        gw_bind_power(&args, share->export_power);
        gw_bind_int64(&args, share->price_nanos_per_kwh);
        GW_TRY(gw_db_exec(tx, GW_QUERY_EXCHANGE_SHARE_SAVE, &args, NULL, reterr));
    }
    return gw_ok();
}

gw_status gw_exchange_load_shares(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                  gw_exchange_share_list *ret, gw_fault *reterr) {
    const gw_args args = args_of(arena, exchange_id);
    gw_rows rows;
    gw_exchange_share *items = NULL;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_SHARE_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_share, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_int64(&row, "interval_no", &items[i].interval);
        gw_row_int64(&row, "ordinal", &items[i].member);
        gw_row_power(&row, "export_w", &items[i].export_power);
        gw_row_int64(&row, "price_nanos_per_kwh", &items[i].price_nanos_per_kwh);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_exchange_share_list){items, rows.count};
    return gw_ok();
}

gw_status gw_exchange_save_check(gw_db *tx, gw_arena *arena, gw_uuid exchange_id,
                                 const gw_exchange_check_row *row, gw_fault *reterr) {
    gw_args args = args_of(arena, exchange_id);
    gw_bind_int64(&args, row->run);
    gw_bind_int64(&args, row->interval);
    gw_bind_uuid_or_null(&args, row->check_id);
    gw_bind_text(&args, row->verdict);
    gw_bind_bytes_or_null(&args, row->digest);
    return gw_db_exec(tx, GW_QUERY_EXCHANGE_CHECK_INSERT, &args, NULL, reterr);
}

static gw_status read_check(gw_row row, gw_arena *arena, gw_exchange_check_row *ret,
                            gw_fault *reterr) {
    gw_row_int64(&row, "run", &ret->run);
    gw_row_int64(&row, "interval_no", &ret->interval);
    if (!gw_row_is_null(&row, "check_id")) {
        gw_uuid *id = NULL;
        GW_TRY(GW_ARENA_NEW(arena, gw_uuid, 1, &id, reterr));
        gw_row_uuid(&row, "check_id", id);
        ret->check_id = id;
    }
    gw_row_text(&row, "verdict", &ret->verdict);
    gw_row_bytes_or_empty(&row, "digest", &ret->digest);
    return gw_row_end(&row, reterr);
}

gw_status gw_exchange_load_checks(gw_db *db, gw_arena *arena, gw_uuid exchange_id,
                                  gw_exchange_check_list *ret, gw_fault *reterr) {
    const gw_args args = args_of(arena, exchange_id);
    gw_rows rows;
    gw_exchange_check_row *items = NULL;
    GW_TRY(gw_db_query(db, GW_QUERY_EXCHANGE_CHECK_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_check_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_check(gw_rows_at(&rows, i), arena, &items[i], reterr));
    *ret = (gw_exchange_check_list){items, rows.count};
    return gw_ok();
}
