/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_scenario.h"

#include <stdlib.h>

enum { QUANTILE_USUAL_PPM = 950000, MIDDLE_PPM = 500000, WHOLE_PPM = 1000000 };

static const double collapsed_excess = 1e30;

gw_status gw_flow_scenario_turn(gw_flow_scenario *scenario, const gw_flow_paths *paths,
                                gw_fault *reterr) {
    gw_flow_paths made = *paths;
    if (made.active_w == NULL) made.count = 1;
    if (made.quantile_ppm == 0) made.quantile_ppm = QUANTILE_USUAL_PPM;
    if (made.count == 0 || made.count > scenario->path_room)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "paths", "%zu paths, 1 to %zu are taken",
                            made.count, scenario->path_room);
    if (made.quantile_ppm < MIDDLE_PPM || made.quantile_ppm > WHOLE_PPM)
        return gw_fail_with(reterr, GW_CODE_INVALID, "quantile_ppm",
                            "the quantile is not between 500000 and 1000000");
    scenario->paths = made;
    return gw_ok();
}

gw_status gw_flow_scenario_open(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                                const gw_flow_paths *paths, gw_flow_scenario *ret,
                                gw_fault *reterr) {
    gw_flow_scenario made = {.net = net, .limits = limits, .path_room = GW_FLOW_PATHS_MOST};
    GW_TRY(gw_flow_scenario_turn(&made, paths, reterr));
    made.path_room = made.paths.count;
    GW_TRY(gw_flow_run_open(arena, net, 0, &made.run, reterr));
    GW_TRY(gw_flow_run_build(arena, made.run, reterr));
    GW_TRY(gw_flow_state_make(arena, net, made.run->phases, &made.state, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, limits->count *made.path_room, &made.excess, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, made.path_room, &made.order, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_outlook, limits->count, &made.outlooks, reterr));
    *ret = made;
    return gw_ok();
}

bool gw_flow_scenario_is_violated(const gw_flow_scenario *scenario) {
    if (scenario->is_upper_collapsed) return true;
    for (size_t at = 0; at < scenario->limits->count; at++)
        if (gw_flow_limit_excess(&scenario->limits->at[at], scenario->outlooks[at].upper) > 0)
            return true;
    return false;
}

static double reactive_of(const gw_flow_scenario *it, size_t at, double p_w, size_t point) {
    const gw_net_point *own = &it->net->points[point];
    if (it->paths.reactive_var != NULL) return (double)it->paths.reactive_var[at];
    return own->p_w == 0 ? own->q_var : p_w * own->q_var / own->p_w;
}

static double change_of(const gw_flow_scenario *it, const double *change_w, size_t point) {
    const double offset_w = it->paths.offset_w == NULL ? 0 : (double)it->paths.offset_w[point];
    return change_w == NULL ? offset_w : offset_w + change_w[point];
}

void gw_flow_scenario_put(const gw_flow_scenario *scenario, size_t path, const double *change_w,
                          gw_flow_cut cut, gw_net_point *points) {
    for (size_t point = 0; point < scenario->net->point_count; point++) {
        const size_t at = path * scenario->net->point_count + point;
        gw_net_point *here = &points[point];
        here->p_w = scenario->net->points[point].p_w;
        here->q_var = scenario->net->points[point].q_var;
        if (scenario->paths.active_w != NULL) {
            here->p_w = (double)scenario->paths.active_w[at];
            here->q_var = reactive_of(scenario, at, here->p_w, point);
        }
        const double more_w = change_of(scenario, change_w, point);
        if (cut == GW_FLOW_CUT_WHOLE && here->p_w != 0)
            here->q_var += more_w * here->q_var / here->p_w;
        here->p_w += more_w;
    }
}

static void solve_path(gw_flow_scenario *it, size_t path) {
    const size_t count = it->paths.count;
    const bool is_solved = gw_is_ok(gw_flow_run_settle(it->run, GW_FLOW_FLAT, NULL));
    if (is_solved) gw_flow_run_read(it->run, &it->state);
    it->collapsed += is_solved ? 0 : 1;
    for (size_t at = 0; at < it->limits->count; at++) {
        const gw_flow_limit *limit = &it->limits->at[at];
        it->excess[at * count + path] =
            is_solved
                ? gw_flow_limit_excess(limit, gw_flow_limit_value(limit, &it->run->net, &it->state))
                : collapsed_excess;
    }
}

static int compare(const void *left, const void *right) {
    const double one = *(const double *)left;
    const double other = *(const double *)right;
    if (one != other) return one < other ? -1 : 1;
    return 0;
}

/* Nearest rank: the smallest value that so many ppm of the paths do not exceed. */
static size_t rank_of(size_t count, int64_t ppm) {
    const size_t rank = (count * (size_t)ppm + WHOLE_PPM - 1) / WHOLE_PPM;
    return rank == 0 ? 0 : rank - 1;
}

static double value_of(const gw_flow_limit *limit, double excess) {
    return limit->kind == GW_LIMIT_VOLTAGE_LOW ? limit->limit - excess : limit->limit + excess;
}

static void look(gw_flow_scenario *it, size_t at) {
    const size_t count = it->paths.count;
    const gw_flow_limit *limit = &it->limits->at[at];
    const double *excess = &it->excess[at * count];
    for (size_t path = 0; path < count; path++) it->order[path] = excess[path];
    qsort(it->order, count, sizeof *it->order, compare);
    const double upper = it->order[rank_of(count, it->paths.quantile_ppm)];
    gw_flow_outlook made = {
        .middle = value_of(limit, it->order[rank_of(count, MIDDLE_PPM)]),
        .upper = value_of(limit, upper),
    };
    while (excess[made.upper_path] != upper) made.upper_path++;
    it->outlooks[at] = made;
}

void gw_flow_scenario_solve(gw_flow_scenario *scenario, const double *change_w, gw_flow_cut cut) {
    const size_t count = scenario->paths.count;
    scenario->collapsed = 0;
    for (size_t path = 0; path < count; path++) {
        gw_flow_scenario_put(scenario, path, change_w, cut, scenario->run->net.points);
        solve_path(scenario, path);
    }
    for (size_t at = 0; at < scenario->limits->count; at++) look(scenario, at);
    scenario->is_middle_collapsed = scenario->collapsed >= count - rank_of(count, MIDDLE_PPM);
    scenario->is_upper_collapsed =
        scenario->collapsed >= count - rank_of(count, scenario->paths.quantile_ppm);
}

gw_flow_outlook_ppm gw_flow_scenario_share(const gw_flow_scenario *scenario, size_t limit) {
    const gw_flow_limit *about = &scenario->limits->at[limit];
    const gw_flow_outlook *outlook = &scenario->outlooks[limit];
    return (gw_flow_outlook_ppm){
        gw_flow_limit_share_ppm(gw_flow_limit_share(about, outlook->middle)),
        gw_flow_limit_share_ppm(gw_flow_limit_share(about, outlook->upper))};
}
