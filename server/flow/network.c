/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/network.h"

#include "oracle/keccak.h"
#include "server/db/network_store.h"
#include "server/gridfile/gw_net.h"
#include "server/gridfile/overlay.h"

static gw_word hash_of(gw_bytes document, gw_text overlay) {
    gw_keccak keccak;
    gw_keccak_init(&keccak);
    gw_keccak_add(&keccak, document);
    gw_keccak_add(&keccak, (gw_bytes){(const uint8_t *)overlay.at, overlay.length});
    return gw_keccak_end(&keccak);
}

gw_status gw_network_build(gw_arena *arena, gw_bytes document, gw_text overlay, gw_network *ret,
                           gw_fault *reterr) {
    gw_network made = {.document = document, .overlay = overlay};
    gw_net_overlay moved;
    GW_TRY(gw_net_parse(arena, document, &made.net, reterr));
    GW_TRY(gw_net_overlay_parse(arena, overlay, &moved, reterr));
    GW_TRY(gw_net_overlay_apply(arena, &moved, &made.net, reterr));
    made.name = made.net.name;
    made.hash = hash_of(document, overlay);
    *ret = made;
    return gw_ok();
}

/* ---- links and segments ---- */

static gw_status index_points(const gw_net *net, gw_arena *arena, gw_net_index *ret,
                              gw_fault *reterr) {
    gw_net_name *names = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, net->point_count, &names, reterr));
    for (size_t at = 0; at < net->point_count; at++)
        names[at] = (gw_net_name){net->points[at].id, (uint32_t)at};
    return gw_net_index_build(names, net->point_count, "points", ret, reterr);
}

/* A point that a later document does not have any more is passed over. */
static gw_status fill_links(gw_db *db, gw_arena *arena, gw_network *network, gw_fault *reterr) {
    gw_net_index index;
    gw_network_point_list points;
    const gw_network_key key = {.network_id = network->id, .version = network->version};
    GW_TRY(gw_network_load_points(db, arena, &key, &points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_link, network->net.point_count, &network->links, reterr));
    if (points.count == 0) return gw_ok();
    GW_TRY(index_points(&network->net, arena, &index, reterr));
    for (int at = 0; at < points.count; at++) {
        uint32_t point = 0;
        if (!gw_net_index_find(&index, points.items[at].point, &point)) continue;
        network->links[point] =
            (gw_network_link){.meter = points.items[at].meter, .party = points.items[at].party};
    }
    return gw_ok();
}

static gw_status fill_segments(gw_db *db, gw_arena *arena, gw_network *network, gw_fault *reterr) {
    gw_network_segment_list rows;
    GW_TRY(gw_network_load_segments(db, arena, network->id, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_network_segment, (size_t)rows.count, &network->segments, reterr));
    network->segment_count = (size_t)rows.count;
    for (int at = 0; at < rows.count; at++) {
        const gw_network_segment_row *row = &rows.items[at];
        network->segments[at] = (gw_network_segment){.id = row->segment_id,
                                                     .element = row->element,
                                                     .transformer = row->transformer,
                                                     .head_meter = row->head_meter};
    }
    return gw_ok();
}

/* ---- loading ---- */

static gw_status check_hash(const gw_network *network, const gw_word *stored, gw_fault *reterr) {
    if (gw_word_equal(network->hash, *stored)) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INTERNAL, "network",
                        "the stored network \"%.*s\" does not have its hash",
                        GW_TEXT_ARGS(network->id));
}

gw_status gw_network_load_version(gw_db *db, gw_arena *arena, gw_text network_id, int64_t version,
                                  gw_network *ret, gw_fault *reterr) {
    gw_network_row row;
    gw_bytes document;
    gw_network made;
    gw_network_key key = {.network_id = network_id, .version = version};
    GW_TRY(gw_network_row_load(db, arena, &key, &row, reterr));
    key.version = row.revision;
    GW_TRY(gw_network_load_bytes(db, &key, GW_NETWORK_DOCUMENT, arena, &document, reterr));
    GW_TRY(gw_network_build(arena, document, row.at.overlay, &made, reterr));
    made.id = row.network_id;
    made.revision = row.revision;
    made.version = row.at.version;
    made.name = row.name;
    GW_TRY(check_hash(&made, &row.at.hash, reterr));
    GW_TRY(fill_links(db, arena, &made, reterr));
    GW_TRY(fill_segments(db, arena, &made, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_network_load(gw_db *db, gw_arena *arena, gw_text network_id, gw_network *ret,
                          gw_fault *reterr) {
    return gw_network_load_version(db, arena, network_id, GW_NETWORK_NEWEST, ret, reterr);
}

gw_status gw_network_head(gw_db *db, gw_arena *arena, gw_text network_id, gw_network *ret,
                          gw_fault *reterr) {
    gw_network_row row;
    const gw_network_key key = {.network_id = network_id, .version = GW_NETWORK_NEWEST};
    GW_TRY(gw_network_row_load(db, arena, &key, &row, reterr));
    *ret = (gw_network){.id = row.network_id,
                        .revision = row.revision,
                        .version = row.at.version,
                        .hash = row.at.hash};
    return gw_ok();
}

gw_status gw_network_find_point(const gw_network *network, gw_text id, uint32_t *ret,
                                gw_fault *reterr) {
    for (size_t at = 0; at < network->net.point_count; at++) {
        if (!gw_text_equal(network->net.points[at].id, id)) continue;
        *ret = (uint32_t)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "point",
                        "the network \"%.*s\" has no point \"%.*s\"", GW_TEXT_ARGS(network->id),
                        GW_TEXT_ARGS(gw_text_part(id, 0, 128)));
}

gw_status gw_network_lock(gw_db *tx, gw_text network_id, gw_fault *reterr) {
    const gw_word hash =
        gw_keccak256((gw_bytes){(const uint8_t *)network_id.at, network_id.length});
    const int32_t key = (int32_t)((uint32_t)hash.bytes[0] << 23 | (uint32_t)hash.bytes[1] << 16 |
                                  (uint32_t)hash.bytes[2] << 8 | hash.bytes[3]);
    return gw_db_lock(tx, GW_LOCK_NETWORK, key, reterr);
}
