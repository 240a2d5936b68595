/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/calendar.h"

#include "base/wide.h"

#include <assert.h>

static const int64_t SECOND_US = 1000000;
static const int64_t DAY_S = 86400;

enum { SATURDAY = 5 }; /* gw_date_weekday counts from Monday = 0 */

static gw_status offset_check(int64_t offset_s, gw_fault *reterr) {
    if (offset_s % 60 == 0 && offset_s <= GW_CALENDAR_MAX_OFFSET_S &&
        offset_s >= -GW_CALENDAR_MAX_OFFSET_S)
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                        "the zone offset %lld s is no whole minute within 18 hours",
                        (long long)offset_s);
}

gw_status gw_calendar_check(const gw_calendar *calendar, gw_fault *reterr) {
    if (calendar->transition_count > GW_CALENDAR_MAX_TRANSITIONS ||
        calendar->holiday_count > GW_CALENDAR_MAX_HOLIDAYS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                            "a calendar has at most %d transitions and %d holidays",
                            GW_CALENDAR_MAX_TRANSITIONS, GW_CALENDAR_MAX_HOLIDAYS);
    GW_TRY(offset_check(calendar->first_offset_s, reterr));
    for (size_t at = 0; at < calendar->transition_count; at++) {
        GW_TRY(offset_check(calendar->transitions[at].offset_s, reterr));
        if (!gw_instant_is_valid(calendar->transitions[at].at) ||
            (at > 0 && calendar->transitions[at].at.us <= calendar->transitions[at - 1].at.us))
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "zone transition %zu is not later than the one before", at);
    }
    for (size_t at = 1; at < calendar->holiday_count; at++)
        if (calendar->holidays[at].days <= calendar->holidays[at - 1].days)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "holiday %zu is not later than the one before", at);
    return gw_ok();
}

int64_t gw_calendar_offset_s(const gw_calendar *calendar, gw_instant at) {
    int64_t offset_s = calendar->first_offset_s;
    for (size_t next = 0; next < calendar->transition_count; next++) {
        if (at.us < calendar->transitions[next].at.us) break;
        offset_s = calendar->transitions[next].offset_s;
    }
    return offset_s;
}

/* The first instant whose local time is at or after the midnight that begins the day. */
static gw_instant day_start(const gw_calendar *calendar, gw_date day) {
    const int64_t midnight_us = day.days * DAY_S * SECOND_US;
    int64_t offset_s = calendar->first_offset_s;
    int64_t since_us = INT64_MIN;
    for (size_t next = 0;; next++) {
        int64_t start_us = midnight_us - offset_s * SECOND_US;
        if (start_us < since_us) start_us = since_us;
        if (next == calendar->transition_count || start_us < calendar->transitions[next].at.us)
            return (gw_instant){start_us};
        offset_s = calendar->transitions[next].offset_s;
        since_us = calendar->transitions[next].at.us;
    }
}

static int64_t local_us(const gw_calendar *calendar, gw_instant at) {
    return at.us + gw_calendar_offset_s(calendar, at) * SECOND_US;
}

gw_date gw_calendar_day(const gw_calendar *calendar, gw_instant at) {
    const gw_wide days = gw_wide_floor(local_us(calendar, at), DAY_S * SECOND_US);
    const gw_date next = {(int32_t)days + 1};
    /* A clock that goes back over midnight shows yesterday's date again; the new day has begun. */
    if (day_start(calendar, next).us <= at.us) return next;
    return (gw_date){(int32_t)days};
}

gw_period gw_calendar_day_period(const gw_calendar *calendar, gw_date day) {
    const gw_date next = {day.days + 1};
    return (gw_period){day_start(calendar, day), day_start(calendar, next)};
}

int64_t gw_calendar_slots(const gw_calendar *calendar, gw_date day, gw_span interval) {
    assert(interval.us > 0);
    return gw_period_length(gw_calendar_day_period(calendar, day)).us / interval.us;
}

int64_t gw_calendar_slot(const gw_calendar *calendar, gw_instant at, gw_span interval) {
    assert(interval.us > 0);
    const gw_instant start = day_start(calendar, gw_calendar_day(calendar, at));
    return gw_instant_since(at, start).us / interval.us;
}

gw_instant gw_calendar_slot_start(const gw_calendar *calendar, gw_date day, int64_t slot,
                                  gw_span interval) {
    return (gw_instant){day_start(calendar, day).us + slot * interval.us};
}

int64_t gw_calendar_wall_s(const gw_calendar *calendar, gw_instant at) {
    const gw_wide seconds = gw_wide_floor(local_us(calendar, at), SECOND_US);
    return (int64_t)(seconds - gw_wide_floor(seconds, DAY_S) * DAY_S);
}

bool gw_calendar_is_clock_change(const gw_calendar *calendar, gw_date day) {
    return gw_period_length(gw_calendar_day_period(calendar, day)).us != DAY_S * SECOND_US;
}

bool gw_calendar_is_holiday(const gw_calendar *calendar, gw_date day) {
    for (size_t at = 0; at < calendar->holiday_count; at++)
        if (calendar->holidays[at].days == day.days) return true;
    return false;
}

bool gw_calendar_is_weekend(gw_date day) { return gw_date_weekday(day) >= SATURDAY; }

bool gw_calendar_is_working_day(const gw_calendar *calendar, gw_date day) {
    return !gw_calendar_is_weekend(day) && !gw_calendar_is_holiday(calendar, day);
}
