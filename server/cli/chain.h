/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of `gridwitness chain` share.
 */
#pragma once

#include "server/chain/deploy.h"
#include "server/chain/rpc.h"
#include "server/config.h"

typedef struct gw_chain_wish {
    const char *config_file;
    const char *bundle_file;
    const char *settlement; /* id, asked of the gateway */
    const char *gateway_url;
    const char *token_file;
    const char *key_file;
    uint64_t fund_micros;
    uint64_t mint_micros;
    uint64_t amount_micros;
    gw_deploy_trades trades;
} gw_chain_wish;

typedef struct gw_chain_tool {
    const gw_chain_wish *wish;
    const gw_config *config;
    gw_rpc *rpc;
    gw_arena *arena;
} gw_chain_tool;

GW_MUST_CHECK gw_status gw_chain_tool_deploy(const gw_chain_tool *tool, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_chain_tool_fund(const gw_chain_tool *tool, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_chain_tool_status(const gw_chain_tool *tool, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_chain_tool_claim(const gw_chain_tool *tool, gw_fault *reterr);
