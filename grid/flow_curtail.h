/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is cut, and by how much, when wishes together break limits: the rules, on plain arrays. An
 * item i asks for requested_w; one watt of it moves constraint c by effect[c * item_count + i]
 * (greater is worse); gap[c] is by how much c is beyond its limit with everything accepted, below 0
 * the room that is left. A cut is between 0 and requested_w. Linear in one call: the caller solves
 * the flow again with what is left and tightens the gaps. Fixed order, the same bits every time.
 * Pure.
 *
 * Fairness, said openly: every rule that looks at effects cuts the ends of long feeders first.
 * That is what `weight` is for: it makes the cuts of a point that was cut before dearer.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdint.h>

typedef enum gw_flow_rule {
    /* min sum w d^2 so that sum s d >= gap: the cut is proportional to the effect */
    GW_FLOW_RULE_SENSITIVITY_QP,
    /* min sum d: the largest effect first */
    GW_FLOW_RULE_MIN_KW,
    /* min sum price d: the least value for an effect first */
    GW_FLOW_RULE_ECONOMIC,
    /* the same share of all that contribute */
    GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS,
    /* the last to come among those that contribute */
    GW_FLOW_RULE_LAST_COME_CONTRIBUTORS,
    /* The next two cut relieving items as well: to compare with, never to reserve by. */
    GW_FLOW_RULE_PRO_RATA_ALL,
    GW_FLOW_RULE_LAST_COME_ALL,
    GW_FLOW_RULE_COUNT
} gw_flow_rule;

/* "sensitivity_qp", "min_kw" ... */
const char *gw_flow_rule_name(gw_flow_rule rule);

typedef struct gw_flow_curtailment {
    gw_flow_rule rule;
    size_t item_count;
    size_t constraint_count;
    const double *effect;      /* per watt; constraint_count * item_count */
    const double *gap;         /* by constraint */
    const double *requested_w; /* by item, > 0 */
    const double *price;       /* by item, for GW_FLOW_RULE_ECONOMIC; NULL: all alike */
    const double *weight;      /* by item, > 0, for GW_FLOW_RULE_SENSITIVITY_QP; NULL: all 1 */
    const uint32_t *arrival;   /* items in the order in which they came; NULL: as listed */
} gw_flow_curtailment;

/* shadow: what one unit of a constraint's gap costs, in the rule's own measure (QP: watts of cut
 * per effect; MIN_KW: watts; ECONOMIC: price); 0 for what does not bind and for the other rules. */
typedef struct gw_flow_cut_set {
    double *cut_w;  /* by item */
    double *shadow; /* by constraint */
    double missing; /* largest gap that no cut can close; 0: all are closed */
} gw_flow_cut_set;

/* Memory comes from the arena. A gap that cannot be closed is said in `missing`, not a failure. */
GW_MUST_CHECK gw_status gw_flow_curtail(gw_arena *arena, const gw_flow_curtailment *question,
                                        gw_flow_cut_set *ret, gw_fault *reterr);
