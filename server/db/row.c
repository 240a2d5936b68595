/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/row.h"

#include <assert.h>
#include <string.h>

/* Fixed oids of PostgreSQL's own types; src/include/catalog/pg_type.dat. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_JSON = 114,
    TYPE_INT8_ARRAY = 1016,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_UUID = 2950,
    TYPE_JSONB = 3802,
};

/* The wire counts from 2000-01-01T00:00:00Z. */
static const int64_t POSTGRES_EPOCH_US = INT64_C(946684800000000);

gw_row gw_rows_at(const gw_rows *rows, int index) {
    assert(index >= 0 && index < rows->count);
    return (gw_row){.rows = rows, .index = index};
}

/* Columns are mostly fetched in order, so the search starts where the last one ended. */
static int find_column(gw_row *row, const char *column) {
    const int count = row->rows->column_count;
    for (int i = 0; i < count; i++) {
        const int at = (row->next + i) % count;
        if (strcmp(row->rows->columns[at].name, column) != 0) continue;
        row->next = (at + 1) % count;
        return at;
    }
    return -1;
}

static const gw_cell *cell_at(const gw_row *row, int column) {
    return &row->rows->cells[(size_t)row->index * (size_t)row->rows->column_count + (size_t)column];
}

typedef struct found {
    const gw_cell *cell; /* NULL: failed */
    uint32_t type;
} found;

static void fail(gw_row *row, const char *column) {
    if (row->failed == NULL) row->failed = column;
}

static found find_any(gw_row *row, const char *column) {
    if (row->failed != NULL) return (found){0};
    const int at = find_column(row, column);
    if (at < 0) {
        fail(row, column);
        return (found){0};
    }
    return (found){cell_at(row, at), row->rows->columns[at].type};
}

static found find_value(gw_row *row, const char *column) {
    const found result = find_any(row, column);
    if (result.cell == NULL || result.cell->at != NULL) return result;
    fail(row, column);
    return (found){0};
}

static uint64_t read_big_endian(const gw_cell *cell) {
    uint64_t number = 0;
    for (int i = 0; i < cell->length; i++) number = (number << 8) | cell->at[i];
    return number;
}

bool gw_row_is_null(gw_row *row, const char *column) {
    const found result = find_any(row, column);
    return result.cell == NULL || result.cell->at == NULL;
}

static bool is_text_type(uint32_t type) {
    static const uint32_t types[] = {TYPE_TEXT,   TYPE_VARCHAR, TYPE_NAME,
                                     TYPE_BPCHAR, TYPE_JSON,    TYPE_JSONB};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i] == type) return true;
    }
    return false;
}

void gw_row_text(gw_row *row, const char *column, gw_text *ret) {
    const found result = find_value(row, column);
    *ret = GW_TEXT("");
    if (result.cell == NULL) return;
    if (!is_text_type(result.type)) {
        fail(row, column);
        return;
    }
    /* jsonb is its text behind one version byte */
    const int skip = result.type == TYPE_JSONB && result.cell->length > 0 ? 1 : 0;
    *ret = (gw_text){(const char *)result.cell->at + skip, (size_t)(result.cell->length - skip)};
}

static bool read_integer(found result, int64_t *ret) {
    if (result.type == TYPE_INT8 && result.cell->length == 8) {
        *ret = (int64_t)read_big_endian(result.cell);
        return true;
    }
    if (result.type == TYPE_INT4 && result.cell->length == 4) {
        *ret = (int32_t)(uint32_t)read_big_endian(result.cell);
        return true;
    }
    if (result.type == TYPE_INT2 && result.cell->length == 2) {
        *ret = (int16_t)(uint16_t)read_big_endian(result.cell);
        return true;
    }
    return false;
}

void gw_row_int64(gw_row *row, const char *column, int64_t *ret) {
    const found result = find_value(row, column);
    *ret = 0;
    if (result.cell != NULL && !read_integer(result, ret)) fail(row, column);
}

/* The one value of a fixed type and length; NULL when it is another. */
static const gw_cell *find_exact(gw_row *row, const char *column, uint32_t type, int length) {
    const found result = find_value(row, column);
    if (result.cell == NULL) return NULL;
    if (result.type == type && result.cell->length == length) return result.cell;
    fail(row, column);
    return NULL;
}

void gw_row_flag(gw_row *row, const char *column, bool *ret) {
    const gw_cell *cell = find_exact(row, column, TYPE_BOOL, 1);
    *ret = cell != NULL && cell->at[0] != 0;
}

void gw_row_instant(gw_row *row, const char *column, gw_instant *ret) {
    const gw_cell *cell = find_exact(row, column, TYPE_TIMESTAMPTZ, 8);
    *ret = (gw_instant){0};
    if (cell == NULL) return;
    const int64_t us = (int64_t)read_big_endian(cell);
    if (us == INT64_MAX || us == INT64_MIN) { /* infinity and -infinity */
        fail(row, column);
        return;
    }
    *ret = (gw_instant){us + POSTGRES_EPOCH_US};
}

void gw_row_uuid(gw_row *row, const char *column, gw_uuid *ret) {
    const gw_cell *cell = find_exact(row, column, TYPE_UUID, (int)sizeof ret->bytes);
    memset(ret, 0, sizeof *ret);
    if (cell != NULL) memcpy(ret->bytes, cell->at, sizeof ret->bytes);
}

void gw_row_bytes(gw_row *row, const char *column, gw_bytes *ret) {
    const found result = find_value(row, column);
    *ret = (gw_bytes){(const uint8_t *)"", 0};
    if (result.cell == NULL) return;
    if (result.type != TYPE_BYTEA) {
        fail(row, column);
        return;
    }
    *ret = (gw_bytes){result.cell->at, (size_t)result.cell->length};
}

void gw_row_energy(gw_row *row, const char *column, gw_energy *ret) {
    gw_row_int64(row, column, &ret->wh);
}

void gw_row_power(gw_row *row, const char *column, gw_power *ret) {
    gw_row_int64(row, column, &ret->w);
}

void gw_row_price(gw_row *row, const char *column, gw_price *ret) {
    gw_row_int64(row, column, &ret->micros_per_kwh);
}

void gw_row_money(gw_row *row, const char *column, gw_money *ret) {
    gw_row_int64(row, column, &ret->micros);
}

/* Big endian, without leaving the cell: zero and a fault beyond it. */
typedef struct array_reader {
    const uint8_t *at;
    int left;
    bool failed;
} array_reader;

static uint64_t next_number(array_reader *from, int bytes) {
    if (from->left < bytes) {
        from->failed = true;
        return 0;
    }
    const gw_cell number = {from->at, bytes};
    from->at += bytes;
    from->left -= bytes;
    return read_big_endian(&number);
}

static int64_t next_item(array_reader *from) {
    const int32_t length = (int32_t)(uint32_t)next_number(from, 4);
    if (length == -1) return INT64_MIN;
    if (length != 8) from->failed = true;
    return from->failed ? 0 : (int64_t)next_number(from, 8);
}

/* Dimensions, whether there are NULLs, type of the items; per dimension length and first index. */
static size_t read_array_head(array_reader *from) {
    const uint64_t dimensions = next_number(from, 4);
    (void)next_number(from, 4);
    (void)next_number(from, 4);
    if (dimensions == 0) return 0;
    const uint64_t count = next_number(from, 4);
    (void)next_number(from, 4);
    if (dimensions != 1 || count > (uint64_t)from->left) from->failed = true;
    return from->failed ? 0 : (size_t)count;
}

gw_status gw_row_int64s(gw_row *row, const char *column, gw_arena *arena, gw_row_array *ret,
                        gw_fault *reterr) {
    const found result = find_value(row, column);
    gw_row_array made = {NULL, 0};
    if (result.cell == NULL || result.type != TYPE_INT8_ARRAY) {
        fail(row, column);
        return gw_row_end(row, reterr);
    }
    array_reader from = {result.cell->at, result.cell->length, false};
    made.count = read_array_head(&from);
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made.count, &made.items, reterr));
    for (size_t at = 0; at < made.count; at++) made.items[at] = next_item(&from);
    if (from.failed) fail(row, column);
    GW_TRY(gw_row_end(row, reterr));
    *ret = made;
    return gw_ok();
}

void gw_row_text_or_empty(gw_row *row, const char *column, gw_text *ret) {
    *ret = GW_TEXT("");
    if (!gw_row_is_null(row, column)) gw_row_text(row, column, ret);
}

void gw_row_int64_or(gw_row *row, const char *column, int64_t otherwise, int64_t *ret) {
    *ret = otherwise;
    if (row->failed == NULL && !gw_row_is_null(row, column)) gw_row_int64(row, column, ret);
}

gw_status gw_row_end(const gw_row *row, gw_fault *reterr) {
    if (row->failed == NULL) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INTERNAL, row->failed,
                        "column \"%s\" is missing, null or of another type", row->failed);
}
