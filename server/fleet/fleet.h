/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness fleet`: many simulated devices as real MQTT clients over mutual TLS, in the steps of
 * a conducted clock. A step is done when every device that has a line has a receipt for everything
 * it has metered. Two threads of ours: the caller's runs the steps, one answers set-points.
 */
#pragma once

#include "base/status.h"
#include "server/fleet/plan.h"

/* Runs until the conductor says stop. GW_CODE_TIMED_OUT when a step's receipts do not come. */
GW_MUST_CHECK gw_status gw_fleet_run(gw_arena *arena, const gw_fleet_plan *plan, gw_fault *reterr);
