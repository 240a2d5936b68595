/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/need_store.h"

#include "server/db/register_store.h"

/* ---- saving ---- */

typedef struct interval_columns {
    gw_instant *start;
    int64_t *need_w;
    int64_t *missing_w;
    int64_t *before_ppm;
    int64_t *after_ppm;
    gw_text *verdict;
} interval_columns;

static gw_status open_intervals(gw_arena *arena, size_t count, interval_columns *ret,
                                gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, count, &ret->start, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->need_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->missing_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->before_ppm, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->after_ppm, reterr));
    return GW_ARENA_NEW(arena, gw_text, count, &ret->verdict, reterr);
}

static gw_status insert_intervals(gw_db *tx, gw_arena *arena, const gw_grid_need_row *row,
                                  gw_fault *reterr) {
    gw_args args;
    interval_columns columns = {0};
    const size_t count = row->interval_count;
    GW_TRY(open_intervals(arena, count, &columns, reterr));
    for (size_t at = 0; at < count; at++) {
        columns.start[at] = row->intervals[at].start;
        columns.need_w[at] = row->intervals[at].need.w;
        columns.missing_w[at] = row->intervals[at].missing.w;
        columns.before_ppm[at] = row->intervals[at].before_ppm;
        columns.after_ppm[at] = row->intervals[at].after_ppm;
        columns.verdict[at] = row->intervals[at].verdict;
    }
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->need_id);
    gw_bind_instants(&args, columns.start, count);
    gw_bind_int64s(&args, columns.need_w, count);
    gw_bind_int64s(&args, columns.missing_w, count);
    gw_bind_int64s(&args, columns.before_ppm, count);
    gw_bind_int64s(&args, columns.after_ppm, count);
    gw_bind_texts(&args, columns.verdict, count);
    return gw_db_exec(tx, GW_QUERY_NEED_INTERVAL_INSERT, &args, NULL, reterr);
}

static gw_status insert_effects(gw_db *tx, gw_arena *arena, const gw_grid_need_row *row,
                                gw_fault *reterr) {
    gw_args args;
    gw_text *points = NULL;
    int64_t *less_ppm = NULL;
    int64_t *more_ppm = NULL;
    const size_t count = row->effect_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &less_ppm, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &more_ppm, reterr));
    for (size_t at = 0; at < count; at++) {
        points[at] = row->effects[at].point;
        less_ppm[at] = row->effects[at].less_ppm;
        more_ppm[at] = row->effects[at].more_ppm;
    }
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->need_id);
    gw_bind_texts(&args, points, count);
    gw_bind_int64s(&args, less_ppm, count);
    gw_bind_int64s(&args, more_ppm, count);
    return gw_db_exec(tx, GW_QUERY_NEED_EFFECT_INSERT, &args, NULL, reterr);
}

gw_status gw_grid_need_insert(gw_db *tx, gw_arena *arena, const gw_grid_need_row *row,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->need_id);
    gw_bind_uuid(&args, row->study_id);
    gw_bind_text(&args, row->segment_id);
    gw_bind_text(&args, row->kind);
    gw_bind_text(&args, row->element);
    gw_bind_int64(&args, row->phase);
    gw_bind_instant(&args, row->period.from);
    gw_bind_instant(&args, row->period.to);
    gw_bind_text(&args, row->reference_point);
    gw_bind_flag(&args, row->is_reference_more);
    gw_bind_flag(&args, row->is_confirmed);
    gw_bind_text(&args, row->rebounds);
    gw_bind_instant(&args, row->made_at);
    GW_TRY(gw_db_exec(tx, GW_QUERY_NEED_INSERT, &args, NULL, reterr));
    GW_TRY(insert_intervals(tx, arena, row, reterr));
    return insert_effects(tx, arena, row, reterr);
}

gw_status gw_grid_need_supersede(gw_db *tx, gw_arena *arena, gw_text segment_id, gw_uuid study_id,
                                 gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, segment_id);
    gw_bind_uuid(&args, study_id);
    return gw_db_exec(tx, GW_QUERY_NEED_SUPERSEDE, &args, NULL, reterr);
}

/* ---- loading ---- */

static gw_status read_row(gw_row row, gw_grid_need_row *ret, gw_fault *reterr) {
    gw_grid_need_row made = {0};
    gw_row_uuid(&row, "need_id", &made.need_id);
    gw_row_uuid(&row, "study_id", &made.study_id);
    gw_row_text(&row, "segment_id", &made.segment_id);
    gw_row_text(&row, "network_id", &made.network_id);
    gw_row_int64(&row, "version", &made.version);
    gw_row_text(&row, "forecast_id", &made.forecast_id);
    gw_row_text(&row, "state", &made.state);
    gw_row_text(&row, "kind", &made.kind);
    gw_row_text(&row, "element", &made.element);
    gw_row_int64(&row, "phase", &made.phase);
    gw_row_instant(&row, "starts_at", &made.period.from);
    gw_row_instant(&row, "ends_at", &made.period.to);
    gw_row_int64(&row, "interval_s", &made.interval_s);
    gw_row_text(&row, "reference_point", &made.reference_point);
    gw_row_flag(&row, "is_reference_more", &made.is_reference_more);
    gw_row_flag(&row, "is_confirmed", &made.is_confirmed);
    gw_row_text(&row, "rebounds", &made.rebounds);
    gw_row_instant(&row, "made_at", &made.made_at);
    gw_row_text_or_empty(&row, "transformer", &made.transformer);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_grid_need_load(gw_db *db, gw_arena *arena, gw_uuid need_id, gw_grid_need_row *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_row row;
    char text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(need_id, text);
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, need_id);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_NEED_FIND, &args, &row, reterr), "need",
                               gw_text_from_c(text), reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_grid_need_load_list(gw_db *db, gw_arena *arena, const gw_grid_need_filter *filter,
                                 gw_grid_need_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_grid_need_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, filter->segment_id);
    gw_bind_text(&args, filter->state);
    if (filter->after == NULL)
        gw_bind_null(&args);
    else
        gw_bind_uuid(&args, *filter->after);
    gw_bind_int64(&args, filter->limit);
    gw_bind_text(&args, filter->party);
    GW_TRY(gw_db_query(db, GW_QUERY_NEED_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_grid_need_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_grid_need_list){items, rows.count};
    return gw_ok();
}

gw_status gw_grid_need_load_intervals(gw_db *db, gw_arena *arena, gw_grid_need_row *row,
                                      gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_grid_need_interval *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->need_id);
    GW_TRY(gw_db_query(db, GW_QUERY_NEED_INTERVALS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_grid_need_interval, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row one = gw_rows_at(&rows, at);
        gw_row_instant(&one, "start_at", &items[at].start);
        gw_row_power(&one, "need_w", &items[at].need);
        gw_row_power(&one, "missing_w", &items[at].missing);
        gw_row_int64(&one, "before_ppm", &items[at].before_ppm);
        gw_row_int64(&one, "after_ppm", &items[at].after_ppm);
        gw_row_text(&one, "verdict", &items[at].verdict);
        GW_TRY(gw_row_end(&one, reterr));
    }
    row->intervals = items;
    row->interval_count = (size_t)rows.count;
    return gw_ok();
}

gw_status gw_grid_need_load_effects(gw_db *db, gw_arena *arena, gw_text party,
                                    gw_grid_need_row *row, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_grid_need_effect *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->need_id);
    gw_bind_text(&args, party);
    GW_TRY(gw_db_query(db, GW_QUERY_NEED_EFFECTS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_grid_need_effect, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row one = gw_rows_at(&rows, at);
        gw_row_text(&one, "point", &items[at].point);
        gw_row_int64(&one, "less_ppm", &items[at].less_ppm);
        gw_row_int64(&one, "more_ppm", &items[at].more_ppm);
        GW_TRY(gw_row_end(&one, reterr));
    }
    row->effects = items;
    row->effect_count = (size_t)rows.count;
    return gw_ok();
}

/* ---- requests ---- */

gw_status gw_grid_need_link(gw_db *tx, gw_arena *arena, gw_uuid need_id, gw_uuid event_id,
                            gw_fault *reterr) {
    gw_args need;
    gw_args pair;
    gw_args_init(&need, arena);
    gw_bind_uuid(&need, need_id);
    GW_TRY(gw_db_exec(tx, GW_QUERY_NEED_REQUESTED, &need, NULL, reterr));
    gw_args_init(&pair, arena);
    gw_bind_uuid(&pair, need_id);
    gw_bind_uuid(&pair, event_id);
    return gw_db_exec(tx, GW_QUERY_NEED_REQUEST_INSERT, &pair, NULL, reterr);
}

static gw_status load_uuids(gw_db *db, gw_query query, const gw_args *args, const char *column,
                            gw_uuid_list *ret, gw_fault *reterr) {
    gw_rows rows;
    gw_uuid *items = NULL;
    GW_TRY(gw_db_query(db, query, args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, gw_uuid, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_uuid(&row, column, &items[at]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_uuid_list){items, (size_t)rows.count};
    return gw_ok();
}

gw_status gw_grid_need_load_requests(gw_db *db, gw_arena *arena, gw_uuid need_id, gw_uuid_list *ret,
                                     gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, need_id);
    return load_uuids(db, GW_QUERY_NEED_REQUESTS, &args, "event_id", ret, reterr);
}

gw_status gw_grid_need_of_request(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_uuid_list *ret,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    return load_uuids(db, GW_QUERY_NEED_OF_REQUEST, &args, "need_id", ret, reterr);
}
