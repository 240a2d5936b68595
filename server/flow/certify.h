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
GW_MUST_CHECK gw_status gw_certify_split(const gw_flow_unit *unit, gw_proposal_row *proposal,
                                         gw_fault *reterr);
