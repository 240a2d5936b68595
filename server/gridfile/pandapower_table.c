/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pandapower_table.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_SIZE = 40 };

typedef struct frame {
    const json_t *columns;
    const json_t *index;
    const json_t *rows;
} frame;

/* A cell as a text: what is no text, number or truth is absent. */
static gw_status copy_cell(gw_arena *arena, const json_t *cell, gw_text *ret, gw_fault *reterr) {
    char digits[NUMBER_SIZE];
    if (json_is_string(cell))
        return gw_text_copy(arena, (gw_text){json_string_value(cell), json_string_length(cell)},
                            ret, reterr);
    if (json_is_boolean(cell)) {
        *ret = json_is_true(cell) ? GW_TEXT("true") : GW_TEXT("false");
        return gw_ok();
    }
    if (json_is_integer(cell)) {
        (void)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(cell));
    } else if (json_is_real(cell)) {
        (void)snprintf(digits, sizeof digits, "%.17g", json_real_value(cell));
    } else {
        *ret = (gw_text){"", 0};
        return gw_ok();
    }
    return gw_text_copy(arena, gw_text_from_c(digits), ret, reterr);
}

static gw_status refuse(const char *name, gw_fault *reterr) {
    char pointer[GW_TABLE_COLUMNS_MOST];
    (void)snprintf(pointer, sizeof pointer, "/%s", name);
    return gw_fail_with(reterr, GW_CODE_MALFORMED, pointer,
                        "a table with columns, index and data of equal length is wanted");
}

static gw_status copy_row(gw_arena *arena, const frame *in, size_t row, gw_table *made,
                          gw_fault *reterr) {
    gw_text *cells = made->cells + row * made->column_count;
    const json_t *data = json_array_get(in->rows, row);
    if (json_array_size(data) + 1 != made->column_count) return refuse(made->name, reterr);
    GW_TRY(copy_cell(arena, json_array_get(in->index, row), &cells[0], reterr));
    for (size_t at = 1; at < made->column_count; at++)
        GW_TRY(copy_cell(arena, json_array_get(data, at - 1), &cells[at], reterr));
    return gw_ok();
}

static gw_status copy_frame(gw_arena *arena, const frame *in, gw_table *made, gw_fault *reterr) {
    made->column_count = json_array_size(in->columns) + 1;
    made->row_count = json_array_size(in->rows);
    if (!json_is_array(in->columns) || made->column_count > GW_TABLE_COLUMNS_MOST ||
        json_array_size(in->index) != made->row_count)
        return refuse(made->name, reterr);
    GW_TRY(GW_ARENA_NEW(arena, gw_text, made->column_count, &made->columns, reterr));
    made->columns[0] = GW_TEXT("index");
    for (size_t at = 1; at < made->column_count; at++)
        GW_TRY(copy_cell(arena, json_array_get(in->columns, at - 1), &made->columns[at], reterr));
    GW_TRY(
        GW_ARENA_NEW(arena, gw_text, made->row_count * made->column_count, &made->cells, reterr));
    for (size_t row = 0; row < made->row_count; row++)
        GW_TRY(copy_row(arena, in, row, made, reterr));
    return gw_ok();
}

gw_status gw_pandapower_table(gw_arena *arena, const json_t *tables, const char *name,
                              gw_table *ret, gw_fault *reterr) {
    gw_table made = {.name = name};
    const json_t *entry = json_object_get(tables, name);
    const json_t *object = json_object_get(entry, "_object");
    json_t *parsed = NULL;
    if (json_is_string(object)) {
        parsed = json_loadb(json_string_value(object), json_string_length(object), 0, NULL);
        object = parsed;
    }
    const frame in = {json_object_get(object, "columns"), json_object_get(object, "index"),
                      json_object_get(object, "data")};
    gw_status status = gw_ok();
    if (entry != NULL) status = copy_frame(arena, &in, &made, reterr);
    json_decref(parsed);
    GW_TRY(status);
    *ret = made;
    return gw_ok();
}
