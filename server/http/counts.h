/* SPDX-License-Identifier: Apache-2.0
 *
 * An object of named counts whose names are the caller's: {"readings": 192, "missing": 0}. The
 * typed fields know every name in advance; this is for the one place where they cannot.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum { GW_COUNTS_MOST = 32 };

/* The member `key` of the body as compact JSON with sorted keys. GW_CODE_INVALID when it is no
 * object of at most GW_COUNTS_MOST integers under printable names without quote and backslash. */
GW_MUST_CHECK gw_status gw_counts_read(gw_arena *arena, gw_bytes body, const char *key,
                                       gw_text *ret, gw_fault *reterr);
