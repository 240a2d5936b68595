/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/deploy.h"

#include "base/writer.h"
#include "oracle/abi.h"
#include "server/chain/direct.h"
#include "server/chain/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_addresses(const void *left, const void *right) {
    return memcmp(left, right, sizeof(gw_address));
}

typedef struct creation {
    const char *contract;
    const char *types; /* of the constructor */
    const gw_abi_value *arguments;
    size_t count;
} creation;

static gw_status code_of(gw_arena *arena, const char *artifacts, const creation *wanted,
                         gw_bytes *ret, gw_fault *reterr) {
    gw_abi_type type;
    gw_bytes code;
    gw_bytes arguments;
    gw_writer out;
    const gw_abi_value values = gw_abi_items(wanted->arguments, wanted->count);
    gw_writer_init(&out, arena);
    GW_TRY(gw_artifact_load(arena, artifacts, wanted->contract, &code, reterr));
    GW_TRY(gw_abi_type_parse(arena, gw_text_from_c(wanted->types), &type, reterr));
    GW_TRY(gw_abi_encode(arena, &type, &values, &arguments, reterr));
    gw_write_bytes(&out, code.at, code.length);
    gw_write_bytes(&out, arguments.at, arguments.length);
    return gw_writer_end(&out, ret, reterr);
}

static gw_status create(const gw_direct *direct, gw_arena *arena, const char *artifacts,
                        const creation *wanted, gw_receipt *ret, gw_fault *reterr) {
    gw_chain_call call = {.gas_limit = 0};
    GW_TRY(code_of(arena, artifacts, wanted, &call.calldata, reterr));
    GW_TRY(gw_direct_send(direct, arena, &call, ret, reterr));
    if (!gw_address_is_zero(ret->created)) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, wanted->contract,
                        "the transaction made no contract");
}

static gw_status create_token(const gw_direct *direct, gw_arena *arena,
                              const gw_deploy_order *order, gw_deployment *made, gw_fault *reterr) {
    const gw_abi_value owner = gw_abi_address(gw_signer_address(direct->signer));
    const creation wanted = {"TestEuro", "(address)", &owner, 1};
    gw_receipt receipt;
    made->token = order->token;
    if (!gw_address_is_zero(order->token)) return gw_ok();
    GW_TRY(create(direct, arena, order->artifacts, &wanted, &receipt, reterr));
    made->token = receipt.created;
    return gw_ok();
}

static gw_status create_quorum(const gw_direct *direct, gw_arena *arena,
                               const gw_deploy_order *order, gw_deployment *made,
                               gw_fault *reterr) {
    gw_abi_value members[GW_SIGNERS_MOST];
    gw_receipt receipt;
    for (uint32_t at = 0; at < made->member_count; at++)
        members[at] = gw_abi_address(made->members[at]);
    const gw_abi_value arguments[] = {gw_abi_address(gw_signer_address(direct->signer)),
                                      gw_abi_items(members, made->member_count)};
    const creation wanted = {"SignerQuorum", "(address,address[])", arguments, 2};
    GW_TRY(create(direct, arena, order->artifacts, &wanted, &receipt, reterr));
    made->quorum = receipt.created;
    made->signer_set = 1; /* the constructor's members */
    return gw_ok();
}

static gw_status create_ledger(const gw_direct *direct, gw_arena *arena,
                               const gw_deploy_order *order, gw_deployment *made,
                               gw_fault *reterr) {
    const gw_address owner = gw_signer_address(direct->signer);
    const gw_abi_value arguments[] = {gw_abi_address(made->token), gw_abi_address(made->quorum),
                                      gw_abi_address(owner), gw_abi_address(owner)};
    const creation wanted = {"SettlementLedger", "(address,address,address,address)", arguments, 4};
    gw_receipt receipt;
    GW_TRY(create(direct, arena, order->artifacts, &wanted, &receipt, reterr));
    made->ledger = receipt.created;
    made->block = receipt.block_number;
    return gw_ok();
}

/* Token, signers and domain are the ledger's. */
static gw_status create_trades(const gw_direct *direct, gw_arena *arena,
                               const gw_deploy_order *order, gw_deployment *made,
                               gw_fault *reterr) {
    const gw_abi_value ledger = gw_abi_address(made->ledger);
    const creation wanted = {"TradeSettlement", "(address)", &ledger, 1};
    gw_receipt receipt;
    if (order->trades == GW_DEPLOY_NO_TRADES || !gw_address_is_zero(made->trades)) return gw_ok();
    GW_TRY(create(direct, arena, order->artifacts, &wanted, &receipt, reterr));
    made->trades = receipt.created;
    return gw_deployment_save(order->chain_file, made, reterr);
}

static gw_status deploy_all(const gw_direct *direct, gw_arena *arena, const gw_deploy_order *order,
                            gw_deployment *made, gw_fault *reterr) {
    made->chain_id = direct->chain_id;
    made->member_count = order->member_count;
    memcpy(made->members, order->members, sizeof made->members);
    qsort(made->members, made->member_count, sizeof made->members[0], compare_addresses);
    GW_TRY(create_token(direct, arena, order, made, reterr));
    GW_TRY(create_quorum(direct, arena, order, made, reterr));
    GW_TRY(create_ledger(direct, arena, order, made, reterr));
    return gw_deployment_save(order->chain_file, made, reterr);
}

/* The chain file of an earlier run counts when its ledger is really on this chain. */
static gw_status load_standing(gw_rpc *rpc, const gw_deploy_order *order, uint64_t chain_id,
                               gw_deployment *ret, gw_fault *reterr) {
    size_t code_size = 0;
    if (access(order->chain_file, F_OK) != 0) return gw_fail(reterr, GW_CODE_NOT_FOUND);
    GW_TRY(gw_deployment_load(order->chain_file, ret, reterr));
    GW_TRY(gw_rpc_code_size(rpc, ret->ledger, &code_size, reterr));
    if (ret->chain_id == chain_id && code_size > 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_CONFLICT, order->chain_file,
                        "the file names a ledger that is not on this chain");
}

gw_status gw_deploy_fund(gw_rpc *rpc, gw_arena *arena, const gw_deployment *deployment,
                         const gw_signer *funder, uint64_t amount_micros, gw_fault *reterr) {
    const gw_direct direct = {.rpc = rpc, .signer = funder, .chain_id = deployment->chain_id};
    gw_chain_call call;
    gw_receipt receipt;
    GW_TRY(gw_token_approve(arena, deployment->token, deployment->ledger, amount_micros, &call,
                            reterr));
    GW_TRY(gw_direct_send(&direct, arena, &call, &receipt, reterr));
    GW_TRY(gw_ledger_fund(arena, deployment->ledger, amount_micros, &call, reterr));
    return gw_direct_send(&direct, arena, &call, &receipt, reterr);
}

static gw_status mint_missing(const gw_direct *direct, gw_arena *arena,
                              const gw_deploy_order *order, const gw_deployment *made,
                              gw_fault *reterr) {
    const gw_address funder = gw_signer_address(order->funder);
    gw_chain_call call;
    gw_receipt receipt;
    uint64_t balance = 0;
    GW_TRY(gw_token_balance(direct->rpc, made->token, funder, &balance, reterr));
    if (balance >= order->mint_micros) return gw_ok();
    GW_TRY(gw_token_mint(arena, made->token, funder, order->mint_micros - balance, &call, reterr));
    return gw_direct_send(direct, arena, &call, &receipt, reterr);
}

static gw_status fund_missing(const gw_direct *direct, gw_arena *arena,
                              const gw_deploy_order *order, const gw_deployment *made,
                              gw_fault *reterr) {
    gw_ledger_state state;
    GW_TRY(gw_ledger_state_read(direct->rpc, made->ledger, &state, reterr));
    if (state.funded_micros >= order->fund_micros) return gw_ok();
    if (order->mint_micros > 0) GW_TRY(mint_missing(direct, arena, order, made, reterr));
    return gw_deploy_fund(direct->rpc, arena, made, order->funder,
                          order->fund_micros - state.funded_micros, reterr);
}

gw_status gw_deploy_run(gw_rpc *rpc, gw_arena *arena, const gw_deploy_order *order,
                        gw_deployment *ret, gw_fault *reterr) {
    gw_direct direct = {.rpc = rpc, .signer = order->deployer};
    gw_deployment made = {.chain_id = 0};
    GW_TRY(gw_rpc_chain_id(rpc, &direct.chain_id, reterr));
    gw_status standing = load_standing(rpc, order, direct.chain_id, &made, reterr);
    if (standing.code == GW_CODE_NOT_FOUND)
        standing = deploy_all(&direct, arena, order, &made, reterr);
    GW_TRY(standing);
    GW_TRY(create_trades(&direct, arena, order, &made, reterr));
    GW_TRY(fund_missing(&direct, arena, order, &made, reterr));
    *ret = made;
    return gw_ok();
}
