/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/study_need.h"

#include "base/wide.h"

#include <stdlib.h>
#include <string.h>

/* ---- levers ---- */

static gw_power share_of(int64_t watts, int64_t share_pct) {
    return gw_power_percent((gw_power){watts < 0 ? -watts : watts}, (int)share_pct);
}

gw_status gw_study_levers_make(gw_arena *arena, const gw_study_levers *from,
                               const gw_injections *injections, gw_flow_lever **ret,
                               gw_fault *reterr) {
    gw_flow_lever *levers = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_lever, injections->point_count, &levers, reterr));
    for (size_t at = 0; at < injections->point_count; at++) {
        const int64_t p_w = injections->points[at].p_w;
        const bool is_grouped = from->qualified[at].w >= 0;
        levers[at].point = (uint32_t)at;
        if (is_grouped) levers[at].less = from->qualified[at];
        if (!is_grouped && p_w > 0) levers[at].less = share_of(p_w, from->share_pct);
        if (p_w < 0) levers[at].more = share_of(p_w, from->share_pct);
    }
    *ret = levers;
    return gw_ok();
}

/* ---- needs ---- */

gw_status gw_study_needs_open(gw_arena *arena, size_t limit_count, size_t step_count,
                              gw_study_needs *ret, gw_fault *reterr) {
    gw_study_needs made = {.arena = arena, .step_count = step_count};
    GW_TRY(GW_ARENA_NEW(arena, gw_study_need, GW_STUDY_NEEDS_MOST, &made.items, reterr));
    GW_TRY(GW_ARENA_NEW(arena, size_t, limit_count, &made.place_of, reterr));
    *ret = made;
    return gw_ok();
}

/* NULL when there is no room. */
static gw_status find_item(gw_study_needs *needs, uint32_t limit, size_t points,
                           gw_study_need **ret, gw_fault *reterr) {
    *ret = NULL;
    if (needs->place_of[limit] == 0 && needs->count == GW_STUDY_NEEDS_MOST) {
        needs->left_out++;
        return gw_ok();
    }
    if (needs->place_of[limit] == 0) {
        gw_study_need *made = &needs->items[needs->count];
        *made = (gw_study_need){.limit = limit, .largest_w = -1, .reference = (uint32_t)points};
        GW_TRY(GW_ARENA_NEW(needs->arena, gw_study_need_step, needs->step_count, &made->steps,
                            reterr));
        GW_TRY(GW_ARENA_NEW(needs->arena, gw_flow_effectiveness, points, &made->effects, reterr));
        needs->place_of[limit] = ++needs->count;
    }
    *ret = &needs->items[needs->place_of[limit] - 1];
    return gw_ok();
}

static void add_step(gw_study_need *need, const gw_flow_limit *limit, const gw_flow_need_row *row,
                     const gw_study_step *at) {
    need->steps[need->step_count++] = (gw_study_need_step){
        .step = at->step,
        .need_w = row->reference_w,
        .missing_w = row->missing_w,
        .before_ppm = gw_flow_limit_share_ppm(gw_flow_limit_share(limit, row->before.upper)),
        .after_ppm = gw_flow_limit_share_ppm(gw_flow_limit_share(limit, row->after.upper)),
        .verdict = at->need->verdict};
    if (row->reference_w <= need->largest_w) return;
    need->largest_w = row->reference_w;
    need->reference = row->reference;
    need->is_reference_more = row->is_reference_more;
    if (at->net->point_count > 0)
        memcpy(need->effects, row->effectiveness, at->net->point_count * sizeof *need->effects);
}

gw_status gw_study_needs_add(gw_study_needs *needs, const gw_flow_limits *limits,
                             const gw_segment_map *map, const gw_study_step *step,
                             gw_fault *reterr) {
    for (size_t at = 0; at < step->need->row_count; at++) {
        gw_study_need *item = NULL;
        const gw_flow_need_row *row = &step->need->rows[at];
        if (!row->is_violated) continue;
        GW_TRY(find_item(needs, row->limit, step->net->point_count, &item, reterr));
        if (item == NULL) continue;
        item->segment = map->home[row->limit];
        add_step(item, &limits->at[row->limit], row, step);
    }
    return gw_ok();
}

static int64_t worst_ppm(const gw_study_need *need) {
    int64_t worst = 0;
    for (size_t at = 0; at < need->step_count; at++)
        if (need->steps[at].before_ppm > worst) worst = need->steps[at].before_ppm;
    return worst;
}

static int compare_needs(const void *left, const void *right) {
    const gw_study_need *one = left;
    const gw_study_need *other = right;
    const int64_t first = worst_ppm(one);
    const int64_t second = worst_ppm(other);
    if (first != second) return first > second ? -1 : 1;
    return one->limit < other->limit ? -1 : one->limit > other->limit;
}

void gw_study_needs_sort(gw_study_needs *needs) {
    if (needs->count > 0) qsort(needs->items, needs->count, sizeof *needs->items, compare_needs);
}
