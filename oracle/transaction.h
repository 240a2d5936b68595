/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions of type 2 (EIP-1559): what is signed, the raw bytes that are sent, and the reverse
 * with the sender recovered. Same fields and key give the same bytes, so a restart sends exactly
 * what was sent before. Prices in wei per unit of gas. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/address.h"
#include "oracle/sign.h"
#include "oracle/word.h"

typedef struct gw_access {
    gw_address address;
    const gw_word *keys;
    size_t key_count;
} gw_access;

typedef struct gw_transaction {
    uint64_t chain_id;
    uint64_t nonce;
    gw_word tip_wei;     /* maxPriorityFeePerGas */
    gw_word fee_cap_wei; /* maxFeePerGas */
    uint64_t gas_limit;
    bool is_creation; /* `to` is empty and data is the code to run */
    gw_address to;
    gw_word value_wei;
    gw_bytes data;
    const gw_access *accesses;
    size_t access_count;
} gw_transaction;

typedef struct gw_signed_transaction {
    gw_bytes raw; /* 0x02 ‖ rlp([..., yParity, r, s]) */
    gw_word hash; /* Keccak(raw) */
} gw_signed_transaction;

/* EIP-7825: no block takes a transaction with more gas. */
enum { GW_TRANSACTION_GAS_MOST = 16777216 };

/* 0x02 ‖ rlp(fields), the bytes that are hashed for signing. */
GW_MUST_CHECK gw_status gw_transaction_unsigned(gw_arena *arena, const gw_transaction *transaction,
                                                gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_transaction_sign(gw_arena *arena, const gw_transaction *transaction,
                                            const gw_signer *signer, gw_signed_transaction *ret,
                                            gw_fault *reterr);
/* Strict; slices of raw. Refused too: a high s, a tip above the fee cap. */
GW_MUST_CHECK gw_status gw_transaction_decode(gw_arena *arena, gw_bytes raw, gw_transaction *ret,
                                              gw_address *ret_sender, gw_fault *reterr);

/* The least gas limit that a block accepts for this: intrinsic gas with the floor of EIP-7623 and
 * the code words of EIP-3860. */
uint64_t gw_transaction_least_gas(const gw_transaction *transaction);
