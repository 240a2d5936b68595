/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "server/app.h"
#include "server/db/network_store.h"
#include "server/feed/slice.h"
#include "server/gridfile/geojson.h"
#include "server/gridfile/pgm.h"
#include "server/http/network.h"
#include "server/http/registered.h"
#include "server/http/routes.h"

#include <stdio.h>

enum { ID_MOST = 128, NAME_MOST = 200 };

/* ---- answers ---- */

static void write_segments(gw_json *json, const gw_network_segment_list *segments) {
    gw_json_array(json, "segments");
    for (int at = 0; at < segments->count; at++) {
        const gw_network_segment_row *row = &segments->items[at];
        gw_json_object(json, NULL);
        gw_json_text(json, "segment_id", row->segment_id);
        gw_json_text_if(json, "element", row->element);
        gw_json_text_if(json, "transformer", row->transformer);
        gw_json_text_if(json, "head_meter", row->head_meter);
        gw_json_close(json);
    }
    gw_json_close(json);
}

static void write_row(gw_json *json, const gw_network_row *row,
                      const gw_network_segment_list *segments) {
    gw_json_object(json, NULL);
    gw_json_text(json, "network_id", row->network_id);
    gw_json_int64(json, "version", row->at.version);
    gw_json_hex(json, "network_hash", gw_word_slice(&row->at.hash));
    gw_json_int64(json, "revision", row->revision);
    gw_json_hex(json, "document_hash", gw_word_slice(&row->document_hash));
    gw_json_text(json, "format", row->format);
    gw_json_text(json, "name", row->name);
    gw_json_text(json, "model", row->model);
    gw_json_int64(json, "nodes", row->node_count);
    gw_json_int64(json, "branches", row->branch_count);
    gw_json_int64(json, "transformers", row->transformer_count);
    gw_json_int64(json, "points", row->point_count);
    gw_json_raw(json, "overlay", row->at.overlay);
    if (segments != NULL) write_segments(json, segments);
    gw_json_raw(json, "warnings", row->warnings);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_instant(json, "changed_at", row->at.recorded_at);
    gw_json_text(json, "changed_by", row->at.token_id);
    gw_json_close(json);
}

/* The network as it is now; changed: what the present call found, which is newer than the
 * document's own warnings. */
static gw_status reply_network(const gw_http_request *request, gw_reply *reply, int http_status,
                               gw_text id, const gw_network_changed *changed, gw_fault *reterr) {
    gw_json json;
    gw_network_row row;
    gw_network_segment_list segments;
    const gw_network_key key = {.network_id = id, .version = GW_NETWORK_NEWEST};
    GW_TRY(gw_network_row_load(request->app->db, request->arena, &key, &row, reterr));
    GW_TRY(gw_network_load_segments(request->app->db, request->arena, id, &segments, reterr));
    if (changed != NULL) row.warnings = changed->warnings;
    gw_json_init(&json, request->arena);
    write_row(&json, &row, &segments);
    GW_TRY(gw_reply_json(reply, http_status, &json, reterr));
    return gw_network_tag(request, reply, row.at.version, reterr);
}

/* ---- upload ---- */

/* The body with `true` in place of a document that is an object: its numbers have fractions, and
 * their exact text matters. */
static gw_status take_document(gw_http_request *request, gw_text *ret, gw_fault *reterr) {
    gw_writer out;
    gw_text found;
    const gw_text body = {(const char *)request->body.at, request->body.length};
    *ret = (gw_text){NULL, 0};
    if (!gw_slice_member(gw_text_trim(body), "document", &found)) return gw_ok();
    if (found.length == 0 || found.at[0] != '{') return gw_ok();
    const size_t from = (size_t)(found.at - body.at);
    gw_writer_init(&out, request->arena);
    gw_write_text(&out, gw_text_part(body, 0, from));
    gw_write_c(&out, "true");
    gw_write_text(&out, gw_text_part(body, from + found.length, body.length));
    GW_TRY(gw_writer_end(&out, &request->body, reterr));
    *ret = found;
    return gw_ok();
}

static void read_format(gw_fields *body, gw_gridfile_format *ret) {
    const gw_text word = gw_field_text(body, "format", GW_FIELD_REQUIRED, 32);
    if (word.length > 0 && !gw_gridfile_format_parse(word, ret))
        gw_field_blame(body, "format", GW_CODE_INVALID, "There is no reader for this format.");
}

static gw_status read_parts(gw_http_request *request, gw_fields *body, gw_gridfile *file,
                            gw_fault *reterr) {
    gw_gridfile_part *parts = NULL;
    file->part_count = gw_field_array(body, "parts", GW_FIELD_REQUIRED, GW_GRIDFILE_PARTS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_gridfile_part, file->part_count, &parts, reterr));
    for (size_t at = 0; at < file->part_count; at++) {
        gw_fields *item = gw_field_item(body, "parts", at);
        parts[at].name = gw_field_text(item, "name", GW_FIELD_REQUIRED, NAME_MOST);
        parts[at].text = gw_field_text(item, "text", GW_FIELD_REQUIRED, GW_BODY_BATCH);
    }
    if (file->part_count == 0)
        gw_field_blame(body, "parts", GW_CODE_INVALID, "At least one part is needed.");
    file->parts = parts;
    return gw_ok();
}

/* `document` (an object or a text) or `parts` (files of one network). */
static gw_status read_file(gw_http_request *request, gw_fields *body, gw_text document,
                           gw_network_upload *upload, gw_fault *reterr) {
    gw_gridfile_part *part = NULL;
    gw_text parts;
    upload->file.step = GW_GRIDFILE_STEP_NONE;
    read_format(body, &upload->file.format);
    if (gw_field_has(body, "parts")) {
        const gw_text raw = {(const char *)request->body.at, request->body.length};
        if (gw_slice_member(gw_text_trim(raw), "parts", &parts))
            upload->original = (gw_bytes){(const uint8_t *)parts.at, parts.length};
        return read_parts(request, body, &upload->file, reterr);
    }
    GW_TRY(GW_ARENA_NEW(request->arena, gw_gridfile_part, 1, &part, reterr));
    part->name = GW_TEXT("document");
    part->text = document;
    if (document.length > 0)
        (void)gw_field_flag(body, "document", GW_FIELD_REQUIRED);
    else
        part->text = gw_field_text(body, "document", GW_FIELD_REQUIRED, GW_BODY_BATCH);
    upload->file.parts = part;
    upload->file.part_count = 1;
    upload->original = (gw_bytes){(const uint8_t *)part->text.at, part->text.length};
    return gw_ok();
}

/* The whole network is always a segment, under the network's own name. */
static gw_status read_segments(gw_http_request *request, gw_fields *body, gw_text network_id,
                               gw_network_upload *upload, gw_fault *reterr) {
    gw_network_segment *segments = NULL;
    const size_t count =
        gw_field_array(body, "segments", GW_FIELD_OPTIONAL, GW_NETWORK_SEGMENTS_MOST);
    GW_TRY(GW_ARENA_NEW(request->arena, gw_network_segment, count + 1, &segments, reterr));
    segments[0].id = network_id;
    segments[0].transformer = gw_field_name(body, "transformer", GW_FIELD_OPTIONAL);
    segments[0].head_meter = gw_field_name(body, "head_meter", GW_FIELD_OPTIONAL);
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(body, "segments", at);
        gw_network_segment *segment = &segments[at + 1];
        segment->id = gw_field_name(item, "segment_id", GW_FIELD_REQUIRED);
        segment->element = gw_field_text(item, "element", GW_FIELD_REQUIRED, ID_MOST);
        segment->transformer = gw_field_name(item, "transformer", GW_FIELD_OPTIONAL);
        segment->head_meter = gw_field_name(item, "head_meter", GW_FIELD_OPTIONAL);
    }
    upload->segments = segments;
    upload->segment_count = count + 1;
    return gw_ok();
}

gw_status gw_handle_create_network(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text document;
    gw_fields *body = NULL;
    gw_network_upload upload = {.segment_count = 0};
    gw_network_changed changed;
    gw_network_call call = {.token_id = request->identity.token_id, .now = request->now};
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_network_seen(request, &call.seen_version, reterr));
    GW_TRY(take_document(request, &document, reterr));
    GW_TRY(gw_request_body(request, &body, reterr));
    call.network_id = gw_field_name(body, "network_id", GW_FIELD_REQUIRED);
    GW_TRY(read_file(request, body, document, &upload, reterr));
    GW_TRY(read_segments(request, body, call.network_id, &upload, reterr));
    GW_TRY(gw_fields_end(body, reterr));
    const gw_status status =
        gw_network_upload_do(request->app->db, request->arena, &call, &upload, &changed, reterr);
    GW_TRY(gw_registered_explain(request, status, reterr));
    const int http_status = changed.saved == GW_SAVED_NEW ? 201 : 200;
    return reply_network(request, reply, http_status, call.network_id, &changed, reterr);
}

/* ---- reading ---- */

gw_status gw_handle_list_networks(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_fields *query = NULL;
    gw_network_row_list list;
    gw_json json;
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_register_page page = gw_registered_page(request, query);
    GW_TRY(gw_fields_end(query, reterr));
    const gw_network_key after = {.network_id = page.after, .limit = page.limit};
    GW_TRY(gw_network_row_load_list(request->app->db, request->arena, &after, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_row(&json, &list.items[at], NULL);
    const gw_text last = shown < list.count ? list.items[shown - 1].network_id : GW_TEXT("");
    GW_TRY(gw_page_close(&json, request, last, reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}

gw_status gw_handle_get_network(gw_http_request *request, gw_reply *reply, gw_fault *reterr) {
    gw_text id;
    GW_TRY(gw_request_no_query(request, reterr));
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    return reply_network(request, reply, 200, id, NULL, reterr);
}

/* ---- documents ---- */

typedef gw_status document_writer(gw_arena *arena, const gw_network *network, gw_text *ret,
                                  gw_fault *reterr);

static gw_status write_gw_net(gw_arena *arena, const gw_network *network, gw_text *ret,
                              gw_fault *reterr) {
    (void)arena;
    (void)reterr;
    *ret = (gw_text){(const char *)network->document.at, network->document.length};
    return gw_ok();
}

static gw_status write_pgm(gw_arena *arena, const gw_network *network, gw_text *ret,
                           gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    GW_TRY(gw_pgm_write(&network->net, &out, reterr));
    return gw_writer_end_text(&out, ret, reterr);
}

static gw_status write_geojson(gw_arena *arena, const gw_network *network, gw_text *ret,
                               gw_fault *reterr) {
    gw_writer out;
    const gw_geojson map = {.net = &network->net};
    gw_writer_init(&out, arena);
    gw_geojson_write(&out, &map);
    return gw_writer_end_text(&out, ret, reterr);
}

static const char *const FORMATS[] = {"gw-net", "pgm", "geojson", NULL};
static document_writer *const WRITERS[] = {write_gw_net, write_pgm, write_geojson};

gw_status gw_handle_get_network_document(gw_http_request *request, gw_reply *reply,
                                         gw_fault *reterr) {
    gw_text id;
    gw_text text;
    gw_fields *query = NULL;
    gw_network network;
    GW_TRY(gw_path_name(request, "id", &id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    const int format = gw_field_enum(query, "format", GW_FIELD_OPTIONAL, FORMATS);
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_network_load(request->app->db, request->arena, id, &network, reterr));
    GW_TRY(WRITERS[format](request->arena, &network, &text, reterr));
    gw_reply_text(reply, 200, "application/json", text);
    return gw_network_tag(request, reply, network.version, reterr);
}

static void write_version(gw_json *json, const gw_network_version_row *row) {
    gw_json_object(json, NULL);
    gw_json_int64(json, "version", row->version);
    gw_json_int64(json, "revision", row->revision);
    gw_json_hex(json, "network_hash", gw_word_slice(&row->hash));
    gw_json_text(json, "cause", row->cause);
    gw_json_raw(json, "overlay", row->overlay);
    gw_json_text(json, "changed_by", row->token_id);
    gw_json_instant(json, "changed_at", row->recorded_at);
    gw_json_close(json);
}

static int64_t read_before(gw_fields *query, gw_text after) {
    int64_t version = GW_NETWORK_NEWEST;
    if (after.length > 0 && !gw_is_ok(gw_int64_parse(after, &version, NULL)))
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
    return version;
}

gw_status gw_handle_list_network_versions(gw_http_request *request, gw_reply *reply,
                                          gw_fault *reterr) {
    gw_json json;
    gw_fields *query = NULL;
    gw_network_version_list list;
    gw_network_key before = {.limit = 0};
    char last[24] = "";
    GW_TRY(gw_path_name(request, "id", &before.network_id, reterr));
    GW_TRY(gw_request_query(request, &query, reterr));
    const gw_register_page page = gw_registered_page(request, query);
    before.version = read_before(query, page.after);
    before.limit = page.limit;
    GW_TRY(gw_fields_end(query, reterr));
    GW_TRY(gw_network_load_versions(request->app->db, request->arena, &before, &list, reterr));
    const int shown = gw_registered_shown(&page, list.count);
    gw_page_open(&json, request);
    for (int at = 0; at < shown; at++) write_version(&json, &list.items[at]);
    if (shown < list.count)
        (void)snprintf(last, sizeof last, "%lld", (long long)list.items[shown - 1].version);
    GW_TRY(gw_page_close(&json, request, gw_text_from_c(last), reterr));
    return gw_reply_json(reply, 200, &json, reterr);
}
