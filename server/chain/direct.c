/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/direct.h"

#include "oracle/transaction.h"
#include "server/chain/fee.h"
#include "server/chain/ledger.h"

#include <time.h>

enum { WAIT_MS = 60000, PAUSE_MS = 50 };

static const gw_fee_limits limits = {.tip_least_wei = 1000000000,    /* 1 gwei */
                                     .cap_most_wei = 1000000000000}; /* 1,000 gwei */

static gw_status build(const gw_direct *direct, const gw_chain_call *call, gw_transaction *ret,
                       gw_fault *reterr) {
    const gw_address from = gw_signer_address(direct->signer);
    const gw_call_request request = {from, call->to, call->calldata};
    gw_transaction transaction = {.chain_id = direct->chain_id,
                                  .is_creation = gw_address_is_zero(call->to),
                                  .to = call->to,
                                  .data = call->calldata};
    gw_block head;
    gw_fee fee;
    uint64_t tip = 0;
    uint64_t gas = 0;
    GW_TRY(gw_rpc_mined_count(direct->rpc, from, &transaction.nonce, reterr));
    GW_TRY(gw_rpc_estimate(direct->rpc, &request, &gas, reterr));
    GW_TRY(gw_rpc_head(direct->rpc, &head, reterr));
    GW_TRY(gw_rpc_tip(direct->rpc, &tip, reterr));
    GW_TRY(gw_fee_fresh(head.base_fee_wei, tip, &limits, &fee, reterr));
    transaction.gas_limit = gas + gas / 5;
    transaction.tip_wei = gw_word_from_u64(fee.tip_wei);
    transaction.fee_cap_wei = gw_word_from_u64(fee.cap_wei);
    *ret = transaction;
    return gw_ok();
}

static gw_status send(const gw_direct *direct, gw_bytes raw, gw_fault *reterr) {
    gw_send_answer answer;
    char detail[160];
    GW_TRY(gw_rpc_send(direct->rpc, raw, &answer, detail, reterr));
    if (answer == GW_SEND_ACCEPTED || answer == GW_SEND_KNOWN) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "transaction", "the node refuses it: %s",
                        detail);
}

static gw_status await(const gw_direct *direct, gw_arena *arena, gw_word hash, gw_receipt *ret,
                       gw_fault *reterr) {
    const int most_ms = direct->wait_ms > 0 ? direct->wait_ms : WAIT_MS;
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    for (int waited_ms = 0; waited_ms < most_ms; waited_ms += PAUSE_MS) {
        GW_TRY(gw_rpc_receipt(direct->rpc, arena, hash, ret, reterr));
        if (ret->result != GW_RECEIPT_ABSENT) return gw_ok();
        (void)nanosleep(&pause, NULL);
    }
    return gw_fail_with(reterr, GW_CODE_TIMED_OUT, "transaction",
                        "the transaction was not in a block after %d s", most_ms / 1000);
}

gw_status gw_direct_send(const gw_direct *direct, gw_arena *arena, const gw_chain_call *call,
                         gw_receipt *ret, gw_fault *reterr) {
    gw_transaction transaction;
    gw_signed_transaction made;
    gw_receipt receipt;
    GW_TRY(build(direct, call, &transaction, reterr));
    GW_TRY(gw_transaction_sign(arena, &transaction, direct->signer, &made, reterr));
    GW_TRY(send(direct, made.raw, reterr));
    GW_TRY(await(direct, arena, made.hash, &receipt, reterr));
    if (receipt.result == GW_RECEIPT_REVERTED)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "transaction",
                            "the transaction is in block %llu and reverted",
                            (unsigned long long)receipt.block_number);
    if (!gw_word_is_zero(call->topic) && !gw_receipt_has(&receipt, call->to, call->topic))
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "transaction",
                            "the transaction ran without the log that proves it");
    *ret = receipt;
    return gw_ok();
}
