/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_path.h"

static uint64_t next_random(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* Below `bound`, without bias: what would favour small numbers is drawn again. */
static size_t draw_below(uint64_t *state, size_t bound) {
    const uint64_t unfair = (UINT64_MAX - bound + 1) % bound;
    uint64_t drawn = next_random(state);
    while (drawn < unfair) drawn = next_random(state);
    return (size_t)(drawn % bound);
}

/* ---- which days may be drawn */

static bool has_residuals(const gw_path_question *question, size_t day) {
    for (size_t point = 0; point < question->point_count; point++) {
        const gw_day_table *table = question->points[point].residuals;
        for (size_t slot = 0; slot < table->slots; slot++)
            if (table->w[day * table->slots + slot] != GW_FORECAST_GAP) return true;
    }
    return false;
}

typedef struct urn {
    size_t *days;
    size_t count;
    size_t left;
    uint64_t random;
} urn;

static gw_status fill_urn(gw_arena *arena, const gw_path_question *question, urn *ret,
                          gw_fault *reterr) {
    const size_t days = question->points[0].residuals->days;
    urn made = {.random = question->seed};
    GW_TRY(GW_ARENA_NEW(arena, size_t, days, &made.days, reterr));
    const size_t from = days > GW_POOL_DAYS ? days - GW_POOL_DAYS : 0;
    for (size_t day = from; day < days; day++)
        if (has_residuals(question, day)) made.days[made.count++] = day;
    if (made.count == 0)
        return gw_fail_with(reterr, GW_CODE_NO_DATA, NULL, "no point has a residual to draw");
    made.left = made.count;
    *ret = made;
    return gw_ok();
}

/* Without putting back; when it is empty all days are back in. */
static size_t draw_day(urn *from) {
    if (from->left == 0) from->left = from->count;
    const size_t at = draw_below(&from->random, from->left--);
    const size_t drawn = from->days[at];
    from->days[at] = from->days[from->left];
    from->days[from->left] = drawn;
    return drawn;
}

/* ---- one path */

/* GW_FORECAST_GAP when the point has no residual in this slot at all. */
static int64_t residual_near(const gw_day_table *table, size_t day, size_t slot) {
    for (size_t back = 0; back < table->days; back++) {
        const size_t row = (day + table->days - back) % table->days;
        const int64_t w = table->w[row * table->slots + slot];
        if (w != GW_FORECAST_GAP) return w;
    }
    return GW_FORECAST_GAP;
}

static int64_t clip(const gw_path_point *point, size_t step, int64_t w) {
    return point->least_w != NULL && w < point->least_w[step] ? point->least_w[step] : w;
}

typedef struct draw {
    size_t day;
    size_t shift; /* 0 .. 2 * GW_PATH_SHIFT, the middle is none */
} draw;

static bool walk(const gw_path_question *question, size_t index, draw drawn, int64_t *ret_w) {
    const gw_path_point *point = &question->points[index];
    bool has_any = false;
    for (size_t at = 0; at < question->step_count; at++) {
        const gw_path_step *step = &question->steps[at];
        const bool is_near = at < question->near_count && point->near != NULL;
        const gw_day_table *table = is_near ? point->near : point->residuals;
        const size_t slot =
            (step->slot + table->slots * GW_PATH_SHIFT + drawn.shift - GW_PATH_SHIFT) %
            table->slots;
        const int64_t w = residual_near(table, (drawn.day + step->day) % table->days, slot);
        if (w != GW_FORECAST_GAP) has_any = true;
        ret_w[at] = clip(point, at, point->point_w[at] + (w == GW_FORECAST_GAP ? 0 : w));
    }
    return has_any;
}

/* ---- all of them */

static bool is_alike(const gw_day_table *left, const gw_day_table *right) {
    return left->first.days == right->first.days && left->days == right->days &&
           left->slots == right->slots;
}

static gw_status check_points(const gw_path_question *question, gw_fault *reterr) {
    const gw_day_table *first = question->points[0].residuals;
    for (size_t at = 0; at < question->point_count; at++) {
        const gw_path_point *point = &question->points[at];
        if (!is_alike(point->residuals, first) ||
            (point->near != NULL && !is_alike(point->near, first)))
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "the residuals of point %zu cover other days or slots", at);
    }
    for (size_t at = 0; at < question->step_count; at++)
        if (question->steps[at].slot >= first->slots)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "step %zu has no such slot", at);
    return gw_ok();
}

static gw_status check(const gw_path_question *question, gw_fault *reterr) {
    if (question->point_count == 0 || question->step_count == 0 || question->path_count == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "paths need a point, a step and a count above 0");
    if (question->point_count > GW_PATH_POINTS_MOST || question->path_count > GW_PATH_COUNT_MOST)
        return gw_fail_with(
            reterr, GW_CODE_TOO_LARGE, NULL, "%zu paths of %zu points, at most %d of %d are drawn",
            question->path_count, question->point_count, GW_PATH_COUNT_MOST, GW_PATH_POINTS_MOST);
    return check_points(question, reterr);
}

const int64_t *gw_paths_at(const gw_paths *paths, size_t path, size_t point) {
    return &paths->w[(path * paths->point_count + point) * paths->step_count];
}

gw_status gw_paths_draw(gw_arena *arena, const gw_path_question *question, gw_paths *ret,
                        gw_fault *reterr) {
    GW_TRY(check(question, reterr));
    urn days;
    GW_TRY(fill_urn(arena, question, &days, reterr));
    gw_paths made = {.path_count = question->path_count,
                     .point_count = question->point_count,
                     .step_count = question->step_count};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, made.path_count * made.point_count * made.step_count,
                        &made.w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_date, made.path_count, &made.days, reterr));
    for (size_t path = 0; path < made.path_count; path++) {
        const draw drawn = {draw_day(&days), draw_below(&days.random, 2 * GW_PATH_SHIFT + 1)};
        made.days[path].days = question->points[0].residuals->first.days + (int32_t)drawn.day;
        made.without_residuals = 0;
        for (size_t point = 0; point < made.point_count; point++) {
            int64_t *w = &made.w[(path * made.point_count + point) * made.step_count];
            if (!walk(question, point, drawn, w)) made.without_residuals++;
        }
    }
    *ret = made;
    return gw_ok();
}
