/* SPDX-License-Identifier: Apache-2.0
 *
 * Build tool: turns sql/queries and sql/migrations into C tables.
 *     gw_embed_sql OUT_HEADER OUT_SOURCE FILE...
 * A file whose directory is "migrations" becomes a migration, any other a set of queries.
 */
#include "server/db/embed/section.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LARGEST = 1024 * 1024, ARENA_CAP = 64 * 1024 * 1024, QUERIES_MOST = 1024 };

typedef struct tool {
    gw_arena *arena;
    FILE *header;
    FILE *queries;
    char *migrations; /* rows, written after the queries */
    size_t migrations_size;
    FILE *migration_rows;
    gw_text names[QUERIES_MOST];
    int name_count;
    int last_version;
} tool;

static gw_status read_file(tool *run, const char *path, gw_text *ret, gw_fault *reterr) {
    char *content = NULL;
    GW_TRY(GW_ARENA_NEW(run->arena, char, FILE_LARGEST, &content, reterr));
    FILE *file = fopen(path, "rb");
    if (file == NULL) return gw_fail_with(reterr, GW_CODE_IO, path, "could not open the file");
    const size_t length = fread(content, 1, FILE_LARGEST, file);
    (void)fclose(file);
    if (length == FILE_LARGEST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    *ret = (gw_text){content, length};
    return gw_ok();
}

static void write_char(FILE *out, char letter) {
    if (letter == '\n') {
        (void)fputs("\\n\"\n     \"", out);
    } else if (letter == '"' || letter == '\\') {
        (void)fprintf(out, "\\%c", letter);
    } else if (letter == '?') {
        (void)fputs("\\?", out); /* no trigraphs */
    } else {
        (void)fputc(letter, out);
    }
}

static void write_literal(FILE *out, gw_text text) {
    (void)fputc('"', out);
    for (size_t i = 0; i < text.length; i++) write_char(out, text.at[i]);
    (void)fputc('"', out);
}

static void write_upper(FILE *out, gw_text name) {
    for (size_t i = 0; i < name.length; i++) {
        const char letter = name.at[i];
        (void)fputc(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter, out);
    }
}

static gw_status remember_name(tool *run, gw_text name, gw_fault *reterr) {
    for (int i = 0; i < run->name_count; i++) {
        if (!gw_text_equal(run->names[i], name)) continue;
        return gw_fail_with(reterr, GW_CODE_CONFLICT, NULL, "two queries are named \"%.*s\"",
                            GW_TEXT_ARGS(name));
    }
    if (run->name_count == QUERIES_MOST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    run->names[run->name_count++] = name;
    return gw_ok();
}

static void write_query(const tool *run, const gw_sql_section *section) {
    (void)fputs("    GW_QUERY_", run->header);
    write_upper(run->header, section->name);
    (void)fputs(",\n", run->header);
    (void)fputs("    {", run->queries);
    write_literal(run->queries, section->name);
    (void)fputs(",\n     ", run->queries);
    write_literal(run->queries, section->params);
    (void)fputs(",\n     ", run->queries);
    write_literal(run->queries, section->columns);
    (void)fputs(",\n     ", run->queries);
    write_literal(run->queries, section->sql);
    (void)fprintf(run->queries, ",\n     %d},\n", section->param_count);
}

static gw_status add_queries(tool *run, gw_text content, gw_fault *reterr) {
    gw_sql_file file;
    gw_sql_section section;
    gw_sql_file_init(&file, content);
    for (;;) {
        const gw_status status = gw_sql_section_next(&file, &section, reterr);
        if (status.code == GW_CODE_NOT_FOUND) return gw_ok();
        GW_TRY(status);
        GW_TRY(remember_name(run, section.name, reterr));
        write_query(run, &section);
    }
}

/* NNNN_name.sql, strictly rising. */
static gw_status add_migration(tool *run, gw_text base, gw_text content, gw_fault *reterr) {
    int version = 0;
    for (size_t i = 0; i < 4 && i < base.length; i++) {
        const char digit = base.at[i];
        if (digit < '0' || digit > '9') return gw_fail(reterr, GW_CODE_MALFORMED);
        version = version * 10 + (digit - '0');
    }
    if (version <= run->last_version) {
        return gw_fail_with(reterr, GW_CODE_CONFLICT, NULL, "migration numbers must rise");
    }
    run->last_version = version;
    (void)fprintf(run->migration_rows, "    {%d, ", version);
    write_literal(run->migration_rows, gw_text_part(base, 5, base.length - 4));
    (void)fputs(",\n     ", run->migration_rows);
    write_literal(run->migration_rows, content);
    (void)fputs("},\n", run->migration_rows);
    return gw_ok();
}

static gw_status add_file(tool *run, const char *path, gw_fault *reterr) {
    gw_text content;
    GW_TRY(read_file(run, path, &content, reterr));
    const char *slash = strrchr(path, '/');
    const gw_text base = gw_text_from_c(slash == NULL ? path : slash + 1);
    if (strstr(path, "/migrations/") == NULL) return add_queries(run, content, reterr);
    return add_migration(run, base, content, reterr);
}

static void write_start(const tool *run) {
    (void)fputs(
        "/* Generated from sql/; do not edit. */\n#pragma once\n\ntypedef enum gw_query {\n",
        run->header);
    (void)fputs("/* Generated from sql/; do not edit. */\n#include \"server/db/embedded.h\"\n\n"
                "const gw_query_text gw_query_texts[GW_QUERY_COUNT] = {\n",
                run->queries);
}

static void write_end(tool *run) {
    (void)fputs("    GW_QUERY_COUNT\n} gw_query;\n", run->header);
    (void)fclose(run->migration_rows);
    (void)fprintf(run->queries,
                  "};\n\nstatic const gw_migration migrations[] = {\n%s    {0, 0, 0}};\n",
                  run->migrations);
    (void)fputs("\nconst gw_migration_list gw_migrations_embedded = {\n"
                "    migrations, (int)(sizeof migrations / sizeof migrations[0]) - 1};\n",
                run->queries);
    free(run->migrations);
}

static int run_tool(tool *run, int argc, char **argv) {
    gw_fault fault = {0};
    write_start(run);
    bool is_fine = true;
    for (int i = 3; i < argc && is_fine; i++) {
        is_fine = gw_is_ok(add_file(run, argv[i], &fault));
        if (!is_fine) (void)fprintf(stderr, "%s: %s\n", argv[i], fault.message);
    }
    write_end(run);
    const bool is_written = fclose(run->header) == 0 && fclose(run->queries) == 0;
    return is_fine && is_written ? 0 : 1;
}

int main(int argc, char **argv) {
    static tool run;
    if (argc < 3) return 2;
    run.arena = gw_arena_open(ARENA_CAP);
    run.header = fopen(argv[1], "wb");
    run.queries = fopen(argv[2], "wb");
    run.migration_rows = open_memstream(&run.migrations, &run.migrations_size);
    if (run.arena == NULL || run.header == NULL || run.queries == NULL ||
        run.migration_rows == NULL) {
        (void)fprintf(stderr, "could not open the output files\n");
        return 1;
    }
    const int result = run_tool(&run, argc, argv);
    if (result != 0) {
        (void)remove(argv[1]); /* so that the next build runs again */
        (void)remove(argv[2]);
    }
    gw_arena_close(run.arena);
    return result;
}
