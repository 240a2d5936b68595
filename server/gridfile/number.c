/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/number.h"

#include <jansson.h>

enum { NUMBER_SIZE = 64 };

typedef struct made {
    char at[NUMBER_SIZE + 4];
    size_t length;
} made;

static void put(made *out, char letter) {
    if (out->length < sizeof out->at) out->at[out->length++] = letter;
}

static bool is_digit(gw_text text, size_t at) {
    return at < text.length && text.at[at] >= '0' && text.at[at] <= '9';
}

/* Digits from `at` on; the place behind them. */
static size_t put_digits(gw_text text, size_t at, made *out) {
    for (; is_digit(text, at); at++) put(out, text.at[at]);
    return at;
}

/* JSON wants a digit before and behind the point and no zeros in front. */
static size_t put_mantissa(gw_text text, size_t at, made *out) {
    while (at < text.length && text.at[at] == '0' && is_digit(text, at + 1)) at++;
    const size_t first = at;
    if (at < text.length && text.at[at] == '.') put(out, '0');
    at = put_digits(text, at, out);
    if (at == text.length || text.at[at] != '.') return at == first ? SIZE_MAX : at;
    put(out, '.');
    const size_t behind = put_digits(text, at + 1, out);
    if (behind == at + 1) put(out, '0');
    return at == first && behind == at + 1 ? SIZE_MAX : behind;
}

/* The text as JSON would have it; what is wrong with it stays wrong. */
static bool normalise(gw_text text, made *out) {
    size_t at = 0;
    if (text.length > 0 && (text.at[0] == '-' || text.at[0] == '+')) at = 1;
    if (at == 1 && text.at[0] == '-') put(out, '-');
    at = put_mantissa(text, at, out);
    if (at > text.length) return false;
    for (; at < text.length; at++) put(out, text.at[at]);
    return true;
}

bool gw_number_parse(gw_text text, double *ret) {
    made out = {.length = 0};
    if (text.length == 0 || text.length > NUMBER_SIZE || !normalise(text, &out)) return false;
    json_t *number =
        json_loadb(out.at, out.length, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    const bool is_number = json_is_real(number);
    if (is_number) *ret = json_real_value(number);
    json_decref(number);
    return is_number;
}
