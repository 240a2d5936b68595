/* SPDX-License-Identifier: Apache-2.0
 *
 * Where our contracts are: the file chain.json that `gridwitness chain deploy` writes and everybody
 * else reads: {"chain_id","token","quorum","ledger","signer_set","block","members":[…]}, and
 * "trades" where the trade contract was deployed.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/quorum.h"
#include "oracle/typed_data.h"

typedef struct gw_deployment {
    uint64_t chain_id;
    gw_address token;
    gw_address quorum;
    gw_address ledger;
    gw_address trades; /* TradeSettlement; zero: not deployed */
    uint32_t signer_set;
    uint64_t block; /* the ledger's first */
    gw_address members[GW_SIGNERS_MOST];
    uint32_t member_count;
} gw_deployment;

GW_MUST_CHECK gw_status gw_deployment_load(const char *path, gw_deployment *ret, gw_fault *reterr);
/* Written beside and renamed, so that a reader sees all of it or nothing. */
GW_MUST_CHECK gw_status gw_deployment_save(const char *path, const gw_deployment *deployment,
                                           gw_fault *reterr);

static inline gw_domain gw_deployment_domain(const gw_deployment *deployment) {
    return (gw_domain){deployment->chain_id, deployment->ledger};
}
static inline gw_signer_set gw_deployment_signers(const gw_deployment *deployment) {
    return (gw_signer_set){deployment->members, deployment->member_count};
}

/* The creation code of <folder>/<contract>.json. */
GW_MUST_CHECK gw_status gw_artifact_load(gw_arena *arena, const char *folder, const char *contract,
                                         gw_bytes *ret, gw_fault *reterr);
