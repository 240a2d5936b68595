/* SPDX-License-Identifier: Apache-2.0
 *
 * The traffic light of one segment and phase, interval by interval. Green: the market is free.
 * Yellow: a congestion is possible and flexibility is called to avoid it. Red: the operator steps
 * in directly. One state per segment and phase; whoever holds it shows the worst of the phases.
 * Ref: BDEW, "Smart Grids Ampelkonzept, Ausgestaltung der gelben Phase", 10 March 2015; § 14a EnWG
 * with BNetzA BK6-22-300 (4.2 kW stay with every device that is limited). Integers, pure.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "grid/period.h"
#include "grid/quantity.h"

/* In order of gravity. */
typedef enum gw_light { GW_LIGHT_GREEN, GW_LIGHT_YELLOW, GW_LIGHT_RED } gw_light;

typedef enum gw_light_reason {
    GW_LIGHT_CALM,       /* green: nothing is near its limit */
    GW_LIGHT_POSSIBLE,   /* yellow: P95 is at a limit */
    GW_LIGHT_COVERED,    /* yellow: P50 is at a limit and enough is offered */
    GW_LIGHT_HELD,       /* yellow: not yet calm for long enough */
    GW_LIGHT_UNCOVERED,  /* red: P50 is at a limit and too little is offered */
    GW_LIGHT_MEASURED,   /* red: a limit is violated now */
    GW_LIGHT_INFEASIBLE, /* red: the power flow has no solution */
    GW_LIGHT_REASONS
} gw_light_reason;

/* A zero takes the default that stands beside it. */
typedef struct gw_light_policy {
    int64_t beyond_ppm;      /* share of a limit from which it counts as reached; 1,000,000 */
    int64_t leave_ppm;       /* below it an interval is calm; 950,000 */
    uint32_t calm_intervals; /* so many calm ones in a row leave yellow; 2 */
    gw_power device_floor;   /* what a limited device keeps; 4,200 W */
} gw_light_policy;

/* One limit in one interval: shares as in gw_flow_outlook_ppm. */
typedef struct gw_light_reading {
    uint32_t constraint;  /* place in the caller's list of limits */
    int64_t middle_ppm;   /* P50 */
    int64_t upper_ppm;    /* P95 */
    int64_t measured_ppm; /* now; INT64_MIN: not measured */
} gw_light_reading;

typedef struct gw_light_interval {
    gw_period period;
    gw_uuid forecast_id;
    const gw_light_reading *readings;
    size_t count;
    gw_power needed;  /* at the reference point */
    gw_power offered; /* each offer times its effectiveness */
    bool is_infeasible;
} gw_light_interval;

/* Zero is a segment that has always been green. */
typedef struct gw_light_state {
    gw_light light;
    gw_light_reason reason;
    uint32_t calm; /* intervals in a row */
} gw_light_state;

/* What is kept of every change of light or of its reason: the record that can be signed. */
typedef struct gw_light_transition {
    bool is_change; /* false: light and reason stayed, and nothing names a limit */
    gw_light from;
    gw_light to;
    gw_light_reason reason;
    gw_period period;
    gw_uuid forecast_id;
    uint32_t *constraints; /* that brought it about, in the order of the readings; in the arena */
    size_t count;
} gw_light_transition;

/* Takes one interval into the state. */
GW_MUST_CHECK gw_status gw_light_step(gw_arena *arena, const gw_light_policy *policy,
                                      const gw_light_interval *interval, gw_light_state *state,
                                      gw_light_transition *ret, gw_fault *reterr);

const char *gw_light_word(gw_light light);
const char *gw_light_reason_word(gw_light_reason reason);

/* Direct limits in red: cuts `wanted` from devices that take taken[count], in proportion to what
 * each takes above the floor, rounded up; none goes below the floor, and who takes no more than it
 * is left alone. limits[count] gets what each may take. Returns what could not be cut. */
gw_power gw_light_dim(const gw_light_policy *policy, gw_power wanted, const gw_power *taken,
                      size_t count, gw_power *limits);
