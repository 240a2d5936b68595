/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/shape.h"

#include "base/ident.h"
#include "base/instant.h"
#include "oracle/word.h"

#include <string.h>

static const int64_t SAFE_INTEGER = (INT64_C(1) << 53) - 1;

static void write_integer(int64_t number, gw_writer *out) {
    const bool is_safe = number <= SAFE_INTEGER && number >= -SAFE_INTEGER;
    gw_write_format(out, is_safe ? "%lld" : "\"%lld\"", (long long)number);
}

static void write_quoted(const char *text, gw_writer *out) {
    gw_write_c(out, "\"");
    gw_write_c(out, text);
    gw_write_c(out, "\"");
}

static void write_text(const void *member, gw_writer *out) {
    gw_text text;
    memcpy(&text, member, sizeof text);
    gw_write_c(out, "\"");
    gw_write_text(out, text);
    gw_write_c(out, "\"");
}

static void write_hash(const void *member, gw_writer *out) {
    gw_word word;
    char text[GW_WORD_TEXT_SIZE];
    memcpy(&word, member, sizeof word);
    gw_word_print(word, text);
    write_quoted(text, out);
}

static void write_uuid(const void *member, gw_writer *out) {
    gw_uuid uuid;
    char text[GW_UUID_TEXT_SIZE];
    memcpy(&uuid, member, sizeof uuid);
    gw_uuid_print(uuid, text);
    write_quoted(text, out);
}

static void write_instant(const void *member, gw_writer *out) {
    gw_instant at;
    char text[GW_INSTANT_TEXT_SIZE];
    memcpy(&at, member, sizeof at);
    gw_instant_print(at, text);
    write_quoted(text, out);
}

static void write_date(const void *member, gw_writer *out) {
    gw_date date;
    char text[GW_DATE_TEXT_SIZE];
    memcpy(&date, member, sizeof date);
    gw_date_print(date, text);
    write_quoted(text, out);
}

static void write_choice(const gw_field *field, const void *member, gw_writer *out) {
    unsigned value = 0;
    memcpy(&value, member, sizeof value);
    write_quoted(value < field->name_count && field->names[value] ? field->names[value] : "", out);
}

static void write_tuple(const gw_shape *shape, const char *value, gw_writer *out) {
    for (size_t at = 0; at < shape->field_count; at++) {
        int64_t number = 0;
        memcpy(&number, value + shape->fields[at].offset, sizeof number);
        gw_write_c(out, at == 0 ? "[" : ",");
        write_integer(number, out);
    }
    gw_write_c(out, "]");
}

static void write_member(const gw_field *field, const void *member, gw_writer *out) {
    int64_t number = 0;
    switch (field->kind) {
    case GW_FIELD_INTEGER:
        memcpy(&number, member, sizeof number);
        write_integer(number, out);
        break;
    case GW_FIELD_NAME:
    case GW_FIELD_TEXT:
    case GW_FIELD_ADDRESS: write_text(member, out); break;
    case GW_FIELD_HASH: write_hash(member, out); break;
    case GW_FIELD_UUID: write_uuid(member, out); break;
    case GW_FIELD_INSTANT: write_instant(member, out); break;
    case GW_FIELD_DATE: write_date(member, out); break;
    case GW_FIELD_CHOICE: write_choice(field, member, out); break;
    case GW_FIELD_OBJECT: gw_shape_write(field->shape, member, out); break;
    case GW_FIELD_TUPLE: write_tuple(field->shape, member, out); break;
    }
}

static void write_list(const gw_field *field, const char *value, gw_writer *out) {
    const char *items = NULL;
    size_t count = 0;
    memcpy(&items, value + field->offset, sizeof items);
    memcpy(&count, value + field->count_offset, sizeof count);
    gw_write_c(out, "[");
    for (size_t at = 0; at < count; at++) {
        if (at > 0) gw_write_c(out, ",");
        write_member(field, items + at * gw_field_item_size(field), out);
    }
    gw_write_c(out, "]");
}

void gw_shape_write(const gw_shape *shape, const void *value, gw_writer *out) {
    const char *base = value;
    for (size_t at = 0; at < shape->field_count; at++) {
        const gw_field *field = &shape->fields[at];
        gw_write_c(out, at == 0 ? "{" : ",");
        write_quoted(field->key, out);
        gw_write_c(out, ":");
        if (field->is_list)
            write_list(field, base, out);
        else
            write_member(field, base + field->offset, out);
    }
    gw_write_c(out, "}");
}

size_t gw_field_item_size(const gw_field *field) {
    static const size_t SIZES[] = {
        [GW_FIELD_INTEGER] = sizeof(int64_t),
        [GW_FIELD_NAME] = sizeof(gw_text),
        [GW_FIELD_TEXT] = sizeof(gw_text),
        [GW_FIELD_ADDRESS] = sizeof(gw_text),
        [GW_FIELD_HASH] = sizeof(gw_word),
        [GW_FIELD_UUID] = sizeof(gw_uuid),
        [GW_FIELD_INSTANT] = sizeof(gw_instant),
        [GW_FIELD_DATE] = sizeof(gw_date),
        [GW_FIELD_CHOICE] = sizeof(unsigned),
        [GW_FIELD_OBJECT] = 0,
        [GW_FIELD_TUPLE] = 0,
    };
    return field->shape != NULL ? field->shape->size : SIZES[field->kind];
}
