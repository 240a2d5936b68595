/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of devices. Rows live in the arena. Immutable once saved, see register_store.h.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_device_row {
    gw_text id; /* CN of its certificate */
    gw_text meter;
    gw_text aggregator; /* empty: nobody steers it */
    gw_text kind;       /* METER, HEAT_PUMP, CHARGER, BATTERY, PV */
    gw_instant recorded_at;
    /* What it said of itself; not saved here. */
    gw_instant last_seen_at; /* us 0: it never spoke */
    int64_t boot;            /* 0: no numbered message yet */
    int64_t hwm;             /* every message of that boot up to this number is in */
    gw_text ahead;           /* ranges beyond hwm that are in: "9-12,15-15" */
} gw_device_row;

typedef struct gw_device_list {
    gw_device_row *items;
    int count;
} gw_device_list;

typedef struct gw_device_page {
    gw_register_page page;
    gw_text meter; /* empty: any */
} gw_device_page;

typedef struct gw_device_view {
    gw_text id;
    gw_text party; /* empty: sees all devices */
} gw_device_view;

GW_MUST_CHECK gw_status gw_device_save(gw_db *db, gw_arena *arena, const gw_device_row *row,
                                       gw_text body, gw_saved *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_device_load(gw_db *db, gw_arena *arena, const gw_device_view *view,
                                       gw_device_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_device_load_list(gw_db *db, gw_arena *arena, const gw_device_page *page,
                                            gw_device_list *ret, gw_fault *reterr);
