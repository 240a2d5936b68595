/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness chain deploy`, `fund` and `status`: what the operator does.
 */
#include "server/chain/deploy.h"
#include "server/chain/ledger.h"
#include "server/chain/settings.h"
#include "server/cli/chain.h"
#include "server/keys/account.h"

#include <stdio.h>

static gw_status load_account(const gw_chain_tool *tool, const char *name, gw_signer **ret,
                              gw_fault *reterr) {
    const char *path = NULL;
    GW_TRY(gw_chain_key_path(tool->arena, tool->config, name, &path, reterr));
    return gw_account_load(tool->arena, path, ret, reterr);
}

static void print_address(const char *name, gw_address address) {
    char text[GW_ADDRESS_TEXT_SIZE];
    gw_address_print(address, text);
    (void)printf("%-8s %s\n", name, text);
}

static gw_status check_chain(const gw_chain_tool *tool, gw_fault *reterr) {
    const uint64_t wanted = (uint64_t)gw_config_int(tool->config, GW_SETTING_CHAIN_CHAIN_ID);
    uint64_t chain_id = 0;
    GW_TRY(gw_rpc_chain_id(tool->rpc, &chain_id, reterr));
    if (chain_id == wanted) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, "chain_id",
                        "the node is on chain %llu and the setting says %llu",
                        (unsigned long long)chain_id, (unsigned long long)wanted);
}

gw_status gw_chain_tool_deploy(const gw_chain_tool *tool, gw_fault *reterr) {
    const gw_chain_wish *wish = tool->wish;
    gw_signer *deployer = NULL;
    gw_signer *funder = NULL;
    gw_deployment made;
    gw_deploy_order order = {
        .chain_file = gw_config_text(tool->config, GW_SETTING_CHAIN_DEPLOYMENT_FILE),
        .mint_micros = wish->mint_micros > 0 ? wish->mint_micros : wish->fund_micros,
        .fund_micros = wish->fund_micros,
        .trades = wish->trades};
    GW_TRY(check_chain(tool, reterr));
    GW_TRY(gw_chain_artifacts(tool->arena, tool->config, &order.artifacts, reterr));
    GW_TRY(
        gw_chain_load_nodes(tool->arena, tool->config, order.members, &order.member_count, reterr));
    GW_TRY(load_account(tool, "deployer.eth", &deployer, reterr));
    GW_TRY(load_account(tool, "funder.eth", &funder, reterr));
    order.deployer = deployer;
    order.funder = funder;
    const gw_status status = gw_deploy_run(tool->rpc, tool->arena, &order, &made, reterr);
    gw_signer_wipe(deployer);
    gw_signer_wipe(funder);
    GW_TRY(status);
    print_address("token", made.token);
    print_address("quorum", made.quorum);
    print_address("ledger", made.ledger);
    if (!gw_address_is_zero(made.trades)) print_address("trades", made.trades);
    (void)printf("signer set %u of %u nodes, escrow %llu micros, written to %s\n", made.signer_set,
                 made.member_count, (unsigned long long)order.fund_micros, order.chain_file);
    return gw_ok();
}

gw_status gw_chain_tool_fund(const gw_chain_tool *tool, gw_fault *reterr) {
    gw_deployment deployment;
    gw_signer *funder = NULL;
    if (tool->wish->amount_micros == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "--amount-micros", "no amount is given");
    GW_TRY(check_chain(tool, reterr));
    GW_TRY(gw_chain_load_deployment(tool->config, &deployment, reterr));
    GW_TRY(load_account(tool, "funder.eth", &funder, reterr));
    const gw_status status = gw_deploy_fund(tool->rpc, tool->arena, &deployment, funder,
                                            tool->wish->amount_micros, reterr);
    gw_signer_wipe(funder);
    GW_TRY(status);
    (void)printf("funded with %llu micros\n", (unsigned long long)tool->wish->amount_micros);
    return gw_ok();
}

gw_status gw_chain_tool_status(const gw_chain_tool *tool, gw_fault *reterr) {
    gw_deployment deployment;
    gw_ledger_state state;
    gw_block head;
    char root[GW_WORD_TEXT_SIZE];
    GW_TRY(check_chain(tool, reterr));
    GW_TRY(gw_chain_load_deployment(tool->config, &deployment, reterr));
    GW_TRY(gw_rpc_head(tool->rpc, &head, reterr));
    GW_TRY(gw_ledger_state_read(tool->rpc, deployment.ledger, &state, reterr));
    gw_word_print(state.entitlement_root, root);
    print_address("token", deployment.token);
    print_address("quorum", deployment.quorum);
    print_address("ledger", deployment.ledger);
    if (!gw_address_is_zero(deployment.trades)) print_address("trades", deployment.trades);
    (void)printf("chain %llu, block %llu\n", (unsigned long long)deployment.chain_id,
                 (unsigned long long)head.number);
    (void)printf("funded           %20llu micros\n", (unsigned long long)state.funded_micros);
    (void)printf("open liabilities %20llu micros\n",
                 (unsigned long long)state.open_liabilities_micros);
    (void)printf("entitled         %20llu micros\n", (unsigned long long)state.entitled_micros);
    (void)printf("paid             %20llu micros\n", (unsigned long long)state.paid_micros);
    (void)printf("free             %20llu micros\n",
                 (unsigned long long)gw_ledger_free_micros(&state));
    (void)printf("runs %llu, entitlement root %s\n", (unsigned long long)state.sequence, root);
    return gw_ok();
}
