/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"
#include "server/db/network_store.h"
#include "server/flow/network_version.h"
#include "server/gridfile/gw_net_write.h"

#include <stdio.h>

typedef struct upload_work {
    gw_arena *arena;
    const gw_network_call *call;
    const gw_network_upload *upload;
    gw_net net;
    gw_bytes document;
    gw_network_changed *ret;
} upload_work;

/* A pointer into the document becomes one into the body; other subjects stay. */
static gw_status place_fault(gw_status status, const gw_fault *fault, gw_fault *reterr) {
    const bool is_pointer = fault->subject[0] == '/' || fault->subject[0] == '\0';
    char subject[sizeof fault->subject + 16];
    if (reterr != NULL) *reterr = *fault;
    if (!is_pointer) return status;
    (void)snprintf(subject, sizeof subject, "/document%s", fault->subject);
    return gw_fail_with(reterr, status.code, subject, "%s", fault->message);
}

/* A gw-net is kept byte by byte; everything else is written as one. */
static gw_status convert(upload_work *work, gw_fault *reterr) {
    gw_writer out;
    const gw_gridfile *file = &work->upload->file;
    gw_fault fault = {0};
    const gw_status status = gw_gridfile_parse(work->arena, file, &work->net, &fault);
    if (!gw_is_ok(status)) return place_fault(status, &fault, reterr);
    if (file->format == GW_GRIDFILE_GW_NET) {
        const gw_text text = file->parts[0].text;
        work->document = (gw_bytes){(const uint8_t *)text.at, text.length};
        return gw_ok();
    }
    gw_writer_init(&out, work->arena);
    gw_net_write(&out, &work->net);
    return gw_writer_end(&out, &work->document, reterr);
}

/* ---- what stays of the overlay ---- */

static void keep_moved(const gw_net *net, const gw_network_elements *elements,
                       gw_net_overlay *overlay) {
    size_t kept = 0;
    for (size_t at = 0; at < overlay->moved_count; at++) {
        uint32_t found = 0;
        const gw_net_moved moved = overlay->moved[at];
        if (!gw_net_index_find(&elements->of[moved.element], moved.id, &found)) continue;
        const bool stands = moved.element == GW_NET_BRANCH ? net->branches[found].closed
                                                           : net->transformers[found].closed;
        if (stands != moved.closed) overlay->moved[kept++] = moved;
    }
    overlay->moved_count = kept;
}

static void keep_phased(const gw_network *network, gw_net_overlay *overlay) {
    size_t kept = 0;
    uint32_t found = 0;
    for (size_t at = 0; at < overlay->phased_count; at++)
        if (gw_is_ok(gw_network_find_point(network, overlay->phased[at].id, &found, NULL)))
            overlay->phased[kept++] = overlay->phased[at];
    overlay->phased_count = kept;
}

static gw_status keep_overlay(gw_network_draft *draft, gw_fault *reterr) {
    gw_network_elements elements;
    const gw_network network = {.id = draft->call->network_id, .net = draft->document_net};
    GW_TRY(gw_network_elements_index(draft->arena, &draft->document_net, &elements, reterr));
    keep_moved(&draft->document_net, &elements, &draft->overlay);
    keep_phased(&network, &draft->overlay);
    return gw_ok();
}

/* ---- rows ---- */

static gw_status save_document(const gw_network_draft *draft, const upload_work *work,
                               gw_text warnings, gw_fault *reterr) {
    const gw_net *net = &work->net;
    const gw_network_row row = {
        .network_id = work->call->network_id,
        .revision = draft->next.revision,
        .name = net->name.at == NULL ? GW_TEXT("") : net->name,
        .model = net->model == GW_NET_THREE_PHASE ? GW_TEXT("three_phase") : GW_TEXT("balanced"),
        .format = gw_text_from_c(gw_gridfile_format_name(work->upload->file.format)),
        .original = work->upload->original,
        .original_hash = gw_keccak256(work->upload->original),
        .document = work->document,
        .document_hash = gw_keccak256(work->document),
        .node_count = (int64_t)net->node_count,
        .branch_count = (int64_t)net->branch_count,
        .transformer_count = (int64_t)net->transformer_count,
        .point_count = (int64_t)net->point_count,
        .warnings = warnings,
        .token_id = work->call->token_id,
        .recorded_at = work->call->now};
    return gw_network_row_insert(draft->tx, work->arena, &row, reterr);
}

static gw_status save_segment(gw_db *tx, const upload_work *work, const gw_network_segment *segment,
                              gw_fault *reterr) {
    gw_network_segment_row stands;
    const gw_network_segment_row row = {.segment_id = segment->id,
                                        .network_id = work->call->network_id,
                                        .element = segment->element,
                                        .transformer = segment->transformer,
                                        .head_meter = segment->head_meter};
    GW_TRY(gw_network_segment_insert(tx, work->arena, &row, work->call->now, reterr));
    GW_TRY(gw_network_segment_find(tx, work->arena, segment->id, &stands, reterr));
    const bool is_same = gw_text_equal(stands.network_id, row.network_id) &&
                         gw_text_equal(stands.element, row.element) &&
                         gw_text_equal(stands.transformer, row.transformer) &&
                         gw_text_equal(stands.head_meter, row.head_meter);
    if (is_same) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_CONFLICT, "/segments",
                        "the segment \"%.*s\" exists with other content",
                        GW_TEXT_ARGS(segment->id));
}

static gw_status check_element(const gw_network_draft *draft, const gw_network_segment *segment,
                               gw_fault *reterr) {
    uint32_t found = 0;
    gw_network_elements elements;
    if (segment->element.length == 0) return gw_ok();
    GW_TRY(gw_network_elements_index(draft->arena, &draft->document_net, &elements, reterr));
    if (gw_net_index_find(&elements.of[GW_NET_BRANCH], segment->element, &found) ||
        gw_net_index_find(&elements.of[GW_NET_TRANSFORMER], segment->element, &found))
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "/segments",
                        "the network has no branch and no transformer \"%.*s\"",
                        GW_TEXT_ARGS(gw_text_part(segment->element, 0, 128)));
}

static gw_status save_segments(const gw_network_draft *draft, const upload_work *work,
                               gw_fault *reterr) {
    for (size_t at = 0; at < work->upload->segment_count; at++) {
        GW_TRY(check_element(draft, &work->upload->segments[at], reterr));
        GW_TRY(save_segment(draft->tx, work, &work->upload->segments[at], reterr));
    }
    return gw_ok();
}

/* ---- the use case ---- */

static gw_status check_other(const gw_network_draft *draft, gw_fault *reterr) {
    if (!draft->is_there || draft->call->seen_version != GW_NETWORK_NO_VERSION) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_CONFLICT, "/document",
                                "the network \"%.*s\" exists with another document",
                                GW_TEXT_ARGS(draft->call->network_id)),
                   "Send If-Match with the version that this document replaces.");
}

static bool is_same_document(const gw_network_draft *draft, const upload_work *work) {
    return draft->is_there &&
           gw_word_equal(draft->before.original_hash, gw_keccak256(work->upload->original));
}

static gw_status do_upload(gw_db *tx, void *context, gw_fault *reterr) {
    const upload_work *work = context;
    gw_network_draft draft;
    gw_text warnings;
    gw_json json;
    GW_TRY(gw_network_draft_begin(tx, work->arena, work->call, &draft, reterr));
    draft.document = work->document;
    draft.document_net = work->net;
    GW_TRY(save_segments(&draft, work, reterr));
    if (is_same_document(&draft, work)) return gw_network_draft_same(&draft, work->ret, reterr);
    GW_TRY(check_other(&draft, reterr));
    GW_TRY(keep_overlay(&draft, reterr));
    GW_TRY(gw_network_draft_write(&draft, reterr));
    if (draft.is_there) draft.next.revision++;
    GW_TRY(gw_network_draft_check(&draft, reterr));
    gw_json_init(&json, work->arena);
    gw_network_check_write(&json, NULL, &draft.net, &draft.check);
    GW_TRY(gw_json_end(&json, &warnings, reterr));
    GW_TRY(save_document(&draft, work, warnings, reterr));
    return gw_network_draft_save(&draft, "DOCUMENT", work->ret, reterr);
}

gw_status gw_network_upload_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                               const gw_network_upload *upload, gw_network_changed *ret,
                               gw_fault *reterr) {
    gw_network_changed made = {0};
    upload_work work = {.arena = arena, .call = call, .upload = upload, .ret = &made};
    GW_TRY(convert(&work, reterr));
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, do_upload, &work, reterr));
    *ret = made;
    return gw_ok();
}
