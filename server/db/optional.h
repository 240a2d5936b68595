/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that may be NULL in the database: an instant with us 0 and bytes of length 0 stand for
 * "none" in the market's rows.
 */
#pragma once

#include "server/db/bind.h"
#include "server/db/row.h"

void gw_bind_instant_or_null(gw_args *args, gw_instant at);  /* us 0 binds NULL */
void gw_bind_bytes_or_null(gw_args *args, gw_bytes bytes);   /* length 0 binds NULL */
void gw_bind_uuid_or_null(gw_args *args, const gw_uuid *id); /* NULL binds NULL */

void gw_row_instant_or_zero(gw_row *row, const char *column, gw_instant *ret);
void gw_row_bytes_or_empty(gw_row *row, const char *column, gw_bytes *ret);
