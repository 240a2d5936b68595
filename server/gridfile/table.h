/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of texts with named columns, as SimBench (CSV) and pandapower (JSON) files have them, and
 * one row of it as a record: typed getters, the first fault is kept with its JSON pointer
 * "/<table>/<row>/<column>", rows counted from 0. An empty cell, NULL, None and nan are absent.
 * Texts belong to the arena or to the file.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "grid/flow_network.h"

enum { GW_TABLE_COLUMNS_MOST = 256 };

typedef struct gw_table {
    const char *name;
    gw_text *columns;
    size_t column_count;
    gw_text *cells; /* row by row */
    size_t row_count;
} gw_table;

/* One header line, then rows; no quoting, because these files have none. GW_CODE_MALFORMED: a row
 * has more or fewer cells than the header. */
GW_MUST_CHECK gw_status gw_table_parse_csv(gw_arena *arena, const char *name, gw_text file,
                                           gw_table *ret, gw_fault *reterr);

typedef struct gw_record {
    const gw_table *table;
    size_t row;
    gw_status status; /* set it to gw_ok() first */
    gw_fault *reterr;
} gw_record;

/* SIZE_MAX when there is no such column. */
size_t gw_table_column(const gw_table *table, const char *column);
/* Notes the first fault only. */
void gw_record_blame(gw_record *record, const char *column, const char *what);
bool gw_record_has(const gw_record *record, const char *column);
/* Empty when absent. */
gw_text gw_record_word(const gw_record *record, const char *column);
/* 1 to 128 bytes. */
gw_text gw_record_text(gw_record *record, const char *column);
double gw_record_number(gw_record *record, const char *column);
double gw_record_number_or(gw_record *record, const char *column, double otherwise);
/* true, True, 1 · false, False, 0 */
bool gw_record_flag(gw_record *record, const char *column, bool otherwise);
/* The node that the cell names. */
uint32_t gw_record_node(gw_record *record, const char *column, const gw_net_index *nodes);
