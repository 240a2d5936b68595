/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/forecast.h"

#include "base/wide.h"
#include "grid/transformer.h"
#include "server/db/reading_store.h"
#include "server/db/transformer_store.h"
#include "server/zone.h"

enum {
    HISTORY_DAYS = 35, /* five like days, a holiday season and some bad days */
    COMPLETE_PCT = 95, /* of the meters; an interval with fewer is missing */
    DAY_S = 86400,
};

/* What all local days of one forecast share. */
typedef struct gathered {
    gw_db *db;
    gw_arena *arena;
    const gw_forecast_question *question;
    gw_transformer_row transformer;
    gw_text *meters;
    size_t meter_count;
    gw_text zone;
    gw_span interval;
    gw_calendar calendar;
    gw_rows loads; /* of reading_load */
    gw_load_day *days;
    size_t day_count;
} gathered;

static gw_status load_meters(gathered *from, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    int64_t interval_s = 0;
    gw_args_init(&args, from->arena);
    gw_bind_text(&args, from->question->transformer);
    GW_TRY(gw_db_query(from->db, GW_QUERY_FORECAST_METERS, &args, &rows, reterr));
    if (rows.count == 0) {
        return gw_fail_with(reterr, GW_CODE_NO_DATA, "transformer",
                            "there is no meter below \"%.*s\"",
                            GW_TEXT_ARGS(from->question->transformer));
    }
    GW_TRY(GW_ARENA_NEW(from->arena, gw_text, (size_t)rows.count, &from->meters, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        int64_t own_s = 0;
        gw_row_text(&row, "meter", &from->meters[from->meter_count++]);
        gw_row_int64(&row, "interval_s", &own_s);
        gw_row_text(&row, "zone", &from->zone);
        GW_TRY(gw_row_end(&row, reterr));
        if (at > 0 && own_s != interval_s) {
            return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "transformer",
                                "its meters have intervals of %lld and %lld s",
                                (long long)interval_s, (long long)own_s);
        }
        interval_s = own_s;
    }
    from->interval = gw_span_seconds(interval_s);
    return gw_ok();
}

static gw_status load_calendar(gathered *from, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_date *holidays = NULL;
    gw_args_init(&args, from->arena);
    gw_bind_text(&args, from->zone);
    GW_TRY(gw_db_query(from->db, GW_QUERY_FORECAST_HOLIDAYS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(from->arena, gw_date, (size_t)rows.count, &holidays, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_text text = {"", 0};
        gw_row_text(&row, "holiday", &text);
        GW_TRY(gw_row_end(&row, reterr));
        GW_TRY(gw_date_parse(text, &holidays[at], reterr));
    }
    from->calendar = (gw_calendar){
        .name = from->zone, .holidays = holidays, .holiday_count = (size_t)rows.count};
    return gw_zone_load(from->arena, from->zone, from->question->period, &from->calendar, reterr);
}

static gw_status load_loads(gathered *from, gw_fault *reterr) {
    gw_args args;
    const gw_span back = gw_span_seconds((int64_t)HISTORY_DAYS * DAY_S);
    gw_args_init(&args, from->arena);
    gw_bind_texts(&args, from->meters, from->meter_count);
    gw_bind_instant(&args, gw_instant_minus(from->question->period.from, back));
    gw_bind_instant(&args, from->question->now);
    return gw_db_query(from->db, GW_QUERY_READING_LOAD, &args, &from->loads, reterr);
}

static gw_status mean_temperature(const gathered *from, gw_date day, gw_weather_mean *ret,
                                  gw_fault *reterr) {
    gw_weather_list said;
    const gw_weather_question question = {.variable = GW_TEXT("temperature_millic"),
                                          .period = gw_calendar_day_period(&from->calendar, day),
                                          .known_at = from->question->now};
    GW_TRY(gw_weather_load(from->db, from->arena, &question, &said, reterr));
    *ret = gw_weather_mean_of(&said);
    return gw_ok();
}

/* Opens the local day `day` with all slots missing. */
static gw_status open_day(gathered *from, gw_date day, gw_power **ret_slots, gw_fault *reterr) {
    gw_weather_mean mean;
    const int64_t slots = gw_calendar_slots(&from->calendar, day, from->interval);
    GW_TRY(GW_ARENA_NEW(from->arena, gw_power, (size_t)slots, ret_slots, reterr));
    for (int64_t at = 0; at < slots; at++) (*ret_slots)[at].w = -1;
    GW_TRY(mean_temperature(from, day, &mean, reterr));
    from->days[from->day_count++] = (gw_load_day){.day = day,
                                                  .slots = *ret_slots,
                                                  .slot_count = (size_t)slots,
                                                  .mean_temperature = mean.temperature,
                                                  .has_temperature = mean.has};
    return gw_ok();
}

static gw_status fill_slot(const gathered *from, gw_row *row, gw_power *slots, gw_fault *reterr) {
    gw_instant start = {0};
    gw_energy net = {0};
    int64_t meters = 0;
    gw_row_instant(row, "start_at", &start);
    gw_row_energy(row, "net_wh", &net);
    gw_row_int64(row, "meters", &meters);
    GW_TRY(gw_row_end(row, reterr));
    if (meters * 100 < (int64_t)from->meter_count * COMPLETE_PCT) return gw_ok();
    if (net.wh < 0) net.wh = 0; /* feeding back is no load */
    const int64_t slot = gw_calendar_slot(&from->calendar, start, from->interval);
    return gw_power_from_energy(net, from->interval, &slots[slot], reterr);
}

static gw_status build_days(gathered *from, gw_fault *reterr) {
    gw_power *slots = NULL;
    GW_TRY(GW_ARENA_NEW(from->arena, gw_load_day, HISTORY_DAYS + 3, &from->days, reterr));
    for (int at = 0; at < from->loads.count; at++) {
        gw_row row = gw_rows_at(&from->loads, at);
        gw_instant start = {0};
        gw_row_instant(&row, "start_at", &start);
        GW_TRY(gw_row_end(&row, reterr));
        const gw_date day = gw_calendar_day(&from->calendar, start);
        const bool is_new =
            from->day_count == 0 || from->days[from->day_count - 1].day.days != day.days;
        if (is_new && from->day_count == HISTORY_DAYS + 3) break;
        if (is_new) GW_TRY(open_day(from, day, &slots, reterr));
        GW_TRY(fill_slot(from, &row, slots, reterr));
    }
    return gw_ok();
}

static void put_band(const gathered *from, const gw_day_table *residuals, gw_forecast_item *item) {
    const size_t slot = gw_wall_slot(&from->calendar, item->start, from->interval);
    const gw_status made = gw_band_make(residuals, slot, item->load.w, &item->band, NULL);
    gw_ignore(made); /* without enough past days there is a forecast, but no band */
    if (gw_is_ok(made)) gw_band_clip(&item->band, 0, INT64_MAX);
}

static gw_status forecast_day(const gathered *from, gw_date day, gw_transformer_forecast *ret,
                              gw_fault *reterr) {
    gw_weather_mean mean;
    gw_like_days_forecast made;
    gw_day_table residuals;
    GW_TRY(mean_temperature(from, day, &mean, reterr));
    const gw_like_days_question question = {
        .calendar = &from->calendar,
        .day = day,
        .interval = from->interval,
        /* the register says how much the load rises per kelvin that it is colder */
        .sensitivity_ppm_per_k = -from->transformer.temperature_ppm_per_kelvin,
        .temperature = mean.temperature,
        .has_temperature = mean.has};
    GW_TRY(
        gw_forecast_like_days(from->arena, &question, from->days, from->day_count, &made, reterr));
    GW_TRY(gw_like_days_residuals(from->arena, &question, from->days, from->day_count, &residuals,
                                  reterr));
    if (ret->count == 0) {
        ret->first_day = made;
        ret->has_temperature = mean.has;
        ret->temperature = mean.temperature;
    }
    for (size_t slot = 0; slot < made.slot_count; slot++) {
        const gw_instant start =
            gw_calendar_slot_start(&from->calendar, day, (int64_t)slot, from->interval);
        if (!gw_period_contains(from->question->period, start)) continue;
        gw_forecast_item *item = &ret->items[ret->count++];
        *item = (gw_forecast_item){.start = start, .load = made.slots[slot]};
        (void)gw_transformer_need(ret->limit, &item->load, 1, &item->need);
        put_band(from, &residuals, item);
    }
    return gw_ok();
}

static gw_status forecast_days(const gathered *from, gw_transformer_forecast *ret,
                               gw_fault *reterr) {
    size_t count = 0;
    GW_TRY(gw_period_count(from->question->period, from->interval, &count, reterr));
    if (count > GW_FORECAST_MOST) {
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "to",
                            "%zu intervals, at most %d are forecast", count, GW_FORECAST_MOST);
    }
    GW_TRY(GW_ARENA_NEW(from->arena, gw_forecast_item, count, &ret->items, reterr));
    const gw_period period = from->question->period;
    const gw_date last =
        gw_calendar_day(&from->calendar, gw_instant_minus(period.to, from->interval));
    gw_date day = gw_calendar_day(&from->calendar, period.from);
    for (; day.days <= last.days; day.days++) GW_TRY(forecast_day(from, day, ret, reterr));
    return gw_ok();
}

gw_status gw_forecast_make(gw_db *db, gw_arena *arena, const gw_forecast_question *question,
                           gw_transformer_forecast *ret, gw_fault *reterr) {
    gathered from = {.db = db, .arena = arena, .question = question};
    GW_TRY(gw_transformer_load(db, arena, question->transformer, &from.transformer, reterr));
    GW_TRY(load_meters(&from, reterr));
    GW_TRY(load_calendar(&from, reterr));
    GW_TRY(load_loads(&from, reterr));
    GW_TRY(build_days(&from, reterr));
    const gw_wide limit_w =
        gw_wide_floor(gw_wide_multiply(from.transformer.rating.w, from.transformer.limit_pct), 100);
    gw_transformer_forecast made = {.interval_s = from.interval.us / 1000000,
                                    .rating = from.transformer.rating};
    GW_TRY(gw_wide_to_int64(limit_w, &made.limit.w, reterr));
    GW_TRY(forecast_days(&from, &made, reterr));
    *ret = made;
    return gw_ok();
}
