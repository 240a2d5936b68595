/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows from a decided proposal: state, certificate and promise to the chain in one
 * transaction, or the next revision.
 */
#pragma once

#include "server/db/proposal_store.h"
#include "server/flow/flow.h"

/* proposal->certificate holds the q signatures. */
GW_MUST_CHECK gw_status gw_certify(const gw_flow_unit *unit, gw_proposal_row *proposal,
                                   gw_fault *reterr);
/* Fails every open proposal for which no signature counts any more. */
GW_MUST_CHECK gw_status gw_certify_close_due(const gw_flow *flow, gw_instant now, gw_fault *reterr);
/* True when a signature comes too late for it. */
bool gw_certify_is_closed(const gw_proposal_row *proposal, gw_instant now);
GW_MUST_CHECK gw_status gw_certify_split(const gw_flow_unit *unit, gw_proposal_row *proposal,
                                         gw_fault *reterr);
