/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON out, straight into an arena: the bodies of replies and published messages. Keys come in the
 * order of the calls (canonical JSON for hashes is server/evidence, not this). key is NULL at the
 * top and inside arrays. Integers beyond +-(2^53 - 1) are written as decimal strings. After a first
 * error nothing happens; ask once with gw_json_end.
 */
#pragma once

#include "base/ident.h"
#include "base/instant.h"
#include "base/writer.h"

#include <stdint.h>

enum { GW_JSON_DEPTH = 16 };

typedef struct gw_json {
    gw_writer out;
    char closers[GW_JSON_DEPTH]; /* what each open level ends with */
    int depth;
    bool comma; /* the next member needs one */
} gw_json;

void gw_json_init(gw_json *json, gw_arena *arena);
void gw_json_object(gw_json *json, const char *key); /* opens */
void gw_json_array(gw_json *json, const char *key);  /* opens */
void gw_json_close(gw_json *json);                   /* the innermost open one */

void gw_json_text(gw_json *json, const char *key, gw_text text);
void gw_json_c(gw_json *json, const char *key, const char *text);
void gw_json_int64(gw_json *json, const char *key, int64_t number);
void gw_json_flag(gw_json *json, const char *key, int flag); /* 0: false */
void gw_json_null(gw_json *json, const char *key);
void gw_json_instant(gw_json *json, const char *key, gw_instant at);
void gw_json_date(gw_json *json, const char *key, gw_date date);
void gw_json_uuid(gw_json *json, const char *key, gw_uuid uuid);
void gw_json_hex(gw_json *json, const char *key, gw_bytes bytes); /* "0x…" */
void gw_json_raw(gw_json *json, const char *key, gw_text text);   /* text is JSON already */

/* Optional texts: nothing is written when empty. */
void gw_json_text_if(gw_json *json, const char *key, gw_text text);

/* Asserts that every level is closed. The text belongs to the arena. */
GW_MUST_CHECK gw_status gw_json_end(gw_json *json, gw_text *ret, gw_fault *reterr);
