/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "server/clock.h"
#include "server/db/connection.h"
#include "server/db/embedded.h"
#include "server/metrics.h"

#include <libpq-fe.h>
#include <string.h>

static gw_status copy_columns(const PGresult *result, gw_arena *arena, gw_rows *rows,
                              gw_fault *reterr) {
    gw_column *columns = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_column, (size_t)rows->column_count, &columns, reterr));
    for (int i = 0; i < rows->column_count; i++) {
        GW_TRY(gw_text_to_c(arena, gw_text_from_c(PQfname(result, i)), &columns[i].name, reterr));
        columns[i].type = PQftype(result, i);
    }
    rows->columns = columns;
    return gw_ok();
}

static gw_status copy_cell(const PGresult *result, int row, int column, gw_arena *arena,
                           gw_cell *ret, gw_fault *reterr) {
    if (PQgetisnull(result, row, column) == 1) return gw_ok();
    uint8_t *copy = NULL;
    const size_t length = (size_t)PQgetlength(result, row, column);
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, length, &copy, reterr));
    memcpy(copy, PQgetvalue(result, row, column), length);
    *ret = (gw_cell){.at = copy, .length = (int)length};
    return gw_ok();
}

static gw_status copy_rows(const PGresult *result, gw_arena *arena, gw_rows *ret,
                           gw_fault *reterr) {
    gw_rows rows = {.count = PQntuples(result), .column_count = PQnfields(result)};
    gw_cell *cells = NULL;
    const size_t count = (size_t)rows.count * (size_t)rows.column_count;
    GW_TRY(copy_columns(result, arena, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_cell, count, &cells, reterr));
    for (size_t i = 0; i < count; i++) {
        const int row = (int)(i / (size_t)rows.column_count);
        const int column = (int)(i % (size_t)rows.column_count);
        GW_TRY(copy_cell(result, row, column, arena, &cells[i], reterr));
    }
    rows.cells = cells;
    *ret = rows;
    return gw_ok();
}

static gw_status run_measured(gw_db *db, gw_query query, const gw_args *args, PGresult **ret,
                              gw_fault *reterr) {
    gw_connection *connection = NULL;
    GW_TRY(gw_db_lease(db, &connection, reterr));
    const gw_tick from = gw_tick_now();
    const gw_status status = gw_connection_run(connection, query, args, ret, reterr);
    gw_metric_observe(GW_METRIC_DB_QUERY, gw_query_texts[query].name,
                      gw_tick_since(gw_tick_now(), from).us);
    gw_db_give_back(db, connection);
    return status;
}

gw_status gw_db_query(gw_db *db, gw_query query, const gw_args *args, gw_rows *ret_rows,
                      gw_fault *reterr) {
    GW_AUTO_RESULT result = NULL;
    GW_TRY(run_measured(db, query, args, &result, reterr));
    return copy_rows(result, args->arena, ret_rows, reterr);
}

gw_status gw_db_query_one(gw_db *db, gw_query query, const gw_args *args, gw_row *ret_row,
                          gw_fault *reterr) {
    gw_rows *rows = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_rows, 1, &rows, reterr));
    GW_TRY(gw_db_query(db, query, args, rows, reterr));
    if (rows->count == 0) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    if (rows->count > 1) {
        return gw_fail_with(reterr, GW_CODE_INTERNAL, gw_query_texts[query].name,
                            "statement \"%s\" gave %d rows instead of one",
                            gw_query_texts[query].name, rows->count);
    }
    *ret_row = gw_rows_at(rows, 0);
    return gw_ok();
}

gw_status gw_db_exec(gw_db *db, gw_query query, const gw_args *args, int64_t *ret_affected,
                     gw_fault *reterr) {
    GW_AUTO_RESULT result = NULL;
    GW_TRY(run_measured(db, query, args, &result, reterr));
    if (ret_affected == NULL) return gw_ok();
    const gw_text count = gw_text_from_c(PQcmdTuples(result));
    if (count.length == 0) {
        *ret_affected = 0;
        return gw_ok();
    }
    return gw_int64_parse(count, ret_affected, reterr);
}
