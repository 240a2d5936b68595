/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/watcher.h"

#include "server/chain/ledger.h"

#include <stdio.h>

static gw_status save(const gw_watch *watch, const gw_chain_row *row, gw_fault *reterr) {
    return gw_chain_save_state(watch->journal, &row->facts, watch->now, reterr);
}

/* The receipt of the attempt that is in a block, if one is: only one can be, by its nonce. */
static gw_status find_receipt(const gw_watch *watch, uint64_t nonce, gw_receipt *ret,
                              gw_word *ret_hash, gw_fault *reterr) {
    gw_chain_attempts attempts;
    gw_receipt receipt = {.result = GW_RECEIPT_ABSENT};
    GW_TRY(gw_chain_load_attempts(watch->journal, nonce, &attempts, reterr));
    for (int at = attempts.count; at-- > 0 && receipt.result == GW_RECEIPT_ABSENT;) {
        GW_TRY(gw_rpc_receipt(watch->rpc, watch->journal->arena, attempts.items[at].hash, &receipt,
                              reterr));
        *ret_hash = attempts.items[at].hash;
    }
    *ret = receipt;
    return gw_ok();
}

static gw_status note_absent(const gw_watch *watch, gw_chain_row *row, gw_fault *reterr) {
    if (row->facts.state < GW_CHAIN_MINED) return gw_ok();
    row->facts.state = GW_CHAIN_SENT;
    row->facts.block_number = 0;
    row->facts.block_hash = (gw_word){{0}};
    (void)snprintf(row->facts.detail, sizeof row->facts.detail, "%s",
                   "its block is no longer on the chain");
    return save(watch, row, reterr);
}

/* Empty when the transaction did what it was for. */
static const char *failure_of(const gw_receipt *receipt, const gw_chain_call *call) {
    if (receipt->result == GW_RECEIPT_REVERTED) return "the contract reverted";
    const bool is_proven =
        gw_word_is_zero(call->topic) || gw_receipt_has(receipt, call->to, call->topic);
    return is_proven ? "" : "it ran without the log that proves its effect";
}

static gw_status note_mined(const gw_watch *watch, gw_chain_row *row, const gw_receipt *receipt,
                            gw_watch_result *ret, gw_fault *reterr) {
    const char *failure = failure_of(receipt, &row->call);
    const uint64_t depth = watch->head.number - receipt->block_number;
    const bool is_deep =
        watch->head.number >= receipt->block_number && depth >= (uint64_t)watch->confirmations;
    const gw_chain_state deep = failure[0] == '\0' ? GW_CHAIN_FINAL : GW_CHAIN_FAILED;
    const gw_chain_state state = is_deep ? deep : GW_CHAIN_MINED;
    const bool is_news =
        state != row->facts.state || !gw_word_equal(row->facts.block_hash, receipt->block_hash);
    row->facts.state = state;
    row->facts.block_number = receipt->block_number;
    row->facts.block_hash = receipt->block_hash;
    row->facts.gas_used = receipt->gas_used;
    (void)snprintf(row->facts.detail, sizeof row->facts.detail, "%s", failure);
    *ret = is_deep ? GW_WATCH_FINISHED : GW_WATCH_MINED;
    return is_news ? save(watch, row, reterr) : gw_ok();
}

/* A receipt of a block that is not the one at its height on the chain is not believed. */
static gw_status is_standing(const gw_watch *watch, const gw_receipt *receipt, bool *ret,
                             gw_fault *reterr) {
    gw_word hash;
    const gw_status asked = gw_rpc_block_hash(watch->rpc, receipt->block_number, &hash, reterr);
    *ret = gw_is_ok(asked) && gw_word_equal(hash, receipt->block_hash);
    const bool is_unknown = asked.code == GW_CODE_NOT_FOUND || asked.code == GW_CODE_MISMATCH;
    return is_unknown ? gw_ok() : asked;
}

gw_status gw_watch_row(const gw_watch *watch, gw_chain_row *row, gw_watch_result *ret,
                       gw_fault *reterr) {
    gw_receipt receipt = {.result = GW_RECEIPT_ABSENT};
    gw_word hash = {{0}};
    bool is_there = false;
    GW_TRY(find_receipt(watch, row->facts.nonce, &receipt, &hash, reterr));
    if (receipt.result != GW_RECEIPT_ABSENT)
        GW_TRY(is_standing(watch, &receipt, &is_there, reterr));
    if (is_there) {
        row->facts.hash = hash;
        return note_mined(watch, row, &receipt, ret, reterr);
    }
    *ret = watch->mined > row->facts.nonce ? GW_WATCH_FOREIGN : GW_WATCH_ABSENT;
    return note_absent(watch, row, reterr);
}
