/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits over time: what single moments are worth once they are averaged. Voltages and unbalance
 * are held against the rms mean of a window (10 minutes) and may be beyond their limit in a share
 * of the windows (5 %), but never beyond an outer band; single steps beyond are peaks, a warning.
 * Currents and transformers may be above their limit for so many minutes on end, the more above the
 * fewer. The figures are configuration; the defaults are those that EN 50160 (supply voltage,
 * unbalance) and IEC 60076-7 (cyclic and emergency loading of distribution transformers) are known
 * for. Pure.
 */
#pragma once

#include "grid/flow_limit.h"

/* Above this share of the limit for no longer than so many minutes on end. */
typedef struct gw_flow_overload {
    int64_t share_ppm;
    int64_t minutes;
} gw_flow_overload;

enum { GW_FLOW_OVERLOADS_MOST = 8 };

/* A zero takes the default that stands beside it; a list of no entries too. */
typedef struct gw_flow_window_options {
    int64_t step_minutes;     /* between two states; 1 */
    int64_t window_minutes;   /* 10 */
    int64_t budget_ppm;       /* share of the windows that may be beyond; 50,000 */
    int64_t voltage_low_ppm;  /* no window below; 850,000 */
    int64_t voltage_high_ppm; /* no window above; 1,150,000 (1,100,000 is the strict reading) */
    gw_flow_overload transformer[GW_FLOW_OVERLOADS_MOST]; /* 100 % for 120, 120 % 60, 150 % 15,
                                                             180 % 0 minutes */
    size_t transformer_count;
    gw_flow_overload branch[GW_FLOW_OVERLOADS_MOST]; /* 100 % for 0 minutes */
    size_t branch_count;
} gw_flow_window_options;

typedef enum gw_flow_window_verdict {
    GW_WINDOW_KEPT,
    GW_WINDOW_PEAK,   /* single steps were beyond, no window or allowed time was: a warning */
    GW_WINDOW_BUDGET, /* windows were beyond, within their budget: a warning */
    GW_WINDOW_VIOLATED
} gw_flow_window_verdict;

/* What is known of one limit so far. Shares as gw_flow_limit_share: 1 at the limit. */
typedef struct gw_flow_window_tally {
    size_t peaks; /* steps beyond the limit */
    double worst_peak;
    size_t worst_peak_at; /* step, counted from 0 */
    size_t windows;       /* that are complete or hold at least one step */
    size_t windows_beyond;
    double worst_window;
    size_t worst_window_at;
    bool is_outside;      /* a window was beyond the outer band */
    size_t longest_steps; /* on end above the limit */
    bool is_overloaded;   /* above a share for longer than that allows */
} gw_flow_window_tally;

typedef struct gw_flow_windows gw_flow_windows;

/* The limits and the network must outlive it; memory comes from the arena. GW_CODE_INVALID: a
 * window is no multiple of a step, or an overload list is too long. */
GW_MUST_CHECK gw_status gw_flow_windows_open(gw_arena *arena, const gw_net *net,
                                             const gw_flow_limits *limits,
                                             const gw_flow_window_options *options,
                                             gw_flow_windows **ret, gw_fault *reterr);
/* The next step; NULL: nothing is known of it. A gap is left out of its window and does not end a
 * time on end. */
void gw_flow_windows_add(gw_flow_windows *windows, const gw_flow_state *state);
/* Of one limit, the window that has begun included. */
gw_flow_window_tally gw_flow_windows_tally(const gw_flow_windows *windows, size_t limit);
gw_flow_window_verdict gw_flow_windows_verdict(const gw_flow_windows *windows, size_t limit);
/* Windows in which at least one limit of the kind was beyond; only complete windows count. */
size_t gw_flow_windows_beyond(const gw_flow_windows *windows, gw_flow_limit_kind kind);
