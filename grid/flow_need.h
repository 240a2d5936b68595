/* SPDX-License-Identifier: Apache-2.0
 *
 * From violated limits to kilowatts: how much less (or more) consumption, where, brings the
 * unfavourable quantile of every limit back inside. A small linear programme over the exact effects
 * finds the least sum of changes; the power flow of all paths is then solved with it and the
 * effects are taken anew, at most three times, because a bought kilowatt must not fall short of the
 * linear promise. "Not enough exists" is an answer, with how far it gets. Integers at the border: W
 * and ppm. Ref: reference "grid" §3.3.
 *
 * A bid of x watts at a point counts effectiveness * x against a row's reference_w. Where the phase
 * of a point is unknown, effectiveness is that of its worst phase. Pure.
 */
#pragma once

#include "grid/flow_scenario.h"

enum { GW_NEED_ROWS_MOST = 256, GW_NEED_ROUNDS_MOST = 3 };
/* Points that may be asked times nodes: some minutes of flows. */
#define GW_NEED_WORK_MOST 2000000000.0

/* What may be asked of a point: at most so much less and so much more consumption (less generation
 * is more consumption). */
typedef struct gw_flow_lever {
    uint32_t point;
    gw_power less;
    gw_power more;
} gw_flow_lever;

typedef struct gw_flow_need_question {
    const gw_net *net; /* has passed gw_net_validate */
    gw_flow_limits limits;
    gw_flow_paths paths;
    const gw_flow_lever *levers;
    size_t lever_count;
    int64_t margin_ppm[GW_LIMIT_KINDS]; /* how far inside the limit is wanted once it is violated:
                                           of nominal for voltages, of the rating otherwise */
    gw_flow_cut cut;
    gw_power step; /* of the effects; 0: 100 W */
} gw_flow_need_question;

typedef enum gw_flow_need_verdict {
    GW_NEED_NONE,        /* nothing is violated */
    GW_NEED_CONFIRMED,   /* the power flow keeps every limit with the changes */
    GW_NEED_UNCONFIRMED, /* the linear answer did not hold within its rounds: treat as not enough */
    GW_NEED_NOT_ENOUGH,  /* all that helps is asked and it does not suffice */
    GW_NEED_COLLAPSED    /* the quantile has no solution: there is nothing to take effects at */
} gw_flow_need_verdict;

/* Of one lever on one row, in ppm of the reference's; below zero it does harm. */
typedef struct gw_flow_effectiveness {
    int64_t less_ppm; /* consuming less */
    int64_t more_ppm; /* consuming more */
} gw_flow_effectiveness;

/* One limit that has to be relieved. */
typedef struct gw_flow_need_row {
    uint32_t limit;   /* in the list */
    bool is_violated; /* false: it joined because the changes would have brought it beyond */
    gw_flow_outlook before;
    gw_flow_outlook after;  /* with the changes, from the power flow */
    uint32_t reference;     /* the lever with the most relief per watt; lever_count: none has any */
    bool is_reference_more; /* the reference relieves by consuming more */
    int64_t reference_w;    /* what would do at the reference alone, rounded up */
    bool is_short;          /* all that helps it is not enough */
    int64_t missing_w;      /* of that, what could not be had */
    gw_flow_effectiveness *effectiveness; /* by lever */
} gw_flow_need_row;

typedef struct gw_flow_need {
    gw_flow_need_verdict verdict;
    gw_flow_need_row *rows; /* by share of the limit, the worst first; then those that joined */
    size_t row_count;
    int64_t *change_w;       /* by lever; below zero: consume less */
    int64_t least_w;         /* sum of their sizes: what has to be bought at the least */
    int64_t most_w;          /* all caps in the directions that help some row: what can be asked */
    gw_flow_outlook *before; /* by limit */
    gw_flow_outlook *after;  /* by limit; before, when nothing was changed */
    int rounds;              /* how often the effects were taken */
} gw_flow_need;

/* Memory comes from the arena. GW_CODE_OUT_OF_RANGE: a lever names no point or has a negative cap.
 * GW_CODE_TOO_LARGE: beyond GW_NEED_WORK_MOST; ask a part of the points. */
GW_MUST_CHECK gw_status gw_flow_need_find(gw_arena *arena, const gw_flow_need_question *question,
                                          gw_flow_need *ret, gw_fault *reterr);

const char *gw_flow_need_word(gw_flow_need_verdict verdict);
