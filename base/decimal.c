/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include "base/wide.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

enum { DIGITS_MOST = 30, EXPONENT_MOST = 40, PLACES_MOST = 18 };

static bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

static gw_status not_a_number(gw_text text, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is no number",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 40)));
}

static gw_status does_not_fit(gw_text text, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_OVERFLOW, NULL, "\"%.*s\" does not fit 64 bits",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 40)));
}

typedef struct parsed {
    bool negative;
    gw_wide digits; /* all digits as one integer */
    int places;     /* how many of them stood behind the point */
    int exponent;
} parsed;

static bool take_sign(gw_text *rest) {
    if (rest->length == 0 || rest->at[0] != '-') return false;
    *rest = gw_text_part(*rest, 1, rest->length);
    return true;
}

/* Digits off the front into value; -1 when there are more than fit, else how many there were. */
static int take_digits(gw_text *rest, gw_wide *value, int room) {
    int count = 0;
    while (rest->length > 0 && is_digit(rest->at[0])) {
        if (++count > room) return -1;
        *value = *value * 10 + (rest->at[0] - '0');
        *rest = gw_text_part(*rest, 1, rest->length);
    }
    return count;
}

static bool all_digits(gw_text rest) {
    for (size_t at = 0; at < rest.length; at++) {
        if (!is_digit(rest.at[at])) return false;
    }
    return true;
}

static bool take_exponent(gw_text *rest, int *ret) {
    *ret = 0;
    if (rest->length == 0 || (rest->at[0] != 'e' && rest->at[0] != 'E')) return true;
    *rest = gw_text_part(*rest, 1, rest->length);
    const bool negative = take_sign(rest);
    if (!negative && rest->length > 0 && rest->at[0] == '+')
        *rest = gw_text_part(*rest, 1, rest->length);
    gw_wide value = 0;
    if (take_digits(rest, &value, 3) < 1 || value > EXPONENT_MOST) return false;
    *ret = negative ? -(int)value : (int)value;
    return true;
}

static bool read_decimal(gw_text text, parsed *ret) {
    gw_text rest = text;
    *ret = (parsed){.negative = take_sign(&rest)};
    const int whole = take_digits(&rest, &ret->digits, DIGITS_MOST);
    if (whole < 1) return false;
    if (rest.length > 0 && rest.at[0] == '.') {
        rest = gw_text_part(rest, 1, rest.length);
        ret->places = take_digits(&rest, &ret->digits, DIGITS_MOST - whole);
        if (ret->places < 1) return false;
    }
    return take_exponent(&rest, &ret->exponent) && rest.length == 0;
}

gw_status gw_int64_parse(gw_text text, int64_t *ret, gw_fault *reterr) {
    gw_text rest = text;
    const bool negative = take_sign(&rest);
    gw_wide value = 0;
    const int count = take_digits(&rest, &value, DIGITS_MOST);
    if (count < 0 && all_digits(rest)) return does_not_fit(text, reterr);
    if (count == 0 || rest.length != 0) return not_a_number(text, reterr);
    if (!gw_is_ok(gw_wide_to_int64(negative ? -value : value, ret, reterr)))
        return does_not_fit(text, reterr);
    return gw_ok();
}

gw_status gw_decimal_parse(gw_text text, int places, int64_t *ret, gw_fault *reterr) {
    assert(places >= 0 && places <= PLACES_MOST);
    parsed number;
    if (!read_decimal(text, &number)) return not_a_number(text, reterr);
    int shift = places - number.places + number.exponent;
    gw_wide value = number.digits;
    for (; shift > 0 && value <= INT64_MAX; shift--) value *= 10;
    if (value != 0 && shift > 0) return does_not_fit(text, reterr);
    for (; shift < 0; shift++) {
        if (value % 10 != 0) {
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "\"%.*s\" has more than %d decimal places",
                                GW_TEXT_ARGS(gw_text_part(text, 0, 40)), places);
        }
        value /= 10;
    }
    if (!gw_is_ok(gw_wide_to_int64(number.negative ? -value : value, ret, reterr)))
        return does_not_fit(text, reterr);
    return gw_ok();
}

void gw_decimal_print(int64_t scaled, int places, char out[GW_DECIMAL_TEXT_SIZE]) {
    assert(places >= 0 && places <= PLACES_MOST);
    uint64_t unit = 1;
    for (int at = 0; at < places; at++) unit *= 10;
    const uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    const char *sign = scaled < 0 ? "-" : "";
    if (places == 0) {
        (void)snprintf(out, GW_DECIMAL_TEXT_SIZE, "%s%llu", sign, (unsigned long long)size);
        return;
    }
    (void)snprintf(out, GW_DECIMAL_TEXT_SIZE, "%s%llu.%0*llu", sign,
                   (unsigned long long)(size / unit), places, (unsigned long long)(size % unit));
}
