/* SPDX-License-Identifier: Apache-2.0
 *
 * How good forecasts were. A score is a set of sums over (forecast, measured) pairs of one point
 * and horizon: sums add up over days and can be made again from what was issued and measured.
 * Figures are made from the sums on demand.
 *
 * MAE, bias and RMSE in W; bias is forecast - measured, so + means too high. nMAE is MAE over the
 * mean of |measured|. MASE is MAE over that of a standing reference on the same pairs: below
 * 1000000 ppm the forecast beats it. Pinball is the mean over the seven quantiles; coverage of a
 * quantile is how often the measured value was at or below it (5 % should be 50000 ppm). Events are
 * values above a threshold: recall is the share of them that was forecast above it, precision the
 * share of warnings that were right, for the point forecast and the 75, 90 and 95 % quantiles.
 * There is no MAPE: net load crosses zero. Integers, floored; pure. Ref: reference "grid" §6.1,
 * §6.2.
 */
#pragma once

#include "grid/forecast_quantile.h"

enum { GW_SCORE_ALARMS = 4 }; /* point, 75 %, 90 %, 95 % */

typedef struct gw_score {
    int64_t count;
    int64_t error_w;
    int64_t absolute_w;
    int64_t squared_w2;
    int64_t measured_w; /* sum of |measured| */
    int64_t yesterday_count;
    int64_t yesterday_w;     /* absolute errors of the reference */
    int64_t yesterday_own_w; /* ours on the same pairs */
    int64_t last_week_count;
    int64_t last_week_w;
    int64_t last_week_own_w;
    int64_t band_count;
    int64_t pinball_milliwatt[GW_BAND_LEVELS];
    int64_t below[GW_BAND_LEVELS];
    int64_t event_count;
    int64_t warned[GW_SCORE_ALARMS];
    int64_t hit[GW_SCORE_ALARMS];
} gw_score;

/* One pair. A reference may be GW_FORECAST_GAP, the band NULL. */
typedef struct gw_score_pair {
    int64_t measured_w;
    int64_t forecast_w;
    int64_t yesterday_w;
    int64_t last_week_w;
    int64_t threshold_w; /* INT64_MAX: no events */
    const gw_band *band;
} gw_score_pair;

void gw_score_add(gw_score *score, const gw_score_pair *pair);
void gw_score_merge(gw_score *score, const gw_score *more);

/* A figure that cannot be given (no pair, no event, no warning, a perfect reference) is -1; only
 * the bias may be negative, it counts when score->count > 0. */
typedef struct gw_accuracy {
    int64_t mae_w;
    int64_t nmae_ppm;
    int64_t rmse_w;
    int64_t bias_w;
    int64_t mase_last_week_ppm;
    int64_t mase_yesterday_ppm;
    int64_t pinball_milliwatt;
    int64_t coverage_ppm[GW_BAND_LEVELS];
    int64_t recall_ppm[GW_SCORE_ALARMS];
    int64_t precision_ppm[GW_SCORE_ALARMS];
} gw_accuracy;

gw_accuracy gw_accuracy_of(const gw_score *score);
