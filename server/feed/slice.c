/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/slice.h"

static bool is_blank(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

static void skip_blanks(gw_text *rest) {
    size_t at = 0;
    while (at < rest->length && is_blank(rest->at[at])) at++;
    *rest = gw_text_part(*rest, at, rest->length);
}

static bool take(gw_text *rest, char wanted) {
    skip_blanks(rest);
    if (rest->length == 0 || rest->at[0] != wanted) return false;
    *rest = gw_text_part(*rest, 1, rest->length);
    return true;
}

/* Offset behind the string that begins at `at`; text.length when it does not end. */
static size_t behind_string(gw_text text, size_t at) {
    for (at++; at < text.length && text.at[at] != '"'; at++)
        if (text.at[at] == '\\') at++;
    return at < text.length ? at + 1 : text.length;
}

static bool ends_scalar(char letter) {
    return letter == ',' || letter == ']' || letter == '}' || is_blank(letter);
}

/* Offset behind the object or array that begins at 0. */
static size_t behind_nested(gw_text text) {
    size_t depth = 0;
    size_t at = 0;
    while (at < text.length) {
        const char letter = text.at[at];
        at = letter == '"' ? behind_string(text, at) : at + 1;
        if (letter == '{' || letter == '[') depth++;
        if ((letter == '}' || letter == ']') && --depth == 0) return at;
    }
    return text.length;
}

/* The value at the front of rest. */
static bool take_value(gw_text *rest, gw_text *ret) {
    skip_blanks(rest);
    if (rest->length == 0) return false;
    const char first = rest->at[0];
    size_t end = 0;
    if (first == '{' || first == '[') {
        end = behind_nested(*rest);
    } else if (first == '"') {
        end = behind_string(*rest, 0);
    } else {
        while (end < rest->length && !ends_scalar(rest->at[end])) end++;
    }
    if (end == 0) return false;
    *ret = gw_text_part(*rest, 0, end);
    *rest = gw_text_part(*rest, end, rest->length);
    return true;
}

bool gw_slice_string(gw_text text, gw_text *ret) {
    if (text.length < 2 || text.at[0] != '"' || text.at[text.length - 1] != '"') return false;
    *ret = gw_text_part(text, 1, text.length - 1);
    return true;
}

bool gw_slice_entry(gw_text *rest, gw_text *ret_key, gw_text *ret) {
    gw_text quoted;
    gw_text key;
    gw_text found;
    /* "{" in front of the first member, "," in front of the others */
    if (!take(rest, '{') && !take(rest, ',')) return false;
    if (!take_value(rest, &quoted) || !gw_slice_string(quoted, &key)) return false;
    if (!take(rest, ':') || !take_value(rest, &found)) return false;
    *ret_key = key;
    *ret = found;
    return true;
}

bool gw_slice_member(gw_text object, const char *key, gw_text *ret) {
    gw_text rest = object;
    gw_text name;
    gw_text found;
    skip_blanks(&rest);
    if (rest.length == 0 || rest.at[0] != '{') return false;
    while (gw_slice_entry(&rest, &name, &found)) {
        if (!gw_text_is(name, key)) continue;
        *ret = found;
        return true;
    }
    return false;
}

bool gw_slice_item(gw_text *rest, gw_text *ret) {
    /* "[" in front of the first item, "," in front of the others */
    if (!take(rest, '[') && !take(rest, ',')) return false;
    return take_value(rest, ret);
}
