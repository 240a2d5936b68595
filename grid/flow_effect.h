/* SPDX-License-Identifier: Apache-2.0
 *
 * What one more watt at a point does to a limit, exactly: by solving the flow again with a little
 * more (and a little less) at every point. No linear model: on a stressed feeder that is wrong by a
 * fifth, and without phases it has the wrong sign.
 *
 * An effect is the change of the limit's excess per watt that the point consumes more: above zero
 * makes it worse, whatever the kind. A point whose phase is unknown has one effect per phase; `low`
 * and `high` are their ends, and whoever uses an effect takes the unfavourable one: `high` for more
 * consumption, `low` for less. Where the phase is known both are the same. Pure.
 */
#pragma once

#include "grid/flow_lane.h"
#include "grid/flow_limit.h"
#include "grid/quantity.h"

typedef struct gw_flow_effect {
    double low;
    double high;
} gw_flow_effect;

/* What goes with the active power: nothing (an inverter, a battery), or the reactive power so that
 * the power factor stays (a load that is switched off in part). */
typedef enum gw_flow_cut { GW_FLOW_CUT_ACTIVE, GW_FLOW_CUT_WHOLE } gw_flow_cut;

/* Central: two flows per point and half the error of a step. Less, more: one flow, consuming less
 * or more. */
typedef enum gw_flow_difference { GW_FLOW_CENTRAL, GW_FLOW_LESS, GW_FLOW_MORE } gw_flow_difference;

typedef struct gw_flow_question {
    const gw_net *net; /* has passed gw_net_validate */
    gw_flow_limits limits;
    const uint32_t *points; /* NULL: all of the network, in order */
    size_t point_count;
    gw_power step; /* each way; 0 stands for 100 W */
    gw_flow_cut cut;
    gw_flow_difference difference;
    gw_flow_lanes lanes; /* GW_FLOW_LANES_NONE where something is checked with the effects */
} gw_flow_question;

typedef struct gw_flow_effects {
    double *values;     /* of each limit as the network stands */
    gw_flow_effect *at; /* [point * limit_count + limit] */
    size_t point_count; /* as asked */
    size_t limit_count;
    int iterations; /* of the flow as the network stands, from a flat start */
} gw_flow_effects;

/* Memory comes from the arena. GW_CODE_INFEASIBLE: a flow has no solution. GW_CODE_OUT_OF_RANGE: a
 * limit or a point names nothing in the network. */
GW_MUST_CHECK gw_status gw_flow_effects_find(gw_arena *arena, const gw_flow_question *question,
                                             gw_flow_effects *ret, gw_fault *reterr);

/* Effect of a point (its place in the question) on a limit, for so much more consumption; less is
 * negative: the change of the excess, with the unfavourable end. */
double gw_flow_effect_of(const gw_flow_effects *effects, size_t point, size_t limit, double more_w);
/* Per watt, in parts per billion of the excess, rounded away from zero: for interfaces. */
int64_t gw_flow_effect_ppb(double effect);
