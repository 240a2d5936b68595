/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/copy.h"

#include "server/db/connection.h"
#include "server/db/embedded.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

enum { BUFFER_SIZE = 64 * 1024 };

/* Ref: PostgreSQL manual, COPY, "Binary Format": signature, flags, header extension length. */
static const uint8_t header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
enum { HEADER_SIZE = 19 };

static const int64_t POSTGRES_EPOCH_US = INT64_C(946684800000000);

static void flush(gw_copy *copy) {
    if (copy->failed || copy->used == 0) return;
    const char *bytes = (const char *)copy->buffer;
    copy->failed = PQputCopyData(copy->tx->bound->pg, bytes, (int)copy->used) != 1;
    copy->used = 0;
}

static void put(gw_copy *copy, const void *bytes, size_t count) {
    const uint8_t *from = bytes;
    size_t rest = count;
    while (rest > 0 && !copy->failed) {
        if (copy->used == copy->size) flush(copy);
        const size_t room = copy->size - copy->used;
        const size_t piece = rest < room ? rest : room;
        memcpy(copy->buffer + copy->used, from, piece);
        copy->used += piece;
        from += piece;
        rest -= piece;
    }
}

static void put_big_endian(gw_copy *copy, uint64_t number, int size) {
    uint8_t bytes[8];
    for (int i = 0; i < size; i++) bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    put(copy, bytes, (size_t)size);
}

static void put_field(gw_copy *copy, const void *bytes, size_t count) {
    if (count > INT32_MAX) copy->failed = true;
    put_big_endian(copy, count, 4);
    put(copy, bytes, count);
}

gw_status gw_copy_begin(gw_db *tx, gw_query query, gw_arena *arena, gw_copy *ret,
                        gw_fault *reterr) {
    assert(tx->bound != NULL);
    gw_copy copy = {.tx = tx, .query = query, .size = BUFFER_SIZE};
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, BUFFER_SIZE, &copy.buffer, reterr));
    GW_AUTO_RESULT result = NULL;
    GW_TRY(gw_connection_run(tx->bound, query, NULL, &result, reterr));
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        return gw_fail_with(reterr, GW_CODE_INTERNAL, gw_query_texts[query].name,
                            "statement \"%s\" is not a COPY", gw_query_texts[query].name);
    }
    *ret = copy;
    put(ret, header, HEADER_SIZE);
    return gw_ok();
}

void gw_copy_row(gw_copy *copy, int field_count) {
    put_big_endian(copy, (uint64_t)field_count, 2);
    copy->rows++;
}

void gw_copy_null(gw_copy *copy) { put_big_endian(copy, UINT32_MAX, 4); }

void gw_copy_int16(gw_copy *copy, int16_t number) {
    put_big_endian(copy, 2, 4);
    put_big_endian(copy, (uint64_t)number, 2);
}

void gw_copy_int32(gw_copy *copy, int32_t number) {
    put_big_endian(copy, 4, 4);
    put_big_endian(copy, (uint64_t)number, 4);
}

void gw_copy_int64(gw_copy *copy, int64_t number) {
    put_big_endian(copy, 8, 4);
    put_big_endian(copy, (uint64_t)number, 8);
}

void gw_copy_flag(gw_copy *copy, bool flag) {
    put_big_endian(copy, 1, 4);
    put_big_endian(copy, flag ? 1 : 0, 1);
}

void gw_copy_text(gw_copy *copy, gw_text text) { put_field(copy, text.at, text.length); }

void gw_copy_bytes(gw_copy *copy, gw_bytes bytes) { put_field(copy, bytes.at, bytes.length); }

void gw_copy_uuid(gw_copy *copy, gw_uuid id) { put_field(copy, id.bytes, sizeof id.bytes); }

void gw_copy_instant(gw_copy *copy, gw_instant at) {
    gw_copy_int64(copy, at.us - POSTGRES_EPOCH_US);
}

/* Reads results until the connection is free for the next statement; keeps the first failure. */
static gw_status take_results(const gw_copy *copy, gw_fault *reterr) {
    gw_connection *connection = copy->tx->bound;
    gw_status status = gw_ok();
    for (;;) {
        GW_AUTO_RESULT result = PQgetResult(connection->pg);
        if (result == NULL) return status;
        const bool is_fine = PQresultStatus(result) == PGRES_COMMAND_OK;
        if (!is_fine && gw_is_ok(status)) {
            status =
                gw_connection_fault(connection, result, gw_query_texts[copy->query].name, reterr);
        }
    }
}

gw_status gw_copy_end(gw_copy *copy, int64_t *ret_rows, gw_fault *reterr) {
    put_big_endian(copy, UINT16_MAX, 2); /* the trailer: a field count of -1 */
    flush(copy);
    PGconn *pg = copy->tx->bound->pg;
    const char *reason = copy->failed ? "given up by the client" : NULL;
    if (PQputCopyEnd(pg, reason) != 1) copy->failed = true;
    GW_TRY(take_results(copy, reterr));
    if (copy->failed) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, gw_query_texts[copy->query].name,
                            "the database connection was lost");
    }
    if (ret_rows != NULL) *ret_rows = copy->rows;
    return gw_ok();
}
