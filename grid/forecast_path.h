/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenario paths: what several points may do together. Each path adds the residuals of one whole
 * past day, moved by up to two slots, to the point forecasts. All points of a path get the same day
 * and the same shift, so the correlation between points and between slots is that of real days.
 * Days are drawn without putting back, so each comes up equally often, from a generator
 * (SplitMix64) that the caller seeds: the same seed gives the same paths everywhere. Integers,
 * pure. Ref: reference "grid" §6.2; Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014.
 *
 * A point that has no residual on the drawn day and slot takes that of the nearest earlier day
 * (around the table's end if need be); a point without any residual stays on its point forecast and
 * is counted.
 */
#pragma once

#include "base/arena.h"
#include "grid/forecast_quantile.h"

enum { GW_PATH_COUNT_MOST = 1000, GW_PATH_POINTS_MOST = 100000, GW_PATH_SHIFT = 2 };

/* One step of the forecast: which slot of the wall clock, and how many local days after the first.
 * A path over several days uses consecutive residual days. */
typedef struct gw_path_step {
    size_t slot;
    size_t day;
} gw_path_step;

typedef struct gw_path_point {
    const int64_t *point_w;        /* one per step */
    const int64_t *least_w;        /* one per step: the path never falls below it; NULL: no limit */
    const gw_day_table *residuals; /* all points: same first day, days and slots */
    const gw_day_table *near;      /* of the question's near steps; NULL: as the others */
} gw_path_point;

typedef struct gw_path_question {
    const gw_path_point *points;
    size_t point_count;
    const gw_path_step *steps;
    size_t step_count;
    size_t near_count; /* steps that follow what was just measured: gw_model_near */
    size_t path_count; /* 1..GW_PATH_COUNT_MOST; 50 to 200 are usual */
    uint64_t seed;
} gw_path_question;

typedef struct gw_paths {
    int64_t *w; /* [path][point][step] */
    size_t path_count;
    size_t point_count;
    size_t step_count;
    gw_date *days;            /* of each path: the first residual day used */
    size_t without_residuals; /* points that stay on their point forecast */
} gw_paths;

/* The steps of one path and point. */
const int64_t *gw_paths_at(const gw_paths *paths, size_t path, size_t point);

/* GW_CODE_INVALID when the tables differ in shape or a count is 0; GW_CODE_TOO_LARGE beyond the
 * limits; GW_CODE_NO_DATA when no point has any residual. */
GW_MUST_CHECK gw_status gw_paths_draw(gw_arena *arena, const gw_path_question *question,
                                      gw_paths *ret, gw_fault *reterr);
