/* SPDX-License-Identifier: Apache-2.0
 *
 * The readings of one meter and channel on a grid. Any order and any number of versions go in; per
 * interval the highest version counts. Gaps stay gaps: nothing is filled, nothing counts as zero.
 * The series owns a sorted copy in the arena. Pure.
 */
#pragma once

#include "base/arena.h"
#include "grid/period.h"
#include "grid/reading.h"

#include <stddef.h>

typedef struct gw_series {
    gw_span interval;
    const gw_reading *readings; /* ascending by start, one (the highest) version each */
    size_t count;
} gw_series;

enum { GW_SERIES_MAX_READINGS = 1 << 20 };

/* GW_CODE_INVALID when readings differ in meter or channel or lie off the grid; GW_CODE_CONFLICT
 * when two readings of one interval have the same version and different energy or quality. Equal
 * repeats are one reading. */
GW_MUST_CHECK gw_status gw_series_make(gw_arena *arena, gw_span interval,
                                       const gw_reading *readings, size_t count, gw_series *ret,
                                       gw_fault *reterr);

/* NULL when there is none. */
const gw_reading *gw_series_find(const gw_series *series, gw_instant start);

/* Like find, but a reading that was not measured (quality other than A) is a gap as well. */
const gw_reading *gw_series_measured(const gw_series *series, gw_instant start);

/* Sum of the measured readings of the period; missing intervals are counted. */
GW_MUST_CHECK gw_status gw_series_total(const gw_series *series, gw_period period, gw_energy *ret,
                                        size_t *ret_missing, gw_fault *reterr);
