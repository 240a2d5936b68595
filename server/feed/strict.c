/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/strict.h"

#include "base/decimal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { POINTER_SIZE = 96 };

gw_status gw_strict_document(gw_bytes bytes, size_t bytes_most, json_t **ret, gw_fault *reterr) {
    json_error_t error;
    if (bytes.length > bytes_most) {
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "%zu bytes, at most %zu are taken",
                            bytes.length, bytes_most);
    }
    json_t *document =
        json_loadb((const char *)bytes.at, bytes.length, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL) {
        return gw_fail_with(reterr, GW_CODE_MALFORMED, "", "no JSON at byte %d: %s", error.position,
                            error.text);
    }
    if (json_is_object(document)) {
        *ret = document;
        return gw_ok();
    }
    json_decref(document);
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "", "the document is no JSON object");
}

gw_strict gw_strict_begin(gw_arena *arena, const json_t *object, const char *at, gw_fault *reterr) {
    gw_strict fields = {
        .arena = arena, .object = object, .at = at, .status = gw_ok(), .reterr = reterr};
    if (!json_is_object(object)) gw_strict_blame(&fields, NULL, GW_CODE_INVALID, "no JSON object");
    return fields;
}

void gw_strict_blame(gw_strict *fields, const char *key, gw_code code, const char *message) {
    char pointer[POINTER_SIZE];
    if (!gw_is_ok(fields->status)) return;
    (void)snprintf(pointer, sizeof pointer, "%s%s%s", fields->at, key == NULL ? "" : "/",
                   key == NULL ? "" : key);
    fields->status = gw_fail_with(fields->reterr, code, pointer, "%s", message);
}

static bool is_asked(const gw_strict *fields, const char *key) {
    for (size_t at = 0; at < fields->asked_count; at++)
        if (strcmp(fields->asked[at], key) == 0) return true;
    return false;
}

/* NULL when absent. */
static const json_t *ask(gw_strict *fields, const char *key) {
    if (!is_asked(fields, key)) {
        assert(fields->asked_count < GW_STRICT_FIELDS_MOST);
        fields->asked[fields->asked_count++] = key;
    }
    return json_object_get(fields->object, key);
}

static const json_t *require(gw_strict *fields, const char *key) {
    const json_t *found = ask(fields, key);
    if (found == NULL) gw_strict_blame(fields, key, GW_CODE_INVALID, "the field is missing");
    return found;
}

bool gw_strict_has(gw_strict *fields, const char *key) { return ask(fields, key) != NULL; }

gw_status gw_strict_end(gw_strict *fields) {
    const char *key = NULL;
    json_t *member = NULL;
    json_object_foreach((json_t *)(uintptr_t)fields->object, key, member) {
        char shown[48];
        if (is_asked(fields, key)) continue;
        (void)snprintf(shown, sizeof shown, "%s", key);
        gw_strict_blame(fields, shown, GW_CODE_INVALID, "the field is not known here");
    }
    return fields->status;
}

static bool integer_of(const json_t *found, int64_t *ret) {
    if (json_is_integer(found)) {
        *ret = json_integer_value(found);
        return true;
    }
    const gw_text text = {json_string_value(found), json_string_length(found)};
    return json_is_string(found) && gw_is_ok(gw_decimal_parse(text, 0, ret, NULL));
}

int64_t gw_strict_integer(gw_strict *fields, const char *key, int64_t least, int64_t most) {
    const json_t *found = require(fields, key);
    int64_t number = 0;
    if (found == NULL) return 0;
    if (json_is_real(found)) {
        gw_strict_blame(fields, key, GW_CODE_INVALID,
                        "a JSON fraction is not exact; write an integer or a decimal string");
        return 0;
    }
    if (!integer_of(found, &number)) {
        gw_strict_blame(fields, key, GW_CODE_INVALID, "no whole number");
        return 0;
    }
    if (number < least || number > most) {
        char message[120];
        (void)snprintf(message, sizeof message, "%lld is not between %lld and %lld",
                       (long long)number, (long long)least, (long long)most);
        gw_strict_blame(fields, key, GW_CODE_OUT_OF_RANGE, message);
        return 0;
    }
    return number;
}

gw_text gw_strict_text(gw_strict *fields, const char *key, size_t most) {
    const json_t *found = require(fields, key);
    gw_text copy = {"", 0};
    if (found == NULL) return copy;
    const gw_text text = {json_string_value(found), json_string_length(found)};
    if (!json_is_string(found) || text.length == 0 || text.length > most) {
        gw_strict_blame(fields, key, GW_CODE_INVALID, "no text, empty or too long");
        return copy;
    }
    if (!gw_is_ok(gw_text_copy(fields->arena, text, &copy, fields->reterr)))
        gw_strict_blame(fields, key, GW_CODE_NO_MEMORY, "no memory");
    return copy;
}

gw_text gw_strict_name(gw_strict *fields, const char *key) {
    const gw_text text = gw_strict_text(fields, key, 64);
    if (text.length > 0 && !gw_text_is_name(text))
        gw_strict_blame(fields, key, GW_CODE_INVALID, "no name: A-Z a-z 0-9 . _ : - are allowed");
    return text;
}

gw_instant gw_strict_instant(gw_strict *fields, const char *key) {
    const gw_text text = gw_strict_text(fields, key, 40);
    gw_instant at = {0};
    if (text.length > 0 && !gw_is_ok(gw_instant_parse(text, &at, NULL)))
        gw_strict_blame(fields, key, GW_CODE_INVALID,
                        "no RFC 3339 time, like 2026-01-20T17:00:00Z");
    return at;
}

gw_uuid gw_strict_uuid(gw_strict *fields, const char *key) {
    const gw_text text = gw_strict_text(fields, key, 36);
    gw_uuid id = {{0}};
    if (text.length > 0 && !gw_is_ok(gw_uuid_parse(text, &id, NULL)))
        gw_strict_blame(fields, key, GW_CODE_INVALID, "no UUID");
    return id;
}

const json_t *gw_strict_array(gw_strict *fields, const char *key, size_t least, size_t most) {
    const json_t *found = require(fields, key);
    if (found == NULL) return NULL;
    if (!json_is_array(found)) {
        gw_strict_blame(fields, key, GW_CODE_INVALID, "no array");
        return NULL;
    }
    const size_t count = json_array_size(found);
    if (count >= least && count <= most) return found;
    char message[80];
    (void)snprintf(message, sizeof message, "%zu items, %zu to %zu are taken", count, least, most);
    gw_strict_blame(fields, key, count > most ? GW_CODE_TOO_LARGE : GW_CODE_INVALID, message);
    return NULL;
}
