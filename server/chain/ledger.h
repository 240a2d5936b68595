/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger contract in our own words: what to send for a promise, a run, a claim, a funding, and
 * what its views and logs say. Amounts are micros of the currency (base units of the token).
 * Building calls and reading logs is pure; the views ask the node.
 */
#pragma once

#include "oracle/merkle.h"
#include "oracle/quorum.h"
#include "oracle/typed_data.h"
#include "server/chain/rpc.h"
#include "server/chain/sender.h"

/* The certificate's signatures go along; the log that proves success is set in ret->topic. */
GW_MUST_CHECK gw_status gw_ledger_commit(gw_arena *arena, gw_address ledger,
                                         const gw_commitment *commitment,
                                         const gw_certificate *certificate, gw_chain_call *ret,
                                         gw_fault *reterr);
GW_MUST_CHECK gw_status gw_ledger_settle(gw_arena *arena, gw_address ledger,
                                         const gw_settlement *settlement,
                                         const gw_certificate *certificate, gw_chain_call *ret,
                                         gw_fault *reterr);

typedef struct gw_claim {
    gw_address payee;
    uint64_t lifetime_micros;
    gw_word salt;
    gw_merkle_proof proof;
} gw_claim;
GW_MUST_CHECK gw_status gw_ledger_claim(gw_arena *arena, gw_address ledger, const gw_claim *claim,
                                        gw_chain_call *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_ledger_fund(gw_arena *arena, gw_address ledger, uint64_t amount_micros,
                                       gw_chain_call *ret, gw_fault *reterr);
/* ERC-20 approve(spender, amount). */
GW_MUST_CHECK gw_status gw_token_approve(gw_arena *arena, gw_address token, gw_address spender,
                                         uint64_t amount_micros, gw_chain_call *ret,
                                         gw_fault *reterr);
/* TestEuro's mint(to, amount): development only. */
GW_MUST_CHECK gw_status gw_token_mint(gw_arena *arena, gw_address token, gw_address to,
                                      uint64_t amount_micros, gw_chain_call *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_token_balance(gw_rpc *rpc, gw_address token, gw_address account,
                                         uint64_t *ret_micros, gw_fault *reterr);

typedef struct gw_ledger_state {
    uint64_t funded_micros;
    uint64_t open_liabilities_micros;
    uint64_t entitled_micros;
    uint64_t paid_micros;
    uint64_t sequence; /* of the newest run, 0 before the first */
    gw_word entitlement_root;
} gw_ledger_state;
GW_MUST_CHECK gw_status gw_ledger_state_read(gw_rpc *rpc, gw_address ledger, gw_ledger_state *ret,
                                             gw_fault *reterr);
/* What may still be promised: funded - entitled - open. */
uint64_t gw_ledger_free_micros(const gw_ledger_state *state);
GW_MUST_CHECK gw_status gw_ledger_paid(gw_rpc *rpc, gw_address ledger, gw_address payee,
                                       uint64_t *ret_micros, gw_fault *reterr);

typedef struct gw_ledger_event_record {
    gw_word commitment_root; /* zero: not committed */
    uint64_t max_liability_micros;
    uint16_t commitment_revision;
    gw_word settlement_digest; /* zero: not settled */
    uint16_t settlement_revision;
    uint8_t run_type;
} gw_ledger_event_record;
GW_MUST_CHECK gw_status gw_ledger_event_read(gw_rpc *rpc, gw_address ledger, gw_word event_id,
                                             gw_ledger_event_record *ret, gw_fault *reterr);

/* First topics of the ledger's logs. */
gw_word gw_ledger_topic_committed(void);
gw_word gw_ledger_topic_settled(void);
gw_word gw_ledger_topic_claimed(void);
gw_word gw_ledger_topic_funded(void);

typedef struct gw_claimed {
    gw_address payee;
    uint64_t amount_micros;
    uint64_t lifetime_micros;
} gw_claimed;
/* GW_CODE_NOT_FOUND when the receipt has no such log of this ledger. */
GW_MUST_CHECK gw_status gw_ledger_claimed_in(const gw_receipt *receipt, gw_address ledger,
                                             gw_claimed *ret, gw_fault *reterr);
/* True when the receipt has a log of this contract with this first topic. */
bool gw_receipt_has(const gw_receipt *receipt, gw_address contract, gw_word topic);
