/* SPDX-License-Identifier: Apache-2.0
 *
 * Local days. The zone's transitions and the public holidays are data that the shell reads (tzdata,
 * register) and that travels in the evidence with its hash, so every node and every auditor sees
 * the same days. A local day is half-open from local midnight to the next; it has 23, 24 or 25
 * hours (92, 96, 100 quarter hours). Slots are the intervals of a local day counted from its
 * start, 0 based: on a clock-change day slot 10 of 30 minutes is five hours after midnight, not
 * "05:00 on the clock". The calendar only points at its data; the caller keeps it alive. Pure.
 */
#pragma once

#include "base/instant.h"
#include "base/text.h"
#include "grid/period.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gw_zone_transition {
    gw_instant at;    /* the first instant with the new offset */
    int64_t offset_s; /* seconds east of UTC from then on */
} gw_zone_transition;

typedef struct gw_calendar {
    gw_text name;           /* of calendar and version, "nsw-2013" */
    int64_t first_offset_s; /* before the first transition; alone for a fixed clock (36000) */
    const gw_zone_transition *transitions; /* ascending by `at` */
    size_t transition_count;
    const gw_date *holidays; /* ascending */
    size_t holiday_count;
} gw_calendar;

enum {
    GW_CALENDAR_MAX_OFFSET_S = 18 * 3600,
    GW_CALENDAR_MAX_TRANSITIONS = 1024,
    GW_CALENDAR_MAX_HOLIDAYS = 4096
};

/* Order, offsets within +-18 h and whole minutes, limits. GW_CODE_INVALID names the first fault. */
GW_MUST_CHECK gw_status gw_calendar_check(const gw_calendar *calendar, gw_fault *reterr);

int64_t gw_calendar_offset_s(const gw_calendar *calendar, gw_instant at);

/* The local date an instant falls on. */
gw_date gw_calendar_day(const gw_calendar *calendar, gw_instant at);

/* The local day as a period in UTC. Midnight that the clock skips is the first instant of the day;
 * midnight that occurs twice is the first one. */
gw_period gw_calendar_day_period(const gw_calendar *calendar, gw_date day);

/* Number of slots of a local day: 48 for 1800 s on a normal day. */
int64_t gw_calendar_slots(const gw_calendar *calendar, gw_date day, gw_span interval);

/* Slot of an instant in its local day: floor((at - start of day) / interval). */
int64_t gw_calendar_slot(const gw_calendar *calendar, gw_instant at, gw_span interval);
gw_instant gw_calendar_slot_start(const gw_calendar *calendar, gw_date day, int64_t slot,
                                  gw_span interval);

/* Seconds that the wall clock shows since its 00:00 (0..86399). */
int64_t gw_calendar_wall_s(const gw_calendar *calendar, gw_instant at);

/* True when the local day is not 24 hours long. */
bool gw_calendar_is_clock_change(const gw_calendar *calendar, gw_date day);
bool gw_calendar_is_holiday(const gw_calendar *calendar, gw_date day);
bool gw_calendar_is_weekend(gw_date day); /* Saturday, Sunday */
/* Monday to Friday and no public holiday. */
bool gw_calendar_is_working_day(const gw_calendar *calendar, gw_date day);
