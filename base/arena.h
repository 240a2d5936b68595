/* SPDX-License-Identifier: Apache-2.0
 *
 * One lifetime at a time. A unit of work (request, packet, tick, delivery) owns one arena; pieces
 * are never freed one by one. The cap is the unit's memory limit: beyond it an allocation fails
 * with GW_CODE_NO_MEMORY, never with a crash. One thread at a time.
 */
#pragma once

#include "base/status.h"

#include <stddef.h>

typedef struct gw_arena gw_arena;

/* Opens an arena that hands out at most cap_bytes in total. NULL when the first block cannot be
 * had. */
gw_arena *gw_arena_open(size_t cap_bytes);
void gw_arena_close(gw_arena *arena); /* NULL is fine */
void gw_arena_reset(gw_arena *arena); /* forgets all pieces, keeps the first block */
size_t gw_arena_used(const gw_arena *arena);

/* Zeroed memory for count items of size; count 0 gives a valid pointer. Prefer GW_ARENA_NEW. */
GW_MUST_CHECK gw_status gw_arena_take(gw_arena *arena, size_t size, size_t count, void **ret,
                                      gw_fault *reterr);

/* GW_TRY(GW_ARENA_NEW(arena, gw_offer, count, &offers, reterr)); */
#define GW_ARENA_NEW(arena, type, count, ret, reterr)                                              \
    gw_arena_take((arena), sizeof(type), (count), (void **)(1 ? (ret) : (type **)NULL), (reterr))

/* Closes the arena when the scope ends. */
static inline void gw_arena_close_at(gw_arena **arena) { gw_arena_close(*arena); }
#define GW_AUTO_ARENA __attribute__((cleanup(gw_arena_close_at))) gw_arena *
