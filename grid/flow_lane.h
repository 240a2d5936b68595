/* SPDX-License-Identifier: Apache-2.0
 *
 * Several load vectors in one sweep: each vector is a lane of the processor's vector registers. A
 * sweep stops when its slowest lane has settled. Written with the compiler's vector extension; four
 * lanes are built with AVX2 where the processor may have it, two run everywhere. No contraction, no
 * fast-math: a lane does the operations of a scalar flow. Pure.
 */
#pragma once

typedef enum gw_flow_lanes {
    GW_FLOW_LANES_BEST, /* what gw_flow_lanes_best says */
    GW_FLOW_LANES_NONE, /* the scalar flow, unreduced */
    GW_FLOW_LANES_2,
    GW_FLOW_LANES_4 /* two where the processor has no AVX2 */
} gw_flow_lanes;

/* The widest that this processor has; asks it, never the environment. */
gw_flow_lanes gw_flow_lanes_best(void);
