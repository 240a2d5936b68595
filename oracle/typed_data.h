/* SPDX-License-Identifier: Apache-2.0
 *
 * The EIP-712 statements that oracle nodes sign: commitment and settlement, which the ledger
 * contract checks, and grid clearance and trade delivery, which the trade contract checks. All bind
 * the epoch, the signer set, the chain and the ledger (the trade contract takes the ledger's
 * domain, so that a node has one). Times are unix seconds, money is micros of the currency, which
 * is the token's base unit. Pure.
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

/* The quantities of one grid check keep every limit. Ref: DESIGN §6 (grid clearance). */
typedef struct gw_clearance {
    gw_word check_id; /* gw_check_word() */
    uint32_t signer_set;
    uint64_t epoch;
    gw_word network_hash; /* Keccak of the network document and its switches */
    uint64_t interval_start_s;
    uint64_t interval_end_s;
    gw_word items_root;    /* tree over gw_merkle_trade() leaves */
    uint64_t expires_at_s; /* after it the reservation is gone and nothing may be opened with it */
    gw_word data_hash;
} gw_clearance;

/* What the meters say of one cleared trade. */
typedef struct gw_trade_delivery {
    gw_word check_id;
    gw_word trade_id; /* gw_trade_word() */
    uint64_t delivered_wh;
    gw_word data_hash;
    uint64_t epoch;
    uint32_t signer_set;
} gw_trade_delivery;

enum {
    GW_COMMITMENT_WORDS = 8,
    GW_SETTLEMENT_WORDS = 13,
    GW_CLEARANCE_WORDS = 9,
    GW_TRADE_DELIVERY_WORDS = 6
};

/* The members as 32-byte words in order: what is hashed, and what the ABI puts in the call. */
void gw_commitment_words(const gw_commitment *commitment, gw_word out[GW_COMMITMENT_WORDS]);
void gw_settlement_words(const gw_settlement *settlement, gw_word out[GW_SETTLEMENT_WORDS]);
void gw_clearance_words(const gw_clearance *clearance, gw_word out[GW_CLEARANCE_WORDS]);
void gw_trade_delivery_words(const gw_trade_delivery *delivery,
                             gw_word out[GW_TRADE_DELIVERY_WORDS]);

gw_word gw_domain_separator(const gw_domain *domain);
gw_word gw_commitment_type_hash(void);
gw_word gw_settlement_type_hash(void);
gw_word gw_clearance_type_hash(void);
gw_word gw_trade_delivery_type_hash(void);
gw_word gw_commitment_digest(const gw_domain *domain, const gw_commitment *commitment);
gw_word gw_settlement_digest(const gw_domain *domain, const gw_settlement *settlement);
gw_word gw_clearance_digest(const gw_domain *domain, const gw_clearance *clearance);
gw_word gw_trade_delivery_digest(const gw_domain *domain, const gw_trade_delivery *delivery);

/* The pseudonym of an event on the chain: Keccak("gridwitness/event" ‖ 16 bytes of its UUID). */
gw_word gw_event_word(const uint8_t uuid[16]);
/* The pseudonym of a grid check: Keccak("gridwitness/check" ‖ 16 bytes of its UUID). */
gw_word gw_check_word(const uint8_t uuid[16]);
/* The pseudonym of one item of a check:
 * Keccak("gridwitness/trade" ‖ 16 bytes of the check's UUID ‖ item id). */
gw_word gw_trade_word(const uint8_t check_uuid[16], gw_text item_id);
