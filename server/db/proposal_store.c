/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/proposal_store.h"

#include "server/db/optional.h"

static gw_status read_proposal(gw_row row, gw_proposal_row *ret, gw_fault *reterr) {
    gw_proposal_row read = {0};
    gw_row_uuid(&row, "proposal_id", &read.proposal_id);
    gw_row_text(&row, "kind", &read.kind);
    gw_row_uuid(&row, "subject_id", &read.subject_id);
    gw_row_int64(&row, "revision", &read.revision);
    gw_row_int64(&row, "epoch", &read.epoch);
    gw_row_int64(&row, "signer_set", &read.signer_set);
    gw_row_int64(&row, "quorum", &read.quorum);
    gw_row_int64(&row, "nodes", &read.nodes);
    gw_row_bytes(&row, "digest", &read.digest);
    gw_row_bytes(&row, "data_hash", &read.data_hash);
    gw_row_text(&row, "message", &read.message);
    gw_row_bytes(&row, "core", &read.core);
    gw_row_text(&row, "state", &read.state);
    gw_row_text(&row, "reason", &read.reason);
    gw_row_instant(&row, "opened_at", &read.opened_at);
    gw_row_instant_or_zero(&row, "decided_at", &read.decided_at);
    gw_row_bytes_or_empty(&row, "certificate", &read.certificate);
    gw_row_instant_or_zero(&row, "closes_at", &read.closes_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_proposal_save(gw_db *tx, gw_arena *arena, const gw_proposal_row *row,
                           gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->proposal_id);
    gw_bind_text(&args, row->kind);
    gw_bind_uuid(&args, row->subject_id);
    gw_bind_int64(&args, row->revision);
    gw_bind_int64(&args, row->epoch);
    gw_bind_int64(&args, row->signer_set);
    gw_bind_int64(&args, row->quorum);
    gw_bind_int64(&args, row->nodes);
    gw_bind_bytes(&args, row->digest);
    gw_bind_bytes(&args, row->data_hash);
    gw_bind_text(&args, row->message);
    gw_bind_bytes(&args, row->core);
    gw_bind_instant(&args, row->opened_at);
    gw_bind_instant_or_null(&args, row->closes_at);
    return gw_db_exec(tx, GW_QUERY_PROPOSAL_INSERT, &args, NULL, reterr);
}

static gw_status load_by_id(gw_db *db, gw_query query, gw_arena *arena, gw_uuid id,
                            gw_proposal_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, id);
    gw_row row;
    GW_TRY(gw_db_query_one(db, query, &args, &row, reterr));
    return read_proposal(row, ret, reterr);
}

gw_status gw_proposal_load(gw_db *db, gw_arena *arena, gw_uuid id, gw_proposal_row *ret,
                           gw_fault *reterr) {
    return load_by_id(db, GW_QUERY_PROPOSAL_FIND, arena, id, ret, reterr);
}

gw_status gw_proposal_lock(gw_db *tx, gw_arena *arena, gw_uuid id, gw_proposal_row *ret,
                           gw_fault *reterr) {
    return load_by_id(tx, GW_QUERY_PROPOSAL_LOCK, arena, id, ret, reterr);
}

static gw_status load_by_key(gw_db *db, gw_query query, gw_arena *arena, const gw_proposal_key *key,
                             gw_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, key->subject_id);
    gw_bind_text(&args, key->kind);
    return gw_db_query_one(db, query, &args, ret, reterr);
}

gw_status gw_proposal_load_last(gw_db *db, gw_arena *arena, const gw_proposal_key *key,
                                gw_proposal_row *ret, gw_fault *reterr) {
    gw_row row;
    GW_TRY(load_by_key(db, GW_QUERY_PROPOSAL_LAST, arena, key, &row, reterr));
    return read_proposal(row, ret, reterr);
}

gw_status gw_proposal_load_certified(gw_db *db, gw_arena *arena, const gw_proposal_key *key,
                                     gw_proposal_row *ret, gw_fault *reterr) {
    gw_row row;
    GW_TRY(load_by_key(db, GW_QUERY_PROPOSAL_CERTIFIED, arena, key, &row, reterr));
    return read_proposal(row, ret, reterr);
}

gw_status gw_proposal_load_list(gw_db *db, gw_arena *arena, const gw_proposal_filter *filter,
                                gw_proposal_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text_or_null(&args, filter->state);
    gw_bind_text_or_null(&args, filter->node);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_PROPOSAL_LIST, &args, &rows, reterr));
    gw_proposal_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_proposal_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_proposal(gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_proposal_list){items, rows.count};
    return gw_ok();
}

gw_status gw_proposal_load_closing(gw_db *db, gw_arena *arena, gw_instant now, gw_proposal_ids *ret,
                                   gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, now);
    GW_TRY(gw_db_query(db, GW_QUERY_PROPOSAL_CLOSING, &args, &rows, reterr));
    gw_uuid *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_uuid, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_uuid(&row, "proposal_id", &items[i]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_proposal_ids){items, rows.count};
    return gw_ok();
}

gw_status gw_proposal_load_waiting(gw_db *db, gw_arena *arena, gw_proposal_waiting *ret,
                                   gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_row row;
    GW_TRY(gw_db_query_one(db, GW_QUERY_PROPOSAL_WAITING, &args, &row, reterr));
    gw_proposal_waiting waiting = {0};
    gw_row_int64(&row, "undecided", &waiting.undecided);
    gw_row_int64(&row, "unanswered", &waiting.unanswered);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = waiting;
    return gw_ok();
}

gw_status gw_proposal_save_decision(gw_db *tx, gw_arena *arena, const gw_proposal_row *row,
                                    gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->proposal_id);
    gw_bind_text(&args, row->state);
    gw_bind_text(&args, row->reason);
    gw_bind_bytes_or_null(&args, row->certificate);
    gw_bind_instant(&args, row->decided_at);
    return gw_db_exec(tx, GW_QUERY_PROPOSAL_DECIDE, &args, NULL, reterr);
}

gw_status gw_vote_save(gw_db *tx, gw_arena *arena, const gw_vote_row *vote, bool *ret_is_new,
                       gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, vote->proposal_id);
    gw_bind_bytes(&args, vote->signer);
    gw_bind_text(&args, vote->node);
    gw_bind_text(&args, vote->verdict);
    gw_bind_text(&args, vote->detail);
    gw_bind_text(&args, vote->seen);
    gw_bind_bytes_or_null(&args, vote->signature);
    gw_bind_instant(&args, vote->received_at);
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, GW_QUERY_VOTE_INSERT, &args, &affected, reterr));
    *ret_is_new = affected > 0;
    return gw_ok();
}

static void read_vote(gw_row *row, gw_vote_row *ret) {
    gw_row_uuid(row, "proposal_id", &ret->proposal_id);
    gw_row_bytes(row, "signer", &ret->signer);
    gw_row_text(row, "node", &ret->node);
    gw_row_text(row, "verdict", &ret->verdict);
    gw_row_text(row, "detail", &ret->detail);
    gw_row_text(row, "seen", &ret->seen);
    gw_row_bytes_or_empty(row, "signature", &ret->signature);
    gw_row_instant(row, "received_at", &ret->received_at);
}

gw_status gw_vote_load_list(gw_db *db, gw_arena *arena, gw_uuid proposal_id, gw_vote_list *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, proposal_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_VOTE_LIST, &args, &rows, reterr));
    gw_vote_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_vote_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        read_vote(&row, &items[i]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_vote_list){items, rows.count};
    return gw_ok();
}

gw_status gw_vote_load_counts(gw_db *db, gw_arena *arena, gw_vote_count_list *ret,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_VOTE_COUNT_BY_NODE, &args, &rows, reterr));
    gw_vote_count *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_vote_count, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_text(&row, "node", &items[i].node);
        gw_row_bytes(&row, "signer", &items[i].signer);
        gw_row_instant(&row, "last_seen_at", &items[i].last_seen_at);
        gw_row_int64(&row, "signed", &items[i].signed_count);
        gw_row_int64(&row, "refused", &items[i].refused_count);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_vote_count_list){items, rows.count};
    return gw_ok();
}
