/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/call.h"

#include "oracle/abi.h"

static const char COMMIT[] =
    "commit((bytes32,uint16,uint32,uint64,uint64,bytes32,uint96,bytes32),bytes)";
static const char SETTLE[] =
    "settle((uint64,bytes32,uint16,uint8,uint32,uint64,bytes32,bytes32,bytes32,uint96,"
    "bytes32,uint64,bytes32),bytes)";

typedef struct statement {
    const char *signature; /* of the contract's function */
    const gw_word *words;
    size_t count; /* at most GW_SETTLEMENT_WORDS */
} statement;

static gw_status call(gw_arena *arena, statement of, gw_bytes signatures, gw_bytes *ret,
                      gw_fault *reterr) {
    gw_abi_value members[GW_SETTLEMENT_WORDS];
    for (size_t i = 0; i < of.count; i++) members[i] = gw_abi_word(of.words[i]);
    const gw_abi_value arguments[2] = {gw_abi_items(members, of.count), gw_abi_bytes(signatures)};
    return gw_abi_call(arena, gw_text_from_c(of.signature), arguments, 2, ret, reterr);
}

gw_status gw_call_commit(gw_arena *arena, const gw_commitment *commitment, gw_bytes signatures,
                         gw_bytes *ret, gw_fault *reterr) {
    gw_word words[GW_COMMITMENT_WORDS];
    gw_commitment_words(commitment, words);
    return call(arena, (statement){COMMIT, words, GW_COMMITMENT_WORDS}, signatures, ret, reterr);
}

gw_status gw_call_settle(gw_arena *arena, const gw_settlement *settlement, gw_bytes signatures,
                         gw_bytes *ret, gw_fault *reterr) {
    gw_word words[GW_SETTLEMENT_WORDS];
    gw_settlement_words(settlement, words);
    return call(arena, (statement){SETTLE, words, GW_SETTLEMENT_WORDS}, signatures, ret, reterr);
}
