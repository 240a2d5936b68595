/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/event_log.h"

#include "base/writer.h"

#include <openssl/evp.h>
#include <string.h>

enum { HASH_SIZE = 32, PAGE_CAP = 32 * 1024 * 1024, PAGE_ROWS = 500 };

typedef struct link_hash {
    uint8_t bytes[HASH_SIZE];
} link_hash;

static void write_counted(gw_writer *out, gw_text text) {
    gw_write_u64_le(out, text.length);
    gw_write_text(out, text);
}

/* SHA-256 over: previous hash, seq and market time (8 bytes each, little endian), then every text
 * behind its length, so that no two rows share an encoding. */
static gw_status hash_entry(gw_arena *arena, const gw_event_entry *entry, const link_hash *previous,
                            link_hash *ret, gw_fault *reterr) {
    gw_writer out;
    gw_bytes message;
    unsigned length = 0;
    gw_writer_init(&out, arena);
    gw_write_bytes(&out, previous->bytes, HASH_SIZE);
    gw_write_u64_le(&out, (uint64_t)entry->seq);
    gw_write_u64_le(&out, (uint64_t)entry->at.us);
    const gw_text texts[] = {entry->entity, entry->type, entry->subject, entry->party, entry->body};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) write_counted(&out, texts[i]);
    GW_TRY(gw_writer_end(&out, &message, reterr));
    if (EVP_Digest(message.at, message.length, ret->bytes, &length, EVP_sha256(), NULL) == 1) {
        return gw_ok();
    }
    return gw_fail(reterr, GW_CODE_INTERNAL);
}

static gw_status load_last(gw_db *tx, gw_arena *arena, int64_t *ret_seq, link_hash *ret_hash,
                           gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_bytes hash = {0};
    gw_args_init(&args, arena);
    GW_TRY(gw_db_query(tx, GW_QUERY_EVENT_LOG_LAST, &args, &rows, reterr));
    *ret_seq = 0;
    memset(ret_hash, 0, sizeof *ret_hash);
    if (rows.count == 0) return gw_ok();
    gw_row row = gw_rows_at(&rows, 0);
    gw_row_int64(&row, "seq", ret_seq);
    gw_row_bytes(&row, "hash", &hash);
    GW_TRY(gw_row_end(&row, reterr));
    memcpy(ret_hash->bytes, hash.at, HASH_SIZE); /* the schema holds the length */
    return gw_ok();
}

static gw_status insert(gw_db *tx, gw_arena *arena, const gw_event_entry *entry,
                        const link_hash hashes[2], gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, entry->seq);
    gw_bind_instant(&args, entry->at);
    gw_bind_text(&args, entry->entity);
    gw_bind_text(&args, entry->type);
    gw_bind_text(&args, entry->subject);
    gw_bind_text(&args, entry->party);
    gw_bind_text(&args, entry->body);
    gw_bind_bytes(&args, (gw_bytes){hashes[0].bytes, HASH_SIZE});
    gw_bind_bytes(&args, (gw_bytes){hashes[1].bytes, HASH_SIZE});
    return gw_db_exec(tx, GW_QUERY_EVENT_LOG_APPEND, &args, NULL, reterr);
}

gw_status gw_event_append(gw_db *tx, gw_arena *arena, const gw_event_entry *entry, int64_t *ret_seq,
                          gw_fault *reterr) {
    link_hash hashes[2]; /* previous, own */
    gw_event_entry numbered = *entry;
    GW_TRY(gw_db_lock(tx, GW_LOCK_EVENT_LOG, 0, reterr));
    GW_TRY(load_last(tx, arena, &numbered.seq, &hashes[0], reterr));
    numbered.seq++;
    GW_TRY(hash_entry(arena, &numbered, &hashes[0], &hashes[1], reterr));
    GW_TRY(insert(tx, arena, &numbered, hashes, reterr));
    if (ret_seq != NULL) *ret_seq = numbered.seq;
    return gw_ok();
}

static gw_status query_page(gw_db *db, gw_arena *arena, const gw_event_page *page, gw_rows *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, page->after);
    gw_bind_int64(&args, page->limit);
    gw_bind_text(&args, page->party);
    gw_bind_text(&args, page->entity);
    return gw_db_query(db, GW_QUERY_EVENT_LOG_PAGE, &args, ret, reterr);
}

static gw_status read_entry(gw_row *row, gw_event_entry *ret, gw_fault *reterr) {
    gw_row_int64(row, "seq", &ret->seq);
    gw_row_instant(row, "at", &ret->at);
    gw_row_text(row, "entity", &ret->entity);
    gw_row_text(row, "type", &ret->type);
    gw_row_text(row, "subject", &ret->subject);
    gw_row_text(row, "party", &ret->party);
    gw_row_text(row, "body", &ret->body);
    return gw_row_end(row, reterr);
}

gw_status gw_event_load(gw_db *db, gw_arena *arena, const gw_event_page *page, gw_event_list *ret,
                        gw_fault *reterr) {
    gw_rows rows;
    gw_event_list list = {0};
    GW_TRY(query_page(db, arena, page, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_event_entry, (size_t)rows.count, &list.items, reterr));
    for (; list.count < rows.count; list.count++) {
        gw_row row = gw_rows_at(&rows, list.count);
        GW_TRY(read_entry(&row, &list.items[list.count], reterr));
    }
    *ret = list;
    return gw_ok();
}

typedef struct verifier {
    gw_arena *arena;
    int64_t count;
    link_hash last;
} verifier;

static gw_status verify_row(verifier *run, gw_row *row, gw_fault *reterr) {
    gw_event_entry entry;
    link_hash hash;
    gw_bytes stored[2];
    GW_TRY(read_entry(row, &entry, reterr));
    gw_row_bytes(row, "prev_hash", &stored[0]);
    gw_row_bytes(row, "hash", &stored[1]);
    GW_TRY(gw_row_end(row, reterr));
    GW_TRY(hash_entry(run->arena, &entry, &run->last, &hash, reterr));
    const bool is_linked = memcmp(stored[0].at, run->last.bytes, HASH_SIZE) == 0;
    const bool is_equal = memcmp(stored[1].at, hash.bytes, HASH_SIZE) == 0;
    if (entry.seq != run->count + 1 || !is_linked || !is_equal) {
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "event_log",
                            "the event log was changed at or before row %lld",
                            (long long)entry.seq);
    }
    run->count++;
    run->last = hash;
    return gw_ok();
}

static gw_status verify_page(verifier *run, gw_db *db, int *ret_rows, gw_fault *reterr) {
    gw_rows rows;
    const gw_event_page page = {
        .after = run->count, .limit = PAGE_ROWS, .party = GW_TEXT(""), .entity = GW_TEXT("")};
    GW_TRY(query_page(db, run->arena, &page, &rows, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        GW_TRY(verify_row(run, &row, reterr));
    }
    *ret_rows = rows.count;
    return gw_ok();
}

gw_status gw_event_verify(gw_db *db, int64_t *ret_count, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(PAGE_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    verifier run = {.arena = arena};
    int rows = PAGE_ROWS;
    while (rows > 0) {
        gw_arena_reset(arena);
        GW_TRY(verify_page(&run, db, &rows, reterr));
    }
    *ret_count = run.count;
    return gw_ok();
}
