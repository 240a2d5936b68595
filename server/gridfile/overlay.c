/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/overlay.h"

#include "base/writer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const LETTERS = "ABC";
static const char *const UNKNOWN = "?";

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

/* ---- phases ---- */

gw_status gw_net_phases_parse(gw_text text, gw_net_phased *ret, gw_fault *reterr) {
    gw_net_phased made = {.id = ret->id, .is_unknown = gw_text_is(text, UNKNOWN)};
    for (size_t at = 0; at < text.length && !made.is_unknown; at++) {
        const char *letter = memchr(LETTERS, text.at[at], GW_NET_PHASES);
        const unsigned phase = letter == NULL ? 0 : 1U << (letter - LETTERS);
        if (phase <= made.phases)
            return gw_fail_with(reterr, GW_CODE_INVALID, "/phases",
                                "\"%.*s\" is none of A, B, C, AB, AC, BC, ABC and ?",
                                GW_TEXT_ARGS(gw_text_part(text, 0, 16)));
        made.phases |= phase;
    }
    if (text.length == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/phases", "the phases are empty");
    *ret = made;
    return gw_ok();
}

gw_text gw_net_phases_print(const gw_net_phased *phased) {
    static const char *const names[] = {"ABC", "A", "B", "AB", "C", "AC", "BC", "ABC"};
    return gw_text_from_c(phased->is_unknown ? UNKNOWN : names[phased->phases & 7U]);
}

/* ---- writing ---- */

static int compare_moved(const void *left, const void *right) {
    const gw_net_moved *one = left;
    const gw_net_moved *other = right;
    if (one->element != other->element) return one->element < other->element ? -1 : 1;
    return gw_text_compare(one->id, other->id);
}

static int compare_phased(const void *left, const void *right) {
    return gw_text_compare(((const gw_net_phased *)left)->id, ((const gw_net_phased *)right)->id);
}

static void write_letter(gw_writer *out, char letter) {
    if (letter == '"' || letter == '\\') {
        gw_write_format(out, "\\%c", letter);
    } else if ((unsigned char)letter < ' ') {
        gw_write_format(out, "\\u%04x", (unsigned)letter);
    } else {
        gw_write_u8(out, (uint8_t)letter);
    }
}

static void write_key(gw_writer *out, bool is_first, gw_text id) {
    gw_write_c(out, is_first ? "\"" : ",\"");
    for (size_t at = 0; at < id.length; at++) write_letter(out, id.at[at]);
    gw_write_c(out, "\":");
}

static void write_moved(gw_writer *out, const gw_net_overlay *overlay, gw_net_element element) {
    bool is_first = true;
    for (size_t at = 0; at < overlay->moved_count; at++) {
        const gw_net_moved *moved = &overlay->moved[at];
        if (moved->element != element) continue;
        write_key(out, is_first, moved->id);
        gw_write_c(out, moved->closed ? "true" : "false");
        is_first = false;
    }
}

static void write_phased(gw_writer *out, const gw_net_overlay *overlay) {
    for (size_t at = 0; at < overlay->phased_count; at++) {
        write_key(out, at == 0, overlay->phased[at].id);
        gw_write_c(out, "\"");
        gw_write_text(out, gw_net_phases_print(&overlay->phased[at]));
        gw_write_c(out, "\"");
    }
}

gw_status gw_net_overlay_write(gw_arena *arena, gw_net_overlay *overlay, gw_text *ret,
                               gw_fault *reterr) {
    gw_writer out;
    if (overlay->moved_count > 0)
        qsort(overlay->moved, overlay->moved_count, sizeof *overlay->moved, compare_moved);
    if (overlay->phased_count > 0)
        qsort(overlay->phased, overlay->phased_count, sizeof *overlay->phased, compare_phased);
    gw_writer_init(&out, arena);
    gw_write_c(&out, "{\"branches\":{");
    write_moved(&out, overlay, GW_NET_BRANCH);
    gw_write_c(&out, "},\"points\":{");
    write_phased(&out, overlay);
    gw_write_c(&out, "},\"transformers\":{");
    write_moved(&out, overlay, GW_NET_TRANSFORMER);
    gw_write_c(&out, "}}");
    return gw_writer_end_text(&out, ret, reterr);
}

/* ---- reading ---- */

static gw_status malformed(gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "overlay",
                        "the overlay is not in its canonical form");
}

static gw_status copy_key(gw_arena *arena, void *member, gw_text *ret, gw_fault *reterr) {
    return gw_text_copy(arena, gw_text_from_c(json_object_iter_key(member)), ret, reterr);
}

static gw_status read_moved(gw_arena *arena, json_t *object, gw_net_element element,
                            gw_net_overlay *ret, gw_fault *reterr) {
    if (!json_is_object(object)) return malformed(reterr);
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const json_t *value = json_object_iter_value(at);
        gw_net_moved *moved = &ret->moved[ret->moved_count++];
        if (!json_is_boolean(value)) return malformed(reterr);
        moved->element = element;
        moved->closed = json_is_true(value);
        GW_TRY(copy_key(arena, at, &moved->id, reterr));
    }
    return gw_ok();
}

static gw_status read_phased(gw_arena *arena, json_t *object, gw_net_overlay *ret,
                             gw_fault *reterr) {
    if (!json_is_object(object)) return malformed(reterr);
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *phases = json_string_value(json_object_iter_value(at));
        gw_net_phased *phased = &ret->phased[ret->phased_count++];
        if (phases == NULL) return malformed(reterr);
        GW_TRY(copy_key(arena, at, &phased->id, reterr));
        GW_TRY(gw_net_phases_parse(gw_text_from_c(phases), phased, reterr));
    }
    return gw_ok();
}

static gw_status read_members(gw_arena *arena, const json_t *json, gw_net_overlay *ret,
                              gw_fault *reterr) {
    json_t *branches = json_object_get(json, "branches");
    json_t *points = json_object_get(json, "points");
    json_t *transformers = json_object_get(json, "transformers");
    const size_t moved = json_object_size(branches) + json_object_size(transformers);
    if (moved > GW_NET_OVERLAY_MOST || json_object_size(points) > GW_NET_OVERLAY_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "overlay", "more than %d entries",
                            GW_NET_OVERLAY_MOST);
    GW_TRY(GW_ARENA_NEW(arena, gw_net_moved, moved, &ret->moved, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_net_phased, json_object_size(points), &ret->phased, reterr));
    GW_TRY(read_moved(arena, branches, GW_NET_BRANCH, ret, reterr));
    GW_TRY(read_phased(arena, points, ret, reterr));
    return read_moved(arena, transformers, GW_NET_TRANSFORMER, ret, reterr);
}

gw_status gw_net_overlay_parse(gw_arena *arena, gw_text text, gw_net_overlay *ret,
                               gw_fault *reterr) {
    gw_text again;
    gw_net_overlay made = {0};
    AUTO_JSON json = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) return malformed(reterr);
    GW_TRY(read_members(arena, json, &made, reterr));
    GW_TRY(gw_net_overlay_write(arena, &made, &again, reterr));
    if (!gw_text_equal(text, again)) return malformed(reterr);
    *ret = made;
    return gw_ok();
}

/* ---- applying ---- */

static gw_status unknown(const char *kind, gw_text id, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, kind, "the network has no %s \"%.*s\"", kind,
                        GW_TEXT_ARGS(gw_text_part(id, 0, 128)));
}

/* Ids of records that begin with their id. */
static gw_status index_ids(gw_arena *arena, const void *records, size_t size, size_t count,
                           gw_net_index *ret, gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, count, &names, reterr));
    for (size_t at = 0; at < count; at++) {
        memcpy(&names[at].id, (const char *)records + at * size, sizeof names[at].id);
        names[at].at = (uint32_t)at;
    }
    return gw_net_index_build(names, count, "overlay", ret, reterr);
}

static gw_status move(const gw_net_moved *moved, const gw_net_index indices[2], gw_net *net,
                      gw_fault *reterr) {
    uint32_t at = 0;
    const bool is_branch = moved->element == GW_NET_BRANCH;
    if (!gw_net_index_find(&indices[moved->element], moved->id, &at))
        return unknown(is_branch ? "branch" : "transformer", moved->id, reterr);
    if (is_branch)
        net->branches[at].closed = moved->closed;
    else
        net->transformers[at].closed = moved->closed;
    return gw_ok();
}

static gw_status apply_moved(gw_arena *arena, const gw_net_overlay *overlay, gw_net *net,
                             gw_fault *reterr) {
    gw_net_index indices[2];
    GW_TRY(index_ids(arena, net->branches, sizeof *net->branches, net->branch_count,
                     &indices[GW_NET_BRANCH], reterr));
    GW_TRY(index_ids(arena, net->transformers, sizeof *net->transformers, net->transformer_count,
                     &indices[GW_NET_TRANSFORMER], reterr));
    for (size_t at = 0; at < overlay->moved_count; at++)
        GW_TRY(move(&overlay->moved[at], indices, net, reterr));
    return gw_ok();
}

static gw_status apply_phased(gw_arena *arena, const gw_net_overlay *overlay, gw_net *net,
                              gw_fault *reterr) {
    gw_net_index points;
    GW_TRY(index_ids(arena, net->points, sizeof *net->points, net->point_count, &points, reterr));
    for (size_t at = 0; at < overlay->phased_count; at++) {
        uint32_t point = 0;
        const gw_net_phased *phased = &overlay->phased[at];
        if (!gw_net_index_find(&points, phased->id, &point))
            return unknown("point", phased->id, reterr);
        net->points[point].phases = phased->phases;
        net->points[point].is_phase_unknown = phased->is_unknown;
    }
    return gw_ok();
}

gw_status gw_net_overlay_apply(gw_arena *arena, const gw_net_overlay *overlay, gw_net *net,
                               gw_fault *reterr) {
    if (overlay->moved_count > 0) GW_TRY(apply_moved(arena, overlay, net, reterr));
    if (overlay->phased_count > 0) GW_TRY(apply_phased(arena, overlay, net, reterr));
    return gw_ok();
}
