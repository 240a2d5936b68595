/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenZeppelin's standard Merkle tree: leaves are hashed twice, so that no inner node can pass as a
 * leaf; leaves are sorted by hash, pairs are sorted before hashing. The order in which the caller
 * gives the leaves changes nothing. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/address.h"
#include "oracle/word.h"

/* A built tree, owned by its arena. nodes[0] is the root. */
typedef struct gw_merkle {
    gw_word *nodes;
    size_t leaf_count;
    size_t *places; /* node index of the caller's leaf i */
} gw_merkle;

/* keccak(keccak(encoded)); encoded is the ABI encoding of the leaf's values. */
gw_word gw_merkle_leaf(gw_bytes encoded);
/* abi.encode(address payee, uint96 lifetime, bytes32 salt) */
gw_word gw_merkle_entitlement(gw_address payee, uint64_t lifetime_micros, gw_word salt);
/* abi.encode(bytes32 contentHash, bytes32 salt), for commitments and evidence lines. */
gw_word gw_merkle_content(gw_word content_hash, gw_word salt);

/* One item of a grid clearance as the trade contract opens it. seller and buyer are zero for an
 * item that is not settled on the chain. */
typedef struct gw_trade_leaf {
    gw_word trade_id; /* gw_trade_word() */
    gw_address seller;
    gw_address buyer;
    uint64_t accepted_wh;
    gw_word salt;
} gw_trade_leaf;
/* abi.encode(bytes32 tradeId, address seller, address buyer, uint64 acceptedWh, bytes32 salt) */
gw_word gw_merkle_trade(const gw_trade_leaf *leaf);

/* At least one leaf, at most 2^24: GW_CODE_INVALID otherwise. */
GW_MUST_CHECK gw_status gw_merkle_build(gw_arena *arena, const gw_word *leaves, size_t count,
                                        gw_merkle *ret, gw_fault *reterr);
gw_word gw_merkle_root(const gw_merkle *merkle);

enum { GW_MERKLE_PROOF_LONGEST = 32 };

typedef struct gw_merkle_proof {
    gw_word siblings[GW_MERKLE_PROOF_LONGEST];
    size_t count;
} gw_merkle_proof;

/* leaf: index in the caller's order, below leaf_count (asserted). */
void gw_merkle_prove(const gw_merkle *merkle, size_t leaf, gw_merkle_proof *ret);
bool gw_merkle_verify(gw_word root, gw_word leaf, const gw_merkle_proof *proof);
