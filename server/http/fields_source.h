/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of fields.c: the tree that a body or a query is read into, owned by the arena, and what
 * was asked of it. The JSON library stops in fields_source.c.
 */
#pragma once

#include "server/http/fields.h"

typedef enum gw_source_kind {
    GW_SOURCE_ABSENT, /* also null */
    GW_SOURCE_TEXT,
    GW_SOURCE_INTEGER,
    GW_SOURCE_FRACTION, /* refused by every getter: its text is lost */
    GW_SOURCE_TRUE,
    GW_SOURCE_FALSE,
    GW_SOURCE_ARRAY,
    GW_SOURCE_OBJECT
} gw_source_kind;

typedef struct gw_source_entry gw_source_entry;

typedef struct gw_source {
    gw_source_kind kind;
    gw_text text;
    int64_t number;
    size_t count; /* items of an array, members of an object */
    gw_source_entry *entries;
} gw_source;

struct gw_source_entry {
    const char *key; /* NULL in an array */
    gw_source value;
    bool is_asked;
};

struct gw_fields {
    gw_arena *arena;
    gw_field_faults *faults;
    gw_source object;
    const char *pointer; /* of this object: "" or "/members/3" */
    bool is_query;
    gw_fields *root;
    gw_fields *next;  /* objects opened below the root, newest first; of the root: the list */
    gw_fields *spare; /* of the root: stands in when the arena is full */
};

gw_source gw_source_member(gw_fields *fields, const char *key); /* marks it as asked */
gw_source gw_source_item(gw_fields *fields, const char *key, size_t index);
/* Fields over an object source; over any other kind, fields of an empty object. Never NULL. */
gw_fields *gw_source_below(gw_fields *fields, const char *place, gw_source source);
/* Calls found for each member of each opened object that was not asked for. */
void gw_source_unasked(gw_fields *root, void (*found)(void *fields, const char *key));
