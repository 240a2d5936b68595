/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON-RPC to one or two nodes of the chain. With two, what decides about money is asked of both: a
 * receipt counts only when both show the same, the head is the lower one, a call's result must be
 * equal, a raw transaction goes to both. A node that is away is passed over while the other
 * answers; two that contradict each other are GW_CODE_MISMATCH and nothing is done. Answers are
 * bounded in time and size and trusted in nothing: every hex is parsed strictly.
 *
 * One thread per gw_rpc. It lives in the arena of gw_rpc_open; answers live in the arena of each
 * call. Errors: GW_CODE_UNAVAILABLE, GW_CODE_TIMED_OUT (no node answered), GW_CODE_MISMATCH,
 * GW_CODE_INFEASIBLE (the contract reverts; the message names its error), GW_CODE_MALFORMED (an
 * answer that cannot be read).
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "oracle/address.h"
#include "oracle/word.h"

typedef struct gw_rpc gw_rpc;

typedef struct gw_rpc_settings {
    const char *url;
    const char *second_url; /* NULL or "": only one node is asked */
    int timeout_ms;         /* of one exchange; 0 means 5,000 */
} gw_rpc_settings;

GW_MUST_CHECK gw_status gw_rpc_open(gw_arena *arena, const gw_rpc_settings *settings, gw_rpc **ret,
                                    gw_fault *reterr);
void gw_rpc_close(gw_rpc *rpc); /* NULL is fine */

typedef struct gw_block {
    uint64_t number;
    gw_word hash;
    uint64_t timestamp_s;
    uint64_t base_fee_wei;
} gw_block;

typedef struct gw_log_record {
    gw_address contract;
    const gw_word *topics;
    size_t topic_count;
    gw_bytes payload; /* the ABI-encoded members that are not indexed */
} gw_log_record;

typedef enum gw_receipt_result {
    GW_RECEIPT_ABSENT,   /* not in any block that both nodes know */
    GW_RECEIPT_REVERTED, /* in a block, without effect */
    GW_RECEIPT_DONE
} gw_receipt_result;

typedef struct gw_receipt {
    gw_receipt_result result;
    uint64_t block_number;
    gw_word block_hash;
    uint64_t gas_used;
    gw_address created; /* zero unless a contract was made */
    const gw_log_record *logs;
    size_t log_count;
} gw_receipt;

/* What a node says to a raw transaction; texts differ per client, see rpc_error.c. */
typedef enum gw_send_answer {
    GW_SEND_ACCEPTED,
    GW_SEND_KNOWN,       /* the same transaction is there already: success */
    GW_SEND_NONCE_USED,  /* something with this nonce was mined: look for receipts */
    GW_SEND_UNDERPRICED, /* a replacement must offer more */
    GW_SEND_BELOW_BASE,  /* the fee cap is under the base fee */
    GW_SEND_NO_FUNDS,    /* the account has too little for gas and value */
    GW_SEND_GAS_TOO_LOW, /* below intrinsic gas, or above a block's */
    GW_SEND_POOL_FULL,
    GW_SEND_REFUSED /* anything else */
} gw_send_answer;

typedef struct gw_call_request {
    gw_address from; /* zero: nobody */
    gw_address to;
    gw_bytes calldata;
} gw_call_request;

GW_MUST_CHECK gw_status gw_rpc_chain_id(gw_rpc *rpc, uint64_t *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rpc_head(gw_rpc *rpc, gw_block *ret, gw_fault *reterr);
/* Hash of the block with this number; GW_CODE_NOT_FOUND beyond the head. */
GW_MUST_CHECK gw_status gw_rpc_block_hash(gw_rpc *rpc, uint64_t number, gw_word *ret,
                                          gw_fault *reterr);
/* Nonce after the newest block: how many transactions of the account were mined. */
GW_MUST_CHECK gw_status gw_rpc_mined_count(gw_rpc *rpc, gw_address account, uint64_t *ret,
                                           gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rpc_balance(gw_rpc *rpc, gw_address account, gw_word *ret_wei,
                                       gw_fault *reterr);
/* A tip that recent blocks paid (median of those that were not empty), 0 when there are none. */
GW_MUST_CHECK gw_status gw_rpc_tip(gw_rpc *rpc, uint64_t *ret_wei, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rpc_code_size(gw_rpc *rpc, gw_address account, size_t *ret,
                                         gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rpc_call(gw_rpc *rpc, gw_arena *arena, const gw_call_request *request,
                                    gw_bytes *ret, gw_fault *reterr);
/* to zero: a creation with calldata as code. */
GW_MUST_CHECK gw_status gw_rpc_estimate(gw_rpc *rpc, const gw_call_request *request, uint64_t *ret,
                                        gw_fault *reterr);
/* Fails only when no node answered at all. detail gets the node's own words, at most 160 bytes. */
GW_MUST_CHECK gw_status gw_rpc_send(gw_rpc *rpc, gw_bytes raw, gw_send_answer *ret,
                                    char detail[160], gw_fault *reterr);
GW_MUST_CHECK gw_status gw_rpc_receipt(gw_rpc *rpc, gw_arena *arena, gw_word transaction,
                                       gw_receipt *ret, gw_fault *reterr);

/* The meaning of a node's error to eth_sendRawTransaction. Pure. */
gw_send_answer gw_send_answer_of(gw_text message);
