/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that a node keeps: networks, pins, clearances it signed. One directory, one file
 * per name, written beside and renamed, durable when save returns. Names are the caller's own and
 * hold no slash. One writer.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* Makes the directory when it is not there. */
GW_MUST_CHECK gw_status gw_keep_prepare(const char *directory, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_keep_save(const char *directory, const char *name, gw_bytes content,
                                     gw_fault *reterr);
/* Gone afterwards, or never there. */
void gw_keep_drop(const char *directory, const char *name);
/* GW_CODE_NOT_FOUND; GW_CODE_TOO_LARGE beyond most bytes. */
typedef struct gw_keep_wish {
    const char *directory;
    const char *name;
    size_t most;
} gw_keep_wish;
GW_MUST_CHECK gw_status gw_keep_load(gw_arena *arena, const gw_keep_wish *wish, gw_bytes *ret,
                                     gw_fault *reterr);
