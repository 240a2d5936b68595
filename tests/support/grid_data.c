/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/grid_data.h"

#include "base/decimal.h"
#include "server/gridfile/gw_net.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROOT "../shared/data/grid"

bool grid_data_there(void) {
    if (access(ROOT "/README.md", R_OK) == 0) return true;
    (void)printf("skipped: there is no " ROOT "\n");
    return false;
}

gw_bytes grid_data_read(gw_arena *arena, const char *path) {
    char name[512];
    (void)snprintf(name, sizeof name, ROOT "/%s", path);
    FILE *file = fopen(name, "rb");
    if (file == NULL) (void)fprintf(stderr, "cannot open %s\n", name);
    assert(file != NULL);
    int failed = fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    assert(failed == 0 && size >= 0);
    rewind(file);
    char *bytes = NULL;
    const gw_status status = GW_ARENA_NEW(arena, char, (size_t)size, &bytes, NULL);
    assert(gw_is_ok(status));
    const size_t got = fread(bytes, 1, (size_t)size, file);
    assert(got == (size_t)size);
    (void)fclose(file);
    return (gw_bytes){(const uint8_t *)bytes, got};
}

gw_net grid_data_net(gw_arena *arena, const char *path) {
    gw_net net = {0};
    gw_fault fault = {0};
    const gw_status status = gw_net_parse(arena, grid_data_read(arena, path), &net, &fault);
    if (!gw_is_ok(status))
        (void)fprintf(stderr, "%s: %s: %s\n", path, fault.subject, fault.message);
    assert(gw_is_ok(status));
    return net;
}

static double power_of_ten(int64_t exponent) {
    double power = 1;
    for (int64_t at = 0; at < (exponent < 0 ? -exponent : exponent); at++) power *= 10;
    return power;
}

double grid_number(gw_text text) {
    gw_text rest = gw_text_trim(text);
    const bool is_negative = gw_text_starts(rest, "-");
    if (is_negative) rest = gw_text_part(rest, 1, rest.length);
    uint64_t digits = 0;
    int64_t exponent = 0;
    bool is_behind = false;
    size_t at = 0;
    for (; at < rest.length && rest.at[at] != 'e' && rest.at[at] != 'E'; at++) {
        if (rest.at[at] == '.') {
            is_behind = true;
            continue;
        }
        if (digits > UINT64_MAX / 100) continue; /* more than a double holds */
        digits = digits * 10 + (uint64_t)(rest.at[at] - '0');
        exponent -= is_behind ? 1 : 0;
    }
    if (at < rest.length) {
        int64_t written = 0;
        gw_text sign = gw_text_part(rest, at + 1, rest.length);
        if (gw_text_starts(sign, "+")) sign = gw_text_part(sign, 1, sign.length);
        const gw_status status = gw_int64_parse(sign, &written, NULL);
        /* 1e-05: a leading zero is fine for us */
        assert(gw_is_ok(status));
        exponent += written;
    }
    const double size = exponent < 0 ? (double)digits / power_of_ten(exponent)
                                     : (double)digits * power_of_ten(exponent);
    return is_negative ? -size : size;
}

static size_t count_of(gw_text text, char wanted) {
    size_t count = 0;
    for (size_t at = 0; at < text.length; at++) count += text.at[at] == wanted ? 1 : 0;
    return count;
}

grid_table grid_table_read(gw_arena *arena, const char *path, char separator) {
    return grid_table_read_after(arena, path, separator, 0);
}

grid_table grid_table_read_after(gw_arena *arena, const char *path, char separator, size_t lines) {
    const gw_bytes bytes = grid_data_read(arena, path);
    gw_text rest = gw_text_trim((gw_text){(const char *)bytes.at, bytes.length});
    for (size_t at = 0; at < lines; at++) (void)gw_text_split(&rest, '\n');
    gw_text line = gw_text_split(&rest, '\n');
    grid_table table = {.columns = count_of(line, separator) + 1,
                        .rows = rest.length == 0 ? 0 : count_of(rest, '\n') + 1};
    gw_status status = GW_ARENA_NEW(arena, gw_text, table.columns, &table.names, NULL);
    assert(gw_is_ok(status));
    status = GW_ARENA_NEW(arena, gw_text, table.rows * table.columns, &table.cells, NULL);
    assert(gw_is_ok(status));
    for (size_t at = 0; at < table.columns; at++)
        table.names[at] = gw_text_trim(gw_text_split(&line, separator));
    for (size_t row = 0; row < table.rows; row++) {
        line = gw_text_split(&rest, '\n');
        for (size_t at = 0; at < table.columns; at++)
            table.cells[row * table.columns + at] = gw_text_trim(gw_text_split(&line, separator));
    }
    return table;
}

size_t grid_table_column(const grid_table *table, const char *name) {
    for (size_t at = 0; at < table->columns; at++)
        if (gw_text_is(table->names[at], name)) return at;
    return SIZE_MAX;
}

gw_text grid_table_text(const grid_table *table, size_t row, const char *column) {
    const size_t at = grid_table_column(table, column);
    assert(at < table->columns && row < table->rows);
    return table->cells[row * table->columns + at];
}

double grid_table_number(const grid_table *table, size_t row, const char *column) {
    return grid_number(grid_table_text(table, row, column));
}
