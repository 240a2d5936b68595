/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/matpower_script.h"

#include "server/gridfile/number.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { STATEMENT_SIZE = 512, POINTER_SIZE = 32 };

typedef struct script {
    gw_arena *arena;
    gw_text rest;
    size_t line; /* of the piece that was taken last, from 1 */
    gw_matpower_script made;
    gw_fault *reterr;
} script;

static const char *const bus_columns[] = {"bus", "type", "pd",      "qd",   "gs",   "bs",  "area",
                                          "vm",  "va",   "base_kv", "zone", "vmax", "vmin"};
static const char *const gen_columns[] = {"bus",  "pg", "qg",    "qmax",
                                          "qmin", "vg", "mbase", "status"};
static const char *const branch_columns[] = {
    "from", "to", "r", "x", "b", "rate_a", "rate_b", "rate_c", "ratio", "angle", "status"};

static gw_status refuse(const script *in, gw_code code, const char *what) {
    char pointer[POINTER_SIZE];
    (void)snprintf(pointer, sizeof pointer, "/line/%zu", in->line);
    return gw_fail_with(in->reterr, code, pointer, "%s", what);
}

/* The next line without its comment. Case files have no percent sign inside a text. */
static gw_text take_line(script *in) {
    gw_text line = gw_text_split(&in->rest, '\n');
    in->line++;
    return gw_text_trim(gw_text_part(line, 0, gw_text_find(line, '%')));
}

/* ---- matrices ---- */

static size_t count_marks(gw_text text) {
    size_t count = 1;
    for (size_t at = 0; at < text.length; at++)
        count += text.at[at] == '\n' || text.at[at] == ';' ? 1 : 0;
    return count;
}

static gw_text take_cell(gw_text *row) {
    size_t from = 0;
    while (from < row->length && strchr(" \t,\r", row->at[from]) != NULL) from++;
    size_t to = from;
    while (to < row->length && strchr(" \t,\r", row->at[to]) == NULL) to++;
    const gw_text cell = gw_text_part(*row, from, to);
    *row = gw_text_part(*row, to, row->length);
    return cell;
}

static gw_status add_row(const script *in, gw_text row, gw_table *table) {
    gw_text *cells = table->cells + table->row_count * table->column_count;
    for (size_t at = 0; at < table->column_count; at++) {
        cells[at] = take_cell(&row);
        if (cells[at].length == 0)
            return refuse(in, GW_CODE_MALFORMED, "the row has too few numbers");
    }
    table->row_count++;
    return gw_ok();
}

static gw_status add_rows(const script *in, gw_text line, gw_table *table) {
    while (line.length > 0) {
        const gw_text row = gw_text_trim(gw_text_split(&line, ';'));
        if (row.length > 0) GW_TRY(add_row(in, row, table));
    }
    return gw_ok();
}

/* Rows up to the closing bracket; `line` is what stands behind the opening one. */
static gw_status read_matrix(script *in, gw_text line, gw_table *table) {
    const size_t most = count_marks(in->rest) + count_marks(line);
    GW_TRY(GW_ARENA_NEW(in->arena, gw_text, most * table->column_count, &table->cells, in->reterr));
    for (;;) {
        const size_t end = gw_text_find(line, ']');
        GW_TRY(add_rows(in, gw_text_part(line, 0, end), table));
        if (end < line.length) return gw_ok();
        if (in->rest.length == 0) return refuse(in, GW_CODE_MALFORMED, "the matrix does not end");
        line = take_line(in);
    }
}

static gw_status name_columns(script *in, gw_table *table, const char *const names[],
                              size_t count) {
    if (table->columns != NULL) return refuse(in, GW_CODE_INVALID, "the table is there twice");
    GW_TRY(GW_ARENA_NEW(in->arena, gw_text, count, &table->columns, in->reterr));
    for (size_t at = 0; at < count; at++) table->columns[at] = gw_text_from_c(names[at]);
    table->column_count = count;
    return gw_ok();
}

static gw_status read_table(script *in, gw_text name, gw_text line) {
    const struct {
        const char *name;
        gw_table *table;
        const char *const *columns;
        size_t count;
    } tables[] = {
        {"bus", &in->made.bus, bus_columns, COUNT_OF(bus_columns)},
        {"gen", &in->made.gen, gen_columns, COUNT_OF(gen_columns)},
        {"branch", &in->made.branch, branch_columns, COUNT_OF(branch_columns)},
    };
    for (size_t at = 0; at < COUNT_OF(tables); at++) {
        if (!gw_text_is(name, tables[at].name)) continue;
        tables[at].table->name = tables[at].name;
        GW_TRY(name_columns(in, tables[at].table, tables[at].columns, tables[at].count));
        return read_matrix(in, line, tables[at].table);
    }
    /* costs, names, areas: no part of a power flow */
    while (gw_text_find(line, ']') == line.length && gw_text_find(line, '}') == line.length &&
           in->rest.length > 0)
        line = take_line(in);
    return gw_ok();
}

/* ---- statements ---- */

typedef struct squeezed {
    char at[STATEMENT_SIZE];
    size_t length;
} squeezed;

/* A statement without blanks and continuation marks; lines end it, a trailing "..." joins them. */
static gw_status squeeze(script *in, gw_text line, squeezed *out) {
    for (;;) {
        const bool goes_on = line.length >= 3 && memcmp(line.at + line.length - 3, "...", 3) == 0;
        const size_t length = goes_on ? line.length - 3 : line.length;
        for (size_t at = 0; at < length; at++) {
            if (strchr(" \t\r", line.at[at]) != NULL) continue;
            if (out->length + 1 >= sizeof out->at)
                return refuse(in, GW_CODE_UNSUPPORTED, "the statement is not known");
            out->at[out->length++] = line.at[at];
        }
        if (!goes_on || in->rest.length == 0) break;
        line = take_line(in);
    }
    out->at[out->length] = '\0';
    return gw_ok();
}

static bool ends(const squeezed *statement, const char *ending) {
    const size_t length = strlen(ending);
    return statement->length >= length &&
           memcmp(statement->at + statement->length - length, ending, length) == 0;
}

static bool is_passed_over(const squeezed *statement) {
    static const char *const known[] = {
        "define_constants;",
        "mpc.version='2';",
        "Vbase=mpc.bus(1,BASE_KV)*1e3;",
        "Sbase=mpc.baseMVA*1e6;",
        "end",
        "return;",
    };
    for (size_t at = 0; at < COUNT_OF(known); at++)
        if (strcmp(statement->at, known[at]) == 0) return true;
    return statement->length == 0 || (statement->at[0] == '[' && (ends(statement, "]=idx_bus;") ||
                                                                  ends(statement, "]=idx_brch;") ||
                                                                  ends(statement, "]=idx_gen;")));
}

static bool is_power_factor(script *in, const squeezed *statement) {
    double factor = 0;
    gw_text text = {statement->at, statement->length};
    if (!gw_text_starts(text, "pf=") || !ends(statement, ";")) return false;
    if (!gw_number_parse(gw_text_part(text, 3, text.length - 1), &factor)) return false;
    if (!(factor > 0 && factor <= 1)) return false;
    in->made.power_factor = factor;
    return true;
}

static gw_status read_statement(script *in, const squeezed *statement) {
    if (is_passed_over(statement) || is_power_factor(in, statement)) return gw_ok();
    if (strcmp(statement->at,
               "mpc.branch(:,[BR_RBR_X])=mpc.branch(:,[BR_RBR_X])/(Vbase^2/Sbase);") == 0) {
        in->made.is_in_ohm = true;
        return gw_ok();
    }
    if (strcmp(statement->at, "mpc.bus(:,[PD,QD])=mpc.bus(:,[PD,QD])/1e3;") == 0) {
        in->made.is_in_kw = true;
        return gw_ok();
    }
    const bool is_use = strcmp(statement->at, "mpc.bus(:,QD)=mpc.bus(:,PD)*sin(acos(pf));") == 0 ||
                        strcmp(statement->at, "mpc.bus(:,PD)=mpc.bus(:,PD)*pf;") == 0;
    if (is_use && in->made.power_factor > 0) return gw_ok();
    return refuse(in, GW_CODE_UNSUPPORTED,
                  "the statement is not known; export the case with savecase after loading it");
}

/* 50/3 is written in case files */
static gw_status read_base(script *in, gw_text value) {
    double over = 0;
    double under = 1;
    gw_text rest = gw_text_trim(gw_text_part(value, 0, gw_text_find(value, ';')));
    const gw_text first = gw_text_trim(gw_text_split(&rest, '/'));
    const bool is_number = gw_number_parse(first, &over) &&
                           (rest.length == 0 || gw_number_parse(gw_text_trim(rest), &under));
    if (!is_number || !(over > 0) || !(under > 0))
        return refuse(in, GW_CODE_INVALID, "baseMVA is no positive number");
    in->made.base_mva = over / under;
    return gw_ok();
}

/* "mpc.<name> = <value>" with a whole table or number; anything else is a statement. */
static gw_status read_piece(script *in, gw_text line) {
    gw_text value = line;
    gw_text name = gw_text_trim(gw_text_split(&value, '='));
    value = gw_text_trim(value);
    if (gw_text_starts(name, "function")) {
        in->made.name = gw_text_trim(gw_text_part(value, 0, gw_text_find(value, ';')));
        return gw_ok();
    }
    if (gw_text_is(name, "mpc.baseMVA")) return read_base(in, value);
    if (gw_text_starts(name, "mpc.") && gw_text_find(name, '(') == name.length &&
        value.length > 0 && (value.at[0] == '[' || value.at[0] == '{'))
        return read_table(in, gw_text_part(name, 4, name.length),
                          gw_text_part(value, 1, value.length));
    squeezed statement = {.length = 0};
    GW_TRY(squeeze(in, line, &statement));
    return read_statement(in, &statement);
}

gw_status gw_matpower_script_parse(gw_arena *arena, gw_text file, gw_matpower_script *ret,
                                   gw_fault *reterr) {
    script in = {.arena = arena, .rest = file, .reterr = reterr};
    while (in.rest.length > 0) {
        const gw_text line = take_line(&in);
        if (line.length > 0) GW_TRY(read_piece(&in, line));
    }
    if (in.made.base_mva == 0 || in.made.bus.row_count == 0 || in.made.branch.columns == NULL ||
        in.made.gen.columns == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "",
                            "the file is no MATPOWER case: mpc.baseMVA, bus, gen, branch");
    *ret = in.made;
    return gw_ok();
}
