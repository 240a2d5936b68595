/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that a query returned: an immutable copy in the arena of the query's arguments, so there is
 * nothing to close. Columns are fetched by name and type. After a first error (no such column, NULL
 * where a value is asked for, another type) a row gives zeros; fetch straight through and ask once:
 *
 *     gw_row row = gw_rows_at(&rows, i);
 *     gw_row_text(&row, "meter", &reading.meter);
 *     gw_row_energy(&row, "import_wh", &reading.energy);
 *     GW_TRY(gw_row_end(&row, reterr));
 *
 * Every such error is a fault of ours (statement and code differ): GW_CODE_INTERNAL.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"
#include "grid/quantity.h"

#include <stdint.h>

typedef struct gw_cell {
    const uint8_t *at; /* NULL: SQL NULL */
    int length;
} gw_cell;

typedef struct gw_column {
    const char *name;
    uint32_t type; /* PostgreSQL type oid */
} gw_column;

typedef struct gw_rows {
    int count;
    int column_count;
    const gw_column *columns;
    const gw_cell *cells; /* row by row, binary format of the wire */
} gw_rows;

typedef struct gw_row {
    const gw_rows *rows;
    int index;
    int next;           /* columns are usually fetched in their order */
    const char *failed; /* name of the first column that failed, or NULL */
} gw_row;

gw_row gw_rows_at(const gw_rows *rows, int index); /* asserts 0 <= index < count */

bool gw_row_is_null(gw_row *row, const char *column);
void gw_row_text(gw_row *row, const char *column,
                 gw_text *ret); /* text, varchar, name, json, jsonb */
void gw_row_int64(gw_row *row, const char *column, int64_t *ret); /* smallint, integer, bigint */
void gw_row_flag(gw_row *row, const char *column, bool *ret);
void gw_row_instant(gw_row *row, const char *column, gw_instant *ret); /* timestamptz */
void gw_row_uuid(gw_row *row, const char *column, gw_uuid *ret);
void gw_row_bytes(gw_row *row, const char *column, gw_bytes *ret); /* bytea */
void gw_row_energy(gw_row *row, const char *column, gw_energy *ret);
void gw_row_power(gw_row *row, const char *column, gw_power *ret);
void gw_row_price(gw_row *row, const char *column, gw_price *ret);
void gw_row_money(gw_row *row, const char *column, gw_money *ret);

/* bigint[] of one dimension, copied into the arena; a NULL inside it is INT64_MIN. */
typedef struct gw_row_array {
    int64_t *items;
    size_t count;
} gw_row_array;
GW_MUST_CHECK gw_status gw_row_int64s(gw_row *row, const char *column, gw_arena *arena,
                                      gw_row_array *ret, gw_fault *reterr);

/* NULL gives the empty text, anything else as gw_row_text. */
void gw_row_text_or_empty(gw_row *row, const char *column, gw_text *ret);
/* NULL gives `otherwise`. */
void gw_row_int64_or(gw_row *row, const char *column, int64_t otherwise, int64_t *ret);

GW_MUST_CHECK gw_status gw_row_end(const gw_row *row, gw_fault *reterr);
