/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/shape.h"

#include "base/decimal.h"
#include "base/ident.h"
#include "base/instant.h"
#include "oracle/word.h"
#include "server/evidence/core.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESS_LENGTH = 42, HASH_LENGTH = 66, UUID_LENGTH = 36 };

static const int64_t SAFE_INTEGER = (INT64_C(1) << 53) - 1;

/* Where the reader is: the JSON pointer, cut when it grows beyond a fault's subject. */
typedef struct reading {
    gw_arena *arena;
    gw_fault *reterr;
    char path[96];
    size_t length;
} reading;

static size_t enter(reading *at, const char *key, size_t index) {
    const size_t before = at->length;
    const size_t room = sizeof at->path - before;
    const int added = key != NULL ? snprintf(at->path + before, room, "/%s", key)
                                  : snprintf(at->path + before, room, "/%zu", index);
    at->length = before + (added < 0 ? 0 : (size_t)added);
    if (at->length >= sizeof at->path) at->length = sizeof at->path - 1;
    return before;
}

static void leave(reading *at, size_t before) {
    at->length = before;
    at->path[before] = '\0';
}

static gw_status wrong_type(const reading *at, const char *wanted) {
    return gw_fail_with(at->reterr, GW_CODE_MALFORMED, at->path, "the value is not %s", wanted);
}

static gw_status wrong_form(const reading *at, const char *wanted) {
    return gw_fail_with(at->reterr, GW_CODE_INVALID, at->path, "the value is not %s", wanted);
}

/* ---- single values ---- */

static gw_status read_text(const reading *at, const json_t *json, gw_text *ret) {
    if (!json_is_string(json)) return wrong_type(at, "a text");
    *ret = (gw_text){json_string_value(json), json_string_length(json)};
    return gw_ok();
}

static gw_status read_integer(const reading *at, const json_t *json, int64_t *ret) {
    if (json_is_integer(json)) {
        const int64_t number = json_integer_value(json);
        if (number > SAFE_INTEGER || number < -SAFE_INTEGER)
            return wrong_form(at, "an integer within 2^53-1; larger ones are decimal texts");
        *ret = number;
        return gw_ok();
    }
    int64_t number = 0;
    gw_text text = {0};
    if (!json_is_string(json)) return wrong_type(at, "an integer");
    GW_TRY(read_text(at, json, &text));
    if (!gw_is_ok(gw_int64_parse(text, &number, NULL)) ||
        (number <= SAFE_INTEGER && number >= -SAFE_INTEGER))
        return wrong_form(at, "an integer, or a decimal text beyond 2^53-1");
    *ret = number;
    return gw_ok();
}

static bool is_lower_hex(gw_text text) {
    if (!gw_text_starts(text, "0x")) return false;
    for (size_t at = 2; at < text.length; at++)
        if (text.at[at] == '\0' || strchr("0123456789abcdef", text.at[at]) == NULL) return false;
    return true;
}

static bool is_plain(gw_text text) {
    if (text.length == 0 || text.length > GW_SHAPE_TEXT_LIMIT) return false;
    for (size_t at = 0; at < text.length; at++)
        if (text.at[at] < ' ' || text.at[at] > '~' || text.at[at] == '"' || text.at[at] == '\\')
            return false;
    return true;
}

static gw_status read_words(const reading *at, gw_field_kind kind, const json_t *json,
                            void *member) {
    gw_text text = {0};
    gw_text copy = {0};
    GW_TRY(read_text(at, json, &text));
    if (kind == GW_FIELD_NAME && !gw_text_is_name(text)) return wrong_form(at, "a name");
    if (kind == GW_FIELD_TEXT && !is_plain(text)) return wrong_form(at, "a short plain text");
    if (kind == GW_FIELD_ADDRESS && (text.length != ADDRESS_LENGTH || !is_lower_hex(text)))
        return wrong_form(at, "an address in lower case");
    GW_TRY(gw_text_copy(at->arena, text, &copy, at->reterr));
    memcpy(member, &copy, sizeof copy);
    return gw_ok();
}

static gw_status read_hash(const reading *at, const json_t *json, void *member) {
    gw_text text = {0};
    gw_word word = {{0}};
    GW_TRY(read_text(at, json, &text));
    if (text.length != HASH_LENGTH || !is_lower_hex(text) ||
        !gw_is_ok(gw_word_parse_hash(text, &word, NULL)))
        return wrong_form(at, "a hash in lower case");
    memcpy(member, &word, sizeof word);
    return gw_ok();
}

static gw_status read_uuid(const reading *at, const json_t *json, void *member) {
    gw_text text = {0};
    gw_uuid uuid = {{0}};
    char printed[GW_UUID_TEXT_SIZE] = "";
    GW_TRY(read_text(at, json, &text));
    if (text.length != UUID_LENGTH || !gw_is_ok(gw_uuid_parse(text, &uuid, NULL)))
        return wrong_form(at, "a UUID");
    gw_uuid_print(uuid, printed);
    if (!gw_text_is(text, printed)) return wrong_form(at, "a UUID in lower case");
    memcpy(member, &uuid, sizeof uuid);
    return gw_ok();
}

static gw_status read_instant(const reading *at, const json_t *json, void *member) {
    gw_text text = {0};
    gw_instant instant = {0};
    char printed[GW_INSTANT_TEXT_SIZE] = "";
    GW_TRY(read_text(at, json, &text));
    if (!gw_is_ok(gw_instant_parse(text, &instant, NULL))) return wrong_form(at, "a time");
    gw_instant_print(instant, printed);
    if (!gw_text_is(text, printed)) return wrong_form(at, "a time in canonical form");
    memcpy(member, &instant, sizeof instant);
    return gw_ok();
}

static gw_status read_date(const reading *at, const json_t *json, void *member) {
    gw_text text = {0};
    gw_date date = {0};
    char printed[GW_DATE_TEXT_SIZE] = "";
    GW_TRY(read_text(at, json, &text));
    if (!gw_is_ok(gw_date_parse(text, &date, NULL))) return wrong_form(at, "a day");
    gw_date_print(date, printed);
    if (!gw_text_is(text, printed)) return wrong_form(at, "a day in canonical form");
    memcpy(member, &date, sizeof date);
    return gw_ok();
}

static gw_status read_choice(const reading *at, const gw_field *field, const json_t *json,
                             void *member) {
    gw_text text = {0};
    GW_TRY(read_text(at, json, &text));
    for (unsigned value = 0; value < field->name_count; value++) {
        if (field->names[value] == NULL || !gw_text_is(text, field->names[value])) continue;
        memcpy(member, &value, sizeof value);
        return gw_ok();
    }
    return wrong_form(at, "one of the known words");
}

/* ---- structures ---- */

static gw_status read_object(reading *at, const gw_shape *shape, const json_t *json, void *value);

static gw_status read_tuple(reading *at, const gw_shape *shape, const json_t *json, char *value) {
    if (!json_is_array(json) || json_array_size(json) != shape->field_count)
        return wrong_type(at, "a row of the right length");
    for (size_t item = 0; item < shape->field_count; item++) {
        int64_t number = 0;
        const size_t before = enter(at, NULL, item);
        GW_TRY(read_integer(at, json_array_get(json, item), &number));
        memcpy(value + shape->fields[item].offset, &number, sizeof number);
        leave(at, before);
    }
    return gw_ok();
}

static gw_status read_member(reading *at, const gw_field *field, const json_t *json, void *member) {
    int64_t number = 0;
    switch (field->kind) {
    case GW_FIELD_INTEGER: break;
    case GW_FIELD_NAME:
    case GW_FIELD_TEXT:
    case GW_FIELD_ADDRESS: return read_words(at, field->kind, json, member);
    case GW_FIELD_HASH: return read_hash(at, json, member);
    case GW_FIELD_UUID: return read_uuid(at, json, member);
    case GW_FIELD_INSTANT: return read_instant(at, json, member);
    case GW_FIELD_DATE: return read_date(at, json, member);
    case GW_FIELD_CHOICE: return read_choice(at, field, json, member);
    case GW_FIELD_OBJECT: return read_object(at, field->shape, json, member);
    case GW_FIELD_TUPLE: return read_tuple(at, field->shape, json, member);
    }
    GW_TRY(read_integer(at, json, &number));
    memcpy(member, &number, sizeof number);
    return gw_ok();
}

static gw_status read_list(reading *at, const gw_field *field, const json_t *json, char *value) {
    if (!json_is_array(json)) return wrong_type(at, "a list");
    const size_t count = json_array_size(json);
    const size_t size = gw_field_item_size(field);
    char *items = NULL;
    if (count > GW_SHAPE_MAX_ITEMS) return wrong_form(at, "a list of at most 1000000");
    GW_TRY(gw_arena_take(at->arena, size, count, (void **)&items, at->reterr));
    for (size_t item = 0; item < count; item++) {
        const size_t before = enter(at, NULL, item);
        GW_TRY(read_member(at, field, json_array_get(json, item), items + item * size));
        leave(at, before);
    }
    memcpy(value + field->offset, &items, sizeof items);
    memcpy(value + field->count_offset, &count, sizeof count);
    return gw_ok();
}

static bool knows(const gw_shape *shape, const char *key) {
    for (size_t at = 0; at < shape->field_count; at++)
        if (strcmp(shape->fields[at].key, key) == 0) return true;
    return false;
}

static gw_status refuse_unknown(reading *at, const gw_shape *shape, const json_t *json) {
    const char *key = NULL;
    json_t *ignored = NULL;
    json_object_foreach((json_t *)(uintptr_t)json, key, ignored) {
        if (knows(shape, key)) continue;
        enter(at, key, 0);
        return gw_fail_with(at->reterr, GW_CODE_INVALID, at->path, "this field is not known");
    }
    return gw_ok();
}

static gw_status read_object(reading *at, const gw_shape *shape, const json_t *json, void *value) {
    char *base = value;
    if (!json_is_object(json)) return wrong_type(at, "an object");
    if (json_object_size(json) > shape->field_count) return refuse_unknown(at, shape, json);
    for (size_t item = 0; item < shape->field_count; item++) {
        const gw_field *field = &shape->fields[item];
        const json_t *found = json_object_get(json, field->key);
        const size_t before = enter(at, field->key, 0);
        if (found == NULL)
            return gw_fail_with(at->reterr, GW_CODE_INVALID, at->path, "this field is missing");
        if (field->is_list)
            GW_TRY(read_list(at, field, found, base));
        else
            GW_TRY(read_member(at, field, found, base + field->offset));
        leave(at, before);
    }
    return gw_ok();
}

gw_status gw_shape_read(gw_arena *arena, const gw_shape *shape, const json_t *json, void *value,
                        gw_fault *reterr) {
    reading at = {.arena = arena, .reterr = reterr};
    return read_object(&at, shape, json, value);
}

gw_status gw_shape_parse(gw_bytes bytes, json_t **ret, gw_fault *reterr) {
    json_error_t error;
    if (bytes.length > GW_CORE_MAX_BYTES)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "a core has at most %d bytes",
                            GW_CORE_MAX_BYTES);
    json_t *json = json_loadb((const char *)bytes.at, bytes.length, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "", "no JSON: %s at byte %d", error.text,
                            error.position);
    *ret = json;
    return gw_ok();
}
