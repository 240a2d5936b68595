/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of nodes that grow together (union by size, halved paths, no recursion). Memory comes from
 * the arena. Pure.
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gw_union {
    uint32_t *parent;
    uint32_t *size;
} gw_union;

GW_MUST_CHECK gw_status gw_union_init(gw_union *sets, gw_arena *arena, size_t count,
                                      gw_fault *reterr);
uint32_t gw_union_find(gw_union *sets, uint32_t item);
/* False when both were in one set already. */
bool gw_union_join(gw_union *sets, uint32_t left, uint32_t right);
