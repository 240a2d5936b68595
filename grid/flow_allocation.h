/* SPDX-License-Identifier: Apache-2.0
 *
 * The state between measurements: from what the head of a segment measures, the meters that have
 * answered and the profiles of the rest, the power at every point. Meters stay as they are; what is
 * left of the head after them and the losses is laid on the others so that the sums per phase
 * match, in proportion to their profiles. Voltages do not move anything: they say whether it is
 * plausible, with a verdict that has a name. Points without a measurement keep the band of their
 * forecast. Not a state estimation: nothing is weighed against anything.
 * Integers at the border: W, var, mV, ppm. Ref: reference "grid" §3.5. Pure.
 */
#pragma once

#include "grid/flow_solver.h"

typedef enum gw_flow_origin {
    GW_ORIGIN_METER,
    GW_ORIGIN_ALLOCATED, /* its share of what the head measures */
    GW_ORIGIN_FORECAST   /* nothing measured it: its profile */
} gw_flow_origin;

/* What is known of one point: of each point of the network, in order. */
typedef struct gw_flow_point_data {
    bool is_metered;
    int64_t metered_w;
    int64_t metered_var;
    int64_t voltage_mv; /* 0: not measured; against earth in a three-phase model */
    int64_t profile_w;  /* what is expected now: the forecast's middle, or a standard profile */
    int64_t profile_var;
    int64_t low_w; /* band of the forecast (P5 to P95) */
    int64_t high_w;
} gw_flow_point_data;

/* Where the head is measured: power that flows towards the points. */
typedef enum gw_flow_head_kind {
    GW_HEAD_NONE,        /* not measured: the others keep their profiles */
    GW_HEAD_TRANSFORMER, /* at its `to` side, power that leaves it */
    GW_HEAD_BRANCH       /* at its `from` end, power that goes in */
} gw_flow_head_kind;

/* Phases A, B, C; in a balanced model only [0], the whole power and the voltage line to line. */
typedef struct gw_flow_head {
    gw_flow_head_kind kind;
    uint32_t element;
    int64_t active_w[GW_NET_PHASES];
    int64_t reactive_var[GW_NET_PHASES];
    int64_t voltage_mv[GW_NET_PHASES]; /* all 0: not measured */
} gw_flow_head;

/* A zero takes the default that stands beside it. */
typedef struct gw_flow_allocation_question {
    const gw_net *net; /* has passed gw_net_validate */
    const gw_flow_point_data *points;
    gw_flow_head head;
    int64_t voltage_tolerance_ppm; /* of nominal; 15,000 */
    int64_t scale_least_ppm; /* of the profiles; outside it the head is not believed: 200,000 */
    int64_t scale_most_ppm;  /* 5,000,000 */
} gw_flow_allocation_question;

typedef enum gw_flow_voltage_verdict {
    GW_VOLTAGE_NOT_MEASURED,
    GW_VOLTAGE_PLAUSIBLE,
    GW_VOLTAGE_ABOVE_MODEL, /* measured above what the flow says by more than the tolerance */
    GW_VOLTAGE_BELOW_MODEL,
    GW_VOLTAGE_OTHER_PHASE, /* fits another phase of the node: the phase in the model is doubtful */
    GW_VOLTAGE_MODEL_IS_DARK /* the meter has voltage where the model has no feed: a switch is wrong
                              */
} gw_flow_voltage_verdict;

typedef struct gw_flow_point_state {
    gw_flow_origin origin;
    int64_t active_w;
    int64_t reactive_var;
    int64_t low_w; /* equal to active_w when it was metered; never excludes it */
    int64_t high_w;
    int64_t model_mv; /* of its phase, or the mean of its phases; 0: dark */
    gw_flow_voltage_verdict voltage;
} gw_flow_point_state;

typedef enum gw_flow_head_verdict {
    GW_HEAD_NOT_MEASURED,
    GW_HEAD_MATCHED,   /* the sums agree */
    GW_HEAD_UNLIKELY,  /* they agree, but the profiles had to be scaled beyond belief */
    GW_HEAD_UNMATCHED, /* nobody is left to carry the rest: a meter or the head is wrong */
    GW_HEAD_INFEASIBLE /* the network cannot carry what was measured */
} gw_flow_head_verdict;

typedef struct gw_flow_allocation {
    gw_flow_head_verdict verdict;
    gw_flow_point_state *points;      /* net->point_count */
    int64_t scale_ppm[GW_NET_PHASES]; /* allocated over profile; 0: nobody to scale */
    int64_t rest_w[GW_NET_PHASES];    /* of the head, after everything */
    int64_t source_ppm;               /* factor on the sources' voltages that meets the head's */
    size_t doubtful;                  /* points whose voltage is neither plausible nor unmeasured */
    int rounds;
} gw_flow_allocation;

/* Memory comes from the arena. GW_CODE_OUT_OF_RANGE: the head names no element. */
GW_MUST_CHECK gw_status gw_flow_allocate(gw_arena *arena,
                                         const gw_flow_allocation_question *question,
                                         gw_flow_allocation *ret, gw_fault *reterr);

const char *gw_flow_origin_word(gw_flow_origin origin);
const char *gw_flow_voltage_word(gw_flow_voltage_verdict verdict);
const char *gw_flow_head_word(gw_flow_head_verdict verdict);
