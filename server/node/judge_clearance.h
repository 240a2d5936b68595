/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node thinks of a grid clearance. It does not reproduce the proposer's floats: it takes the
 * integers of the core and asks its own power flow, scalar and from a flat start, whether base +
 * accepted keeps every limit with a margin in every base, and whether every cut was needed. Before
 * that: the network against the pin, the base against the readings that the node holds, schedules
 * against clearances it has signed. What it has not seen is counted, not refused: a trade for the
 * next hour cannot wait for all readings. Ref: DESIGN §6, grid clearance.
 */
#pragma once

#include "server/node/judge.h"

/* The node's margin under every limit, and the slack it leaves the proposer's flow when it asks
 * whether a cut was needed. Both in ppm of the limit. */
enum {
    GW_JUDGE_MARGIN_PPM = 200,
    GW_JUDGE_SLACK_PPM = 300,
    GW_JUDGE_MARGIN_MOST_PPM = 20000, /* of the proposer: more would be a cut without a reason */
    GW_JUDGE_LAG_INTERVALS = 3        /* a base may be that much older than our newest reading */
};

/* Clocks of gateway and node may differ by so much, and a reading that the node has seen may still
 * be on its way into the gateway's database. Ref: oracle_chain §2.2, clock. */
enum { GW_JUDGE_SKEW_S = 30, GW_JUDGE_GRACE_S = 60 };

/* As gw_judge; a core that does not check is a failure with the fault that says where. */
GW_MUST_CHECK gw_status gw_judge_clearance(gw_arena *arena, gw_bytes core,
                                           const gw_judge_facts *facts, gw_judgement *ret,
                                           gw_fault *reterr);
