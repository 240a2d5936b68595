/* SPDX-License-Identifier: Apache-2.0
 *
 * Arguments of a prepared statement, in the order of $1, $2, ... Values are copied into the arena,
 * so a caller's buffer may go away. After a first error (no memory, too many, a NUL inside a text)
 * binding does nothing more and the statement that gets the arguments fails; so bind straight
 * through. One unit of work, one thread. Limits: GW_ARGS_MAX arguments, arrays as large as the
 * arena.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"
#include "grid/quantity.h"

#include <stdint.h>

enum { GW_ARGS_MAX = 32 };

typedef struct gw_args {
    gw_arena *arena; /* also holds the rows that a query returns */
    int count;
    gw_code failed; /* GW_CODE_OK until a bind fails */
    const char *values[GW_ARGS_MAX];
    int lengths[GW_ARGS_MAX];
    int formats[GW_ARGS_MAX]; /* 0 text, 1 binary (bytea only) */
} gw_args;

void gw_args_init(gw_args *args, gw_arena *arena);

void gw_bind_null(gw_args *args);
void gw_bind_text(gw_args *args, gw_text text);
void gw_bind_c(gw_args *args, const char *text);        /* NULL binds NULL */
void gw_bind_text_or_null(gw_args *args, gw_text text); /* the empty text binds NULL */
void gw_bind_json(gw_args *args, gw_text json);         /* for json and jsonb, not checked here */
void gw_bind_int64(gw_args *args, int64_t number);      /* any integer column */
void gw_bind_flag(gw_args *args, bool flag);
void gw_bind_instant(gw_args *args, gw_instant at); /* timestamptz, exact to the microsecond */
void gw_bind_uuid(gw_args *args, gw_uuid id);
void gw_bind_bytes(gw_args *args, gw_bytes bytes);    /* bytea */
void gw_bind_energy(gw_args *args, gw_energy energy); /* bigint, Wh */
void gw_bind_power(gw_args *args, gw_power power);    /* bigint, W */
void gw_bind_price(gw_args *args, gw_price price);    /* bigint, micros per kWh */
void gw_bind_money(gw_args *args, gw_money money);    /* bigint, micros */

/* Arrays for unnest($1::text[]) and friends; count 0 is the empty array. */
void gw_bind_texts(gw_args *args, const gw_text *texts, size_t count);
void gw_bind_int64s(gw_args *args, const int64_t *numbers, size_t count);
/* INT64_MIN is NULL in the array. */
void gw_bind_int64s_or_null(gw_args *args, const int64_t *numbers, size_t count);
void gw_bind_instants(gw_args *args, const gw_instant *instants, size_t count);
void gw_bind_uuids(gw_args *args, const gw_uuid *ids, size_t count);
