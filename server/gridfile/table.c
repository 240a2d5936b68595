/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/table.h"

#include "server/gridfile/number.h"

#include <stdio.h>
#include <string.h>

enum { POINTER_SIZE = 128, TEXT_MOST = 128 };

static gw_text take_line(gw_text *rest) { return gw_text_trim(gw_text_split(rest, '\n')); }

static size_t count_cells(gw_text line, char separator) {
    size_t count = line.length > 0 ? 1 : 0;
    for (size_t at = 0; at < line.length; at++) count += line.at[at] == separator ? 1 : 0;
    return count;
}

/* SimBench separates by semicolons, spreadsheets by commas. */
static char separator_of(gw_text header) {
    return gw_text_find(header, ';') < header.length ? ';' : ',';
}

static size_t count_lines(gw_text rest) {
    size_t count = 0;
    while (rest.length > 0) count += take_line(&rest).length > 0 ? 1 : 0;
    return count;
}

static void split_cells(gw_text line, char separator, gw_text *cells, size_t count) {
    for (size_t at = 0; at < count; at++) cells[at] = gw_text_trim(gw_text_split(&line, separator));
}

static gw_status fault_row(const gw_table *table, size_t row, gw_fault *reterr) {
    char pointer[POINTER_SIZE];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu", table->name, row);
    return gw_fail_with(reterr, GW_CODE_MALFORMED, pointer,
                        "the row has another number of cells than the header, %zu are wanted",
                        table->column_count);
}

gw_status gw_table_parse_csv(gw_arena *arena, const char *name, gw_text file, gw_table *ret,
                             gw_fault *reterr) {
    gw_table made = {.name = name};
    gw_text rest = file;
    const gw_text header = take_line(&rest);
    const char separator = separator_of(header);
    made.column_count = count_cells(header, separator);
    if (made.column_count == 0 || made.column_count > GW_TABLE_COLUMNS_MOST)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, name, "a header line of 1 to %d columns",
                            GW_TABLE_COLUMNS_MOST);
    GW_TRY(GW_ARENA_NEW(arena, gw_text, made.column_count, &made.columns, reterr));
    split_cells(header, separator, made.columns, made.column_count);
    const size_t lines = count_lines(rest);
    GW_TRY(GW_ARENA_NEW(arena, gw_text, lines * made.column_count, &made.cells, reterr));
    while (rest.length > 0) {
        const gw_text line = take_line(&rest);
        if (line.length == 0) continue;
        if (count_cells(line, separator) != made.column_count)
            return fault_row(&made, made.row_count, reterr);
        split_cells(line, separator, made.cells + made.row_count * made.column_count,
                    made.column_count);
        made.row_count++;
    }
    *ret = made;
    return gw_ok();
}

size_t gw_table_column(const gw_table *table, const char *column) {
    for (size_t at = 0; at < table->column_count; at++)
        if (gw_text_is(table->columns[at], column)) return at;
    return SIZE_MAX;
}

void gw_record_blame(gw_record *record, const char *column, const char *what) {
    char pointer[POINTER_SIZE];
    if (!gw_is_ok(record->status)) return;
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu/%s", record->table->name, record->row, column);
    record->status = gw_fail_with(record->reterr, GW_CODE_INVALID, pointer, "%s", what);
}

static bool is_absent(gw_text cell) {
    return cell.length == 0 || gw_text_is(cell, "NULL") || gw_text_is(cell, "None") ||
           gw_text_is(cell, "nan") || gw_text_is(cell, "NaN");
}

gw_text gw_record_word(const gw_record *record, const char *column) {
    const gw_table *table = record->table;
    const size_t at = gw_table_column(table, column);
    if (at == SIZE_MAX) return (gw_text){"", 0};
    const gw_text cell = table->cells[record->row * table->column_count + at];
    return is_absent(cell) ? (gw_text){"", 0} : cell;
}

bool gw_record_has(const gw_record *record, const char *column) {
    return gw_record_word(record, column).length > 0;
}

gw_text gw_record_text(gw_record *record, const char *column) {
    const gw_text cell = gw_record_word(record, column);
    if (cell.length > 0 && cell.length <= TEXT_MOST) return cell;
    gw_record_blame(record, column, "a text of 1 to 128 bytes is wanted here");
    return (gw_text){"", 0};
}

double gw_record_number(gw_record *record, const char *column) {
    double number = 0;
    const gw_text cell = gw_record_word(record, column);
    if (cell.length == 0) {
        gw_record_blame(record, column, "the number is missing");
    } else if (!gw_number_parse(cell, &number)) {
        gw_record_blame(record, column, "a number is wanted");
    }
    return number;
}

double gw_record_number_or(gw_record *record, const char *column, double otherwise) {
    return gw_record_has(record, column) ? gw_record_number(record, column) : otherwise;
}

bool gw_record_flag(gw_record *record, const char *column, bool otherwise) {
    const gw_text cell = gw_record_word(record, column);
    if (cell.length == 0) return otherwise;
    const bool is_true =
        gw_text_is(cell, "true") || gw_text_is(cell, "True") || gw_text_is(cell, "1");
    const bool is_false =
        gw_text_is(cell, "false") || gw_text_is(cell, "False") || gw_text_is(cell, "0");
    if (!is_true && !is_false) gw_record_blame(record, column, "true or false is wanted");
    return is_true;
}

uint32_t gw_record_node(gw_record *record, const char *column, const gw_net_index *nodes) {
    uint32_t at = 0;
    const gw_text id = gw_record_text(record, column);
    if (id.length > 0 && !gw_net_index_find(nodes, id, &at))
        gw_record_blame(record, column, "there is no such node");
    return at;
}
