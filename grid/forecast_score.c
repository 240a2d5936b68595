/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_score.h"

#include "base/wide.h"

enum { PPM = 1000000, PPM_PER_MILLI = 1000, NONE = -1 };

static int64_t absolute(int64_t w) { return w < 0 ? -w : w; }

static void add_references(gw_score *score, const gw_score_pair *pair, int64_t own_w) {
    if (pair->yesterday_w != GW_FORECAST_GAP) {
        score->yesterday_count++;
        score->yesterday_w += absolute(pair->yesterday_w - pair->measured_w);
        score->yesterday_own_w += own_w;
    }
    if (pair->last_week_w != GW_FORECAST_GAP) {
        score->last_week_count++;
        score->last_week_w += absolute(pair->last_week_w - pair->measured_w);
        score->last_week_own_w += own_w;
    }
}

static void add_band(gw_score *score, const gw_score_pair *pair) {
    score->band_count++;
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) {
        const int64_t error_w = pair->measured_w - pair->band->w[at];
        const int64_t level = gw_band_level_ppm(at);
        const int64_t weight = error_w >= 0 ? level : level - PPM;
        score->pinball_milliwatt[at] +=
            (int64_t)gw_wide_half_even(gw_wide_multiply(weight, error_w), PPM_PER_MILLI);
        if (error_w <= 0) score->below[at]++;
    }
}

static void add_alarms(gw_score *score, const gw_score_pair *pair) {
    const bool is_event = pair->measured_w > pair->threshold_w;
    if (is_event) score->event_count++;
    for (size_t at = 0; at < GW_SCORE_ALARMS; at++) {
        if (at > 0 && pair->band == NULL) return;
        /* the quantiles of the alarms are the last of the band */
        const int64_t said_w = at == 0 ? pair->forecast_w : pair->band->w[GW_BAND_MEDIAN + at];
        if (said_w <= pair->threshold_w) continue;
        score->warned[at]++;
        if (is_event) score->hit[at]++;
    }
}

void gw_score_add(gw_score *score, const gw_score_pair *pair) {
    const int64_t error_w = pair->forecast_w - pair->measured_w;
    score->count++;
    score->error_w += error_w;
    score->absolute_w += absolute(error_w);
    score->squared_w2 += error_w * error_w;
    score->measured_w += absolute(pair->measured_w);
    add_references(score, pair, absolute(error_w));
    if (pair->band != NULL) add_band(score, pair);
    add_alarms(score, pair);
}

void gw_score_merge(gw_score *score, const gw_score *more) {
    score->count += more->count;
    score->error_w += more->error_w;
    score->absolute_w += more->absolute_w;
    score->squared_w2 += more->squared_w2;
    score->measured_w += more->measured_w;
    score->yesterday_count += more->yesterday_count;
    score->yesterday_w += more->yesterday_w;
    score->yesterday_own_w += more->yesterday_own_w;
    score->last_week_count += more->last_week_count;
    score->last_week_w += more->last_week_w;
    score->last_week_own_w += more->last_week_own_w;
    score->band_count += more->band_count;
    score->event_count += more->event_count;
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) {
        score->pinball_milliwatt[at] += more->pinball_milliwatt[at];
        score->below[at] += more->below[at];
    }
    for (size_t at = 0; at < GW_SCORE_ALARMS; at++) {
        score->warned[at] += more->warned[at];
        score->hit[at] += more->hit[at];
    }
}

static int64_t share(int64_t part, int64_t whole, int64_t scale) {
    return whole <= 0 ? NONE : (int64_t)gw_wide_floor(gw_wide_multiply(part, scale), whole);
}

/* The largest whole number whose square is not above. */
static int64_t square_root(int64_t square) {
    int64_t low = 0;
    int64_t high = INT64_C(3037000499); /* of INT64_MAX */
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        if (middle * middle <= square)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static int64_t pinball(const gw_score *score) {
    gw_wide sum = 0;
    if (score->band_count == 0) return NONE;
    for (size_t at = 0; at < GW_BAND_LEVELS; at++) sum += score->pinball_milliwatt[at];
    return (int64_t)gw_wide_floor(sum, (gw_wide)score->band_count * GW_BAND_LEVELS);
}

gw_accuracy gw_accuracy_of(const gw_score *score) {
    gw_accuracy made = {
        .mae_w = share(score->absolute_w, score->count, 1),
        .nmae_ppm = share(score->absolute_w, score->measured_w, PPM),
        .rmse_w = score->count == 0 ? NONE : square_root(score->squared_w2 / score->count),
        .bias_w = score->count == 0 ? 0 : share(score->error_w, score->count, 1),
        .mase_last_week_ppm = share(score->last_week_own_w, score->last_week_w, PPM),
        .mase_yesterday_ppm = share(score->yesterday_own_w, score->yesterday_w, PPM),
        .pinball_milliwatt = pinball(score)};
    for (size_t at = 0; at < GW_BAND_LEVELS; at++)
        made.coverage_ppm[at] = share(score->below[at], score->band_count, PPM);
    for (size_t at = 0; at < GW_SCORE_ALARMS; at++) {
        made.recall_ppm[at] = share(score->hit[at], score->event_count, PPM);
        made.precision_ppm[at] = share(score->hit[at], score->warned[at], PPM);
    }
    return made;
}
