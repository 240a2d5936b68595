/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_lane.h"

gw_flow_lanes gw_flow_lanes_best(void) {
#if defined(__x86_64__)
    /* a question to the processor (CPUID), answered before main */
    if (__builtin_cpu_supports("avx2")) return GW_FLOW_LANES_4;
#endif
    return GW_FLOW_LANES_2;
}
