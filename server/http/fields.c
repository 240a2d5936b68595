/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/fields.h"

#include "base/decimal.h"
#include "server/http/fields_source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const missing = "This field is required.";

static void blame(gw_fields *fields, const char *key, gw_code code, const char *detail) {
    gw_field_faults *faults = fields->faults;
    if (faults->count == GW_FIELD_FAULTS) {
        faults->left_out++;
        return;
    }
    gw_field_fault *fault = &faults->items[faults->count++];
    fault->code = code;
    (void)snprintf(fault->pointer, sizeof fault->pointer, "%s%s%s", fields->pointer,
                   fields->is_query ? "?" : "/", key);
    (void)snprintf(fault->detail, sizeof fault->detail, "%s", detail);
}

void gw_field_blame(gw_fields *fields, const char *key, gw_code code, const char *detail) {
    blame(fields, key, code, detail);
}

static gw_source ask(gw_fields *fields, const char *key, gw_need need) {
    const gw_source source = gw_source_member(fields, key);
    if (source.kind == GW_SOURCE_ABSENT && need == GW_FIELD_REQUIRED)
        blame(fields, key, GW_CODE_INCOMPLETE, missing);
    return source;
}

bool gw_field_has(gw_fields *fields, const char *key) {
    return gw_source_member(fields, key).kind != GW_SOURCE_ABSENT;
}

static gw_text text_of(gw_fields *fields, const char *key, gw_source source, size_t max_bytes) {
    if (source.kind == GW_SOURCE_ABSENT) return (gw_text){"", 0};
    if (source.kind != GW_SOURCE_TEXT) {
        blame(fields, key, GW_CODE_INVALID, "This field is a text.");
        return (gw_text){"", 0};
    }
    if (source.text.length > max_bytes) {
        char detail[96];
        (void)snprintf(detail, sizeof detail, "This text may have at most %zu bytes.", max_bytes);
        blame(fields, key, GW_CODE_OUT_OF_RANGE, detail);
        return (gw_text){"", 0};
    }
    return source.text;
}

gw_text gw_field_text(gw_fields *fields, const char *key, gw_need need, size_t max_bytes) {
    return text_of(fields, key, ask(fields, key, need), max_bytes);
}

static gw_text name_of(gw_fields *fields, const char *key, gw_source source) {
    const gw_text text = text_of(fields, key, source, 4096);
    if (source.kind != GW_SOURCE_TEXT || gw_text_is_name(text)) return text;
    blame(fields, key, GW_CODE_INVALID,
          "A name has 1 to 64 characters of A-Z, a-z, 0-9, dot, underscore, colon and hyphen.");
    return (gw_text){"", 0};
}

gw_text gw_field_name(gw_fields *fields, const char *key, gw_need need) {
    return name_of(fields, key, ask(fields, key, need));
}

gw_uuid gw_field_uuid(gw_fields *fields, const char *key, gw_need need) {
    gw_uuid uuid = {{0}};
    const gw_source source = ask(fields, key, need);
    const gw_text text = text_of(fields, key, source, 4096);
    if (source.kind == GW_SOURCE_TEXT && !gw_is_ok(gw_uuid_parse(text, &uuid, NULL)))
        blame(fields, key, GW_CODE_INVALID, "This field is a UUID of 36 characters.");
    return uuid;
}

static int64_t int64_of(gw_fields *fields, const char *key, gw_source source, int64_t min,
                        int64_t max) {
    int64_t number = source.number;
    if (source.kind == GW_SOURCE_ABSENT) return 0;
    const bool is_number =
        source.kind == GW_SOURCE_INTEGER ||
        (source.kind == GW_SOURCE_TEXT && gw_is_ok(gw_int64_parse(source.text, &number, NULL)));
    if (!is_number) {
        blame(fields, key, GW_CODE_INVALID,
              "This field is an integer, or a text of digits; no fraction and no exponent.");
        return 0;
    }
    if (number >= min && number <= max) return number;
    char detail[128];
    (void)snprintf(detail, sizeof detail,
                   "This number is at least %" PRId64 " and at most %" PRId64 ".", min, max);
    blame(fields, key, GW_CODE_OUT_OF_RANGE, detail);
    return 0;
}

int64_t gw_field_int64(gw_fields *fields, const char *key, gw_need need, int64_t min, int64_t max) {
    return int64_of(fields, key, ask(fields, key, need), min, max);
}

int64_t gw_field_decimal(gw_fields *fields, const char *key, gw_need need, int places) {
    const gw_source source = ask(fields, key, need);
    char digits[24] = "";
    gw_text text = source.text;
    int64_t scaled = 0;
    if (source.kind == GW_SOURCE_ABSENT) return 0;
    if (source.kind == GW_SOURCE_INTEGER) {
        (void)snprintf(digits, sizeof digits, "%" PRId64, source.number);
        text = gw_text_from_c(digits);
    }
    const bool is_readable = source.kind == GW_SOURCE_INTEGER || source.kind == GW_SOURCE_TEXT;
    if (is_readable && gw_is_ok(gw_decimal_parse(text, places, &scaled, NULL))) return scaled;
    char detail[128];
    (void)snprintf(detail, sizeof detail,
                   "This field is a decimal text with at most %d digits after the point.", places);
    blame(fields, key, GW_CODE_INVALID, detail);
    return 0;
}

gw_instant gw_field_instant(gw_fields *fields, const char *key, gw_need need) {
    gw_instant at = {0};
    const gw_source source = ask(fields, key, need);
    const gw_text text = text_of(fields, key, source, 4096);
    if (source.kind == GW_SOURCE_TEXT && !gw_is_ok(gw_instant_parse(text, &at, NULL)))
        blame(fields, key, GW_CODE_INVALID,
              "This field is an RFC 3339 time with Z or an offset, like 2026-01-20T16:00:00Z.");
    return at;
}

gw_date gw_field_date(gw_fields *fields, const char *key, gw_need need) {
    gw_date date = {0};
    const gw_source source = ask(fields, key, need);
    const gw_text text = text_of(fields, key, source, 4096);
    if (source.kind == GW_SOURCE_TEXT && !gw_is_ok(gw_date_parse(text, &date, NULL)))
        blame(fields, key, GW_CODE_INVALID, "This field is a date, like 2026-01-20.");
    return date;
}

bool gw_field_flag(gw_fields *fields, const char *key, gw_need need) {
    const gw_source source = ask(fields, key, need);
    if (source.kind == GW_SOURCE_ABSENT) return false;
    const bool is_word = source.kind == GW_SOURCE_TEXT && fields->is_query;
    if (source.kind == GW_SOURCE_TRUE || (is_word && gw_text_is(source.text, "true"))) return true;
    if (source.kind == GW_SOURCE_FALSE || (is_word && gw_text_is(source.text, "false")))
        return false;
    blame(fields, key, GW_CODE_INVALID, "This field is true or false.");
    return false;
}

bool gw_field_hex(gw_fields *fields, const char *key, gw_need need, uint8_t *ret, size_t count) {
    const gw_source source = ask(fields, key, need);
    const gw_text text = text_of(fields, key, source, 2 * count + 2);
    if (source.kind != GW_SOURCE_TEXT) return false;
    if (gw_text_starts(text, "0x") && gw_is_ok(gw_hex_parse(text, ret, count, NULL))) return true;
    char detail[96];
    (void)snprintf(detail, sizeof detail, "This field is 0x and %zu hexadecimal digits.",
                   2 * count);
    blame(fields, key, GW_CODE_INVALID, detail);
    return false;
}

int gw_field_enum(gw_fields *fields, const char *key, gw_need need, const char *const *words) {
    const gw_source source = ask(fields, key, need);
    const gw_text text = text_of(fields, key, source, 4096);
    if (source.kind != GW_SOURCE_TEXT) return 0;
    char detail[160] = "This field is one of";
    for (int at = 0; words[at] != NULL; at++) {
        if (gw_text_is(text, words[at])) return at;
        const size_t used = strlen(detail);
        (void)snprintf(detail + used, sizeof detail - used, "%s %s", at == 0 ? "" : ",", words[at]);
    }
    blame(fields, key, GW_CODE_INVALID, detail);
    return 0;
}

size_t gw_field_array(gw_fields *fields, const char *key, gw_need need, size_t max_count) {
    const gw_source source = ask(fields, key, need);
    if (source.kind == GW_SOURCE_ABSENT) return 0;
    if (source.kind != GW_SOURCE_ARRAY) {
        blame(fields, key, GW_CODE_INVALID, "This field is an array.");
        return 0;
    }
    if (source.count <= max_count) return source.count;
    char detail[96];
    (void)snprintf(detail, sizeof detail, "This array may have at most %zu items.", max_count);
    blame(fields, key, GW_CODE_OUT_OF_RANGE, detail);
    return 0;
}

enum { ITEM_KEY_SIZE = 96 };

static void item_key(const char *key, size_t index, char out[ITEM_KEY_SIZE]) {
    (void)snprintf(out, ITEM_KEY_SIZE, "%s/%zu", key, index);
}

static gw_source item_of(gw_fields *fields, const char *key, size_t index, const char *place) {
    const gw_source source = gw_source_item(fields, key, index);
    if (source.kind == GW_SOURCE_ABSENT) blame(fields, place, GW_CODE_INCOMPLETE, missing);
    return source;
}

gw_text gw_field_item_text(gw_fields *fields, const char *key, size_t index, size_t max_bytes) {
    char place[ITEM_KEY_SIZE];
    item_key(key, index, place);
    return text_of(fields, place, item_of(fields, key, index, place), max_bytes);
}

gw_text gw_field_item_name(gw_fields *fields, const char *key, size_t index) {
    char place[ITEM_KEY_SIZE];
    item_key(key, index, place);
    return name_of(fields, place, item_of(fields, key, index, place));
}

int64_t gw_field_item_int64(gw_fields *fields, const char *key, size_t index, int64_t min,
                            int64_t max) {
    char place[ITEM_KEY_SIZE];
    item_key(key, index, place);
    return int64_of(fields, place, item_of(fields, key, index, place), min, max);
}

static gw_fields *object_of(gw_fields *fields, const char *place, gw_source source) {
    if (source.kind != GW_SOURCE_OBJECT && source.kind != GW_SOURCE_ABSENT)
        blame(fields, place, GW_CODE_INVALID, "This field is an object.");
    return gw_source_below(fields, place, source);
}

gw_fields *gw_field_item(gw_fields *fields, const char *key, size_t index) {
    char place[ITEM_KEY_SIZE];
    item_key(key, index, place);
    return object_of(fields, place, item_of(fields, key, index, place));
}

gw_fields *gw_field_object(gw_fields *fields, const char *key, gw_need need) {
    return object_of(fields, key, ask(fields, key, need));
}

static void blame_unknown(void *context, const char *key) {
    gw_fields *fields = context;
    blame(fields, key, GW_CODE_INVALID,
          fields->is_query ? "This parameter is not part of the operation."
                           : "This field is not part of the object.");
}

gw_status gw_fields_end(gw_fields *fields, gw_fault *reterr) {
    gw_source_unasked(fields, blame_unknown);
    const gw_field_faults *faults = fields->faults;
    if (faults->count == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, faults->items[0].pointer,
                        "%zu %s of the %s cannot be used", faults->count + faults->left_out,
                        faults->count == 1 ? "field" : "fields",
                        fields->is_query ? "query" : "body");
}
