/* SPDX-License-Identifier: Apache-2.0
 *
 * Days as forecasts see them. A local day is folded onto the slots of the wall clock, so every day
 * has as many slots as a day of 24 hours: the hour that the clock skips (92 quarter hours) is a
 * gap, the hour that it shows twice (100) is the mean of both. Three types of day: working day,
 * Saturday, Sunday; a public holiday is a Sunday.
 *
 * A table holds consecutive days of one quantity in W, row by row; what was not measured is
 * GW_FORECAST_GAP and is never filled. The caller owns the values. Integers, pure.
 * Ref: reference "grid" §6.1, §6.2.
 */
#pragma once

#include "base/arena.h"
#include "grid/calendar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GW_FORECAST_GAP INT64_MIN

enum {
    GW_FORECAST_SLOTS_MOST = 288, /* of a day: five minutes */
    GW_FORECAST_DAY_S = 86400,
    GW_FORECAST_MILLI = 1000
};
/* Beyond it a value is a fault of the meter; sums of a year stay far from overflow. */
#define GW_FORECAST_W_MOST INT64_C(1000000000000)

typedef enum gw_day_type {
    GW_DAY_WORKING = 0,
    GW_DAY_SATURDAY = 1,
    GW_DAY_SUNDAY = 2, /* and public holidays */
    GW_DAY_TYPES = 3
} gw_day_type;

gw_day_type gw_day_type_of(const gw_calendar *calendar, gw_date day);

/* Slots of the wall clock. GW_CODE_UNSUPPORTED when the interval does not divide a day or gives
 * more than GW_FORECAST_SLOTS_MOST. */
GW_MUST_CHECK gw_status gw_wall_slots(gw_span interval, size_t *ret, gw_fault *reterr);
/* The slot of the wall clock that an instant falls in. */
size_t gw_wall_slot(const gw_calendar *calendar, gw_instant at, gw_span interval);

typedef struct gw_day_table {
    gw_date first;
    size_t days;
    size_t slots;
    int64_t *w; /* days * slots */
} gw_day_table;

/* All gaps, in the arena. */
GW_MUST_CHECK gw_status gw_day_table_make(gw_arena *arena, gw_date first, size_t days, size_t slots,
                                          gw_day_table *ret, gw_fault *reterr);
/* GW_FORECAST_GAP outside the table as well. */
int64_t gw_day_table_at(const gw_day_table *table, gw_date day, size_t slot);
/* Outside the table nothing happens. */
void gw_day_table_put(const gw_day_table *table, gw_date day, size_t slot, int64_t w);
/* Values of a day that are no gap. */
size_t gw_day_table_count(const gw_day_table *table, gw_date day);
