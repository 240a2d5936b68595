/* SPDX-License-Identifier: Apache-2.0
 *
 * The grid data set of the tests (../shared/data/grid), which may be absent: then a test skips.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "grid/flow_network.h"

#include <stdbool.h>

enum { GRID_SKIPPED = 77 };

/* False, and a line that says so, when the data set is not there. */
bool grid_data_there(void);
/* A whole file below ../shared/data/grid; stops the test when it cannot be read. */
gw_bytes grid_data_read(gw_arena *arena, const char *path);
/* A gw-net file, parsed. */
gw_net grid_data_net(gw_arena *arena, const char *path);

/* A table with one header line. */
typedef struct grid_table {
    gw_text *cells; /* rows * columns */
    size_t rows;
    size_t columns;
    gw_text *names;
} grid_table;

grid_table grid_table_read(gw_arena *arena, const char *path, char separator);
/* The header stands behind so many lines. */
grid_table grid_table_read_after(gw_arena *arena, const char *path, char separator, size_t lines);
/* SIZE_MAX when there is no such column. */
size_t grid_table_column(const grid_table *table, const char *name);
gw_text grid_table_text(const grid_table *table, size_t row, const char *column);
double grid_table_number(const grid_table *table, size_t row, const char *column);
/* A decimal number with or without exponent, to the last bit or two. */
double grid_number(gw_text text);
