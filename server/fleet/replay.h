/* SPDX-License-Identifier: Apache-2.0
 *
 * Real meter readings from a CSV file in place of a simulated house. Columns: meter_id,
 * interval_start_utc (label = START of the interval), kwh with three decimals, any more. Kept as
 * whole watt-hours per meter and interval; a missing row stays missing. Limit: 4 million rows.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/status.h"

typedef struct gw_replay gw_replay;

GW_MUST_CHECK gw_status gw_replay_load(gw_arena *arena, const char *path, gw_replay **ret,
                                       gw_fault *reterr);

/* Energy of the interval that starts at `start`; false when the data set has none. */
bool gw_replay_find(const gw_replay *replay, const char *meter, gw_instant start, int64_t *ret_wh);
