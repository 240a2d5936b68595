/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: an oracle node answers a proposal. A signature counts when it recovers to the address
 * that the signer set has for the node of the token. With the q-th signature the certificate, the
 * event's state and the promise to the chain are written in the transaction of that vote; later
 * votes are kept and shown. When every node has answered and no quorum can come, the proposal
 * splits: the next revision follows, or the thing fails with its reason.
 */
#pragma once

#include "server/db/proposal_store.h"
#include "server/flow/flow.h"

typedef struct gw_vote_wish {
    gw_uuid proposal_id;
    gw_text node;    /* from the token */
    gw_text verdict; /* wire name of oracle/verdict.def */
    gw_text detail;
    gw_text seen;                  /* JSON object */
    const gw_signature *signature; /* NULL: a refusal */
} gw_vote_wish;

/* A signed vote stands for ever; a refusal may be followed by a signature while the proposal is
 * open. GW_CODE_INVALID: verdict and signature do not fit, or the signature is not the node's.
 * GW_CODE_FORBIDDEN: no node of the signer set. GW_CODE_WRONG_STATE: a signature after the
 * proposal's closing. ret is the proposal after the vote. */
GW_MUST_CHECK gw_status gw_collect_vote(const gw_flow *flow, gw_arena *arena,
                                        const gw_vote_wish *wish, gw_instant now,
                                        gw_proposal_row *ret, gw_fault *reterr);
