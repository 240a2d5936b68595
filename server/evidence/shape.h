/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes: a table per struct says which member is which JSON field. One generic reader and one
 * generic writer walk these tables, so the form of a core stands in one place
 * (server/evidence/core_shape.c). Fields of a shape are listed in the byte order of their keys:
 * that is canonical JSON. The reader is strict: exactly these fields, exactly these types.
 */
#pragma once

#include "base/arena.h"
#include "base/writer.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

typedef enum gw_field_kind {
    GW_FIELD_INTEGER, /* int64_t, or a one-field struct of it; decimal string beyond +-(2^53-1) */
    GW_FIELD_NAME,    /* gw_text that is a name (base/text.h) */
    GW_FIELD_TEXT,    /* gw_text, 1 to 96 printable characters without quote and backslash */
    GW_FIELD_ADDRESS, /* gw_text, "0x" and 40 lower-case hex digits */
    GW_FIELD_HASH,    /* gw_word, "0x" and 64 lower-case hex digits */
    GW_FIELD_UUID,    /* gw_uuid, lower case */
    GW_FIELD_INSTANT, /* gw_instant */
    GW_FIELD_DATE,    /* gw_date */
    GW_FIELD_CHOICE,  /* an enum, by `names` */
    GW_FIELD_OBJECT,  /* a struct with its own shape */
    GW_FIELD_TUPLE    /* a struct of integers, written as an array */
} gw_field_kind;

struct gw_shape;

typedef struct gw_field {
    const char *key;
    gw_field_kind kind;
    size_t offset;       /* of the member; of the pointer when it is a list */
    size_t count_offset; /* of the list's size_t count */
    bool is_list;
    const struct gw_shape *shape; /* OBJECT, TUPLE */
    const char *const *names;     /* CHOICE: by value; NULL = no such value */
    size_t name_count;
} gw_field;

typedef struct gw_shape {
    const gw_field *fields;
    size_t field_count;
    size_t size; /* of the struct */
} gw_shape;

enum { GW_SHAPE_MAX_ITEMS = 1000000, GW_SHAPE_TEXT_LIMIT = 96 };

/* Bytes of one item of a list of this field. */
size_t gw_field_item_size(const gw_field *field);

void gw_shape_write(const gw_shape *shape, const void *value, gw_writer *out);

/* Fills *value (zeroed by the caller). Faults carry the JSON pointer as subject: GW_CODE_MALFORMED
 * for the wrong JSON type, GW_CODE_INVALID for a missing or unknown field or a value out of form.
 */
GW_MUST_CHECK gw_status gw_shape_read(gw_arena *arena, const gw_shape *shape, const json_t *json,
                                      void *value, gw_fault *reterr);

/* Bytes to JSON with the limits of a core; json_decref is the caller's. */
GW_MUST_CHECK gw_status gw_shape_parse(gw_bytes bytes, json_t **ret, gw_fault *reterr);

/* GW_CODE_MISMATCH with the first JSON pointer at which the two differ; walks keys in byte order.
 */
gw_status gw_shape_difference(gw_bytes claimed, gw_bytes rebuilt, gw_fault *reterr);
