/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of meters. Rows live in the arena. Immutable once saved, see register_store.h.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_meter_row {
    gw_text id;
    gw_text transformer;
    gw_power connection; /* most power; a reading above it is implausible */
    int64_t interval_s;
    gw_text zone;  /* IANA */
    gw_text group; /* of which it is a member now; empty: none; not saved */
    gw_instant recorded_at;
} gw_meter_row;

typedef struct gw_meter_list {
    gw_meter_row *items;
    int count;
} gw_meter_list;

typedef struct gw_meter_page {
    gw_register_page page;
    gw_text transformer; /* empty: any */
    gw_instant now;      /* whose group is shown */
} gw_meter_page;

/* What one caller may see of one meter. */
typedef struct gw_meter_view {
    gw_text id;
    gw_text party; /* empty: everybody */
    gw_instant now;
} gw_meter_view;

GW_MUST_CHECK gw_status gw_meter_save(gw_db *db, gw_arena *arena, const gw_meter_row *row,
                                      gw_text body, gw_saved *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_meter_load(gw_db *db, gw_arena *arena, const gw_meter_view *view,
                                      gw_meter_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_meter_load_list(gw_db *db, gw_arena *arena, const gw_meter_page *page,
                                           gw_meter_list *ret, gw_fault *reterr);
