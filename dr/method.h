/* SPDX-License-Identifier: Apache-2.0
 *
 * Baseline methods: named, versioned, never edited in place. One engine (dr/baseline.h) reads the
 * parameters; a request freezes id and adjustment, the evidence carries every parameter and the
 * hash of gw_method_print. Pure.
 *
 * sgsc-10in10-v1: 30-minute intervals; walk back at most 45 days; ten days of Monday to Friday that
 * are no holiday, no clock-change day, no event day of that meter and complete in event window and
 * adjustment window; five are enough. Adjustment window: three hours ending one hour before the
 * start (slots a-8 .. a-3). CAPPED scales by event day / reference, within 0.8 .. 1.2; NONE does
 * not, on the same days. Ref: meters_sgsc_30min, "Golden baseline".
 *
 * Which days a meter was called on is an input of the engine; a request says whether they are
 * handed in. EXCLUDED is the definition. KEPT hands in none, as the reference rows of the data set
 * were computed. Ref: docs/adr/0016.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"
#include "base/writer.h"

#include <stdint.h>

typedef enum gw_adjustment { GW_ADJUSTMENT_NONE = 0, GW_ADJUSTMENT_CAPPED = 1 } gw_adjustment;

typedef enum gw_own_event_days {
    GW_OWN_EVENT_DAYS_EXCLUDED = 0, /* earlier event days of the meter are no reference days */
    GW_OWN_EVENT_DAYS_KEPT = 1,     /* they are days like others */
} gw_own_event_days;

typedef struct gw_method {
    gw_text id;
    gw_adjustment adjustment;
    int64_t interval_s;
    int64_t lookback_days; /* calendar days before the event day, 1..366 */
    int64_t target_days;   /* 1..GW_METHOD_MAX_DAYS */
    int64_t minimum_days;
    int64_t adjust_from_s; /* adjustment window relative to the event start, [from, to), <= 0 */
    int64_t adjust_to_s;
    int64_t cap_low_num; /* the caps as exact fractions */
    int64_t cap_low_den;
    int64_t cap_high_num;
    int64_t cap_high_den;
} gw_method;

enum { GW_METHOD_MAX_DAYS = 31, GW_METHOD_MAX_LOOKBACK = 366 };

/* GW_CODE_NOT_FOUND when no method has this id. */
GW_MUST_CHECK gw_status gw_method_find(gw_text id, gw_adjustment adjustment, gw_method *ret,
                                       gw_fault *reterr);

/* Whether the parameters make sense for the engine. */
GW_MUST_CHECK gw_status gw_method_check(const gw_method *method, gw_fault *reterr);

/* The method as canonical JSON: what is hashed into requests and evidence. */
void gw_method_print(const gw_method *method, gw_writer *out);

/* "NONE", "CAPPED". */
GW_MUST_CHECK gw_status gw_adjustment_parse(gw_text text, gw_adjustment *ret, gw_fault *reterr);
const char *gw_adjustment_print(gw_adjustment adjustment);

/* "EXCLUDED", "KEPT". */
GW_MUST_CHECK gw_status gw_own_event_days_parse(gw_text text, gw_own_event_days *ret,
                                                gw_fault *reterr);
const char *gw_own_event_days_print(gw_own_event_days days);
