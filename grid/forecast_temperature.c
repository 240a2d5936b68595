/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_temperature.h"

#include "grid/forecast_regress.h"
#include "grid/forecast_smooth.h"

enum { INPUTS = GW_HEATING_LAGS + 1 };
static const double DOUBT = 1e6; /* (W per K)^2: nothing is known before the first day */

int64_t gw_heating_millik(gw_temperature mean) {
    const int64_t below = GW_HEATING_BASE_MILLIC - mean.millic;
    return below > 0 ? below : 0;
}

/* Mean of a day's residuals; false without any. */
static bool mean_residual(const gw_day_table *residuals, size_t day, double *ret_w) {
    double sum = 0;
    size_t count = 0;
    for (size_t slot = 0; slot < residuals->slots; slot++) {
        const int64_t w = residuals->w[day * residuals->slots + slot];
        if (w == GW_FORECAST_GAP) continue;
        sum += (double)w;
        count++;
    }
    if (count == 0) return false;
    *ret_w = sum / (double)count;
    return true;
}

/* Heating degrees of a day and of the days before it, each against its level; in K. */
typedef struct usual {
    int64_t level[GW_DAY_TYPES][INPUTS]; /* smoothed, thousandths of millik */
} usual;

static bool deviation(const gw_heating_question *question, usual *levels, size_t day,
                      double *ret_inputs) {
    bool is_known = true;
    for (size_t lag = 0; lag < INPUTS; lag++) {
        const int64_t now = day < lag ? GW_FORECAST_GAP : question->heating_millik[day - lag];
        int64_t *level = &levels->level[question->types[day]][lag];
        if (now == GW_FORECAST_GAP || *level == GW_FORECAST_GAP)
            is_known = false;
        else
            ret_inputs[lag] = ((double)now * GW_FORECAST_MILLI - (double)*level) / 1e6;
        *level = gw_smooth_step(*level, now, question->alpha_ppm);
    }
    return is_known;
}

typedef struct gain {
    double with;
    double without;
} gain;

static void learn(const gw_heating_question *question, gw_regress *regress, size_t day,
                  const double *inputs, gain *errors) {
    double residual_w = 0;
    if (!mean_residual(question->residuals, day, &residual_w)) return;
    const double left_w = residual_w - gw_regress_predict(regress, inputs);
    if (regress->count >= GW_HEATING_DAYS_LEAST) {
        errors->with += left_w < 0 ? -left_w : left_w;
        errors->without += residual_w < 0 ? -residual_w : residual_w;
    }
    gw_regress_update(regress, inputs, residual_w);
}

static int64_t whole(double w) {
    const double most = (double)GW_FORECAST_W_MOST;
    if (!(w > -most && w < most)) return 0;
    return (int64_t)(w < 0 ? w - 0.5 : w + 0.5);
}

gw_status gw_heating_fit(gw_arena *arena, const gw_heating_question *question, gw_heating *ret,
                         gw_fault *reterr) {
    const size_t days = question->residuals->days;
    gw_heating made = {0};
    usual levels;
    gain errors = {0, 0};
    for (size_t at = 0; at < (size_t)GW_DAY_TYPES * INPUTS; at++)
        levels.level[at / INPUTS][at % INPUTS] = GW_FORECAST_GAP;
    gw_regress regress = gw_regress_init(INPUTS, GW_REGRESS_FORGETTING, DOUBT);
    GW_TRY(GW_ARENA_NEW(arena, int64_t, days, &made.correction_w, reterr));
    for (size_t day = 0; day < days; day++) {
        double inputs[INPUTS] = {0};
        if (!deviation(question, &levels, day, inputs)) continue;
        if (regress.count >= GW_HEATING_DAYS_LEAST)
            made.correction_w[day] = whole(gw_regress_predict(&regress, inputs));
        learn(question, &regress, day, inputs, &errors);
    }
    made.days_fitted = regress.count;
    made.is_used = errors.with < errors.without;
    for (size_t at = 0; at < INPUTS; at++) made.w_per_kelvin += whole(regress.theta[at]);
    for (size_t day = 0; day < days && !made.is_used; day++) made.correction_w[day] = 0;
    *ret = made;
    return gw_ok();
}
