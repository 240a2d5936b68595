/* SPDX-License-Identifier: Apache-2.0
 *
 * From the configuration to the handles of the chain: what `serve` and `gridwitness chain` share.
 */
#pragma once

#include "server/chain/deployment.h"
#include "server/chain/rpc.h"
#include "server/config.h"

/* Opens the node or nodes of [chain]; lives in the arena. */
GW_MUST_CHECK gw_status gw_chain_open_rpc(gw_arena *arena, const gw_config *config, gw_rpc **ret,
                                          gw_fault *reterr);
/* The deployment file, refused when it is of another chain than [chain] chain_id. */
GW_MUST_CHECK gw_status gw_chain_load_deployment(const gw_config *config, gw_deployment *ret,
                                                 gw_fault *reterr);
/* <keys_dir>/<name>, which may be a file that does not exist. */
GW_MUST_CHECK gw_status gw_chain_key_path(gw_arena *arena, const gw_config *config,
                                          const char *name, const char **ret, gw_fault *reterr);
/* artifacts_dir, or where the contracts are beside the program: installed or in the source tree. */
GW_MUST_CHECK gw_status gw_chain_artifacts(gw_arena *arena, const gw_config *config,
                                           const char **ret, gw_fault *reterr);
/* Addresses of node-1, node-2, … in <keys_dir>/keys.json; at least one. */
GW_MUST_CHECK gw_status gw_chain_load_nodes(gw_arena *arena, const gw_config *config,
                                            gw_address ret[GW_SIGNERS_MOST], uint32_t *ret_count,
                                            gw_fault *reterr);
