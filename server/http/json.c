/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/json.h"

#include <assert.h>
#include <inttypes.h>

static const int64_t exact_limit = 9007199254740991; /* 2^53 - 1: RFC 8259 §6, interoperable */

void gw_json_init(gw_json *json, gw_arena *arena) {
    *json = (gw_json){.depth = 0};
    gw_writer_init(&json->out, arena);
}

/* The well-formed sequences of RFC 3629 §4: first octet from..to, its length, and what its second
 * octet may be. */
static const struct {
    unsigned char from, to, length, second_from, second_to;
} sequences[] = {
    {0x00, 0x7f, 1, 0x00, 0xff}, {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static bool is_continued(gw_text text, size_t length) {
    if (length > text.length) return false;
    for (size_t at = 1; at < length; at++)
        if (((unsigned char)text.at[at] & 0xc0) != 0x80) return false;
    return true;
}

/* Length of the well-formed UTF-8 sequence at the front, 0 when there is none. */
static size_t sequence_length(gw_text text) {
    const unsigned char first = (unsigned char)text.at[0];
    for (size_t row = 0; row < sizeof sequences / sizeof sequences[0]; row++) {
        if (first < sequences[row].from || first > sequences[row].to) continue;
        const size_t length = sequences[row].length;
        if (!is_continued(text, length)) return 0;
        const unsigned char second = length > 1 ? (unsigned char)text.at[1] : 0;
        const bool fits =
            second >= sequences[row].second_from && second <= sequences[row].second_to;
        return fits ? length : 0;
    }
    return 0;
}

static void write_octet(gw_writer *out, unsigned char octet) {
    if (octet == '"' || octet == '\\') gw_write_u8(out, '\\');
    if (octet < 0x20 || octet == 0x7f)
        gw_write_format(out, "\\u%04x", octet);
    else
        gw_write_u8(out, octet);
}

/* Text may echo what a caller sent, so wrong UTF-8 becomes U+FFFD instead of a broken document. */
static void write_string(gw_writer *out, gw_text text) {
    gw_write_u8(out, '"');
    for (size_t at = 0; at < text.length;) {
        const size_t length = sequence_length(gw_text_part(text, at, text.length));
        if (length == 0) gw_write_c(out, "\\ufffd");
        if (length == 1) write_octet(out, (unsigned char)text.at[at]);
        if (length > 1) gw_write_bytes(out, text.at + at, length);
        at += length == 0 ? 1 : length;
    }
    gw_write_u8(out, '"');
}

static void begin_member(gw_json *json, const char *key) {
    if (json->comma) gw_write_u8(&json->out, ',');
    json->comma = true;
    if (key == NULL) return;
    write_string(&json->out, gw_text_from_c(key));
    gw_write_u8(&json->out, ':');
}

static void open_level(gw_json *json, const char *key, const char brackets[3]) {
    assert(json->depth < GW_JSON_DEPTH);
    begin_member(json, key);
    gw_write_u8(&json->out, (uint8_t)brackets[0]);
    json->closers[json->depth++] = brackets[1];
    json->comma = false;
}

void gw_json_object(gw_json *json, const char *key) { open_level(json, key, "{}"); }
void gw_json_array(gw_json *json, const char *key) { open_level(json, key, "[]"); }

void gw_json_close(gw_json *json) {
    assert(json->depth > 0);
    gw_write_u8(&json->out, (uint8_t)json->closers[--json->depth]);
    json->comma = true;
}

void gw_json_text(gw_json *json, const char *key, gw_text text) {
    begin_member(json, key);
    write_string(&json->out, text);
}

void gw_json_c(gw_json *json, const char *key, const char *text) {
    gw_json_text(json, key, gw_text_from_c(text));
}

void gw_json_text_if(gw_json *json, const char *key, gw_text text) {
    if (text.length > 0) gw_json_text(json, key, text);
}

void gw_json_int64(gw_json *json, const char *key, int64_t number) {
    begin_member(json, key);
    const bool is_exact = number >= -exact_limit && number <= exact_limit;
    gw_write_format(&json->out, is_exact ? "%" PRId64 : "\"%" PRId64 "\"", number);
}

void gw_json_flag(gw_json *json, const char *key, int flag) {
    begin_member(json, key);
    gw_write_c(&json->out, flag ? "true" : "false");
}

void gw_json_null(gw_json *json, const char *key) {
    begin_member(json, key);
    gw_write_c(&json->out, "null");
}

void gw_json_instant(gw_json *json, const char *key, gw_instant at) {
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(at, text);
    gw_json_c(json, key, text);
}

void gw_json_date(gw_json *json, const char *key, gw_date date) {
    char text[GW_DATE_TEXT_SIZE];
    gw_date_print(date, text);
    gw_json_c(json, key, text);
}

void gw_json_uuid(gw_json *json, const char *key, gw_uuid uuid) {
    char text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(uuid, text);
    gw_json_c(json, key, text);
}

void gw_json_hex(gw_json *json, const char *key, gw_bytes bytes) {
    begin_member(json, key);
    gw_write_c(&json->out, "\"0x");
    for (size_t at = 0; at < bytes.length; at++) gw_write_format(&json->out, "%02x", bytes.at[at]);
    gw_write_u8(&json->out, '"');
}

void gw_json_raw(gw_json *json, const char *key, gw_text text) {
    begin_member(json, key);
    gw_write_text(&json->out, text);
}

gw_status gw_json_end(gw_json *json, gw_text *ret, gw_fault *reterr) {
    assert(json->depth == 0);
    return gw_writer_end_text(&json->out, ret, reterr);
}
