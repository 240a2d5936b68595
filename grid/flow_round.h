/* SPDX-License-Identifier: Apache-2.0
 *
 * From the floating point inside a flow to whole numbers, without library calls; what is beyond
 * int64 becomes its end. Pure.
 */
#pragma once

#include <stdint.h>

#define GW_FLOW_WHOLE_MOST 9.2e18

/* To the nearest, half away from zero. */
static inline int64_t gw_flow_round(double number) {
    if (number >= GW_FLOW_WHOLE_MOST) return INT64_MAX;
    if (number <= -GW_FLOW_WHOLE_MOST) return INT64_MIN;
    return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
}

/* To the next that is not below. */
static inline int64_t gw_flow_round_up(double number) {
    if (number >= GW_FLOW_WHOLE_MOST) return INT64_MAX;
    if (number <= -GW_FLOW_WHOLE_MOST) return INT64_MIN;
    const int64_t whole = (int64_t)number;
    return (double)whole < number ? whole + 1 : whole;
}
