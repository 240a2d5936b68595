/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/congestion_store.h"

/* ---- studies ---- */

gw_status gw_study_load_due(gw_db *db, gw_arena *arena, gw_instant before, gw_text_list *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_text *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, before);
    GW_TRY(gw_db_query(db, GW_QUERY_CONGESTION_DUE, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "network_id", &items[at]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_text_list){items, (size_t)rows.count};
    return gw_ok();
}

gw_status gw_study_insert(gw_db *tx, gw_arena *arena, const gw_study_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->study_id);
    gw_bind_text(&args, row->network_id);
    gw_bind_int64(&args, row->version);
    gw_bind_text(&args, row->forecast_id);
    gw_bind_instant(&args, row->made_at);
    gw_bind_instant(&args, row->period.from);
    gw_bind_instant(&args, row->period.to);
    gw_bind_int64(&args, row->interval_s);
    gw_bind_int64(&args, row->path_count);
    gw_bind_int64(&args, row->missing_points);
    gw_bind_int64(&args, row->collapsed_paths);
    return gw_db_exec(tx, GW_QUERY_CONGESTION_STUDY_INSERT, &args, NULL, reterr);
}

/* ---- lights ---- */

static gw_status read_light(gw_row row, gw_light_row *ret, gw_fault *reterr) {
    gw_light_row made = {0};
    gw_row_instant(&row, "start_at", &made.start);
    gw_row_int64(&row, "phase", &made.phase);
    gw_row_int64(&row, "number", &made.number);
    gw_row_text(&row, "light", &made.light);
    gw_row_uuid(&row, "study_id", &made.study_id);
    gw_row_int64(&row, "middle_ppm", &made.middle_ppm);
    gw_row_int64(&row, "upper_ppm", &made.upper_ppm);
    gw_row_text(&row, "reasons", &made.reasons);
    gw_row_text(&row, "forecast_id", &made.forecast_id);
    gw_row_instant(&row, "made_at", &made.made_at);
    gw_row_int64(&row, "interval_s", &made.interval_s);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_light_load(gw_db *db, gw_arena *arena, gw_text segment_id, gw_period period,
                        gw_light_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_light_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, segment_id);
    gw_bind_instant(&args, period.from);
    gw_bind_instant(&args, period.to);
    GW_TRY(gw_db_query(db, GW_QUERY_TRAFFIC_LIGHT_WINDOW, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_light_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_light(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_light_list){items, (size_t)rows.count};
    return gw_ok();
}

/* The columns of some rows, one array each. */
typedef struct light_columns {
    gw_instant *start;
    int64_t *phase;
    int64_t *number;
    gw_text *light;
    int64_t *middle_ppm;
    int64_t *upper_ppm;
    gw_text *reasons;
} light_columns;

static gw_status open_columns(gw_arena *arena, size_t count, light_columns *ret, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, count, &ret->start, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->phase, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->number, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &ret->light, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->middle_ppm, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->upper_ppm, reterr));
    return GW_ARENA_NEW(arena, gw_text, count, &ret->reasons, reterr);
}

gw_status gw_light_insert(gw_db *tx, gw_arena *arena, gw_text segment_id, gw_uuid study_id,
                          const gw_light_list *rows, gw_fault *reterr) {
    gw_args args;
    light_columns columns = {0};
    GW_TRY(open_columns(arena, rows->count, &columns, reterr));
    for (size_t at = 0; at < rows->count; at++) {
        const gw_light_row *row = &rows->items[at];
        columns.start[at] = row->start;
        columns.phase[at] = row->phase;
        columns.number[at] = row->number;
        columns.light[at] = row->light;
        columns.middle_ppm[at] = row->middle_ppm;
        columns.upper_ppm[at] = row->upper_ppm;
        columns.reasons[at] = row->reasons;
    }
    gw_args_init(&args, arena);
    gw_bind_text(&args, segment_id);
    gw_bind_instants(&args, columns.start, rows->count);
    gw_bind_int64s(&args, columns.phase, rows->count);
    gw_bind_int64s(&args, columns.number, rows->count);
    gw_bind_texts(&args, columns.light, rows->count);
    gw_bind_uuid(&args, study_id);
    gw_bind_int64s(&args, columns.middle_ppm, rows->count);
    gw_bind_int64s(&args, columns.upper_ppm, rows->count);
    gw_bind_texts(&args, columns.reasons, rows->count);
    return gw_db_exec(tx, GW_QUERY_TRAFFIC_LIGHT_INSERT, &args, NULL, reterr);
}

/* ---- who is there ---- */

gw_status gw_network_party_sees(gw_db *db, gw_arena *arena, gw_text network_id, gw_text party,
                                bool *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    bool sees = false;
    gw_args_init(&args, arena);
    gw_bind_text(&args, network_id);
    gw_bind_text(&args, party);
    GW_TRY(gw_db_query_one(db, GW_QUERY_NETWORK_PARTY_SEES, &args, &row, reterr));
    gw_row_flag(&row, "sees", &sees);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = sees;
    return gw_ok();
}

gw_status gw_flexibility_load(gw_db *db, gw_arena *arena, const gw_flexibility_question *question,
                              gw_flexibility_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_flexibility_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, question->meters, question->meter_count);
    gw_bind_instant(&args, question->at);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_FLEXIBILITY, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flexibility_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "meter", &items[at].meter);
        gw_row_power(&row, "qualified_w", &items[at].qualified);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_flexibility_list){items, (size_t)rows.count};
    return gw_ok();
}

gw_status gw_flexible_devices_load(gw_db *db, gw_arena *arena, const gw_text *meters,
                                   size_t meter_count, gw_flexible_device_list *ret,
                                   gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_flexible_device_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, meters, meter_count);
    GW_TRY(gw_db_query(db, GW_QUERY_NETWORK_DEVICES, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flexible_device_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "meter", &items[at].meter);
        gw_row_text(&row, "kind", &items[at].kind);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_flexible_device_list){items, (size_t)rows.count};
    return gw_ok();
}
