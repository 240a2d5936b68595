/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/market_source.h"

#include "base/writer.h"
#include "server/zone.h"

static gw_status load_members(gw_db *db, gw_arena *arena, gw_market_group *group,
                              gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, group->group);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_GROUP_METERS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_order_meter, (size_t)rows.count, &group->meters, reterr));
    group->meter_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_text(&row, "meter", &group->meters[i].meter);
        gw_row_power(&row, "qualified_w", &group->meters[i].qualified);
        GW_TRY(gw_row_end(&row, reterr));
    }
    return gw_ok();
}

gw_status gw_market_load_group(gw_db *db, gw_arena *arena, gw_market_group *group,
                               gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, group->group);
    gw_bind_instant(&args, group->window.from);
    gw_bind_instant(&args, group->window.to);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_GROUP, &args, &rows, reterr));
    if (rows.count == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "/group", "there is no group \"%.*s\"",
                            GW_TEXT_ARGS(group->group));
    gw_row row = gw_rows_at(&rows, 0);
    gw_row_text(&row, "party", &group->party);
    gw_row_text(&row, "payee", &group->payee);
    gw_row_flag(&row, "is_valid", &group->is_valid);
    gw_row_flag(&row, "is_approved", &group->is_approved);
    GW_TRY(gw_row_end(&row, reterr));
    return load_members(db, arena, group, reterr);
}

gw_status gw_market_load_rating(gw_db *db, gw_arena *arena, gw_text transformer, gw_power *ret,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, transformer);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_RATING, &args, &rows, reterr));
    if (rows.count == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "/transformer",
                            "there is no transformer \"%.*s\"", GW_TEXT_ARGS(transformer));
    gw_row row = gw_rows_at(&rows, 0);
    gw_power rating = {0};
    gw_row_power(&row, "rating_w", &rating);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = rating;
    return gw_ok();
}

/* "{2026-01-01,2026-12-25}", as the database prints an array. */
static gw_status parse_holidays(gw_arena *arena, gw_text text, gw_calendar *ret, gw_fault *reterr) {
    gw_text rest = gw_text_part(text, 1, text.length > 0 ? text.length - 1 : 0);
    gw_date *days = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_date, rest.length / (GW_DATE_TEXT_SIZE - 1) + 1, &days, reterr));
    ret->holidays = days;
    ret->holiday_count = 0;
    while (rest.length > 0) {
        const gw_text day = gw_text_split(&rest, ',');
        GW_TRY(gw_date_parse(day, &days[ret->holiday_count], reterr));
        ret->holiday_count++;
    }
    return gw_ok();
}

gw_status gw_market_load_calendar(gw_db *db, gw_arena *arena, gw_market_calendar *calendar,
                                  gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, calendar->name);
    gw_bind_int64(&args, calendar->version);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_CALENDAR, &args, &rows, reterr));
    if (rows.count == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "/calendar", "there is no calendar \"%.*s\"",
                            GW_TEXT_ARGS(calendar->name));
    gw_row row = gw_rows_at(&rows, 0);
    gw_text zone = {NULL, 0};
    gw_text holidays = {NULL, 0};
    gw_row_text(&row, "name", &calendar->name);
    gw_row_int64(&row, "version", &calendar->version);
    gw_row_text(&row, "zone", &zone);
    gw_row_text(&row, "holidays", &holidays);
    GW_TRY(gw_row_end(&row, reterr));
    GW_TRY(gw_zone_load(arena, zone, calendar->window, &calendar->calendar, reterr));
    gw_writer name;
    gw_writer_init(&name, arena);
    gw_write_format(&name, "%.*s-%lld", GW_TEXT_ARGS(calendar->name), (long long)calendar->version);
    GW_TRY(gw_writer_end_text(&name, &calendar->calendar.name, reterr));
    return parse_holidays(arena, holidays, &calendar->calendar, reterr);
}

static gw_status load_texts(gw_db *db, gw_query query, const gw_args *args, const char *column,
                            gw_text_list *ret, gw_fault *reterr) {
    gw_rows rows;
    GW_TRY(gw_db_query(db, query, args, &rows, reterr));
    gw_text *items = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_text, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_text(&row, column, &items[i]);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_text_list){items, rows.count};
    return gw_ok();
}

gw_status gw_market_load_payees(gw_db *db, gw_arena *arena, gw_text_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    return load_texts(db, GW_QUERY_MARKET_PAYEES, &args, "payee", ret, reterr);
}

gw_status gw_market_load_devices(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_text_list *ret,
                                 gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    return load_texts(db, GW_QUERY_MARKET_DEVICES, &args, "device", ret, reterr);
}

static void bind_span(gw_args *args, gw_arena *arena, const gw_market_span *span) {
    gw_args_init(args, arena);
    gw_bind_uuid(args, span->event_id);
    gw_bind_instant(args, span->period.from);
    gw_bind_instant(args, span->period.to);
    gw_bind_instant(args, span->as_of);
}

static gw_status read_reading(gw_row row, gw_reading *ret, gw_fault *reterr) {
    gw_reading read = {.channel = GW_CHANNEL_IMPORT};
    gw_text quality = {NULL, 0};
    gw_row_text(&row, "meter", &read.meter);
    gw_row_instant(&row, "start_at", &read.start);
    gw_row_energy(&row, "wh", &read.energy);
    gw_row_text(&row, "quality", &quality);
    gw_row_int64(&row, "version", &read.version);
    gw_row_int64(&row, "boot", &read.boot);
    gw_row_int64(&row, "seq", &read.seq);
    GW_TRY(gw_row_end(&row, reterr));
    GW_TRY(gw_quality_parse(quality, &read.quality, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_market_load_readings(gw_db *db, gw_arena *arena, const gw_market_span *span,
                                  gw_reading_list *ret, gw_fault *reterr) {
    gw_args args;
    bind_span(&args, arena, span);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_READINGS, &args, &rows, reterr));
    gw_reading *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(read_reading(gw_rows_at(&rows, i), &items[i], reterr));
    *ret = (gw_reading_list){items, rows.count};
    return gw_ok();
}

gw_status gw_market_load_outages(gw_db *db, gw_arena *arena, const gw_market_span *span,
                                 gw_period_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, span->period.from);
    gw_bind_instant(&args, span->period.to);
    gw_bind_instant(&args, span->as_of);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_MARKET_OUTAGES, &args, &rows, reterr));
    gw_period *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_period, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_instant(&row, "from_at", &items[i].from);
        gw_row_instant(&row, "to_at", &items[i].to);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_period_list){items, rows.count};
    return gw_ok();
}

gw_status gw_market_count_newer(gw_db *db, gw_arena *arena, const gw_market_span *span,
                                int64_t *ret, gw_fault *reterr) {
    gw_args args;
    bind_span(&args, arena, span);
    gw_row row;
    GW_TRY(gw_db_query_one(db, GW_QUERY_MARKET_NEWER, &args, &row, reterr));
    int64_t newer = 0;
    gw_row_int64(&row, "newer", &newer);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = newer;
    return gw_ok();
}
