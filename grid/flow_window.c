/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_window.h"

#include <string.h>

static const gw_flow_overload usual_transformer[] = {
    {1000000, 120}, {1200000, 60}, {1500000, 15}, {1800000, 0}};
static const gw_flow_overload usual_branch[] = {{1000000, 0}};
enum { MINUTES_MOST = 7 * 24 * 60 };

/* One limit on its way through a window. */
typedef struct track {
    gw_flow_window_tally tally;
    double squares;                       /* of the values in the open window */
    size_t steps;                         /* in the open window */
    size_t above[GW_FLOW_OVERLOADS_MOST]; /* steps on end above each share */
} track;

struct gw_flow_windows {
    const gw_net *net;
    const gw_flow_limits *limits;
    gw_flow_window_options options;
    size_t window_steps;
    size_t step; /* the next one */
    track *tracks;
    size_t beyond[GW_LIMIT_KINDS]; /* windows with at least one limit of the kind beyond */
};

static bool is_averaged(gw_flow_limit_kind kind) {
    return kind <= GW_LIMIT_VOLTAGE_RISE || kind == GW_LIMIT_UNBALANCE ||
           kind == GW_LIMIT_CUSTOMER_UNBALANCE;
}

static gw_flow_window_options complete(const gw_flow_window_options *given) {
    gw_flow_window_options made = *given;
    if (made.step_minutes == 0) made.step_minutes = 1;
    if (made.window_minutes == 0) made.window_minutes = 10;
    if (made.budget_ppm == 0) made.budget_ppm = 50000;
    if (made.voltage_low_ppm == 0) made.voltage_low_ppm = 850000;
    if (made.voltage_high_ppm == 0) made.voltage_high_ppm = 1150000;
    if (made.transformer_count == 0) {
        made.transformer_count = sizeof usual_transformer / sizeof usual_transformer[0];
        memcpy(made.transformer, usual_transformer, sizeof usual_transformer);
    }
    if (made.branch_count == 0) {
        made.branch_count = sizeof usual_branch / sizeof usual_branch[0];
        memcpy(made.branch, usual_branch, sizeof usual_branch);
    }
    return made;
}

static gw_status check(const gw_flow_window_options *options, gw_fault *reterr) {
    if (options->step_minutes < 0 || options->window_minutes < options->step_minutes ||
        options->window_minutes > MINUTES_MOST ||
        options->window_minutes % options->step_minutes != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "window_minutes",
                            "a window of %lld minutes is no multiple of a step of %lld minutes",
                            (long long)options->window_minutes, (long long)options->step_minutes);
    if (options->transformer_count > GW_FLOW_OVERLOADS_MOST ||
        options->branch_count > GW_FLOW_OVERLOADS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "overload", "more than %d shares",
                            GW_FLOW_OVERLOADS_MOST);
    return gw_ok();
}

gw_status gw_flow_windows_open(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                               const gw_flow_window_options *options, gw_flow_windows **ret,
                               gw_fault *reterr) {
    gw_flow_windows *made = NULL;
    const gw_flow_window_options completed = complete(options);
    GW_TRY(check(&completed, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_windows, 1, &made, reterr));
    GW_TRY(GW_ARENA_NEW(arena, track, limits->count, &made->tracks, reterr));
    made->net = net;
    made->limits = limits;
    made->options = completed;
    made->window_steps = (size_t)(completed.window_minutes / completed.step_minutes);
    for (size_t at = 0; at < limits->count; at++)
        made->tracks[at].tally.worst_peak = made->tracks[at].tally.worst_window = -1e300;
    *ret = made;
    return gw_ok();
}

/* ---- steps ---- */

static void add_peak(const gw_flow_windows *it, track *here, double share) {
    if (share > 1) here->tally.peaks++;
    if (share <= here->tally.worst_peak) return;
    here->tally.worst_peak = share;
    here->tally.worst_peak_at = it->step;
}

static void add_overload(const gw_flow_windows *it, gw_flow_limit_kind kind, track *here,
                         double share) {
    const bool is_transformer = kind == GW_LIMIT_TRANSFORMER_POWER;
    const gw_flow_overload *curve = is_transformer ? it->options.transformer : it->options.branch;
    const size_t count = is_transformer ? it->options.transformer_count : it->options.branch_count;
    for (size_t at = 0; at < count; at++) {
        here->above[at] = share * 1e6 > (double)curve[at].share_ppm ? here->above[at] + 1 : 0;
        const int64_t minutes = (int64_t)here->above[at] * it->options.step_minutes;
        if (minutes > curve[at].minutes) here->tally.is_overloaded = true;
    }
    if (count > 0 && here->above[0] > here->tally.longest_steps)
        here->tally.longest_steps = here->above[0];
}

/* The open window as if it ended here. */
static void end_window(const gw_flow_windows *it, size_t limit, gw_flow_window_tally *tally) {
    const track *here = &it->tracks[limit];
    const gw_flow_limit *about = &it->limits->at[limit];
    if (here->steps == 0) return;
    const double mean = __builtin_sqrt(here->squares / (double)here->steps);
    const double share = gw_flow_limit_share(about, mean);
    tally->windows++;
    if (share > 1) tally->windows_beyond++;
    if (share > tally->worst_window) {
        tally->worst_window = share;
        tally->worst_window_at = (it->step - 1) / it->window_steps;
    }
    if (about->kind == GW_LIMIT_VOLTAGE_LOW && mean * 1e6 < (double)it->options.voltage_low_ppm)
        tally->is_outside = true;
    if (about->kind == GW_LIMIT_VOLTAGE_HIGH && mean * 1e6 > (double)it->options.voltage_high_ppm)
        tally->is_outside = true;
}

static void close_windows(gw_flow_windows *it) {
    bool is_beyond[GW_LIMIT_KINDS] = {false};
    for (size_t at = 0; at < it->limits->count; at++) {
        track *here = &it->tracks[at];
        const size_t before = here->tally.windows_beyond;
        end_window(it, at, &here->tally);
        if (here->tally.windows_beyond > before) is_beyond[it->limits->at[at].kind] = true;
        here->squares = 0;
        here->steps = 0;
    }
    for (int kind = 0; kind < GW_LIMIT_KINDS; kind++)
        if (is_beyond[kind]) it->beyond[kind]++;
}

void gw_flow_windows_add(gw_flow_windows *windows, const gw_flow_state *state) {
    for (size_t at = 0; at < windows->limits->count && state != NULL; at++) {
        const gw_flow_limit *limit = &windows->limits->at[at];
        const double value = gw_flow_limit_value(limit, windows->net, state);
        const double share = gw_flow_limit_share(limit, value);
        track *here = &windows->tracks[at];
        here->squares += value * value;
        here->steps++;
        add_peak(windows, here, share);
        if (!is_averaged(limit->kind)) add_overload(windows, limit->kind, here, share);
    }
    windows->step++;
    if (windows->step % windows->window_steps == 0) close_windows(windows);
}

/* ---- answers ---- */

gw_flow_window_tally gw_flow_windows_tally(const gw_flow_windows *windows, size_t limit) {
    gw_flow_window_tally tally = windows->tracks[limit].tally;
    end_window(windows, limit, &tally);
    return tally;
}

gw_flow_window_verdict gw_flow_windows_verdict(const gw_flow_windows *windows, size_t limit) {
    const gw_flow_window_tally tally = gw_flow_windows_tally(windows, limit);
    const double allowed = (double)windows->options.budget_ppm / 1e6 * (double)tally.windows;
    if (!is_averaged(windows->limits->at[limit].kind)) {
        if (tally.is_overloaded) return GW_WINDOW_VIOLATED;
        return tally.peaks > 0 ? GW_WINDOW_PEAK : GW_WINDOW_KEPT;
    }
    if (tally.is_outside || (double)tally.windows_beyond > allowed) return GW_WINDOW_VIOLATED;
    if (tally.windows_beyond > 0) return GW_WINDOW_BUDGET;
    return tally.peaks > 0 ? GW_WINDOW_PEAK : GW_WINDOW_KEPT;
}

size_t gw_flow_windows_beyond(const gw_flow_windows *windows, gw_flow_limit_kind kind) {
    return windows->beyond[kind];
}
