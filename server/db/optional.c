/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/optional.h"

void gw_bind_instant_or_null(gw_args *args, gw_instant at) {
    if (at.us == 0)
        gw_bind_null(args);
    else
        gw_bind_instant(args, at);
}

void gw_bind_bytes_or_null(gw_args *args, gw_bytes bytes) {
    if (bytes.length == 0)
        gw_bind_null(args);
    else
        gw_bind_bytes(args, bytes);
}

void gw_bind_uuid_or_null(gw_args *args, const gw_uuid *id) {
    if (id == NULL)
        gw_bind_null(args);
    else
        gw_bind_uuid(args, *id);
}

void gw_row_instant_or_zero(gw_row *row, const char *column, gw_instant *ret) {
    *ret = (gw_instant){0};
    if (!gw_row_is_null(row, column)) gw_row_instant(row, column, ret);
}

void gw_row_bytes_or_empty(gw_row *row, const char *column, gw_bytes *ret) {
    *ret = (gw_bytes){NULL, 0};
    if (!gw_row_is_null(row, column)) gw_row_bytes(row, column, ret);
}
