/* SPDX-License-Identifier: Apache-2.0
 *
 * How a clearance looks in JSON.
 */
#include "server/evidence/clearance.h"
#include "server/flow/bundle.h"
#include "server/flow/clearance.h"

static bool may_see(const gw_clearance_reader *reader, gw_text item) {
    if (reader == NULL || reader->item_ids == NULL) return true;
    for (size_t at = 0; at < reader->item_count; at++)
        if (gw_text_equal(reader->item_ids[at], item)) return true;
    return false;
}

static gw_status write_item(gw_arena *arena, const gw_core_clearance *core, size_t at,
                            gw_json *json, gw_fault *reterr) {
    const gw_core_item *item = &core->items[at];
    gw_merkle_proof proof;
    GW_TRY(gw_core_clearance_prove(arena, core, at, &proof, reterr));
    gw_json_object(json, NULL);
    gw_json_text(json, "id", item->id);
    gw_json_hex(json, "trade_id", gw_word_slice(&item->trade_id));
    gw_json_text(json, "seller", item->seller);
    gw_json_text(json, "buyer", item->buyer);
    gw_json_int64(json, "accepted_wh", item->accepted_wh);
    gw_json_hex(json, "salt", gw_word_slice(&item->salt));
    gw_json_array(json, "proof");
    for (size_t place = 0; place < proof.count; place++)
        gw_json_hex(json, NULL, gw_word_slice(&proof.siblings[place]));
    gw_json_close(json);
    gw_json_close(json);
    return gw_ok();
}

static gw_status write_items(gw_arena *arena, const gw_proposal_row *proposal,
                             const gw_clearance_reader *reader, gw_json *json, gw_fault *reterr) {
    gw_core_clearance core;
    GW_TRY(gw_core_read_clearance(arena, proposal->core, &core, reterr));
    gw_json_array(json, "items");
    for (size_t at = 0; at < core.item_count; at++)
        if (may_see(reader, core.items[at].id)) GW_TRY(write_item(arena, &core, at, json, reterr));
    gw_json_close(json);
    return gw_ok();
}

gw_status gw_clearance_view(gw_arena *arena, const gw_proposal_row *proposal,
                            const gw_clearance_reader *reader, const char *key, gw_json *json,
                            gw_fault *reterr) {
    gw_json_object(json, key);
    gw_json_uuid(json, "task_id", proposal->proposal_id);
    gw_json_text(json, "state", proposal->state);
    gw_json_text_if(json, "reason", proposal->reason);
    gw_json_hex(json, "digest", proposal->digest);
    gw_json_raw(json, "message", proposal->message);
    if (proposal->certificate.length > 0) {
        gw_json_hex(json, "signatures", proposal->certificate);
        GW_TRY(gw_bundle_certificate(json, "certificate", proposal, reterr));
    }
    GW_TRY(write_items(arena, proposal, reader, json, reterr));
    gw_json_close(json);
    return gw_ok();
}

gw_status gw_clearance_bundle(const gw_proposal_row *proposal, gw_json *json, gw_fault *reterr) {
    if (proposal->certificate.length == 0)
        return gw_fail_with(reterr, GW_CODE_NO_QUORUM, "clearance",
                            "the clearance is not certified, so there is no evidence yet");
    gw_json_object(json, NULL);
    gw_json_c(json, "format", "gridwitness-clearance-bundle-1");
    gw_json_raw(json, "core", (gw_text){(const char *)proposal->core.at, proposal->core.length});
    GW_TRY(gw_bundle_certificate(json, "certificate", proposal, reterr));
    gw_json_close(json);
    return gw_ok();
}
