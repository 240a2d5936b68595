/* SPDX-License-Identifier: Apache-2.0
 *
 * What the market reads of the register and of the meter readings: groups with their meters,
 * payees, transformers, calendars, devices, readings as known at an instant. Reads only; the tables
 * belong to the register and to the intake. Rows live in the arena.
 */
#pragma once

#include "dr/commitment.h"
#include "grid/calendar.h"
#include "grid/period.h"
#include "grid/reading.h"
#include "server/db/pool.h"

typedef struct gw_market_group {
    gw_text group;    /* in: which one */
    gw_period window; /* in: for when */
    bool is_approved; /* prequalified by the operator */
    bool is_valid;    /* its validity covers the window */
    gw_text party;
    gw_text payee;          /* 0x and 40 lower-case hex digits; empty: none registered */
    gw_order_meter *meters; /* ascending by meter */
    int meter_count;
} gw_market_group;
/* GW_CODE_NOT_FOUND when there is no such group. */
GW_MUST_CHECK gw_status gw_market_load_group(gw_db *db, gw_arena *arena, gw_market_group *group,
                                             gw_fault *reterr);

GW_MUST_CHECK gw_status gw_market_load_rating(gw_db *db, gw_arena *arena, gw_text transformer,
                                              gw_power *ret, gw_fault *reterr);

typedef struct gw_market_calendar {
    gw_text name;
    int64_t version;  /* in: 0 = the newest; out: which one */
    gw_period window; /* in: the event; the zone's transitions around it go in */
    gw_calendar calendar;
} gw_market_calendar;
/* In: name, version and window. GW_CODE_NOT_FOUND for the calendar or its zone. */
GW_MUST_CHECK gw_status gw_market_load_calendar(gw_db *db, gw_arena *arena,
                                                gw_market_calendar *calendar, gw_fault *reterr);

typedef struct gw_text_list {
    gw_text *items;
    int count;
} gw_text_list;
/* Chain addresses of all parties that have one, ascending, without repeats. */
GW_MUST_CHECK gw_status gw_market_load_payees(gw_db *db, gw_arena *arena, gw_text_list *ret,
                                              gw_fault *reterr);
/* Devices of the meters in the event's orders, ascending. */
GW_MUST_CHECK gw_status gw_market_load_devices(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                               gw_text_list *ret, gw_fault *reterr);

typedef struct gw_market_span {
    gw_uuid event_id; /* readings of the meters in its orders */
    gw_period period;
    gw_instant as_of; /* versions recorded up to this instant */
} gw_market_span;
typedef struct gw_reading_list {
    gw_reading *items;
    int count;
} gw_reading_list;
/* Import readings, ascending by meter and start, the highest version known at as_of. */
GW_MUST_CHECK gw_status gw_market_load_readings(gw_db *db, gw_arena *arena,
                                                const gw_market_span *span, gw_reading_list *ret,
                                                gw_fault *reterr);
/* Times in which we could not take readings in, as known at as_of; one that lasts ends there. */
typedef struct gw_period_list {
    gw_period *items;
    int count;
} gw_period_list;
GW_MUST_CHECK gw_status gw_market_load_outages(gw_db *db, gw_arena *arena,
                                               const gw_market_span *span, gw_period_list *ret,
                                               gw_fault *reterr);
/* How many readings of the span were recorded after as_of. */
GW_MUST_CHECK gw_status gw_market_count_newer(gw_db *db, gw_arena *arena,
                                              const gw_market_span *span, int64_t *ret,
                                              gw_fault *reterr);
