/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"

#include <stdio.h>

enum { SECONDS_A_DAY = 86400, MICROS = 1000000 };
static const int64_t last_valid_s = 7258118399; /* 2199-12-31T23:59:59Z */

bool gw_instant_is_valid(gw_instant at) {
    return at.us >= 0 && at.us <= last_valid_s * MICROS + (MICROS - 1);
}

/* Days from civil and back after the era method (400-year cycles of 146,097 days), written out for
 * dates from 1970 on. */
gw_date gw_date_from_civil(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int year_of_era = y - era * 400;
    const int shifted = month > 2 ? month - 3 : month + 9;
    const int day_of_year = (153 * shifted + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (gw_date){era * 146097 + day_of_era - 719468};
}

void gw_date_to_civil(gw_date date, int *year, int *month, int *day) {
    const int shifted = date.days + 719468;
    const int era = shifted / 146097;
    const int day_of_era = shifted - era * 146097;
    const int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int month_shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    *month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

int gw_date_weekday(gw_date date) { return (int)(((int64_t)date.days + 3) % 7); }

static gw_status bad(gw_text text, gw_fault *reterr) {
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is no RFC 3339 time",
                                GW_TEXT_ARGS(gw_text_part(text, 0, 40))),
                   "Write it like 2026-01-20T17:00:00Z or 2026-01-20T18:00:00+01:00.");
}

/* Exactly `digits` decimal digits off the front. */
static bool take_number(gw_text *rest, size_t digits, int *ret) {
    if (rest->length < digits) return false;
    int value = 0;
    for (size_t at = 0; at < digits; at++) {
        const char letter = rest->at[at];
        if (letter < '0' || letter > '9') return false;
        value = value * 10 + (letter - '0');
    }
    *rest = gw_text_part(*rest, digits, rest->length);
    *ret = value;
    return true;
}

static bool take_letter(gw_text *rest, char wanted) {
    if (rest->length == 0 || rest->at[0] != wanted) return false;
    *rest = gw_text_part(*rest, 1, rest->length);
    return true;
}

static bool take_date(gw_text *rest, gw_date *ret) {
    static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_number(rest, 4, &year) || !take_letter(rest, '-')) return false;
    if (!take_number(rest, 2, &month) || !take_letter(rest, '-')) return false;
    if (!take_number(rest, 2, &day)) return false;
    if (year < 1970 || year > 2199 || month < 1 || month > 12) return false;
    if (day < 1 || day > longest[month - 1]) return false;
    const gw_date date = gw_date_from_civil(year, month, day);
    int same_year = 0;
    int same_month = 0;
    int same_day = 0;
    gw_date_to_civil(date, &same_year, &same_month, &same_day);
    if (same_month != month) return false; /* 29 February of a common year */
    *ret = date;
    return true;
}

/* One to six digits, as microseconds. */
static bool take_fraction(gw_text *rest, int64_t *ret_us) {
    int64_t fraction = 0;
    int digit = 0;
    int count = 0;
    for (; count <= 6 && take_number(rest, 1, &digit); count++) fraction = fraction * 10 + digit;
    if (count < 1 || count > 6) return false;
    for (; count < 6; count++) fraction *= 10;
    *ret_us = fraction;
    return true;
}

/* hh:mm, then :ss and a fraction if they are there. */
static bool take_clock(gw_text *rest, int64_t *ret_us) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int64_t fraction = 0;
    if (!take_number(rest, 2, &hour) || !take_letter(rest, ':')) return false;
    if (!take_number(rest, 2, &minute)) return false;
    if (take_letter(rest, ':') && !take_number(rest, 2, &second)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    if (take_letter(rest, '.') && !take_fraction(rest, &fraction)) return false;
    *ret_us = ((int64_t)hour * 3600 + minute * 60 + second) * MICROS + fraction;
    return true;
}

static bool take_offset(gw_text *rest, int64_t *ret_s) {
    int hour = 0;
    int minute = 0;
    int sign = 0;
    *ret_s = 0;
    if (take_letter(rest, 'Z') || take_letter(rest, 'z')) return true;
    if (take_letter(rest, '+'))
        sign = 1;
    else if (take_letter(rest, '-'))
        sign = -1;
    if (sign == 0 || !take_number(rest, 2, &hour) || !take_letter(rest, ':')) return false;
    if (!take_number(rest, 2, &minute) || hour > 14 || minute > 59) return false;
    *ret_s = sign * ((int64_t)hour * 3600 + minute * 60);
    return true;
}

gw_status gw_instant_parse(gw_text text, gw_instant *ret, gw_fault *reterr) {
    gw_text rest = text;
    gw_date date = {0};
    int64_t clock_us = 0;
    int64_t offset_s = 0;
    if (text.length > 40 || !take_date(&rest, &date)) return bad(text, reterr);
    if (!take_letter(&rest, 'T') && !take_letter(&rest, 't')) return bad(text, reterr);
    if (!take_clock(&rest, &clock_us) || !take_offset(&rest, &offset_s) || rest.length != 0)
        return bad(text, reterr);
    const gw_instant at = {((int64_t)date.days * SECONDS_A_DAY - offset_s) * MICROS + clock_us};
    if (!gw_instant_is_valid(at)) return bad(text, reterr);
    *ret = at;
    return gw_ok();
}

void gw_instant_print(gw_instant at, char out[GW_INSTANT_TEXT_SIZE]) {
    int year = 0;
    int month = 0;
    int day = 0;
    const gw_instant shown = gw_instant_is_valid(at) ? at : (gw_instant){0};
    const int64_t seconds = shown.us / MICROS;
    const unsigned fraction = (unsigned)(shown.us % MICROS);
    const unsigned clock = (unsigned)(seconds % SECONDS_A_DAY);
    gw_date_to_civil((gw_date){(int32_t)(seconds / SECONDS_A_DAY)}, &year, &month, &day);
    char tail[9] = "Z";
    if (fraction != 0) (void)snprintf(tail, sizeof tail, ".%06uZ", fraction % 1000000U);
    (void)snprintf(out, GW_INSTANT_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u%s",
                   (unsigned)year % 10000U, (unsigned)month % 100U, (unsigned)day % 100U,
                   clock / 3600U % 24U, clock / 60U % 60U, clock % 60U, tail);
}

gw_status gw_date_parse(gw_text text, gw_date *ret, gw_fault *reterr) {
    gw_text rest = text;
    gw_date date = {0};
    if (!take_date(&rest, &date) || rest.length != 0) {
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is no date",
                                    GW_TEXT_ARGS(gw_text_part(text, 0, 40))),
                       "Write it like 2026-01-20.");
    }
    *ret = date;
    return gw_ok();
}

void gw_date_print(gw_date date, char out[GW_DATE_TEXT_SIZE]) {
    int year = 0;
    int month = 0;
    int day = 0;
    gw_date_to_civil(date, &year, &month, &day);
    (void)snprintf(out, GW_DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000U,
                   (unsigned)month % 100U, (unsigned)day % 100U);
}
