/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

enum { NAME_LONGEST = 64 };

gw_text gw_text_from_c(const char *text) {
    return text == NULL ? GW_TEXT("") : (gw_text){text, strlen(text)};
}

bool gw_text_equal(gw_text left, gw_text right) {
    return left.length == right.length &&
           (left.length == 0 || memcmp(left.at, right.at, left.length) == 0);
}

bool gw_text_is(gw_text text, const char *literal) {
    return gw_text_equal(text, gw_text_from_c(literal));
}

bool gw_text_starts(gw_text text, const char *prefix) {
    const gw_text wanted = gw_text_from_c(prefix);
    return text.length >= wanted.length &&
           gw_text_equal(gw_text_part(text, 0, wanted.length), wanted);
}

int gw_text_compare(gw_text left, gw_text right) {
    const size_t common = left.length < right.length ? left.length : right.length;
    const int order = common == 0 ? 0 : memcmp(left.at, right.at, common);
    if (order != 0) return order < 0 ? -1 : 1;
    if (left.length == right.length) return 0;
    return left.length < right.length ? -1 : 1;
}

bool gw_bytes_equal(gw_bytes left, gw_bytes right) {
    return left.length == right.length &&
           (left.length == 0 || memcmp(left.at, right.at, left.length) == 0);
}

size_t gw_text_find(gw_text text, char wanted) {
    for (size_t at = 0; at < text.length; at++) {
        if (text.at[at] == wanted) return at;
    }
    return text.length;
}

gw_text gw_text_part(gw_text text, size_t from, size_t to) {
    const size_t end = to > text.length ? text.length : to;
    if (from >= end) return GW_TEXT("");
    return (gw_text){text.at + from, end - from};
}

static bool is_blank(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

gw_text gw_text_trim(gw_text text) {
    size_t from = 0;
    size_t to = text.length;
    while (from < to && is_blank(text.at[from])) from++;
    while (to > from && is_blank(text.at[to - 1])) to--;
    return gw_text_part(text, from, to);
}

gw_text gw_text_split(gw_text *rest, char separator) {
    const gw_text whole = *rest;
    const size_t at = gw_text_find(whole, separator);
    *rest = gw_text_part(whole, at + 1, whole.length);
    return gw_text_part(whole, 0, at);
}

gw_status gw_text_to_c(gw_arena *arena, gw_text text, const char **ret, gw_fault *reterr) {
    char *copy = NULL;
    GW_TRY(GW_ARENA_NEW(arena, char, text.length + 1, &copy, reterr));
    if (text.length > 0) memcpy(copy, text.at, text.length);
    *ret = copy;
    return gw_ok();
}

gw_status gw_text_copy(gw_arena *arena, gw_text text, gw_text *ret, gw_fault *reterr) {
    const char *copy = NULL;
    GW_TRY(gw_text_to_c(arena, text, &copy, reterr));
    *ret = (gw_text){copy, text.length};
    return gw_ok();
}

void gw_hex_print(const uint8_t *bytes, size_t count, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t at = 0; at < count; at++) {
        out[2 * at] = digits[bytes[at] >> 4];
        out[2 * at + 1] = digits[bytes[at] & 15];
    }
    out[2 * count] = '\0';
}

static int nibble(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

gw_status gw_hex_parse(gw_text text, uint8_t *ret, size_t count, gw_fault *reterr) {
    const gw_text digits = gw_text_starts(text, "0x") ? gw_text_part(text, 2, text.length) : text;
    if (digits.length != 2 * count) {
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "%zu hex digits where %zu are needed",
                            digits.length, 2 * count);
    }
    for (size_t at = 0; at < digits.length; at++) {
        if (nibble(digits.at[at]) < 0) {
            return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "position %zu is no hex digit",
                                at);
        }
    }
    for (size_t at = 0; at < count; at++) {
        ret[at] = (uint8_t)(nibble(digits.at[2 * at]) * 16 + nibble(digits.at[2 * at + 1]));
    }
    return gw_ok();
}

static bool is_name_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == ':' ||
           letter == '-';
}

bool gw_text_is_name(gw_text text) {
    if (text.length == 0 || text.length > NAME_LONGEST) return false;
    for (size_t at = 0; at < text.length; at++) {
        if (!is_name_letter(text.at[at])) return false;
    }
    return true;
}
