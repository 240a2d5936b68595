/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_day.h"

enum { SATURDAY = 5 }; /* of gw_date_weekday */

gw_day_type gw_day_type_of(const gw_calendar *calendar, gw_date day) {
    if (gw_calendar_is_working_day(calendar, day)) return GW_DAY_WORKING;
    if (gw_calendar_is_holiday(calendar, day)) return GW_DAY_SUNDAY;
    return gw_date_weekday(day) == SATURDAY ? GW_DAY_SATURDAY : GW_DAY_SUNDAY;
}

gw_status gw_wall_slots(gw_span interval, size_t *ret, gw_fault *reterr) {
    const int64_t day_us = INT64_C(1000000) * GW_FORECAST_DAY_S;
    if (interval.us <= 0 || day_us % interval.us != 0 ||
        day_us / interval.us > GW_FORECAST_SLOTS_MOST)
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "interval",
                            "an interval of %lld s does not cut a day into at most %d slots",
                            (long long)(interval.us / 1000000), GW_FORECAST_SLOTS_MOST);
    *ret = (size_t)(day_us / interval.us);
    return gw_ok();
}

size_t gw_wall_slot(const gw_calendar *calendar, gw_instant at, gw_span interval) {
    return (size_t)(gw_calendar_wall_s(calendar, at) * 1000000 / interval.us);
}

gw_status gw_day_table_make(gw_arena *arena, gw_date first, size_t days, size_t slots,
                            gw_day_table *ret, gw_fault *reterr) {
    gw_day_table made = {.first = first, .days = days, .slots = slots};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, days * slots, &made.w, reterr));
    for (size_t at = 0; at < days * slots; at++) made.w[at] = GW_FORECAST_GAP;
    *ret = made;
    return gw_ok();
}

static int64_t *find(const gw_day_table *table, gw_date day, size_t slot) {
    const int64_t row = (int64_t)day.days - table->first.days;
    if (row < 0 || row >= (int64_t)table->days || slot >= table->slots) return NULL;
    return &table->w[(size_t)row * table->slots + slot];
}

int64_t gw_day_table_at(const gw_day_table *table, gw_date day, size_t slot) {
    const int64_t *cell = find(table, day, slot);
    return cell == NULL ? GW_FORECAST_GAP : *cell;
}

void gw_day_table_put(const gw_day_table *table, gw_date day, size_t slot, int64_t w) {
    int64_t *cell = find(table, day, slot);
    if (cell != NULL) *cell = w;
}

size_t gw_day_table_count(const gw_day_table *table, gw_date day) {
    size_t count = 0;
    for (size_t slot = 0; slot < table->slots; slot++)
        if (gw_day_table_at(table, day, slot) != GW_FORECAST_GAP) count++;
    return count;
}
