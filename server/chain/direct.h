/* SPDX-License-Identifier: Apache-2.0
 *
 * Send and wait, for a person at a terminal: deploying, funding, claiming. It keeps no journal; the
 * gateway itself sends through sender.h only. One transaction at a time per key.
 */
#pragma once

#include "oracle/sign.h"
#include "server/chain/rpc.h"
#include "server/chain/sender.h"

typedef struct gw_direct {
    gw_rpc *rpc;
    const gw_signer *signer;
    uint64_t chain_id;
    int wait_ms; /* for the receipt; 0 means 60,000 */
} gw_direct;

/* call->to zero: a creation. GW_CODE_INFEASIBLE: it would revert, or did. GW_CODE_TIMED_OUT: sent,
 * but not in a block in time. GW_CODE_MISMATCH: it ran without the log that it must have. */
GW_MUST_CHECK gw_status gw_direct_send(const gw_direct *direct, gw_arena *arena,
                                       const gw_chain_call *call, gw_receipt *ret,
                                       gw_fault *reterr);
