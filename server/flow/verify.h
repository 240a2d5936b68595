/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: after the data deadline, gather what delivery is computed from: the readings that were
 * known at the as-of time, the days on which each meter was called, the orders as committed.
 */
#pragma once

#include "server/db/order_store.h"
#include "server/db/request_store.h"
#include "server/evidence/core.h"
#include "server/flow/flow.h"

/* Fills orders, salts, meters, event, rules, chain, realm and run.as_of's inputs of the core;
 * core->run.as_of is set by the caller. */
GW_MUST_CHECK gw_status gw_verify_gather(const gw_flow_unit *unit, const gw_request_row *request,
                                         gw_core_settlement *core, gw_fault *reterr);

/* The readings that a settlement of this event may look at: the method's look-back to the end. */
gw_period gw_verify_period(const gw_request_row *request, const gw_method *method);
