/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_quantile.h"

#include "base/wide.h"

#include <stdlib.h>

enum { PPM = 1000000, POOL_MOST = GW_POOL_DAYS * (2 * GW_POOL_REACH_MOST + 1) };

static const int64_t LEVELS[GW_BAND_LEVELS] = {50000,  100000, 250000, 500000,
                                               750000, 900000, 950000};

int64_t gw_band_level_ppm(size_t index) { return LEVELS[index]; }

static int compare(const void *left, const void *right) {
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Adds one slot of the last GW_POOL_DAYS days. */
static size_t add_slot(const gw_day_table *residuals, size_t slot, int64_t *pool, size_t count) {
    const size_t from = residuals->days > GW_POOL_DAYS ? residuals->days - GW_POOL_DAYS : 0;
    for (size_t day = from; day < residuals->days; day++) {
        const int64_t w = residuals->w[day * residuals->slots + slot];
        if (w != GW_FORECAST_GAP) pool[count++] = w;
    }
    return count;
}

static size_t gather(const gw_day_table *residuals, size_t slot, int64_t pool[POOL_MOST]) {
    const size_t slots = residuals->slots;
    size_t count = add_slot(residuals, slot, pool, 0);
    for (size_t reach = 1; reach <= GW_POOL_REACH_MOST && 2 * reach < slots; reach++) {
        if (reach > GW_POOL_REACH && count >= GW_POOL_TARGET) break;
        count = add_slot(residuals, (slot + slots - reach) % slots, pool, count);
        count = add_slot(residuals, (slot + reach) % slots, pool, count);
    }
    return count;
}

int64_t gw_quantile_of(const int64_t *ascending, size_t count, int64_t level_ppm) {
    const gw_wide at = gw_wide_multiply((int64_t)count - 1, level_ppm);
    const size_t below = (size_t)(at / PPM);
    if (below + 1 >= count) return ascending[count - 1];
    const gw_wide step = (gw_wide)ascending[below + 1] - ascending[below];
    return ascending[below] + (int64_t)gw_wide_floor(step * (at % PPM), PPM);
}

gw_status gw_band_make(const gw_day_table *residuals, size_t slot, int64_t point_w, gw_band *ret,
                       gw_fault *reterr) {
    int64_t pool[POOL_MOST];
    gw_band made = {.residuals = gather(residuals, slot, pool)};
    if (made.residuals < GW_POOL_LEAST)
        return gw_fail_with(reterr, GW_CODE_NO_DATA, NULL,
                            "%zu residuals are too few for quantiles, %d are needed",
                            made.residuals, GW_POOL_LEAST);
    qsort(pool, made.residuals, sizeof pool[0], compare);
    for (size_t at = 0; at < GW_BAND_LEVELS; at++)
        made.w[at] = point_w + gw_quantile_of(pool, made.residuals, LEVELS[at]);
    *ret = made;
    return gw_ok();
}

void gw_band_clip(gw_band *band, int64_t low_w, int64_t high_w) {
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) {
        if (band->w[at] < low_w) band->w[at] = low_w;
        if (band->w[at] > high_w) band->w[at] = high_w;
    }
}
