/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_scenario.h"

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
    GW_TRY(gw_flow_gauge_open(arena, net, limits, &made.gauge, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, limits->count *gw_flow_gauge_room(made.gauge), &made.values,
                        reterr));
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

static double change_of(const gw_flow_scenario *it, const double *change_w, size_t point) {
    const double offset_w = it->paths.offset_w == NULL ? 0 : (double)it->paths.offset_w[point];
    return change_w == NULL ? offset_w : offset_w + change_w[point];
}

static double reactive_of(const gw_flow_scenario *it, size_t at, double p_w, size_t point) {
    const gw_net_point *own = &it->net->points[point];
    if (it->paths.reactive_var != NULL) return (double)it->paths.reactive_var[at];
    return own->p_w == 0 ? own->q_var : p_w * own->q_var / own->p_w;
}

/* Active and reactive power of a point in a path, with so much more. */
static gw_phasor power_of(const gw_flow_scenario *it, size_t path, size_t point, double more_w,
                          gw_flow_cut cut) {
    const size_t at = path * it->net->point_count + point;
    gw_phasor power = {it->net->points[point].p_w, it->net->points[point].q_var};
    if (it->paths.active_w != NULL) {
        power.re = (double)it->paths.active_w[at];
        power.im = reactive_of(it, at, power.re, point);
    }
    if (cut == GW_FLOW_CUT_WHOLE && power.re != 0) power.im += more_w * power.im / power.re;
    power.re += more_w;
    return power;
}

void gw_flow_scenario_put(const gw_flow_scenario *scenario, size_t path, const double *change_w,
                          gw_flow_cut cut, gw_net_point *points) {
    for (size_t point = 0; point < scenario->net->point_count; point++) {
        const double more_w = change_of(scenario, change_w, point);
        const gw_phasor power = power_of(scenario, path, point, more_w, cut);
        points[point].p_w = power.re;
        points[point].q_var = power.im;
    }
}

static void fill(gw_flow_scenario *it, size_t set, size_t path, const double *change_w,
                 gw_flow_cut cut) {
    double *active_w = gw_flow_gauge_active_w(it->gauge, set);
    double *reactive_var = gw_flow_gauge_reactive_var(it->gauge, set);
    for (size_t point = 0; point < it->net->point_count; point++) {
        const double more_w = change_of(it, change_w, point);
        const gw_phasor power = power_of(it, path, point, more_w, cut);
        active_w[point] = power.re;
        reactive_var[point] = power.im;
    }
}

/* Takes `count` sets as the paths from `first` on. */
static void read_paths(gw_flow_scenario *it, size_t first, size_t count) {
    const size_t limits = it->limits->count;
    const size_t paths = it->paths.count;
    it->collapsed += count - gw_flow_gauge_read(it->gauge, count, GW_FLOW_FLAT, it->values);
    for (size_t set = 0; set < count; set++) {
        const bool is_solved = gw_flow_gauge_is_solved(it->gauge, set);
        for (size_t at = 0; at < limits; at++)
            it->excess[at * paths + first + set] =
                is_solved ? gw_flow_limit_excess(&it->limits->at[at], it->values[set * limits + at])
                          : collapsed_excess;
    }
}

static void exchange(double *numbers, size_t one, size_t other) {
    const double kept = numbers[one];
    numbers[one] = numbers[other];
    numbers[other] = kept;
}

/* Hoare: none of what stands up to the returned place is above any of what stands behind it. */
static size_t part(double *numbers, size_t from, size_t to) {
    const double pivot = numbers[from + (to - from) / 2];
    size_t low = from;
    size_t high = to;
    while (true) {
        while (numbers[low] < pivot) low++;
        while (numbers[high] > pivot) high--;
        if (low >= high) return high;
        exchange(numbers, low++, high--);
    }
}

/* The number that would stand at the rank if all were in order; they are moved. */
static double find_rank(double *numbers, size_t count, size_t rank) {
    size_t from = 0;
    size_t to = count - 1;
    while (from < to) {
        const size_t middle = part(numbers, from, to);
        if (rank <= middle)
            to = middle;
        else
            from = middle + 1;
    }
    return numbers[rank];
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
    const size_t half = rank_of(count, MIDDLE_PPM);
    const size_t rank = rank_of(count, it->paths.quantile_ppm);
    const double middle = find_rank(it->order, count, half);
    /* nothing behind the middle is below it */
    const double upper = find_rank(&it->order[half], count - half, rank - half);
    gw_flow_outlook made = {.middle = value_of(limit, middle), .upper = value_of(limit, upper)};
    while (excess[made.upper_path] != upper) made.upper_path++;
    it->outlooks[at] = made;
}

void gw_flow_scenario_solve(gw_flow_scenario *scenario, const double *change_w, gw_flow_cut cut) {
    const size_t count = scenario->paths.count;
    const size_t room = gw_flow_gauge_room(scenario->gauge);
    scenario->collapsed = 0;
    for (size_t first = 0; first < count; first += room) {
        const size_t taken = count - first < room ? count - first : room;
        for (size_t set = 0; set < taken; set++) fill(scenario, set, first + set, change_w, cut);
        read_paths(scenario, first, taken);
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
