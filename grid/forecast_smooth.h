/* SPDX-License-Identifier: Apache-2.0
 *
 * The forecast itself: exponential smoothing per slot of the wall clock and type of day. Its state
 * is one level per slot and type in thousandths of a W, plain integers, so a restart continues with
 * the same bits; one value updates one level. The first value of a slot and type becomes its level;
 * a gap changes nothing. The forecast of a slot is its level: of its own type of day, or of the
 * next type that has one. Integers, pure. Ref: reference "grid" §6.1 (row "exponential smoothing").
 */
#pragma once

#include "base/arena.h"
#include "grid/forecast_day.h"

enum { GW_SMOOTH_ALPHA_PPM = 200000 }; /* the best of those tried, docs/FORECAST.md */

typedef struct gw_smoother {
    size_t slots;
    int64_t alpha_ppm;
    int64_t *level_milliwatt; /* GW_DAY_TYPES * slots; GW_FORECAST_GAP before the first value */
} gw_smoother;

/* Without any level, in the arena. */
GW_MUST_CHECK gw_status gw_smoother_make(gw_arena *arena, size_t slots, int64_t alpha_ppm,
                                         gw_smoother *ret, gw_fault *reterr);

/* The level after a value: level + alpha * (value - level), nearest, ties to even. */
int64_t gw_smooth_step(int64_t level_milliwatt, int64_t measured_w, int64_t alpha_ppm);

void gw_smoother_update(const gw_smoother *smoother, gw_day_type type, size_t slot,
                        int64_t measured_w);

/* Nearest W; GW_FORECAST_GAP while no type of day has a level in this slot. */
int64_t gw_smoother_forecast(const gw_smoother *smoother, gw_day_type type, size_t slot);

/* Runs through the days of a table: ret_fitted holds what was forecast for each slot from the days
 * before it, the smoother stands after the last day. The fitted values of the day after the table
 * are gw_smoother_forecast. `types` has one entry per day. */
GW_MUST_CHECK gw_status gw_smoother_run(gw_arena *arena, const gw_smoother *smoother,
                                        const gw_day_table *measured, const gw_day_type *types,
                                        gw_day_table *ret_fitted, gw_fault *reterr);

/* measured - fitted, a gap where either is one. */
GW_MUST_CHECK gw_status gw_residuals_make(gw_arena *arena, const gw_day_table *measured,
                                          const gw_day_table *fitted, gw_day_table *ret,
                                          gw_fault *reterr);
