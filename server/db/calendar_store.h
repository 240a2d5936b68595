/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions of calendars: holidays and zone. Rows live in the arena. A version is immutable.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_calendar_row {
    gw_text name;
    int64_t version;
    gw_text zone;      /* IANA */
    gw_text *holidays; /* "2026-12-25"; ascending when loaded, any order when saving */
    size_t holiday_count;
    gw_instant recorded_at;
} gw_calendar_row;

typedef struct gw_calendar_list {
    gw_calendar_row *items;
    int count;
} gw_calendar_list;

GW_MUST_CHECK gw_status gw_calendar_save(gw_db *db, gw_arena *arena, const gw_calendar_row *row,
                                         gw_text body, gw_saved *ret, gw_fault *reterr);
/* wanted: name, and version or 0 for the newest. */
GW_MUST_CHECK gw_status gw_calendar_load(gw_db *db, gw_arena *arena, const gw_calendar_row *wanted,
                                         gw_calendar_row *ret, gw_fault *reterr);
/* The newest version of each. */
GW_MUST_CHECK gw_status gw_calendar_load_list(gw_db *db, gw_arena *arena,
                                              const gw_register_page *page, gw_calendar_list *ret,
                                              gw_fault *reterr);
