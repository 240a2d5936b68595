/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed reading of what came from outside: the JSON object of a body, or the parameters of a query.
 * Getters never stop at the first fault: each fault is noted with its JSON pointer (a query
 * parameter is noted as "?name"), the getter returns zero or empty text, and gw_fields_end says
 * once whether everything held, together with every field that nobody asked for. So read all
 * fields straight through, end, and only then use the values.
 * A JSON null counts as absent. Integers come as JSON integers or as decimal strings; a JSON
 * fraction or exponent is refused. Duplicate keys, nesting beyond 32 and NUL are refused.
 * Texts point into the arena. One thread.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

typedef struct gw_fields gw_fields;

typedef enum gw_need { GW_FIELD_REQUIRED, GW_FIELD_OPTIONAL } gw_need;

enum { GW_FIELD_FAULTS = 50, GW_FIELD_DEPTH = 32, GW_FIELD_QUERY = 32 };

typedef struct gw_field_fault {
    char pointer[96]; /* "/members/3/qualified_w" */
    gw_code code;
    char detail[160]; /* a full sentence */
} gw_field_fault;

/* What is wrong with one request; becomes errors[] of the problem document. */
typedef struct gw_field_faults {
    gw_field_fault items[GW_FIELD_FAULTS];
    size_t count;
    size_t left_out; /* found beyond the room */
} gw_field_faults;

/* A body: GW_CODE_MALFORMED when it is not a JSON object. faults outlives the fields. */
GW_MUST_CHECK gw_status gw_fields_parse(gw_arena *arena, gw_bytes body, gw_field_faults *faults,
                                        gw_fields **ret, gw_fault *reterr);
/* A raw query string without "?"; empty is fine. Each parameter at most once. */
GW_MUST_CHECK gw_status gw_fields_parse_query(gw_arena *arena, gw_text query,
                                              gw_field_faults *faults, gw_fields **ret,
                                              gw_fault *reterr);
/* GW_CODE_INVALID when any fault was noted or a field was not asked for. */
GW_MUST_CHECK gw_status gw_fields_end(gw_fields *fields, gw_fault *reterr);

bool gw_field_has(gw_fields *fields, const char *key); /* present and not null; counts as asked */

gw_text gw_field_text(gw_fields *fields, const char *key, gw_need need, size_t max_bytes);
gw_text gw_field_name(gw_fields *fields, const char *key, gw_need need); /* gw_text_is_name */
gw_uuid gw_field_uuid(gw_fields *fields, const char *key, gw_need need);
int64_t gw_field_int64(gw_fields *fields, const char *key, gw_need need, int64_t min, int64_t max);
/* A decimal string or an integer, scaled by 10^places. */
int64_t gw_field_decimal(gw_fields *fields, const char *key, gw_need need, int places);
gw_instant gw_field_instant(gw_fields *fields, const char *key, gw_need need);
gw_date gw_field_date(gw_fields *fields, const char *key, gw_need need);
bool gw_field_flag(gw_fields *fields, const char *key, gw_need need);
/* Exactly count bytes written as 0x and hex; false and untouched when absent or wrong. */
bool gw_field_hex(gw_fields *fields, const char *key, gw_need need, uint8_t *ret, size_t count);
/* Index into words (ended by NULL); 0 when absent or wrong. */
int gw_field_enum(gw_fields *fields, const char *key, gw_need need, const char *const *words);

/* Length of an array, 0 when absent or wrong. */
size_t gw_field_array(gw_fields *fields, const char *key, gw_need need, size_t max_count);
/* The object at an index of that array; never NULL: of a wrong element it is an empty object. */
gw_fields *gw_field_item(gw_fields *fields, const char *key, size_t index);
gw_text gw_field_item_text(gw_fields *fields, const char *key, size_t index, size_t max_bytes);
gw_text gw_field_item_name(gw_fields *fields, const char *key, size_t index);
int64_t gw_field_item_int64(gw_fields *fields, const char *key, size_t index, int64_t min,
                            int64_t max);
/* A nested object; never NULL. */
gw_fields *gw_field_object(gw_fields *fields, const char *key, gw_need need);

/* Notes a fault that the type alone cannot see ("ends before it starts"). detail: a sentence. */
void gw_field_blame(gw_fields *fields, const char *key, gw_code code, const char *detail);
