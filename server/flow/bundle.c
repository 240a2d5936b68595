/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/bundle.h"

#include "server/db/outbox_store.h"
#include "server/db/proposal_store.h"

#include <string.h>

static gw_status write_signatures(gw_json *json, const gw_proposal_row *proposal,
                                  gw_fault *reterr) {
    gw_word digest;
    GW_TRY(gw_word_from_bytes(proposal->digest, &digest, reterr));
    for (size_t at = 0; at + GW_SIGNATURE_BYTES <= proposal->certificate.length;
         at += GW_SIGNATURE_BYTES) {
        gw_signature signature;
        memcpy(signature.bytes, proposal->certificate.at + at, sizeof signature.bytes);
        gw_address signer;
        GW_TRY(gw_signature_recover(&signature, digest, &signer, reterr));
        gw_json_object(json, NULL);
        gw_json_hex(json, "signature", (gw_bytes){signature.bytes, sizeof signature.bytes});
        gw_json_hex(json, "signer", (gw_bytes){signer.bytes, sizeof signer.bytes});
        gw_json_close(json);
    }
    return gw_ok();
}

gw_status gw_bundle_certificate(gw_json *json, const char *key, const gw_proposal_row *proposal,
                                gw_fault *reterr) {
    gw_json_object(json, key);
    gw_json_hex(json, "digest", proposal->digest);
    gw_json_array(json, "signatures");
    GW_TRY(write_signatures(json, proposal, reterr));
    gw_json_close(json);
    gw_json_close(json);
    return gw_ok();
}

/* The transaction that carried an effect; nothing while it waits. */
static void write_transaction(gw_json *json, const char *key, const gw_outbox_list *rows,
                              gw_text purpose) {
    for (int i = 0; i < rows->count; i++) {
        const gw_outbox_row *row = &rows->items[i];
        if (gw_text_equal(row->purpose, purpose) && row->tx_hash.length == GW_WORD_BYTES)
            gw_json_hex(json, key, row->tx_hash);
    }
}

static gw_status write_chain(const gw_flow *flow, gw_arena *arena, const gw_settlement_row *run,
                             const gw_proposal_row *commitment, gw_json *json, gw_fault *reterr) {
    gw_outbox_list rows;
    GW_TRY(gw_outbox_load_of_event(flow->db, arena, run->event_id, &rows, reterr));
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(run->event_id, event_id);
    gw_writer commit;
    gw_writer_init(&commit, arena);
    gw_write_format(&commit, "commit/%s/%lld", event_id, (long long)commitment->revision);
    gw_writer settle;
    gw_writer_init(&settle, arena);
    gw_write_format(&settle, "settle/%lld", (long long)run->sequence);
    gw_text purpose;
    const gw_flow_settings *settings = &flow->settings;
    gw_json_object(json, "chain");
    gw_json_int64(json, "chain_id", (int64_t)settings->domain.chain_id);
    gw_json_hex(json, "ledger", (gw_bytes){settings->domain.ledger.bytes, GW_ADDRESS_BYTES});
    if (!gw_address_is_zero(settings->quorum))
        gw_json_hex(json, "quorum", (gw_bytes){settings->quorum.bytes, GW_ADDRESS_BYTES});
    GW_TRY(gw_writer_end_text(&commit, &purpose, reterr));
    write_transaction(json, "commitment_tx", &rows, purpose);
    GW_TRY(gw_writer_end_text(&settle, &purpose, reterr));
    write_transaction(json, "settlement_tx", &rows, purpose);
    gw_json_close(json);
    return gw_ok();
}

gw_status gw_bundle_write(const gw_flow *flow, gw_arena *arena, const gw_settlement_row *run,
                          gw_json *json, gw_fault *reterr) {
    gw_proposal_row settlement;
    GW_TRY(gw_proposal_load(flow->db, arena, run->proposal_id, &settlement, reterr));
    if (settlement.certificate.length == 0)
        return gw_fail_with(reterr, GW_CODE_NO_QUORUM, "settlement",
                            "the run is not certified, so there is no evidence yet");
    const gw_proposal_key key = {run->event_id, GW_TEXT("COMMITMENT")};
    gw_proposal_row commitment;
    GW_TRY(gw_proposal_load_certified(flow->db, arena, &key, &commitment, reterr));
    gw_json_object(json, NULL);
    gw_json_c(json, "format", "gridwitness-bundle-1");
    gw_json_raw(json, "core", (gw_text){(const char *)settlement.core.at, settlement.core.length});
    gw_json_raw(json, "commitment",
                (gw_text){(const char *)commitment.core.at, commitment.core.length});
    gw_json_object(json, "certificate");
    GW_TRY(gw_bundle_certificate(json, "settlement", &settlement, reterr));
    GW_TRY(gw_bundle_certificate(json, "commitment", &commitment, reterr));
    gw_json_close(json);
    GW_TRY(write_chain(flow, arena, run, &commitment, json, reterr));
    gw_json_close(json);
    return gw_ok();
}
