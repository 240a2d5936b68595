/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs what is due. Timers are rows, so nothing is lost by a restart; each step is one transaction
 * that also fires its timer. A step that must wait stays armed; one that fails for good fails its
 * event with the reason, so that an operator sees it.
 */
#pragma once

#include "server/flow/flow.h"

/* Runs every timer due at or before now, also those that steps arm meanwhile. Several processes or
 * threads may call it: a step locks its event. ret_fired counts the timers fired. The first
 * retryable failure ends it and is returned; the rest is tried at the next call. */
GW_MUST_CHECK gw_status gw_schedule_run(const gw_flow *flow, gw_instant now, int *ret_fired,
                                        gw_fault *reterr);

/* The earliest waiting timer; us 0 when none waits. */
GW_MUST_CHECK gw_status gw_schedule_next(const gw_flow *flow, gw_instant *ret, gw_fault *reterr);
