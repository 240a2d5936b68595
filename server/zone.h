/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zones of the system (TZif files, RFC 8536) as the transitions that pure code takes. Only
 * the shell reads them; what it read travels in the evidence.
 */
#pragma once

#include "base/arena.h"
#include "grid/calendar.h"

enum {
    GW_ZONE_BEFORE_DAYS = 400, /* a window's look-back and a margin */
    GW_ZONE_AFTER_DAYS = 60,
    GW_ZONE_FILE_MAX = 1024 * 1024
};

/* Fills first_offset_s and transitions with those from GW_ZONE_BEFORE_DAYS before the window to
 * GW_ZONE_AFTER_DAYS after it; holidays and name stay as they are. GW_CODE_NOT_FOUND: the system
 * has no such zone. */
GW_MUST_CHECK gw_status gw_zone_load(gw_arena *arena, gw_text zone, gw_period window,
                                     gw_calendar *ret, gw_fault *reterr);

/* The same from the bytes of a TZif file. Pure. Rules beyond the file's last transition are not
 * followed: GW_CODE_UNSUPPORTED when the window lies more than a year beyond it and the file has a
 * rule. GW_CODE_MALFORMED for anything that is no TZif file of version 2 or later. */
GW_MUST_CHECK gw_status gw_zone_parse(gw_arena *arena, gw_bytes file, gw_period window,
                                      gw_calendar *ret, gw_fault *reterr);
