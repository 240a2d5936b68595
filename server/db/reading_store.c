/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/reading_store.h"

#include "base/wide.h"

#include <stdlib.h>

/* ---- readings */

static gw_status read_reading(gw_row *row, gw_reading *reading, int64_t *ret_lsn,
                              gw_fault *reterr) {
    gw_text quality = {"", 0};
    gw_row_text(row, "meter", &reading->meter);
    gw_row_instant(row, "start_at", &reading->start);
    gw_row_int64(row, "version", &reading->version);
    gw_row_energy(row, "wh", &reading->energy);
    gw_row_text(row, "quality", &quality);
    gw_row_int64(row, "boot", &reading->boot);
    gw_row_int64(row, "seq", &reading->seq);
    gw_row_int64(row, "lsn", ret_lsn);
    GW_TRY(gw_row_end(row, reterr));
    return gw_quality_parse(quality, &reading->quality, reterr);
}

gw_status gw_readings_load(gw_db *db, gw_arena *arena, const gw_reading_window *window,
                           gw_reading_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_reading_list list = {0};
    gw_args_init(&args, arena);
    gw_bind_texts(&args, window->meters, window->meter_count);
    gw_bind_int64(&args, window->channel);
    gw_bind_instant(&args, window->period.from);
    gw_bind_instant(&args, window->period.to);
    GW_TRY(gw_db_query(db, GW_QUERY_READING_WINDOW, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        int64_t lsn = 0;
        gw_reading *reading = &list.items[list.count++];
        GW_TRY(read_reading(&row, reading, &lsn, reterr));
        reading->channel = window->channel;
        if ((uint64_t)lsn > list.newest) list.newest = (uint64_t)lsn;
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_readings_changed(gw_db *db, gw_arena *arena, const gw_reading_window *window,
                              uint64_t after, gw_reading_list *ret_changed, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_reading_list list = {0};
    gw_args_init(&args, arena);
    gw_bind_texts(&args, window->meters, window->meter_count);
    gw_bind_instant(&args, window->period.from);
    gw_bind_instant(&args, window->period.to);
    gw_bind_int64(&args, (int64_t)after);
    GW_TRY(gw_db_query(db, GW_QUERY_READING_CHANGED, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_reading *reading = &list.items[list.count++];
        int64_t channel = 0;
        int64_t lsn = 0;
        gw_row_text(&row, "meter", &reading->meter);
        gw_row_instant(&row, "start_at", &reading->start);
        gw_row_int64(&row, "channel", &channel);
        gw_row_int64(&row, "version", &reading->version);
        gw_row_energy(&row, "wh", &reading->energy);
        gw_row_int64(&row, "lsn", &lsn);
        GW_TRY(gw_row_end(&row, reterr));
        reading->channel = channel == 0 ? GW_CHANNEL_IMPORT : GW_CHANNEL_EXPORT;
        if ((uint64_t)lsn > list.newest) list.newest = (uint64_t)lsn;
    }
    *ret_changed = list;
    return gw_ok();
}

/* ---- our own outages */

gw_status gw_outages_load(gw_db *db, gw_arena *arena, gw_period window, gw_outage_list *ret,
                          gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_outage_list list = {0};
    gw_args_init(&args, arena);
    gw_bind_instant(&args, window.from);
    gw_bind_instant(&args, window.to);
    GW_TRY(gw_db_query(db, GW_QUERY_OUTAGE_WINDOW, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_period, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_period *period = &list.items[list.count++];
        gw_row_instant(&row, "from_at", &period->from);
        gw_row_instant(&row, "to_at", &period->to);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = list;
    return gw_ok();
}

/* ---- weather */

static gw_status bind_values(gw_args *args, const gw_weather_values *values, gw_fault *reterr) {
    gw_text *variables = NULL;
    gw_instant *valid = NULL;
    int64_t *amounts = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_text, values->count, &variables, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, gw_instant, values->count, &valid, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, int64_t, values->count, &amounts, reterr));
    for (size_t at = 0; at < values->count; at++) {
        variables[at] = gw_text_from_c(values->items[at].variable);
        valid[at] = values->items[at].valid_at;
        amounts[at] = values->items[at].amount;
    }
    gw_bind_texts(args, variables, values->count);
    gw_bind_instants(args, valid, values->count);
    gw_bind_int64s(args, amounts, values->count);
    return gw_ok();
}

gw_status gw_weather_save_values(gw_db *db, gw_arena *arena, const gw_weather_save *saved,
                                 gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, saved->source);
    GW_TRY(bind_values(&args, &saved->values, reterr));
    gw_bind_instant(&args, saved->issued_at);
    gw_bind_instant(&args, saved->received_at);
    gw_bind_bytes(&args, (gw_bytes){saved->raw_hash, GW_WEATHER_HASH_SIZE});
    GW_TRY(gw_db_exec(db, GW_QUERY_WEATHER_SAVE, &args, NULL, reterr));
    gw_args_init(&args, arena);
    gw_bind_text(&args, saved->source);
    gw_bind_instant(&args, saved->received_at);
    return gw_db_exec(db, GW_QUERY_WEATHER_SOURCE_GOOD, &args, NULL, reterr);
}

gw_status gw_weather_save_failure(gw_db *db, gw_arena *arena, const gw_weather_failure *failure,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, failure->source);
    gw_bind_instant(&args, failure->failed_at);
    gw_bind_text(&args, failure->detail);
    return gw_db_exec(db, GW_QUERY_WEATHER_SOURCE_FAILED, &args, NULL, reterr);
}

gw_status gw_weather_load(gw_db *db, gw_arena *arena, const gw_weather_question *question,
                          gw_weather_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_weather_list list = {0};
    gw_args_init(&args, arena);
    gw_bind_text(&args, question->variable);
    gw_bind_instant(&args, question->period.from);
    gw_bind_instant(&args, question->period.to);
    gw_bind_instant(&args, question->known_at);
    GW_TRY(gw_db_query(db, GW_QUERY_WEATHER_WINDOW, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_weather_said, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_weather_said *said = &list.items[list.count++];
        gw_row_instant(&row, "valid_at", &said->valid_at);
        gw_row_text(&row, "source", &said->source);
        gw_row_int64(&row, "amount", &said->amount);
        gw_row_instant(&row, "issued_at", &said->issued_at);
        gw_row_instant(&row, "received_at", &said->received_at);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = list;
    return gw_ok();
}

static int by_amount(const void *left, const void *right) {
    const int64_t one = *(const int64_t *)left;
    const int64_t other = *(const int64_t *)right;
    return one < other ? -1 : one > other;
}

enum { SOURCES_MOST = 16 };

/* Twice the median, so that it stays whole. */
static int64_t twice_median(const gw_weather_said *items, size_t count) {
    int64_t amounts[SOURCES_MOST];
    const size_t taken = count < SOURCES_MOST ? count : SOURCES_MOST;
    for (size_t at = 0; at < taken; at++) amounts[at] = items[at].amount;
    qsort(amounts, taken, sizeof amounts[0], by_amount);
    return amounts[(taken - 1) / 2] + amounts[taken / 2];
}

gw_weather_mean gw_weather_mean_of(const gw_weather_list *list) {
    gw_wide sum = 0;
    int64_t hours = 0;
    size_t at = 0;
    while (at < list->count) {
        size_t end = at;
        while (end < list->count &&
               gw_instant_equal(list->items[at].valid_at, list->items[end].valid_at))
            end++;
        sum += twice_median(&list->items[at], end - at);
        hours++;
        at = end;
    }
    if (hours == 0) return (gw_weather_mean){0};
    return (gw_weather_mean){{(int64_t)gw_wide_floor(sum, (gw_wide)hours * 2)}, true};
}
