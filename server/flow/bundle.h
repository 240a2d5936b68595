/* SPDX-License-Identifier: Apache-2.0
 *
 * The evidence bundle of one settlement run, as docs/EVIDENCE.md §9 and the verifier take it: both
 * cores, both certificates with the verdicts of all nodes, and where it stands on the chain.
 */
#pragma once

#include "server/db/proposal_store.h"
#include "server/db/settlement_store.h"
#include "server/flow/flow.h"
#include "server/http/json.h"

GW_MUST_CHECK gw_status gw_bundle_write(const gw_flow *flow, gw_arena *arena,
                                        const gw_settlement_row *run, gw_json *json,
                                        gw_fault *reterr);

/* {"digest","signatures":[{"signature","signer"}]} of a certified proposal. */
GW_MUST_CHECK gw_status gw_bundle_certificate(gw_json *json, const char *key,
                                              const gw_proposal_row *proposal, gw_fault *reterr);
