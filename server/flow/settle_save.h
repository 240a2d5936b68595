/* SPDX-License-Identifier: Apache-2.0
 *
 * Stores a computed run: the settlement row, its lines with the sums that explain them, the double
 * entry and the entitlement tree.
 */
#pragma once

#include "server/evidence/core.h"
#include "server/flow/flow.h"

GW_MUST_CHECK gw_status gw_settle_save(const gw_flow_unit *unit, const gw_core_settlement *core,
                                       gw_uuid proposal_id, gw_word data_hash, gw_fault *reterr);
const char *gw_run_type_print(gw_run_type type); /* "INITIAL" */
