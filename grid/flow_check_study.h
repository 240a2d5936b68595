/* SPDX-License-Identifier: Apache-2.0
 *
 * A network with items put in: the ground that a check and its verification share. What items do
 * stands at points of their own (constant power, no reactive power) beside the network's points,
 * one per point that they name; three where the phase is unknown, one on each, so that the worst
 * can be tried. A study belongs to one thread; its memory comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_check.h"
#include "grid/flow_limit.h"
#include "grid/flow_run.h"

/* A point that items name. */
typedef struct gw_check_slot {
    uint32_t point;
    bool is_unknown;
    uint32_t first; /* place in run->net.points; with an unknown phase two more behind it */
} gw_check_slot;

typedef struct gw_check_study {
    const gw_flow_check_question *question;
    gw_flow_map map;
    gw_flow_run *run;
    gw_flow_state state;
    gw_flow_limits *limits; /* by base: alike but for the reference of rises */
    size_t limit_count;
    double margin;
    double **before;       /* [base][limit]: values without items */
    double *loss_before_w; /* by base */
    gw_check_slot *slots;  /* ascending by point */
    size_t slot_count;
    bool has_unknown;
    uint32_t *seller; /* by item: place in slots, GW_FLOW_OUTSIDE: nothing happens there */
    uint32_t *buyer;
    double *change_w; /* by slot, of the last gw_check_study_put */
    bool is_settled;  /* the last flow had a solution */
    int64_t iterations;
} gw_check_study;

/* Looks at the question, builds the flow and solves every base. GW_CODE_INVALID,
 * GW_CODE_WRONG_STATE (not energised), GW_CODE_TOO_LARGE with a pointer; GW_CODE_INFEASIBLE: a base
 * has no solution. */
GW_MUST_CHECK gw_status gw_check_study_open(gw_arena *arena, const gw_flow_check_question *question,
                                            gw_check_study *ret, gw_fault *reterr);

/* An item that changes nothing in the network: within the schedule, or at one place and phase. */
bool gw_check_study_is_idle(const gw_check_study *study, size_t item);

/* Where what stands at a point of unknown phase is put: an even spread, or the phase by slot. */
enum { GW_CHECK_SPREAD = 3 };

/* Puts a base and accepted_w by item in; phases by slot, NULL: all spread. */
void gw_check_study_put(gw_check_study *study, size_t base, const double *accepted_w,
                        const uint8_t *phases);
/* Solves what was put in and reads the state; false: there is no solution. */
bool gw_check_study_solve(gw_check_study *study, gw_flow_start start);
/* By how much the solved state is beyond a limit and its margin, less what the base breaks by
 * itself (and a millionth of the reference, so that a trade in another street is not blamed). */
double gw_check_study_excess(const gw_check_study *study, size_t base, size_t limit);
/* The same of a value that the limit would have. */
double gw_check_study_excess_of(const gw_check_study *study, size_t base, size_t limit,
                                double value);
/* The base breaks the limit by itself. */
bool gw_check_study_is_broken(const gw_check_study *study, size_t base, size_t limit);
