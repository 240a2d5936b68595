/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles of a forecast from its own past errors: the residuals (measured - forecast) of the last
 * 56 days in the same slot of the wall clock and two slots to either side, across midnight; the
 * quantile of the residuals is added to the point forecast. Where residuals are missing the window
 * widens slot by slot until GW_POOL_TARGET are found. Quantiles are interpolated linearly between
 * order statistics (type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996)
 * in integers, floored to W. Pure. Ref: reference "grid" §6.1.
 *
 * Quantiles of several points do not add up: for sums and for voltages use grid/forecast_path.h.
 */
#pragma once

#include "grid/forecast_day.h"

enum {
    GW_BAND_LEVELS = 7,
    GW_BAND_MEDIAN = 3, /* index of 50 % */
    GW_POOL_DAYS = 56,
    GW_POOL_REACH = 2, /* slots to either side */
    GW_POOL_REACH_MOST = 8,
    GW_POOL_TARGET = 140, /* half of what 56 days of five slots give */
    GW_POOL_LEAST = 20    /* fewer say nothing about 5 % */
};

/* 5, 10, 25, 50, 75, 90, 95 % in ppm; index < GW_BAND_LEVELS. */
int64_t gw_band_level_ppm(size_t index);

typedef struct gw_band {
    int64_t w[GW_BAND_LEVELS]; /* ascending */
    size_t residuals;          /* how many it rests on */
} gw_band;

/* The band of one slot around a point forecast. `residuals` are the days before the one that is
 * forecast; the last GW_POOL_DAYS of them count. GW_CODE_NO_DATA below GW_POOL_LEAST residuals. */
GW_MUST_CHECK gw_status gw_band_make(const gw_day_table *residuals, size_t slot, int64_t point_w,
                                     gw_band *ret, gw_fault *reterr);

/* Moves every quantile into [low, high], as for generation, which is neither negative nor above
 * its envelope; at night both are 0. */
void gw_band_clip(gw_band *band, int64_t low_w, int64_t high_w);

/* Quantile of values in ascending order (count > 0). */
int64_t gw_quantile_of(const int64_t *ascending, size_t count, int64_t level_ppm);
