/* SPDX-License-Identifier: Apache-2.0
 *
 * The baseline of one meter for one event: what it would have used. Sums over the chosen days are
 * whole Wh, the adjustment factor is an exact fraction, so each interval is an exact rational
 *     B[t] = s_event[t] * factor_num / (day_count * factor_den)
 * that is rounded once, half to even, to mWh (thousandths of a Wh): the named place.
 * Caps are tested without division. Only measured readings count (quality A). Nothing of the event
 * interval itself enters. Ref: dr_mv.md §2.1, §2.2, §2.4. Pure; results live in the arena.
 */
#pragma once

#include "base/arena.h"
#include "dr/method.h"
#include "grid/calendar.h"
#include "grid/period.h"
#include "grid/series.h"

#include <stdbool.h>
#include <stddef.h>

/* Why a day was not used; when several hold, the first of this list. */
typedef enum gw_day_reason {
    GW_DAY_WEEKEND,
    GW_DAY_HOLIDAY,
    GW_DAY_CLOCK_CHANGE, /* a day that is not 24 hours long has no like slot for every slot */
    GW_DAY_EVENT,        /* this meter was called on that day */
    GW_DAY_INCOMPLETE,   /* an interval of event window or adjustment window is missing */
    GW_DAY_REASON_COUNT
} gw_day_reason;

typedef struct gw_excluded_day {
    gw_date day;
    gw_day_reason reason;
} gw_excluded_day;

typedef enum gw_adjusted {
    GW_ADJUSTED_NONE,           /* the method does not adjust: factor 1 */
    GW_ADJUSTED_APPLIED,        /* factor = day_count * a_window / s_window */
    GW_ADJUSTED_CAPPED_LOW,     /* factor = the lower cap */
    GW_ADJUSTED_CAPPED_HIGH,    /* factor = the upper cap */
    GW_ADJUSTED_NO_REFERENCE,   /* s_window is 0: factor 1 */
    GW_ADJUSTED_WINDOW_MISSING, /* event-day window incomplete: factor 1 */
    GW_ADJUSTED_COUNT
} gw_adjusted;

typedef struct gw_baseline {
    bool has_enough_days; /* false: fewer than minimum_days; then the meter counts as missing */
    gw_date *days;        /* chosen, latest first */
    size_t day_count;
    gw_excluded_day *excluded; /* latest first */
    size_t excluded_count;
    int64_t *s_event_wh; /* per event interval, sum over the days */
    int64_t s_window_wh;
    int64_t a_window_wh; /* the event day; 0 when the window is incomplete */
    gw_adjusted adjusted;
    int64_t factor_num;
    int64_t factor_den;
    int64_t *baseline_mwh; /* per event interval; all 0 without enough days */
    size_t interval_count;
} gw_baseline;

typedef struct gw_baseline_question {
    const gw_method *method;
    const gw_calendar *calendar;
    gw_period window;          /* the event */
    const gw_series *series;   /* import readings of the meter, on the method's interval */
    const gw_date *event_days; /* local days on which this meter was called, any order */
    size_t event_day_count;
} gw_baseline_question;

/* GW_CODE_INVALID when window, method and calendar do not fit (window off the grid or longer than
 * a day, a zone offset that is no whole number of intervals); too little history is not a failure
 * but a result. */
GW_MUST_CHECK gw_status gw_baseline_compute(gw_arena *arena, const gw_baseline_question *question,
                                            gw_baseline *ret, gw_fault *reterr);

/* The instants of the readings that the baseline of this event looks at on a reference day: event
 * intervals first, then the adjustment window; by wall clock, also across midnight. GW_CODE_NO_DATA
 * when the day (or a neighbour that the window touches) is a clock-change day. */
GW_MUST_CHECK gw_status gw_baseline_instants(gw_arena *arena, const gw_baseline_question *question,
                                             gw_date day, gw_instant **ret, size_t *ret_count,
                                             gw_fault *reterr);

/* The same for the event day itself: its real instants. */
GW_MUST_CHECK gw_status gw_baseline_event_instants(gw_arena *arena,
                                                   const gw_baseline_question *question,
                                                   gw_instant **ret, size_t *ret_count,
                                                   gw_fault *reterr);

/* Wire names: "WEEKEND", ...; "APPLIED", ... */
const char *gw_day_reason_print(gw_day_reason reason);
const char *gw_adjusted_print(gw_adjusted adjusted);
