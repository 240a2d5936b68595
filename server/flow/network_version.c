/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/network_version.h"

#include "oracle/keccak.h"
#include "server/db/event_log.h"
#include "server/gridfile/gw_net.h"

#include <string.h>

/* ---- index of elements ---- */

static gw_status index_ids(gw_arena *arena, const void *records, size_t size, size_t count,
                           gw_net_index *ret, gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, count, &names, reterr));
    for (size_t at = 0; at < count; at++) {
        memcpy(&names[at].id, (const char *)records + at * size, sizeof names[at].id);
        names[at].at = (uint32_t)at;
    }
    return gw_net_index_build(names, count, "elements", ret, reterr);
}

gw_status gw_network_elements_index(gw_arena *arena, const gw_net *net, gw_network_elements *ret,
                                    gw_fault *reterr) {
    GW_TRY(index_ids(arena, net->branches, sizeof *net->branches, net->branch_count,
                     &ret->of[GW_NET_BRANCH], reterr));
    return index_ids(arena, net->transformers, sizeof *net->transformers, net->transformer_count,
                     &ret->of[GW_NET_TRANSFORMER], reterr);
}

/* ---- opening ---- */

static gw_status check_seen(const gw_network_draft *draft, gw_fault *reterr) {
    const int64_t seen = draft->call->seen_version;
    if (seen == GW_NETWORK_ANY_VERSION || seen == GW_NETWORK_NO_VERSION) return gw_ok();
    const int64_t stands = draft->is_there ? draft->before.at.version : 0;
    if (seen == stands) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_PRECONDITION, "If-Match",
                                "the network is at version %lld, not %lld", (long long)stands,
                                (long long)seen),
                   "Read the network again and look whether the change is still wanted.");
}

gw_status gw_network_draft_begin(gw_db *tx, gw_arena *arena, const gw_network_call *call,
                                 gw_network_draft *ret, gw_fault *reterr) {
    gw_network_draft made = {.tx = tx, .arena = arena, .call = call};
    const gw_network_key key = {.network_id = call->network_id, .version = GW_NETWORK_NEWEST};
    GW_TRY(gw_network_lock(tx, call->network_id, reterr));
    const gw_status status = gw_network_row_load(tx, arena, &key, &made.before, reterr);
    made.is_there = gw_is_ok(status);
    if (status.code != GW_CODE_NOT_FOUND) GW_TRY(status);
    if (made.is_there)
        GW_TRY(gw_net_overlay_parse(arena, made.before.at.overlay, &made.overlay, reterr));
    GW_TRY(check_seen(&made, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_network_draft_open(gw_db *tx, gw_arena *arena, const gw_network_call *call,
                                gw_network_draft *ret, gw_fault *reterr) {
    gw_network_draft made;
    GW_TRY(gw_network_draft_begin(tx, arena, call, &made, reterr));
    if (!made.is_there)
        return gw_register_missing(gw_fail(reterr, GW_CODE_NOT_FOUND), "network", call->network_id,
                                   reterr);
    const gw_network_key key = {.network_id = call->network_id, .version = made.before.revision};
    GW_TRY(gw_network_load_bytes(tx, &key, GW_NETWORK_DOCUMENT, arena, &made.document, reterr));
    GW_TRY(gw_net_parse(arena, made.document, &made.document_net, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- the next version ---- */

gw_status gw_network_draft_write(gw_network_draft *draft, gw_fault *reterr) {
    gw_network_version_row *next = &draft->next;
    gw_keccak keccak;
    GW_TRY(gw_net_overlay_write(draft->arena, &draft->overlay, &next->overlay, reterr));
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, draft->document);
    gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)next->overlay.at, next->overlay.length});
    next->hash = gw_keccak_end(&keccak);
    next->network_id = draft->call->network_id;
    next->version = draft->is_there ? draft->before.at.version + 1 : 1;
    next->revision = draft->is_there ? draft->before.revision : 1;
    next->token_id = draft->call->token_id;
    next->recorded_at = draft->call->now;
    draft->is_changed = !draft->is_there || !gw_word_equal(next->hash, draft->before.at.hash);
    return gw_ok();
}

static gw_status copy_net(gw_arena *arena, const gw_net *from, gw_net *ret, gw_fault *reterr) {
    gw_net made = *from;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_branch, from->branch_count, &made.branches, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_net_transformer, from->transformer_count, &made.transformers,
                        reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, from->point_count, &made.points, reterr));
    if (from->branch_count > 0)
        memcpy(made.branches, from->branches, from->branch_count * sizeof *made.branches);
    if (from->transformer_count > 0)
        memcpy(made.transformers, from->transformers,
               from->transformer_count * sizeof *made.transformers);
    if (from->point_count > 0)
        memcpy(made.points, from->points, from->point_count * sizeof *made.points);
    *ret = made;
    return gw_ok();
}

gw_status gw_network_draft_check(gw_network_draft *draft, gw_fault *reterr) {
    GW_TRY(copy_net(draft->arena, &draft->document_net, &draft->net, reterr));
    GW_TRY(gw_net_overlay_apply(draft->arena, &draft->overlay, &draft->net, reterr));
    return gw_network_check_make(draft->arena, &draft->net, &draft->check, reterr);
}

/* ---- answers ---- */

static gw_status fill_changed(const gw_network_draft *draft, gw_network_changed *ret,
                              gw_fault *reterr) {
    gw_json json;
    gw_network_changed made = {.net = draft->net, .check = draft->check};
    gw_json_init(&json, draft->arena);
    gw_network_check_write(&json, NULL, &draft->net, &draft->check);
    GW_TRY(gw_json_end(&json, &made.warnings, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_network_draft_same(gw_network_draft *draft, gw_network_changed *ret,
                                gw_fault *reterr) {
    GW_TRY(gw_network_draft_check(draft, reterr));
    GW_TRY(fill_changed(draft, ret, reterr));
    ret->saved = GW_SAVED_SAME;
    ret->version = draft->before.at.version;
    return gw_ok();
}

/* Every caller reads the event log: how the switches stand is not in it. */
static gw_status log_change(const gw_network_draft *draft, const char *cause, gw_fault *reterr) {
    gw_json json;
    gw_text body;
    int64_t seq = 0;
    const gw_network_version_row *next = &draft->next;
    gw_json_init(&json, draft->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "network_id", next->network_id);
    gw_json_int64(&json, "version", next->version);
    gw_json_int64(&json, "revision", next->revision);
    gw_json_hex(&json, "network_hash", gw_word_slice(&next->hash));
    gw_json_c(&json, "cause", cause);
    gw_json_close(&json);
    GW_TRY(gw_json_end(&json, &body, reterr));
    const gw_event_entry entry = {.at = next->recorded_at,
                                  .entity = GW_TEXT("network"),
                                  .type = GW_TEXT("network.changed"),
                                  .subject = next->network_id,
                                  .body = body};
    return gw_event_append(draft->tx, draft->arena, &entry, &seq, reterr);
}

gw_status gw_network_draft_save(gw_network_draft *draft, const char *cause, gw_network_changed *ret,
                                gw_fault *reterr) {
    draft->next.cause = gw_text_from_c(cause);
    GW_TRY(gw_network_version_insert(draft->tx, draft->arena, &draft->next, reterr));
    GW_TRY(log_change(draft, cause, reterr));
    GW_TRY(fill_changed(draft, ret, reterr));
    ret->saved = GW_SAVED_NEW;
    ret->version = draft->next.version;
    return gw_ok();
}
