/* SPDX-License-Identifier: Apache-2.0 */
#define GW_LANE_COUNT 2
#include "grid/flow_lane_inside.h"

void gw_flow_lane_run_2(const gw_lane_job *job) {
    if (job->plan->phases == 3)
        gw_lane_run_phases(job, 3);
    else
        gw_lane_run_phases(job, 1);
}
