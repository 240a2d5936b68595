/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/chain_store.h"

#include <stdio.h>
#include <string.h>

static gw_args args_for(const gw_chain_journal *journal) {
    gw_args args;
    gw_args_init(&args, journal->arena);
    gw_bind_int64(&args, (int64_t)journal->chain_id);
    gw_bind_bytes(&args, (gw_bytes){journal->sender.bytes, GW_ADDRESS_BYTES});
    return args;
}

/* Columns with a CHECK on their length; NULL and other lengths leave zeros. */
static void row_word(gw_row *row, const char *column, gw_word *ret) {
    gw_bytes bytes = {NULL, 0};
    *ret = (gw_word){{0}};
    if (gw_row_is_null(row, column)) return;
    gw_row_bytes(row, column, &bytes);
    if (bytes.length == GW_WORD_BYTES) memcpy(ret->bytes, bytes.at, GW_WORD_BYTES);
}

static void row_u64(gw_row *row, const char *column, uint64_t *ret) {
    int64_t number = 0;
    gw_row_int64_or(row, column, 0, &number);
    *ret = (uint64_t)number;
}

static gw_status parse_state(gw_text name, gw_chain_state *ret, gw_fault *reterr) {
    for (int at = GW_CHAIN_RESERVED; at <= GW_CHAIN_REPLACED; at++) {
        if (!gw_text_is(name, gw_chain_state_name((gw_chain_state)at))) continue;
        *ret = (gw_chain_state)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INTERNAL, "state", "the journal has an unknown state");
}

static void copy_text(gw_text from, char *to, size_t size) {
    (void)snprintf(to, size, "%.*s", GW_TEXT_ARGS(from));
}

static gw_status read_row(gw_row row, gw_chain_row *ret, gw_fault *reterr) {
    gw_chain_row read = {.facts = {.nonce = 0}};
    gw_text purpose = GW_TEXT("");
    gw_text state = GW_TEXT("");
    gw_text detail = GW_TEXT("");
    gw_bytes receiver = {NULL, 0};
    gw_word mined;
    int64_t attempts = 0;
    row_u64(&row, "nonce", &read.facts.nonce);
    gw_row_text(&row, "purpose", &purpose);
    gw_row_bytes(&row, "receiver", &receiver);
    gw_row_bytes(&row, "calldata", &read.call.calldata);
    row_word(&row, "topic", &read.call.topic);
    row_u64(&row, "gas_limit", &read.call.gas_limit);
    gw_row_text(&row, "state", &state);
    row_word(&row, "mined_hash", &mined);
    row_u64(&row, "block_number", &read.facts.block_number);
    row_word(&row, "block_hash", &read.facts.block_hash);
    row_u64(&row, "gas_used", &read.facts.gas_used);
    gw_row_text(&row, "detail", &detail);
    gw_row_int64(&row, "attempts", &attempts);
    row_word(&row, "newest_hash", &read.facts.hash);
    GW_TRY(gw_row_end(&row, reterr));
    GW_TRY(parse_state(state, &read.facts.state, reterr));
    if (!gw_word_is_zero(mined)) read.facts.hash = mined;
    if (receiver.length == GW_ADDRESS_BYTES)
        memcpy(read.call.to.bytes, receiver.at, GW_ADDRESS_BYTES);
    read.facts.attempts = (int)attempts;
    copy_text(purpose, read.facts.purpose, sizeof read.facts.purpose);
    copy_text(detail, read.facts.detail, sizeof read.facts.detail);
    *ret = read;
    return gw_ok();
}

gw_status gw_chain_load(const gw_chain_journal *journal, gw_text purpose, gw_chain_row *ret,
                        gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_row row;
    gw_bind_text(&args, purpose);
    GW_TRY(gw_db_query_one(journal->db, GW_QUERY_CHAIN_FIND, &args, &row, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_chain_load_next_nonce(const gw_chain_journal *journal, uint64_t *ret,
                                   gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_row row;
    GW_TRY(gw_db_query_one(journal->db, GW_QUERY_CHAIN_NEXT_NONCE, &args, &row, reterr));
    row_u64(&row, "nonce", ret);
    return gw_row_end(&row, reterr);
}

gw_status gw_chain_save_reserved(const gw_chain_journal *journal, const gw_chain_row *row,
                                 gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_bind_int64(&args, (int64_t)row->facts.nonce);
    gw_bind_c(&args, row->facts.purpose);
    gw_bind_bytes(&args, (gw_bytes){row->call.to.bytes, GW_ADDRESS_BYTES});
    gw_bind_bytes(&args, row->call.calldata);
    gw_bind_bytes(&args, gw_word_slice(&row->call.topic));
    gw_bind_int64(&args, (int64_t)row->call.gas_limit);
    return gw_db_exec(journal->db, GW_QUERY_CHAIN_RESERVE, &args, NULL, reterr);
}

gw_status gw_chain_load_watched(const gw_chain_journal *journal, uint64_t mined, gw_chain_rows *ret,
                                gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_rows rows;
    gw_chain_row *items = NULL;
    gw_bind_int64(&args, (int64_t)mined);
    gw_bind_int64(&args, GW_CHAIN_IN_FLIGHT);
    GW_TRY(gw_db_query(journal->db, GW_QUERY_CHAIN_WATCH, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(journal->arena, gw_chain_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_chain_rows){items, rows.count};
    return gw_ok();
}

gw_status gw_chain_load_open(const gw_chain_journal *journal, int *ret_count, gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_row row;
    int64_t count = 0;
    GW_TRY(gw_db_query_one(journal->db, GW_QUERY_CHAIN_OPEN_COUNT, &args, &row, reterr));
    gw_row_int64(&row, "open", &count);
    GW_TRY(gw_row_end(&row, reterr));
    *ret_count = (int)count;
    return gw_ok();
}

static gw_status read_attempt(gw_row row, gw_chain_attempt *ret, gw_fault *reterr) {
    int64_t number = 0;
    gw_row_int64(&row, "number", &number);
    row_u64(&row, "tip_wei", &ret->fee.tip_wei);
    row_u64(&row, "cap_wei", &ret->fee.cap_wei);
    gw_row_bytes(&row, "raw", &ret->raw);
    row_word(&row, "hash", &ret->hash);
    ret->number = (int)number;
    return gw_row_end(&row, reterr);
}

gw_status gw_chain_load_attempts(const gw_chain_journal *journal, uint64_t nonce,
                                 gw_chain_attempts *ret, gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_rows rows;
    gw_chain_attempt *items = NULL;
    gw_bind_int64(&args, (int64_t)nonce);
    GW_TRY(gw_db_query(journal->db, GW_QUERY_CHAIN_ATTEMPTS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(journal->arena, gw_chain_attempt, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_attempt(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_chain_attempts){items, rows.count};
    return gw_ok();
}

gw_status gw_chain_save_attempt(const gw_chain_journal *journal, uint64_t nonce,
                                const gw_chain_attempt *attempt, gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_bind_int64(&args, (int64_t)nonce);
    gw_bind_int64(&args, attempt->number);
    gw_bind_int64(&args, (int64_t)attempt->fee.tip_wei);
    gw_bind_int64(&args, (int64_t)attempt->fee.cap_wei);
    gw_bind_bytes(&args, attempt->raw);
    gw_bind_bytes(&args, gw_word_slice(&attempt->hash));
    return gw_db_exec(journal->db, GW_QUERY_CHAIN_ATTEMPT_SAVE, &args, NULL, reterr);
}

gw_status gw_chain_save_sent(const gw_chain_journal *journal, const gw_chain_sending *sending,
                             gw_fault *reterr) {
    gw_args args = args_for(journal);
    gw_bind_int64(&args, (int64_t)sending->nonce);
    gw_bind_int64(&args, sending->number);
    gw_bind_c(&args, sending->answer);
    return gw_db_exec(journal->db, GW_QUERY_CHAIN_ATTEMPT_SENT, &args, NULL, reterr);
}

gw_status gw_chain_save_state(const gw_chain_journal *journal, const gw_chain_transaction *row,
                              gw_instant at, gw_fault *reterr) {
    const bool is_in_block = row->block_number > 0;
    gw_args args = args_for(journal);
    gw_bind_int64(&args, (int64_t)row->nonce);
    gw_bind_c(&args, gw_chain_state_name(row->state));
    if (is_in_block) {
        gw_bind_bytes(&args, gw_word_slice(&row->hash));
        gw_bind_int64(&args, (int64_t)row->block_number);
        gw_bind_bytes(&args, gw_word_slice(&row->block_hash));
        gw_bind_int64(&args, (int64_t)row->gas_used);
    } else {
        for (int column = 0; column < 4; column++) gw_bind_null(&args);
    }
    gw_bind_c(&args, row->detail);
    if (row->state >= GW_CHAIN_FINAL)
        gw_bind_instant(&args, at);
    else
        gw_bind_null(&args);
    return gw_db_exec(journal->db, GW_QUERY_CHAIN_MOVE, &args, NULL, reterr);
}
