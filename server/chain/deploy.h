/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts a new installation on a chain: token (a development one unless an address is given), signer
 * registry, ledger and, when asked to, the trade contract; then mints and funds. Each step is
 * looked up before it is done, so running it again with the same chain file finishes what was left.
 */
#pragma once

#include "server/chain/deployment.h"
#include "server/chain/rpc.h"

/* The contract that settles trades with a grid clearance is not everybody's. */
typedef enum gw_deploy_trades { GW_DEPLOY_NO_TRADES, GW_DEPLOY_TRADES } gw_deploy_trades;

typedef struct gw_deploy_order {
    const char *artifacts; /* folder */
    const char *chain_file;
    const gw_signer *deployer; /* becomes owner and guardian */
    const gw_signer *funder;
    gw_address token; /* zero: deploy TestEuro */
    gw_address members[GW_SIGNERS_MOST];
    uint32_t member_count; /* any order; sorted here */
    uint64_t mint_micros;  /* to the funder; only with our own token */
    uint64_t fund_micros;  /* the escrow is brought up to this */
    gw_deploy_trades trades;
} gw_deploy_order;

GW_MUST_CHECK gw_status gw_deploy_run(gw_rpc *rpc, gw_arena *arena, const gw_deploy_order *order,
                                      gw_deployment *ret, gw_fault *reterr);
/* approve and fund from the funder's tokens. */
GW_MUST_CHECK gw_status gw_deploy_fund(gw_rpc *rpc, gw_arena *arena,
                                       const gw_deployment *deployment, const gw_signer *funder,
                                       uint64_t amount_micros, gw_fault *reterr);
