/* SPDX-License-Identifier: Apache-2.0
 *
 * Points in time and spans, UTC microseconds, integers in structs so that they do not mix.
 * Outside they are RFC 3339. Range of a valid instant: years 1970 to 2199. Leap seconds are
 * refused (":60"). Local days live in grid/period.h only. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gw_instant {
    int64_t us;
} gw_instant;

typedef struct gw_span {
    int64_t us;
} gw_span;

enum { GW_INSTANT_TEXT_SIZE = 32 }; /* "2026-01-20T17:00:00.123456Z" and NUL */

static inline gw_span gw_span_seconds(int64_t seconds) { return (gw_span){seconds * 1000000}; }
static inline gw_instant gw_instant_seconds(int64_t unix_s) {
    return (gw_instant){unix_s * 1000000};
}
static inline gw_instant gw_instant_plus(gw_instant at, gw_span span) {
    return (gw_instant){at.us + span.us};
}
static inline gw_instant gw_instant_minus(gw_instant at, gw_span span) {
    return (gw_instant){at.us - span.us};
}
static inline gw_span gw_instant_since(gw_instant later, gw_instant earlier) {
    return (gw_span){later.us - earlier.us};
}
static inline bool gw_instant_before(gw_instant left, gw_instant right) {
    return left.us < right.us;
}
static inline bool gw_instant_equal(gw_instant left, gw_instant right) {
    return left.us == right.us;
}

bool gw_instant_is_valid(gw_instant at);

/* RFC 3339 with Z or a numeric offset; up to six fraction digits; seconds may be left out
 * ("2013-11-28T04:00Z"), as data files write it. */
GW_MUST_CHECK gw_status gw_instant_parse(gw_text text, gw_instant *ret, gw_fault *reterr);
/* UTC with Z; the fraction only when it is not zero. */
void gw_instant_print(gw_instant at, char out[GW_INSTANT_TEXT_SIZE]);

/* A civil date of the proleptic Gregorian calendar as days since 1970-01-01. */
typedef struct gw_date {
    int32_t days;
} gw_date;

enum { GW_DATE_TEXT_SIZE = 11 };

GW_MUST_CHECK gw_status gw_date_parse(gw_text text, gw_date *ret, gw_fault *reterr);
void gw_date_print(gw_date date, char out[GW_DATE_TEXT_SIZE]);
gw_date gw_date_from_civil(int year, int month, int day); /* asserts nothing; months 1..12 */
void gw_date_to_civil(gw_date date, int *year, int *month, int *day);
int gw_date_weekday(gw_date date); /* 0 = Monday .. 6 = Sunday */
