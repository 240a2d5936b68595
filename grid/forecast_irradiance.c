/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_irradiance.h"

#include "grid/forecast_regress.h"

static const double DOUBT = 1;

int64_t gw_envelope_at(const gw_day_table *table, gw_date day, size_t slot) {
    int64_t most = 0;
    for (int32_t back = 1; back <= GW_ENVELOPE_DAYS; back++) {
        const int64_t w = gw_day_table_at(table, (gw_date){day.days - back}, slot);
        if (w != GW_FORECAST_GAP && w > most) most = w;
    }
    return most;
}

int64_t gw_envelope_clip(int64_t generation_w, int64_t envelope_w) {
    if (generation_w == GW_FORECAST_GAP || generation_w < 0) return 0;
    return generation_w > envelope_w ? envelope_w : generation_w;
}

/* Irradiance of the slot against its envelope; 0 at night, at most 1. */
static double clear_sky_index(const gw_day_table *irradiance, gw_date day, size_t slot) {
    const int64_t now = gw_day_table_at(irradiance, day, slot);
    const int64_t clear = gw_envelope_at(irradiance, day, slot);
    if (now <= 0 || clear <= 0) return 0;
    return now >= clear ? 1 : (double)now / (double)clear;
}

typedef struct fit {
    const gw_sun_question *question;
    gw_regress regress; /* of generation / envelope on the index */
} fit;

static void run_day(fit *on, gw_date day, const gw_day_table *fitted) {
    gw_regress after = on->regress; /* a day is forecast as it was known before it */
    for (size_t slot = 0; slot < fitted->slots; slot++) {
        if (gw_day_table_at(on->question->irradiance, day, slot) == GW_FORECAST_GAP) continue;
        const int64_t envelope_w = gw_envelope_at(on->question->generation, day, slot);
        const double index = clear_sky_index(on->question->irradiance, day, slot);
        const double share = gw_regress_predict(&on->regress, &index);
        const int64_t w = (int64_t)(share * (double)envelope_w + 0.5);
        gw_day_table_put(fitted, day, slot, gw_envelope_clip(w, envelope_w));
        const int64_t measured_w = gw_day_table_at(on->question->generation, day, slot);
        if (measured_w == GW_FORECAST_GAP || envelope_w == 0) continue;
        gw_regress_update(&after, &index, (double)measured_w / (double)envelope_w);
    }
    on->regress = after;
}

gw_status gw_sun_fit(gw_arena *arena, const gw_sun_question *question, gw_sun *ret,
                     gw_fault *reterr) {
    const gw_day_table *irradiance = question->irradiance;
    gw_sun made = {0};
    /* a day of quarter hours forgets as much as one observation a day would */
    fit on = {question, gw_regress_init(1, 1 - (1 - GW_REGRESS_FORGETTING) / 48, DOUBT)};
    on.regress.theta[0] = 1; /* the index itself, until there is something to learn from */
    GW_TRY(gw_day_table_make(arena, irradiance->first, irradiance->days, irradiance->slots,
                             &made.fitted, reterr));
    for (size_t day = 0; day < irradiance->days; day++)
        run_day(&on, (gw_date){irradiance->first.days + (int32_t)day}, &made.fitted);
    made.pairs = on.regress.count;
    made.factor_ppm = (int64_t)(on.regress.theta[0] * 1e6 + 0.5);
    *ret = made;
    return gw_ok();
}
