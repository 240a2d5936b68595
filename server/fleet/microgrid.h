/* SPDX-License-Identifier: Apache-2.0
 *
 * One microgrid as a process: it is called to rounds over MQTT, or asks for them over REST, and
 * answers from its own costs. It keeps nothing: after a restart the gateway calls it again, and the
 * same call gets the same answer.
 */
#pragma once

#include "server/fleet/microgrid_plan.h"

/* Until SIGTERM, or until plan->exchanges_most have ended. */
GW_MUST_CHECK gw_status gw_microgrid_run(const gw_microgrid_plan *plan, gw_fault *reterr);
/* Asks gw_microgrid_run to end; from a signal handler. */
void gw_microgrid_stop(void);
