/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_smooth.h"

#include "base/wide.h"

enum { PPM = 1000000 };

gw_status gw_smoother_make(gw_arena *arena, size_t slots, int64_t alpha_ppm, gw_smoother *ret,
                           gw_fault *reterr) {
    gw_smoother made = {.slots = slots, .alpha_ppm = alpha_ppm};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, GW_DAY_TYPES * slots, &made.level_milliwatt, reterr));
    for (size_t at = 0; at < GW_DAY_TYPES * slots; at++) made.level_milliwatt[at] = GW_FORECAST_GAP;
    *ret = made;
    return gw_ok();
}

int64_t gw_smooth_step(int64_t level_milliwatt, int64_t measured_w, int64_t alpha_ppm) {
    if (measured_w == GW_FORECAST_GAP || measured_w > GW_FORECAST_W_MOST ||
        measured_w < -GW_FORECAST_W_MOST)
        return level_milliwatt;
    const int64_t measured_milliwatt = measured_w * GW_FORECAST_MILLI;
    if (level_milliwatt == GW_FORECAST_GAP) return measured_milliwatt;
    const gw_wide change = gw_wide_multiply(measured_milliwatt - level_milliwatt, alpha_ppm);
    return level_milliwatt + (int64_t)gw_wide_half_even(change, PPM);
}

static int64_t *level_of(const gw_smoother *smoother, gw_day_type type, size_t slot) {
    return &smoother->level_milliwatt[(size_t)type * smoother->slots + slot];
}

void gw_smoother_update(const gw_smoother *smoother, gw_day_type type, size_t slot,
                        int64_t measured_w) {
    int64_t *level_milliwatt = level_of(smoother, type, slot);
    *level_milliwatt = gw_smooth_step(*level_milliwatt, measured_w, smoother->alpha_ppm);
}

int64_t gw_smoother_forecast(const gw_smoother *smoother, gw_day_type type, size_t slot) {
    /* a Saturday looks at Sundays first, a Sunday at Saturdays */
    static const gw_day_type ORDER[GW_DAY_TYPES][GW_DAY_TYPES] = {
        {GW_DAY_WORKING, GW_DAY_SATURDAY, GW_DAY_SUNDAY},
        {GW_DAY_SATURDAY, GW_DAY_SUNDAY, GW_DAY_WORKING},
        {GW_DAY_SUNDAY, GW_DAY_SATURDAY, GW_DAY_WORKING}};
    for (size_t at = 0; at < GW_DAY_TYPES; at++) {
        const int64_t level_milliwatt = *level_of(smoother, ORDER[type][at], slot);
        if (level_milliwatt == GW_FORECAST_GAP) continue;
        return (int64_t)gw_wide_half_even(level_milliwatt, GW_FORECAST_MILLI);
    }
    return GW_FORECAST_GAP;
}

gw_status gw_smoother_run(gw_arena *arena, const gw_smoother *smoother,
                          const gw_day_table *measured, const gw_day_type *types,
                          gw_day_table *ret_fitted, gw_fault *reterr) {
    gw_day_table fitted;
    GW_TRY(gw_day_table_make(arena, measured->first, measured->days, measured->slots, &fitted,
                             reterr));
    for (size_t day = 0; day < measured->days; day++) {
        for (size_t slot = 0; slot < measured->slots; slot++) {
            const size_t at = day * measured->slots + slot;
            fitted.w[at] = gw_smoother_forecast(smoother, types[day], slot);
            gw_smoother_update(smoother, types[day], slot, measured->w[at]);
        }
    }
    *ret_fitted = fitted;
    return gw_ok();
}

gw_status gw_residuals_make(gw_arena *arena, const gw_day_table *measured,
                            const gw_day_table *fitted, gw_day_table *ret, gw_fault *reterr) {
    gw_day_table made;
    GW_TRY(
        gw_day_table_make(arena, measured->first, measured->days, measured->slots, &made, reterr));
    for (size_t at = 0; at < made.days * made.slots; at++)
        if (measured->w[at] != GW_FORECAST_GAP && fitted->w[at] != GW_FORECAST_GAP)
            made.w[at] = measured->w[at] - fitted->w[at];
    *ret = made;
    return gw_ok();
}
