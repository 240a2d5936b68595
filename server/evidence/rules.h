/* SPDX-License-Identifier: Apache-2.0
 *
 * What the cores share when they are read, built and checked: event, method, calendar, trees.
 * Internal to server/evidence.
 */
#pragma once

#include "server/evidence/core.h"
#include "server/evidence/shape.h"

#include "grid/period.h"

#include <stddef.h>

/* Refuses an event that cannot be: window, gate, interval, need, prices; fills the hashes of the
 * rules. `ret_count` gets the number of intervals. */
GW_MUST_CHECK gw_status gw_core_prepare(gw_arena *arena, const gw_core_event *event,
                                        gw_core_rules *rules, size_t *ret_count, gw_fault *reterr);

/* Refuses numbers that do not fit the signed statement. */
GW_MUST_CHECK gw_status gw_core_check_chain(const gw_core_chain *chain, gw_fault *reterr);

gw_period gw_core_window(const gw_core_event *event);

/* Keccak of an object's canonical JSON. */
GW_MUST_CHECK gw_status gw_core_hash(gw_arena *arena, const gw_shape *shape, const void *value,
                                     gw_word *ret, gw_fault *reterr);

/* The objects of a salted tree; exactly as many salts. */
typedef struct gw_core_leaves {
    const gw_shape *shape;
    const void *items;
    size_t count;
    const gw_word *salts;
} gw_core_leaves;

GW_MUST_CHECK gw_status gw_core_tree(gw_arena *arena, const gw_core_leaves *leaves, gw_word *ret,
                                     gw_fault *reterr);

GW_MUST_CHECK gw_status gw_core_bytes(gw_arena *arena, const gw_shape *shape, const void *value,
                                      gw_bytes *ret, gw_fault *reterr);

/* Bytes to a struct that the caller has zeroed; strict, as gw_core_read_commitment says. */
GW_MUST_CHECK gw_status gw_core_read(gw_arena *arena, const gw_shape *shape, gw_bytes bytes,
                                     void *ret, gw_fault *reterr);
/* GW_CODE_MISMATCH with the first differing JSON pointer. */
GW_MUST_CHECK gw_status gw_core_compare(gw_bytes claimed, gw_bytes rebuilt, gw_fault *reterr);
