/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_model.h"

#include "base/wide.h"

enum {
    RECENT_PPM = 800000,
    RECENT_S = 1800, /* whose errors are carried on */
    HALVED_S = 7200,
    HALVINGS_MOST = 20,
    PPM = 1000000
};

static gw_status fit_drawn(gw_arena *arena, const gw_model_question *question, gw_model *made,
                           gw_day_table *ret, gw_fault *reterr) {
    gw_day_table residuals;
    GW_TRY(gw_smoother_run(arena, question->drawn_level, question->drawn, question->types, ret,
                           reterr));
    if (question->heating_millik == NULL) return gw_ok();
    GW_TRY(gw_residuals_make(arena, question->drawn, ret, &residuals, reterr));
    const gw_heating_question asked = {.residuals = &residuals,
                                       .types = question->types,
                                       .heating_millik = question->heating_millik,
                                       .alpha_ppm = question->drawn_level->alpha_ppm};
    GW_TRY(gw_heating_fit(arena, &asked, &made->heating, reterr));
    if (!made->heating.is_used) return gw_ok();
    for (size_t at = 0; at < ret->days * ret->slots; at++)
        if (ret->w[at] != GW_FORECAST_GAP)
            ret->w[at] += made->heating.correction_w[at / ret->slots];
    return gw_ok();
}

static int64_t error_of(int64_t said_w, int64_t measured_w, int64_t envelope_w) {
    const int64_t error_w = gw_envelope_clip(said_w, envelope_w) - measured_w;
    return error_w < 0 ? -error_w : error_w;
}

/* A sun that shines elsewhere would do harm: irradiance counts only where it would have lowered the
 * error of the days before. */
static bool is_better(const gw_model_question *question, const gw_sun *sun,
                      const gw_day_table *smoothed) {
    const gw_day_table *fed = question->fed;
    gw_wide gained_w = 0;
    for (size_t at = 0; at < fed->days * fed->slots; at++) {
        if (fed->w[at] == GW_FORECAST_GAP || sun->fitted.w[at] == GW_FORECAST_GAP) continue;
        const gw_date day = {fed->first.days + (int32_t)(at / fed->slots)};
        const int64_t envelope_w = gw_envelope_at(fed, day, at % fed->slots);
        gained_w += error_of(smoothed->w[at], fed->w[at], envelope_w);
        gained_w -= error_of(sun->fitted.w[at], fed->w[at], envelope_w);
    }
    return gained_w > 0;
}

/* The sun does not know the days of the week. */
static gw_status fit_fed(gw_arena *arena, const gw_model_question *question, gw_model *made,
                         gw_day_table *ret, gw_fault *reterr) {
    gw_day_type *alike = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_day_type, question->fed->days, &alike, reterr));
    GW_TRY(gw_smoother_run(arena, question->fed_level, question->fed, alike, ret, reterr));
    if (question->irradiance == NULL) return gw_ok();
    const gw_sun_question asked = {question->fed, question->irradiance};
    GW_TRY(gw_sun_fit(arena, &asked, &made->sun, reterr));
    made->has_sun = made->sun.pairs >= GW_IRRADIANCE_LEAST && is_better(question, &made->sun, ret);
    for (size_t at = 0; made->has_sun && at < ret->days * ret->slots; at++)
        if (made->sun.fitted.w[at] != GW_FORECAST_GAP) ret->w[at] = made->sun.fitted.w[at];
    return gw_ok();
}

static bool feeds(const gw_day_table *fed) {
    for (size_t at = 0; at < fed->days * fed->slots; at++)
        if (fed->w[at] != GW_FORECAST_GAP && fed->w[at] > 0) return true;
    return false;
}

static int64_t less(int64_t drawn_w, int64_t fed_w) {
    if (drawn_w == GW_FORECAST_GAP) return GW_FORECAST_GAP;
    return fed_w == GW_FORECAST_GAP ? drawn_w : drawn_w - fed_w;
}

static void take_fed(const gw_model_question *question, const gw_day_table *fed,
                     const gw_day_table *fitted) {
    for (size_t at = 0; at < fitted->days * fitted->slots; at++) {
        const gw_date day = {fitted->first.days + (int32_t)(at / fitted->slots)};
        const size_t slot = at % fitted->slots;
        const int64_t envelope_w = gw_envelope_at(question->fed, day, slot);
        fitted->w[at] = less(fitted->w[at], gw_envelope_clip(fed->w[at], envelope_w));
    }
}

static const char *name_method(const gw_model *made) {
    if (made->heating.is_used)
        return made->has_sun ? "smoother+temperature+irradiance" : "smoother+temperature";
    return made->has_sun ? "smoother+irradiance" : "smoother";
}

gw_status gw_model_make(gw_arena *arena, const gw_model_question *question, gw_model *ret,
                        gw_fault *reterr) {
    const gw_day_table *drawn = question->drawn;
    gw_model made = {.fed = question->fed};
    gw_day_table fed;
    GW_TRY(gw_day_table_make(arena, drawn->first, drawn->days, drawn->slots, &made.net, reterr));
    for (size_t at = 0; at < drawn->days * drawn->slots; at++)
        made.net.w[at] = less(drawn->w[at], question->fed->w[at]);
    GW_TRY(fit_drawn(arena, question, &made, &made.fitted, reterr));
    if (feeds(question->fed)) {
        GW_TRY(fit_fed(arena, question, &made, &fed, reterr));
        take_fed(question, &fed, &made.fitted);
    }
    GW_TRY(gw_residuals_make(arena, &made.net, &made.fitted, &made.residuals, reterr));
    made.method = name_method(&made);
    *ret = made;
    return gw_ok();
}

/* Halved at every HALVED_S, straight in between. */
static int64_t weight_ppm(int64_t after_s) {
    const int64_t halvings = after_s / HALVED_S;
    if (halvings >= HALVINGS_MOST) return 0;
    const int64_t ppm = RECENT_PPM >> halvings;
    return ppm - ppm * (after_s % HALVED_S) / (2 * HALVED_S);
}

int64_t gw_model_recent(const gw_model *model, gw_model_last last, size_t steps) {
    const gw_day_table *residuals = &model->residuals;
    const int64_t slot_s = GW_FORECAST_DAY_S / (int64_t)residuals->slots;
    const int64_t reach = RECENT_S > slot_s ? RECENT_S / slot_s : 1;
    int64_t sum_w = 0;
    int64_t count = 0;
    for (int64_t back = 0; back < reach && back <= (int64_t)last.slot; back++) {
        const int64_t w = gw_day_table_at(residuals, last.day, last.slot - (size_t)back);
        if (w == GW_FORECAST_GAP) continue;
        sum_w += w;
        count++;
    }
    if (count == 0) return 0;
    const int64_t ppm = weight_ppm((int64_t)steps * slot_s);
    return (int64_t)gw_wide_floor(gw_wide_multiply(sum_w, ppm), (gw_wide)count * PPM);
}

/* The slot `last.slot` that the given one follows within a day, and how far behind it lies. */
static int64_t recent_before(const gw_model *model, gw_date day, size_t slot, size_t last_slot) {
    const size_t slots = model->residuals.slots;
    const bool is_same_day = slot > last_slot;
    const gw_model_last last = {{day.days - (is_same_day ? 0 : 1)}, last_slot};
    return gw_model_recent(model, last, is_same_day ? slot - last_slot : slot + slots - last_slot);
}

gw_status gw_model_near(gw_arena *arena, const gw_model *model, gw_model_last last,
                        gw_day_table *ret, gw_fault *reterr) {
    const gw_day_table *all = &model->residuals;
    gw_day_table made;
    GW_TRY(gw_day_table_make(arena, all->first, all->days, all->slots, &made, reterr));
    for (size_t at = 0; at < all->days * all->slots; at++) {
        const gw_date day = {all->first.days + (int32_t)(at / all->slots)};
        if (all->w[at] == GW_FORECAST_GAP) continue;
        made.w[at] = all->w[at] - recent_before(model, day, at % all->slots, last.slot);
    }
    *ret = made;
    return gw_ok();
}

int64_t gw_model_point(const gw_model *model, gw_date day, size_t slot, int64_t recent_w) {
    const int64_t fitted_w = gw_day_table_at(&model->fitted, day, slot);
    if (fitted_w == GW_FORECAST_GAP) return GW_FORECAST_GAP;
    const int64_t least_w = -gw_envelope_at(model->fed, day, slot);
    return fitted_w + recent_w < least_w ? least_w : fitted_w + recent_w;
}

gw_status gw_model_band(const gw_model *model, const gw_model_band_question *question, gw_band *ret,
                        gw_fault *reterr) {
    gw_day_table before = *question->residuals;
    const int64_t days = (int64_t)question->day.days - before.first.days;
    before.days = days < 0 ? 0 : (size_t)days < before.days ? (size_t)days : before.days;
    gw_band made;
    GW_TRY(gw_band_make(&before, question->slot, question->point_w, &made, reterr));
    gw_band_clip(&made, -gw_envelope_at(model->fed, question->day, question->slot), INT64_MAX);
    *ret = made;
    return gw_ok();
}
