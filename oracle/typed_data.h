/* SPDX-License-Identifier: Apache-2.0
 *
 * The two EIP-712 statements that oracle nodes sign and the ledger contract checks. Both bind the
 * epoch, the signer set, the chain and the contract. Times are unix seconds, money is micros of the
 * currency, which is the token's base unit. Pure.
 */
#pragma once

#include "oracle/address.h"
#include "oracle/word.h"

#include <stdint.h>

/* Domain {name "Gridwitness", version "1"}; the chain and the ledger are the deployment's. */
typedef struct gw_domain {
    uint64_t chain_id;
    gw_address ledger;
} gw_domain;

typedef struct gw_commitment {
    gw_word event_id; /* gw_event_word() */
    uint16_t revision;
    uint32_t signer_set;
    uint64_t epoch;
    uint64_t delivery_start_s;
    gw_word commitment_root;
    uint64_t max_liability_micros; /* uint96 on the chain */
    gw_word data_hash;             /* Keccak of the canonical core */
} gw_commitment;

typedef enum gw_run_type {
    GW_RUN_PRELIM = 1,
    GW_RUN_INITIAL = 2,
    GW_RUN_FINAL = 3,
    GW_RUN_LATE = 4
} gw_run_type;

typedef struct gw_settlement {
    uint64_t sequence; /* of the ledger's runs, from 1 */
    gw_word event_id;
    uint16_t revision;
    gw_run_type run_type;
    uint32_t signer_set;
    uint64_t epoch;
    gw_word commitment_root;
    gw_word evidence_root;
    gw_word entitlement_root;
    uint64_t total_micros; /* sum of the lifetime entitlements in the tree; uint96 on the chain */
    gw_word previous_root;
    uint64_t as_of_s;
    gw_word data_hash;
} gw_settlement;

enum { GW_COMMITMENT_WORDS = 8, GW_SETTLEMENT_WORDS = 13 };

/* The members as 32-byte words in order: what is hashed, and what the ABI puts in the call. */
void gw_commitment_words(const gw_commitment *commitment, gw_word out[GW_COMMITMENT_WORDS]);
void gw_settlement_words(const gw_settlement *settlement, gw_word out[GW_SETTLEMENT_WORDS]);

gw_word gw_domain_separator(const gw_domain *domain);
gw_word gw_commitment_type_hash(void);
gw_word gw_settlement_type_hash(void);
gw_word gw_commitment_digest(const gw_domain *domain, const gw_commitment *commitment);
gw_word gw_settlement_digest(const gw_domain *domain, const gw_settlement *settlement);

/* The pseudonym of an event on the chain: Keccak("gridwitness/event" ‖ 16 bytes of its UUID). */
gw_word gw_event_word(const uint8_t uuid[16]);
