/* SPDX-License-Identifier: Apache-2.0
 *
 * Binary COPY into one table, the fast way in for bulk rows. Only inside a transaction; between
 * begin and end no other statement may run on it. Put the fields of a row in the statement's column
 * order, each with the function of the column's exact type. After a first error it does nothing
 * more; gw_copy_end reports it. To go on after a unique violation, run it in gw_db_attempt.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_copy {
    gw_db *tx;
    gw_query query;
    uint8_t *buffer;
    size_t used;
    size_t size;
    int64_t rows;
    bool failed;
} gw_copy;

/* The buffer (64 KiB) comes from the arena. */
GW_MUST_CHECK gw_status gw_copy_begin(gw_db *tx, gw_query query, gw_arena *arena, gw_copy *ret,
                                      gw_fault *reterr);
void gw_copy_row(gw_copy *copy, int field_count); /* starts the next row */
void gw_copy_null(gw_copy *copy);
void gw_copy_int16(gw_copy *copy, int16_t number);
void gw_copy_int32(gw_copy *copy, int32_t number);
void gw_copy_int64(gw_copy *copy, int64_t number);
void gw_copy_flag(gw_copy *copy, bool flag);
void gw_copy_text(gw_copy *copy, gw_text text); /* text, varchar, json; not jsonb */
void gw_copy_bytes(gw_copy *copy, gw_bytes bytes);
void gw_copy_uuid(gw_copy *copy, gw_uuid id);
void gw_copy_instant(gw_copy *copy, gw_instant at);
/* Ends the COPY; ret_rows may be NULL. Must be called after a begin that worked, also to give up.
 */
GW_MUST_CHECK gw_status gw_copy_end(gw_copy *copy, int64_t *ret_rows, gw_fault *reterr);
