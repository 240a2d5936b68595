/* SPDX-License-Identifier: Apache-2.0
 *
 * Strict reading of one JSON object: every getter marks its field as asked for, the first fault is
 * kept, and gw_strict_end also refuses fields that nobody asked for. Borrows from the document;
 * texts are copied into the arena. For feeds; HTTP bodies have http/fields.h, which reports all
 * faults of a body at once.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"

#include <jansson.h>

enum { GW_STRICT_FIELDS_MOST = 16 };

typedef struct gw_strict {
    gw_arena *arena;
    const json_t *object;
    const char *at; /* pointer of the object, "" for the document */
    const char *asked[GW_STRICT_FIELDS_MOST];
    size_t asked_count;
    gw_status status;
    gw_fault *reterr;
} gw_strict;

/* Closes a document when the scope ends. */
static inline void gw_strict_drop(json_t **document) { json_decref(*document); }
#define GW_AUTO_JSON __attribute__((cleanup(gw_strict_drop))) json_t *

/* Parses a document that must be an object: duplicates, depth and size are limited. */
GW_MUST_CHECK gw_status gw_strict_document(gw_bytes bytes, size_t bytes_most, json_t **ret,
                                           gw_fault *reterr);

gw_strict gw_strict_begin(gw_arena *arena, const json_t *object, const char *at, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_strict_end(gw_strict *fields);

/* False: absent. Counts as asked for. */
bool gw_strict_has(gw_strict *fields, const char *key);
/* Integer or decimal string with zeros behind the point; else a fault. */
int64_t gw_strict_integer(gw_strict *fields, const char *key, int64_t least, int64_t most);
gw_text gw_strict_text(gw_strict *fields, const char *key, size_t most); /* at least one byte */
gw_text gw_strict_name(gw_strict *fields, const char *key);
gw_instant gw_strict_instant(gw_strict *fields, const char *key);
gw_uuid gw_strict_uuid(gw_strict *fields, const char *key);
/* NULL after a fault. */
const json_t *gw_strict_array(gw_strict *fields, const char *key, size_t least, size_t most);
/* Notes the first fault only. */
void gw_strict_blame(gw_strict *fields, const char *key, gw_code code, const char *message);
