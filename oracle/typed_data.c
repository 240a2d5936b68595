/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/typed_data.h"

#include "oracle/keccak.h"

static const char domain_type[] =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
static const char commitment_type[] =
    "Commitment(bytes32 eventId,uint16 revision,uint32 signerSet,uint64 epoch,"
    "uint64 deliveryStart,bytes32 commitmentRoot,uint96 maxLiability,bytes32 dataHash)";
static const char settlement_type[] =
    "Settlement(uint64 sequence,bytes32 eventId,uint16 revision,uint8 runType,uint32 signerSet,"
    "uint64 epoch,bytes32 commitmentRoot,bytes32 evidenceRoot,bytes32 entitlementRoot,"
    "uint96 total,bytes32 previousRoot,uint64 asOf,bytes32 dataHash)";

static const char clearance_type[] =
    "GridClearance(bytes32 checkId,uint32 signerSet,uint64 epoch,bytes32 networkHash,"
    "uint64 intervalStart,uint64 intervalEnd,bytes32 itemsRoot,uint64 expiresAt,bytes32 dataHash)";
static const char trade_delivery_type[] =
    "TradeDelivery(bytes32 checkId,bytes32 tradeId,uint64 deliveredWh,bytes32 dataHash,"
    "uint64 epoch,uint32 signerSet)";

static gw_word hash_c(const char *text) {
    const gw_text counted = gw_text_from_c(text);
    return gw_keccak256((gw_bytes){(const uint8_t *)counted.at, counted.length});
}

/* EIP-712: hashStruct = keccak(typeHash ‖ encodeData); all our members are single words. */
static gw_word hash_struct(gw_word type_hash, const gw_word *members, size_t count) {
    gw_keccak keccak;
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, gw_word_slice(&type_hash));
    for (size_t at = 0; at < count; at++) gw_keccak_add(&keccak, gw_word_slice(&members[at]));
    return gw_keccak_end(&keccak);
}

static gw_word digest_of(const gw_domain *domain, gw_word struct_hash) {
    static const uint8_t prefix[2] = {0x19, 0x01};
    const gw_word separator = gw_domain_separator(domain);
    gw_keccak keccak;
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, (gw_bytes){prefix, sizeof prefix});
    gw_keccak_add(&keccak, gw_word_slice(&separator));
    gw_keccak_add(&keccak, gw_word_slice(&struct_hash));
    return gw_keccak_end(&keccak);
}

gw_word gw_domain_separator(const gw_domain *domain) {
    const gw_word members[] = {hash_c("Gridwitness"), hash_c("1"),
                               gw_word_from_u64(domain->chain_id), gw_address_word(domain->ledger)};
    return hash_struct(hash_c(domain_type), members, sizeof members / sizeof members[0]);
}

gw_word gw_commitment_type_hash(void) { return hash_c(commitment_type); }
gw_word gw_settlement_type_hash(void) { return hash_c(settlement_type); }
gw_word gw_clearance_type_hash(void) { return hash_c(clearance_type); }
gw_word gw_trade_delivery_type_hash(void) { return hash_c(trade_delivery_type); }

void gw_commitment_words(const gw_commitment *commitment, gw_word out[GW_COMMITMENT_WORDS]) {
    out[0] = commitment->event_id;
    out[1] = gw_word_from_u64(commitment->revision);
    out[2] = gw_word_from_u64(commitment->signer_set);
    out[3] = gw_word_from_u64(commitment->epoch);
    out[4] = gw_word_from_u64(commitment->delivery_start_s);
    out[5] = commitment->commitment_root;
    out[6] = gw_word_from_u64(commitment->max_liability_micros);
    out[7] = commitment->data_hash;
}

void gw_settlement_words(const gw_settlement *settlement, gw_word out[GW_SETTLEMENT_WORDS]) {
    out[0] = gw_word_from_u64(settlement->sequence);
    out[1] = settlement->event_id;
    out[2] = gw_word_from_u64(settlement->revision);
    out[3] = gw_word_from_u64((uint64_t)settlement->run_type);
    out[4] = gw_word_from_u64(settlement->signer_set);
    out[5] = gw_word_from_u64(settlement->epoch);
    out[6] = settlement->commitment_root;
    out[7] = settlement->evidence_root;
    out[8] = settlement->entitlement_root;
    out[9] = gw_word_from_u64(settlement->total_micros);
    out[10] = settlement->previous_root;
    out[11] = gw_word_from_u64(settlement->as_of_s);
    out[12] = settlement->data_hash;
}

void gw_clearance_words(const gw_clearance *clearance, gw_word out[GW_CLEARANCE_WORDS]) {
    out[0] = clearance->check_id;
    out[1] = gw_word_from_u64(clearance->signer_set);
    out[2] = gw_word_from_u64(clearance->epoch);
    out[3] = clearance->network_hash;
    out[4] = gw_word_from_u64(clearance->interval_start_s);
    out[5] = gw_word_from_u64(clearance->interval_end_s);
    out[6] = clearance->items_root;
    out[7] = gw_word_from_u64(clearance->expires_at_s);
    out[8] = clearance->data_hash;
}

void gw_trade_delivery_words(const gw_trade_delivery *delivery,
                             gw_word out[GW_TRADE_DELIVERY_WORDS]) {
    out[0] = delivery->check_id;
    out[1] = delivery->trade_id;
    out[2] = gw_word_from_u64(delivery->delivered_wh);
    out[3] = delivery->data_hash;
    out[4] = gw_word_from_u64(delivery->epoch);
    out[5] = gw_word_from_u64(delivery->signer_set);
}

gw_word gw_commitment_digest(const gw_domain *domain, const gw_commitment *commitment) {
    gw_word members[GW_COMMITMENT_WORDS];
    gw_commitment_words(commitment, members);
    return digest_of(domain, hash_struct(gw_commitment_type_hash(), members, GW_COMMITMENT_WORDS));
}

gw_word gw_settlement_digest(const gw_domain *domain, const gw_settlement *settlement) {
    gw_word members[GW_SETTLEMENT_WORDS];
    gw_settlement_words(settlement, members);
    return digest_of(domain, hash_struct(gw_settlement_type_hash(), members, GW_SETTLEMENT_WORDS));
}

gw_word gw_clearance_digest(const gw_domain *domain, const gw_clearance *clearance) {
    gw_word members[GW_CLEARANCE_WORDS];
    gw_clearance_words(clearance, members);
    return digest_of(domain, hash_struct(gw_clearance_type_hash(), members, GW_CLEARANCE_WORDS));
}

gw_word gw_trade_delivery_digest(const gw_domain *domain, const gw_trade_delivery *delivery) {
    gw_word members[GW_TRADE_DELIVERY_WORDS];
    gw_trade_delivery_words(delivery, members);
    return digest_of(domain,
                     hash_struct(gw_trade_delivery_type_hash(), members, GW_TRADE_DELIVERY_WORDS));
}

/* Keccak(label ‖ 16 bytes of the UUID ‖ rest) */
static gw_word pseudonym(const char *label, const uint8_t uuid[16], gw_text rest) {
    const gw_text prefix = gw_text_from_c(label);
    gw_keccak keccak;
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)prefix.at, prefix.length});
    gw_keccak_add(&keccak, (gw_bytes){uuid, 16});
    gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)rest.at, rest.length});
    return gw_keccak_end(&keccak);
}

gw_word gw_event_word(const uint8_t uuid[16]) {
    return pseudonym("gridwitness/event", uuid, (gw_text){"", 0});
}

gw_word gw_check_word(const uint8_t uuid[16]) {
    return pseudonym("gridwitness/check", uuid, (gw_text){"", 0});
}

gw_word gw_trade_word(const uint8_t check_uuid[16], gw_text item_id) {
    return pseudonym("gridwitness/trade", check_uuid, item_id);
}
