/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/network_store.h"

#include "server/db/register_store.h"

#include <string.h>

static void read_hash(gw_row *row, const char *column, gw_word *ret) {
    gw_bytes bytes = {NULL, 0};
    gw_row_bytes(row, column, &bytes);
    if (bytes.length == sizeof ret->bytes) memcpy(ret->bytes, bytes.at, sizeof ret->bytes);
}

static void bind_hash(gw_args *args, const gw_word *hash) {
    gw_bind_bytes(args, gw_word_slice(hash));
}

/* ---- documents and versions ---- */

gw_status gw_network_row_insert(gw_db *tx, gw_arena *arena, const gw_network_row *row,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->network_id);
    gw_bind_int64(&args, row->revision);
    gw_bind_text(&args, row->name);
    gw_bind_text(&args, row->model);
    gw_bind_text(&args, row->format);
    gw_bind_bytes(&args, row->original);
    bind_hash(&args, &row->original_hash);
    gw_bind_bytes(&args, row->document);
    bind_hash(&args, &row->document_hash);
    gw_bind_int64(&args, row->node_count);
    gw_bind_int64(&args, row->branch_count);
    gw_bind_int64(&args, row->transformer_count);
    gw_bind_int64(&args, row->point_count);
    gw_bind_text(&args, row->warnings);
    gw_bind_text(&args, row->token_id);
    gw_bind_instant(&args, row->recorded_at);
    return gw_db_exec(tx, GW_QUERY_NETWORK_INSERT, &args, NULL, reterr);
}

gw_status gw_network_version_insert(gw_db *tx, gw_arena *arena, const gw_network_version_row *row,
                                    gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->network_id);
    gw_bind_int64(&args, row->version);
    gw_bind_int64(&args, row->revision);
    gw_bind_text(&args, row->overlay);
    bind_hash(&args, &row->hash);
    gw_bind_text(&args, row->cause);
    gw_bind_text(&args, row->token_id);
    gw_bind_instant(&args, row->recorded_at);
    return gw_db_exec(tx, GW_QUERY_NETWORK_VERSION_INSERT, &args, NULL, reterr);
}

static void read_version(gw_row *row, gw_network_version_row *ret) {
    gw_row_int64(row, "version", &ret->version);
    gw_row_int64(row, "revision", &ret->revision);
    gw_row_text(row, "overlay", &ret->overlay);
    read_hash(row, "network_hash", &ret->hash);
    gw_row_text(row, "cause", &ret->cause);
    gw_row_text(row, "token_id", &ret->token_id);
    gw_row_instant(row, "recorded_at", &ret->recorded_at);
}

static gw_status read_row(gw_row row, gw_network_row *ret, gw_fault *reterr) {
    gw_network_row made = {0};
    gw_row_text(&row, "network_id", &made.network_id);
    gw_row_text(&row, "name", &made.name);
    gw_row_text(&row, "model", &made.model);
    gw_row_text(&row, "format", &made.format);
    read_hash(&row, "original_hash", &made.original_hash);
    read_hash(&row, "document_hash", &made.document_hash);
    gw_row_int64(&row, "node_count", &made.node_count);
    gw_row_int64(&row, "branch_count", &made.branch_count);
    gw_row_int64(&row, "transformer_count", &made.transformer_count);
    gw_row_int64(&row, "point_count", &made.point_count);
    gw_row_text(&row, "warnings", &made.warnings);
    gw_row_instant(&row, "document_at", &made.recorded_at);
    read_version(&row, &made.at);
    GW_TRY(gw_row_end(&row, reterr));
    made.revision = made.at.revision;
    made.token_id = made.at.token_id;
    made.at.network_id = made.network_id;
    *ret = made;
    return gw_ok();
}

gw_status gw_network_row_load(gw_db *db, gw_arena *arena, const gw_network_key *key,
                              gw_network_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, key->network_id);
    gw_bind_int64(&args, key->version);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_NETWORK_FIND, &args, &row, reterr),
                               "network", key->network_id, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_network_row_load_list(gw_db *db, gw_arena *arena, const gw_network_key *after,
                                   gw_network_row_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_network_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, after->network_id);
    gw_bind_int64(&args, after->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_network_row_list){items, rows.count};
    return gw_ok();
}

gw_status gw_network_load_versions(gw_db *db, gw_arena *arena, const gw_network_key *before,
                                   gw_network_version_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_network_version_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, before->network_id);
    gw_bind_int64(&args, before->version);
    gw_bind_int64(&args, before->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_VERSIONS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_version_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        items[at].network_id = before->network_id;
        read_version(&row, &items[at]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_network_version_list){items, rows.count};
    return gw_ok();
}

gw_status gw_network_load_bytes(gw_db *db, const gw_network_key *key, gw_network_bytes which,
                                gw_arena *arena, gw_bytes *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_bytes bytes = {NULL, 0};
    const bool is_original = which == GW_NETWORK_ORIGINAL;
    const gw_query query = is_original ? GW_QUERY_NETWORK_ORIGINAL : GW_QUERY_NETWORK_DOCUMENT;
    gw_args_init(&args, arena);
    gw_bind_text(&args, key->network_id);
    gw_bind_int64(&args, key->version);
    GW_TRY(gw_register_missing(gw_db_query_one(db, query, &args, &row, reterr), "network",
                               key->network_id, reterr));
    gw_row_bytes(&row, is_original ? "original" : "document", &bytes);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = bytes;
    return gw_ok();
}

/* ---- points ---- */

gw_status gw_network_point_insert(gw_db *tx, gw_arena *arena, const gw_network_key *key,
                                  const gw_network_point_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, key->network_id);
    gw_bind_text(&args, row->point);
    gw_bind_int64(&args, key->version);
    gw_bind_text_or_null(&args, row->meter);
    gw_bind_text_or_null(&args, row->party);
    return gw_db_exec(tx, GW_QUERY_NETWORK_POINT_INSERT, &args, NULL, reterr);
}

gw_status gw_network_load_points(gw_db *db, gw_arena *arena, const gw_network_key *key,
                                 gw_network_point_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_network_point_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, key->network_id);
    gw_bind_int64(&args, key->version);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_POINTS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_point_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "point", &items[at].point);
        gw_row_text_or_empty(&row, "meter", &items[at].meter);
        gw_row_text_or_empty(&row, "party", &items[at].party);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_network_point_list){items, rows.count};
    return gw_ok();
}

/* ---- segments ---- */

gw_status gw_network_segment_insert(gw_db *tx, gw_arena *arena, const gw_network_segment_row *row,
                                    gw_instant now, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->segment_id);
    gw_bind_text(&args, row->network_id);
    gw_bind_text(&args, row->element);
    gw_bind_text_or_null(&args, row->transformer);
    gw_bind_text_or_null(&args, row->head_meter);
    gw_bind_instant(&args, now);
    return gw_db_exec(tx, GW_QUERY_NETWORK_SEGMENT_INSERT, &args, NULL, reterr);
}

static gw_status read_segment(gw_row row, gw_network_segment_row *ret, gw_fault *reterr) {
    gw_network_segment_row made = {0};
    gw_row_text(&row, "segment_id", &made.segment_id);
    gw_row_text(&row, "network_id", &made.network_id);
    gw_row_text(&row, "element", &made.element);
    gw_row_text_or_empty(&row, "transformer", &made.transformer);
    gw_row_text_or_empty(&row, "head_meter", &made.head_meter);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_network_segment_find(gw_db *db, gw_arena *arena, gw_text segment_id,
                                  gw_network_segment_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, segment_id);
    GW_TRY(
        gw_register_missing(gw_db_query_one(db, GW_QUERY_NETWORK_SEGMENT_FIND, &args, &row, reterr),
                            "segment", segment_id, reterr));
    return read_segment(row, ret, reterr);
}

gw_status gw_network_load_segments(gw_db *db, gw_arena *arena, gw_text network_id,
                                   gw_network_segment_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_network_segment_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, network_id);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_SEGMENTS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_segment_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_segment(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_network_segment_list){items, rows.count};
    return gw_ok();
}

/* ---- meters ---- */

gw_status gw_network_load_meters(gw_db *db, gw_arena *arena,
                                 const gw_network_meter_question *question,
                                 gw_network_meter_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_network_meter_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, question->meters, question->meter_count);
    gw_bind_instant(&args, question->begun.from);
    gw_bind_instant(&args, question->begun.to);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_METERS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_meter_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "meter", &items[at].meter);
        gw_row_int64(&row, "interval_s", &items[at].interval_s);
        if (!gw_row_is_null(&row, "newest_start_at"))
            gw_row_instant(&row, "newest_start_at", &items[at].newest);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_network_meter_list){items, rows.count};
    return gw_ok();
}
