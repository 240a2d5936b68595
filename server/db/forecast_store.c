/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/forecast_store.h"

/* ---- dates travel as text */

static void bind_date(gw_args *args, gw_date day) {
    char text[GW_DATE_TEXT_SIZE];
    gw_date_print(day, text);
    gw_bind_c(args, text);
}

static gw_status row_date(gw_row *row, const char *column, gw_date *ret, gw_fault *reterr) {
    gw_text text = {"", 0};
    gw_row_text(row, column, &text);
    GW_TRY(gw_row_end(row, reterr));
    return gw_date_parse(text, ret, reterr);
}

static void row_interval(gw_row *row, gw_span *ret) {
    int64_t interval_s = 0;
    gw_row_int64(row, "interval_s", &interval_s);
    *ret = gw_span_seconds(interval_s);
}

static void row_key(gw_row *row, gw_forecast_key *ret) {
    gw_row_text(row, "subject_kind", &ret->kind);
    gw_row_text(row, "subject", &ret->id);
}

static void start_with_key(gw_args *args, gw_arena *arena, const gw_forecast_key *key) {
    gw_args_init(args, arena);
    gw_bind_text(args, key->kind);
    gw_bind_text(args, key->id);
}

/* ---- the journal's stretch */

gw_status gw_forecast_load_stretch(gw_db *tx, gw_arena *arena, int64_t most,
                                   gw_forecast_stretch *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_stretch made = {0};
    gw_args_init(&args, arena);
    gw_bind_int64(&args, most);
    GW_TRY(gw_db_query(tx, GW_QUERY_FORECAST_CURSOR_DUE, &args, &rows, reterr));
    if (rows.count > 0) {
        gw_row row = gw_rows_at(&rows, 0);
        gw_row_int64(&row, "stream", &made.stream);
        gw_row_int64(&row, "from_lsn", &made.from_lsn);
        gw_row_int64(&row, "to_lsn", &made.to_lsn);
        GW_TRY(gw_row_end(&row, reterr));
        made.has = true;
    }
    *ret = made;
    return gw_ok();
}

gw_status gw_forecast_save_stretch(gw_db *tx, gw_arena *arena, const gw_forecast_stretch *done,
                                   gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, done->stream);
    gw_bind_int64(&args, done->to_lsn);
    return gw_db_exec(tx, GW_QUERY_FORECAST_CURSOR_MOVE, &args, NULL, reterr);
}

/* ---- what came in */

static gw_status read_touched(gw_row row, gw_forecast_touched *ret, gw_fault *reterr) {
    row_key(&row, &ret->key);
    gw_row_text(&row, "zone", &ret->zone);
    row_interval(&row, &ret->interval);
    gw_row_int64(&row, "meters", &ret->meters);
    gw_row_instant(&row, "first_at", &ret->first_at);
    gw_row_instant(&row, "last_at", &ret->last_at);
    return gw_row_end(&row, reterr);
}

gw_status gw_forecast_load_touched(gw_db *tx, gw_arena *arena, const gw_forecast_stretch *stretch,
                                   gw_forecast_touched_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_touched_list made = {NULL, 0};
    gw_args_init(&args, arena);
    gw_bind_int64(&args, stretch->from_lsn);
    gw_bind_int64(&args, stretch->to_lsn);
    GW_TRY(gw_db_query(tx, GW_QUERY_FORECAST_TOUCHED, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_touched, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++)
        GW_TRY(read_touched(gw_rows_at(&rows, made.count), &made.items[made.count], reterr));
    *ret = made;
    return gw_ok();
}

static gw_status read_measured(gw_row row, gw_forecast_measured *ret, gw_fault *reterr) {
    gw_row_instant(&row, "start_at", &ret->start);
    gw_row_int64(&row, "meters", &ret->meters);
    gw_row_energy(&row, "drawn_wh", &ret->drawn);
    gw_row_energy(&row, "fed_wh", &ret->fed);
    return gw_row_end(&row, reterr);
}

gw_status gw_forecast_load_measured(gw_db *tx, gw_arena *arena, const gw_forecast_key *key,
                                    gw_period period, gw_forecast_measured_list *ret,
                                    gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_measured_list made = {NULL, 0};
    start_with_key(&args, arena, key);
    gw_bind_instant(&args, period.from);
    gw_bind_instant(&args, period.to);
    GW_TRY(gw_db_query(tx, GW_QUERY_FORECAST_MEASURED, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_measured, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++)
        GW_TRY(read_measured(gw_rows_at(&rows, made.count), &made.items[made.count], reterr));
    *ret = made;
    return gw_ok();
}

/* ---- subjects */

static gw_status read_subject(gw_row row, gw_arena *arena, gw_forecast_subject *ret,
                              gw_fault *reterr) {
    row_key(&row, &ret->key);
    gw_row_text(&row, "zone", &ret->zone);
    row_interval(&row, &ret->interval);
    gw_row_instant(&row, "newest_at", &ret->newest_at);
    GW_TRY(row_date(&row, "before_day", &ret->before_day, reterr));
    GW_TRY(
        gw_row_int64s(&row, "drawn_level_milliwatt", arena, &ret->drawn_level_milliwatt, reterr));
    return gw_row_int64s(&row, "fed_level_milliwatt", arena, &ret->fed_level_milliwatt, reterr);
}

gw_status gw_forecast_touch_subject(gw_db *tx, gw_arena *arena, const gw_forecast_subject *subject,
                                    gw_date *ret_before, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    start_with_key(&args, arena, &subject->key);
    gw_bind_text(&args, subject->zone);
    gw_bind_int64(&args, subject->interval.us / 1000000);
    gw_bind_instant(&args, subject->newest_at);
    bind_date(&args, subject->before_day);
    GW_TRY(gw_db_query_one(tx, GW_QUERY_FORECAST_SUBJECT_TOUCH, &args, &row, reterr));
    return row_date(&row, "before_day", ret_before, reterr);
}

gw_status gw_forecast_load_subject(gw_db *db, gw_arena *arena, const gw_forecast_key *key,
                                   gw_forecast_subject *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_forecast_subject made = {0};
    start_with_key(&args, arena, key);
    GW_TRY(gw_db_query_one(db, GW_QUERY_FORECAST_SUBJECT_FIND, &args, &row, reterr));
    GW_TRY(read_subject(row, arena, &made, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_forecast_advance_subject(gw_db *tx, gw_arena *arena,
                                      const gw_forecast_subject *subject, gw_fault *reterr) {
    gw_args args;
    start_with_key(&args, arena, &subject->key);
    bind_date(&args, subject->before_day);
    gw_bind_int64s_or_null(&args, subject->drawn_level_milliwatt.items,
                           subject->drawn_level_milliwatt.count);
    gw_bind_int64s_or_null(&args, subject->fed_level_milliwatt.items,
                           subject->fed_level_milliwatt.count);
    return gw_db_exec(tx, GW_QUERY_FORECAST_SUBJECT_ADVANCE, &args, NULL, reterr);
}

gw_status gw_forecast_load_due(gw_db *tx, gw_arena *arena, const gw_forecast_turn *turn,
                               int64_t limit, gw_forecast_subject_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_subject_list made = {NULL, 0};
    gw_args_init(&args, arena);
    gw_bind_text(&args, turn->zone);
    gw_bind_instant(&args, turn->due_at);
    gw_bind_int64(&args, limit);
    const gw_query query = gw_text_is(turn->purpose, "INTRADAY") ? GW_QUERY_FORECAST_DUE_INTRADAY
                                                                 : GW_QUERY_FORECAST_DUE_DAY_AHEAD;
    GW_TRY(gw_db_query(tx, query, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_subject, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++)
        GW_TRY(read_subject(gw_rows_at(&rows, made.count), arena, &made.items[made.count], reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_forecast_save_turned(gw_db *tx, gw_arena *arena, const gw_forecast_turn *turn,
                                  const gw_forecast_subject_list *subjects, gw_fault *reterr) {
    gw_args args;
    gw_text *kinds = NULL;
    gw_text *names = NULL;
    const size_t count = (size_t)subjects->count;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &kinds, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &names, reterr));
    for (size_t at = 0; at < count; at++) {
        kinds[at] = subjects->items[at].key.kind;
        names[at] = subjects->items[at].key.id;
    }
    gw_args_init(&args, arena);
    gw_bind_text(&args, turn->purpose);
    gw_bind_instant(&args, turn->due_at);
    gw_bind_texts(&args, kinds, count);
    gw_bind_texts(&args, names, count);
    return gw_db_exec(tx, GW_QUERY_FORECAST_SUBJECT_TURNED, &args, NULL, reterr);
}

gw_status gw_forecast_load_zones(gw_db *db, gw_arena *arena, gw_text **ret, int *ret_count,
                                 gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_text *zones = NULL;
    gw_args_init(&args, arena);
    GW_TRY(gw_db_query(db, GW_QUERY_FORECAST_ZONES, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, (size_t)rows.count, &zones, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "zone", &zones[at]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = zones;
    *ret_count = rows.count;
    return gw_ok();
}

gw_status gw_forecast_load_holidays(gw_db *db, gw_arena *arena, gw_text zone, gw_date **ret,
                                    size_t *ret_count, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_date *holidays = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, zone);
    GW_TRY(gw_db_query(db, GW_QUERY_FORECAST_HOLIDAYS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_date, (size_t)rows.count, &holidays, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        GW_TRY(row_date(&row, "holiday", &holidays[at], reterr));
    }
    *ret = holidays;
    *ret_count = (size_t)rows.count;
    return gw_ok();
}

/* ---- measured days */

gw_status gw_forecast_save_day(gw_db *tx, gw_arena *arena, const gw_forecast_key *key,
                               const gw_forecast_day_row *row, gw_fault *reterr) {
    gw_args args;
    start_with_key(&args, arena, key);
    bind_date(&args, row->day);
    gw_bind_int64s_or_null(&args, row->drawn_w.items, row->drawn_w.count);
    gw_bind_int64s_or_null(&args, row->fed_w.items, row->fed_w.count);
    return gw_db_exec(tx, GW_QUERY_FORECAST_DAY_SAVE, &args, NULL, reterr);
}

gw_status gw_forecast_load_days(gw_db *db, gw_arena *arena, const gw_forecast_key *key,
                                gw_forecast_days days, gw_forecast_day_list *ret,
                                gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_forecast_day_list made = {NULL, 0};
    start_with_key(&args, arena, key);
    bind_date(&args, days.from);
    bind_date(&args, days.to);
    GW_TRY(gw_db_query(db, GW_QUERY_FORECAST_DAY_WINDOW, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_forecast_day_row, (size_t)rows.count, &made.items, reterr));
    for (; made.count < rows.count; made.count++) {
        gw_row row = gw_rows_at(&rows, made.count);
        gw_forecast_day_row *item = &made.items[made.count];
        GW_TRY(row_date(&row, "day", &item->day, reterr));
        GW_TRY(gw_row_int64s(&row, "drawn_w", arena, &item->drawn_w, reterr));
        GW_TRY(gw_row_int64s(&row, "fed_w", arena, &item->fed_w, reterr));
    }
    *ret = made;
    return gw_ok();
}

gw_status gw_forecast_drop_days(gw_db *tx, gw_arena *arena, const gw_forecast_key *key,
                                gw_date before, gw_fault *reterr) {
    gw_args args;
    start_with_key(&args, arena, key);
    bind_date(&args, before);
    return gw_db_exec(tx, GW_QUERY_FORECAST_DAY_DROP, &args, NULL, reterr);
}
