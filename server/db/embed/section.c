/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/embed/section.h"

static gw_text peek_line(const gw_sql_file *file) {
    return gw_text_part(file->rest, 0, gw_text_find(file->rest, '\n'));
}

static gw_text take_line(gw_sql_file *file) {
    file->line++;
    return gw_text_split(&file->rest, '\n');
}

static gw_text after(gw_text line, const char *prefix) {
    return gw_text_trim(gw_text_part(line, gw_text_from_c(prefix).length, line.length));
}

void gw_sql_file_init(gw_sql_file *file, gw_text content) {
    *file = (gw_sql_file){.rest = content, .line = 1};
}

static gw_status fault_at(int line, gw_text name, const char *what, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "line %d: section \"%.*s\": %s", line,
                        GW_TEXT_ARGS(name), what);
}

static bool is_query_name(gw_text name) {
    if (name.length == 0 || name.length > GW_SECTION_NAME_MAX) return false;
    for (size_t i = 0; i < name.length; i++) {
        const char letter = name.at[i];
        const bool fits =
            (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
        if (!fits) return false;
    }
    return name.at[0] >= 'a';
}

/* "name type, name type": every piece has two words or more. */
static gw_status count_pieces(const gw_sql_section *section, gw_text list, int *ret,
                              gw_fault *reterr) {
    int count = 0;
    gw_text rest = list;
    while (rest.length > 0) {
        const gw_text piece = gw_text_trim(gw_text_split(&rest, ','));
        if (gw_text_find(piece, ' ') == piece.length) {
            return fault_at(section->line, section->name,
                            "each parameter and column is a name and a type", reterr);
        }
        count++;
    }
    *ret = count;
    return gw_ok();
}

typedef struct head {
    bool has_params;
    bool has_columns;
} head;

static gw_text none_is_empty(gw_text list) { return gw_text_is(list, "none") ? GW_TEXT("") : list; }

static void read_comment(gw_text line, gw_sql_section *section, head *seen) {
    if (gw_text_starts(line, "-- params:")) {
        section->params = none_is_empty(after(line, "-- params:"));
        seen->has_params = true;
    }
    if (gw_text_starts(line, "-- columns:")) {
        section->columns = none_is_empty(after(line, "-- columns:"));
        seen->has_columns = true;
    }
}

static gw_status read_head(gw_sql_file *file, gw_sql_section *section, gw_fault *reterr) {
    head seen = {0};
    while (file->rest.length > 0 && gw_text_starts(peek_line(file), "--")) {
        if (gw_text_starts(peek_line(file), "-- name:")) break;
        read_comment(take_line(file), section, &seen);
    }
    if (!is_query_name(section->name)) {
        return fault_at(section->line, section->name, "a name is a-z, 0-9 and _", reterr);
    }
    if (!seen.has_params || !seen.has_columns) {
        return fault_at(section->line, section->name,
                        "the lines \"-- params:\" and \"-- columns:\" are needed", reterr);
    }
    int columns = 0;
    GW_TRY(count_pieces(section, section->params, &section->param_count, reterr));
    return count_pieces(section, section->columns, &columns, reterr);
}

static gw_text read_body(gw_sql_file *file) {
    const gw_text from = file->rest;
    while (file->rest.length > 0 && !gw_text_starts(peek_line(file), "-- name:")) {
        (void)take_line(file);
    }
    gw_text sql = gw_text_trim(gw_text_part(from, 0, from.length - file->rest.length));
    if (sql.length > 0 && sql.at[sql.length - 1] == ';') sql.length--;
    return gw_text_trim(sql);
}

gw_status gw_sql_section_next(gw_sql_file *file, gw_sql_section *ret, gw_fault *reterr) {
    while (file->rest.length > 0 && !gw_text_starts(peek_line(file), "-- name:")) {
        const gw_text line = gw_text_trim(take_line(file));
        if (line.length == 0 || gw_text_starts(line, "--")) continue;
        return fault_at(file->line - 1, GW_TEXT(""), "a statement without a name", reterr);
    }
    if (file->rest.length == 0) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    gw_sql_section section = {.line = file->line};
    section.name = after(take_line(file), "-- name:");
    GW_TRY(read_head(file, &section, reterr));
    section.sql = read_body(file);
    if (section.sql.length == 0) {
        return fault_at(section.line, section.name, "there is no statement", reterr);
    }
    *ret = section;
    return gw_ok();
}
