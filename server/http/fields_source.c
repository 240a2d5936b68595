/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/fields_source.h"

#include "server/http/route.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static gw_status source_of(gw_arena *arena, json_t *json, gw_source *ret, gw_fault *reterr);

static gw_status key_copy(gw_arena *arena, const char *key, const char **ret, gw_fault *reterr) {
    return gw_text_to_c(arena, gw_text_from_c(key), ret, reterr);
}

static gw_status object_read(gw_arena *arena, json_t *json, gw_source *ret, gw_fault *reterr) {
    gw_source made = {.kind = GW_SOURCE_OBJECT};
    GW_TRY(GW_ARENA_NEW(arena, gw_source_entry, json_object_size(json), &made.entries, reterr));
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
        gw_source_entry *entry = &made.entries[made.count++];
        GW_TRY(key_copy(arena, json_object_iter_key(at), &entry->key, reterr));
        GW_TRY(source_of(arena, json_object_iter_value(at), &entry->value, reterr));
    }
    *ret = made;
    return gw_ok();
}

static gw_status array_read(gw_arena *arena, json_t *json, gw_source *ret, gw_fault *reterr) {
    gw_source made = {.kind = GW_SOURCE_ARRAY, .count = json_array_size(json)};
    GW_TRY(GW_ARENA_NEW(arena, gw_source_entry, made.count, &made.entries, reterr));
    for (size_t at = 0; at < made.count; at++)
        GW_TRY(source_of(arena, json_array_get(json, at), &made.entries[at].value, reterr));
    *ret = made;
    return gw_ok();
}

static gw_status string_read(gw_arena *arena, json_t *json, gw_source *ret, gw_fault *reterr) {
    gw_text text;
    const gw_text borrowed = {json_string_value(json), json_string_length(json)};
    GW_TRY(gw_text_copy(arena, borrowed, &text, reterr));
    *ret = (gw_source){.kind = GW_SOURCE_TEXT, .text = text};
    return gw_ok();
}

/* Recursion is bounded by GW_FIELD_DEPTH, checked before the parse. */
static gw_status source_of(gw_arena *arena, json_t *json, gw_source *ret, gw_fault *reterr) {
    switch (json_typeof(json)) {
    case JSON_OBJECT: return object_read(arena, json, ret, reterr);
    case JSON_ARRAY: return array_read(arena, json, ret, reterr);
    case JSON_STRING: return string_read(arena, json, ret, reterr);
    case JSON_INTEGER:
        *ret = (gw_source){.kind = GW_SOURCE_INTEGER, .number = json_integer_value(json)};
        return gw_ok();
    case JSON_REAL: *ret = (gw_source){.kind = GW_SOURCE_FRACTION}; return gw_ok();
    case JSON_TRUE: *ret = (gw_source){.kind = GW_SOURCE_TRUE}; return gw_ok();
    case JSON_FALSE: *ret = (gw_source){.kind = GW_SOURCE_FALSE}; return gw_ok();
    default: *ret = (gw_source){.kind = GW_SOURCE_ABSENT}; return gw_ok();
    }
}

static int step_of(uint8_t octet) {
    if (octet == '{' || octet == '[') return 1;
    return octet == '}' || octet == ']' ? -1 : 0;
}

/* Deepest nesting of brackets outside strings; wrong JSON may give any number. */
static int nesting(gw_bytes body) {
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (size_t at = 0; at < body.length; at++) {
        const uint8_t octet = body.at[at];
        if (in_string && octet == '\\') at++;
        if (octet == '"') in_string = !in_string;
        if (in_string) continue;
        depth += step_of(octet);
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

static gw_status fields_new(gw_arena *arena, gw_field_faults *faults, gw_source object,
                            gw_fields **ret, gw_fault *reterr) {
    gw_fields *made = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_fields, 2, &made, reterr));
    made[0] = (gw_fields){
        .arena = arena, .faults = faults, .object = object, .pointer = "", .root = made};
    made[1] = made[0];
    made[1].object = (gw_source){.kind = GW_SOURCE_OBJECT};
    made[0].spare = &made[1];
    *ret = made;
    return gw_ok();
}

gw_status gw_fields_parse(gw_arena *arena, gw_bytes body, gw_field_faults *faults, gw_fields **ret,
                          gw_fault *reterr) {
    json_error_t where;
    gw_source object;
    if (nesting(body) > GW_FIELD_DEPTH)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the body is nested deeper than %d",
                            GW_FIELD_DEPTH);
    AUTO_JSON json = json_loadb((const char *)body.at, body.length,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (json == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                            "the body is not JSON at line %d, column %d: %s", where.line,
                            where.column, where.text);
    if (!json_is_object(json))
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the body is not a JSON object");
    GW_TRY(source_of(arena, json, &object, reterr));
    return fields_new(arena, faults, object, ret, reterr);
}

static gw_status pair_read(gw_arena *arena, gw_text pair, gw_source_entry *ret, gw_fault *reterr) {
    gw_text key;
    gw_text value;
    gw_text rest = pair;
    const gw_text raw_key = gw_text_split(&rest, '=');
    GW_TRY(gw_escape_decode(arena, raw_key, GW_ESCAPE_QUERY, &key, reterr));
    GW_TRY(gw_escape_decode(arena, rest, GW_ESCAPE_QUERY, &value, reterr));
    GW_TRY(gw_text_to_c(arena, key, &ret->key, reterr));
    ret->value = (gw_source){.kind = GW_SOURCE_TEXT, .text = value};
    return gw_ok();
}

static gw_source_entry *entry_find(const gw_source *object, const char *key) {
    for (size_t at = 0; at < object->count; at++)
        if (strcmp(object->entries[at].key, key) == 0) return &object->entries[at];
    return NULL;
}

gw_status gw_fields_parse_query(gw_arena *arena, gw_text query, gw_field_faults *faults,
                                gw_fields **ret, gw_fault *reterr) {
    gw_source object = {.kind = GW_SOURCE_OBJECT};
    GW_TRY(GW_ARENA_NEW(arena, gw_source_entry, GW_FIELD_QUERY, &object.entries, reterr));
    gw_text rest = query;
    while (rest.length > 0) {
        gw_source_entry entry = {0};
        if (object.count == GW_FIELD_QUERY)
            return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                                "the query has more than %d parameters", GW_FIELD_QUERY);
        GW_TRY(pair_read(arena, gw_text_split(&rest, '&'), &entry, reterr));
        if (entry_find(&object, entry.key) != NULL)
            return gw_fail_with(reterr, GW_CODE_MALFORMED, entry.key,
                                "the parameter \"%s\" is there twice", entry.key);
        object.entries[object.count++] = entry;
    }
    GW_TRY(fields_new(arena, faults, object, ret, reterr));
    (*ret)->is_query = true;
    (*ret)->spare->is_query = true;
    return gw_ok();
}

gw_source gw_source_member(gw_fields *fields, const char *key) {
    gw_source_entry *entry = entry_find(&fields->object, key);
    if (entry == NULL) return (gw_source){.kind = GW_SOURCE_ABSENT};
    entry->is_asked = true;
    return entry->value;
}

gw_source gw_source_item(gw_fields *fields, const char *key, size_t index) {
    const gw_source array = gw_source_member(fields, key);
    if (array.kind != GW_SOURCE_ARRAY || index >= array.count)
        return (gw_source){.kind = GW_SOURCE_ABSENT};
    return array.entries[index].value;
}

static gw_status pointer_below(const gw_fields *fields, const char *place, const char **ret) {
    char pointer[160];
    (void)snprintf(pointer, sizeof pointer, "%s/%s", fields->pointer, place);
    return gw_text_to_c(fields->arena, gw_text_from_c(pointer), ret, NULL);
}

gw_fields *gw_source_below(gw_fields *fields, const char *place, gw_source source) {
    gw_fields *below = NULL;
    gw_fields *root = fields->root;
    if (!gw_is_ok(GW_ARENA_NEW(fields->arena, gw_fields, 1, &below, NULL))) return root->spare;
    *below = (gw_fields){.arena = fields->arena,
                         .faults = fields->faults,
                         .object = {.kind = GW_SOURCE_OBJECT},
                         .pointer = "",
                         .is_query = fields->is_query,
                         .root = root,
                         .next = root->next};
    if (!gw_is_ok(pointer_below(fields, place, &below->pointer))) return root->spare;
    if (source.kind == GW_SOURCE_OBJECT) below->object = source;
    root->next = below;
    return below;
}

void gw_source_unasked(gw_fields *root, void (*found)(void *fields, const char *key)) {
    for (gw_fields *fields = root; fields != NULL; fields = fields->next)
        for (size_t at = 0; at < fields->object.count; at++)
            if (!fields->object.entries[at].is_asked) found(fields, fields->object.entries[at].key);
}
