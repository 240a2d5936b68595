/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/core.h"

#include "oracle/keccak.h"

enum { SECOND_US = 1000000 };

gw_commitment gw_core_commitment_statement(const gw_core_commitment *core, gw_bytes bytes) {
    return (gw_commitment){
        .event_id = gw_event_word(core->event.event_id.bytes),
        .revision = (uint16_t)core->revision,
        .signer_set = (uint32_t)core->chain.signer_set,
        .epoch = (uint64_t)core->chain.epoch,
        .delivery_start_s = (uint64_t)(core->event.from.us / SECOND_US),
        .commitment_root = core->root,
        .max_liability_micros = (uint64_t)core->max_liability_micros,
        .data_hash = gw_keccak256(bytes),
    };
}

gw_settlement gw_core_settlement_statement(const gw_core_settlement *core, gw_bytes bytes) {
    return (gw_settlement){
        .sequence = (uint64_t)core->run.sequence,
        .event_id = gw_event_word(core->event.event_id.bytes),
        .revision = (uint16_t)core->run.revision,
        .run_type = core->run.run_type,
        .signer_set = (uint32_t)core->chain.signer_set,
        .epoch = (uint64_t)core->chain.epoch,
        .commitment_root = core->commitment_root,
        .evidence_root = core->evidence_root,
        .entitlement_root = core->entitlement_root,
        .total_micros = (uint64_t)core->total_micros,
        .previous_root = core->previous_root,
        .as_of_s = (uint64_t)(core->run.as_of.us / SECOND_US),
        .data_hash = gw_keccak256(bytes),
    };
}

gw_status gw_core_domain(const gw_core_chain *chain, gw_domain *ret, gw_fault *reterr) {
    gw_domain domain = {.chain_id = (uint64_t)chain->chain_id};
    GW_TRY(gw_hex_parse(chain->ledger, domain.ledger.bytes, GW_ADDRESS_BYTES, reterr));
    *ret = domain;
    return gw_ok();
}
