/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/network_change.h"

#include "server/db/network_store.h"
#include "server/flow/network_version.h"

#include <string.h>

static bool is_closed_in(const gw_net *net, const gw_net_moved *moved, uint32_t at) {
    return moved->element == GW_NET_BRANCH ? net->branches[at].closed
                                           : net->transformers[at].closed;
}

/* ---- switches ---- */

typedef struct switch_work {
    gw_arena *arena;
    const gw_network_call *call;
    const gw_net_overlay *wanted;
    gw_network_changed *ret;
} switch_work;

/* Keeps what differs from the document: the canonical overlay is the least one. */
static gw_status fill_moved(const switch_work *work, const gw_net *document,
                            gw_net_overlay *overlay, gw_fault *reterr) {
    gw_network_elements elements;
    GW_TRY(gw_network_elements_index(work->arena, document, &elements, reterr));
    GW_TRY(GW_ARENA_NEW(work->arena, gw_net_moved, work->wanted->moved_count, &overlay->moved,
                        reterr));
    overlay->moved_count = 0;
    for (size_t at = 0; at < work->wanted->moved_count; at++) {
        uint32_t found = 0;
        const gw_net_moved *moved = &work->wanted->moved[at];
        if (!gw_net_index_find(&elements.of[moved->element], moved->id, &found))
            return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "/switches",
                                "the network has no %s \"%.*s\"",
                                moved->element == GW_NET_BRANCH ? "branch" : "transformer",
                                GW_TEXT_ARGS(gw_text_part(moved->id, 0, 128)));
        if (is_closed_in(document, moved, found) != moved->closed)
            overlay->moved[overlay->moved_count++] = *moved;
    }
    return gw_ok();
}

static gw_status do_switch(gw_db *tx, void *context, gw_fault *reterr) {
    const switch_work *work = context;
    gw_network_draft draft;
    GW_TRY(gw_network_draft_open(tx, work->arena, work->call, &draft, reterr));
    GW_TRY(fill_moved(work, &draft.document_net, &draft.overlay, reterr));
    GW_TRY(gw_network_draft_write(&draft, reterr));
    if (!draft.is_changed) return gw_network_draft_same(&draft, work->ret, reterr);
    const gw_status status = gw_network_draft_check(&draft, reterr);
    if (status.code == GW_CODE_INVALID)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/switches", "%s", reterr->message);
    GW_TRY(status);
    return gw_network_draft_save(&draft, "SWITCHES", work->ret, reterr);
}

gw_status gw_network_switch_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                               const gw_net_overlay *wanted, gw_network_changed *ret,
                               gw_fault *reterr) {
    gw_network_changed made = {0};
    switch_work work = {arena, call, wanted, &made};
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, do_switch, &work, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- points ---- */

typedef struct connect_work {
    gw_arena *arena;
    const gw_network_call *call;
    const gw_network_connection *connection;
    gw_network_changed *ret;
} connect_work;

static bool is_same_phases(const gw_net_point *point, const gw_net_phased *phased) {
    const unsigned all = GW_NET_PHASE_A | GW_NET_PHASE_B | GW_NET_PHASE_C;
    const unsigned said = phased->phases == all ? 0 : phased->phases;
    const unsigned stands = point->phases == all ? 0 : point->phases;
    return point->is_phase_unknown == phased->is_unknown && (phased->is_unknown || said == stands);
}

/* The overlay with this point's phases taken out and, when they differ from the document, put in.
 */
static gw_status fill_phased(const connect_work *work, const gw_net_point *point,
                             gw_net_overlay *overlay, gw_fault *reterr) {
    const gw_net_overlay before = *overlay;
    const gw_network_connection *connection = work->connection;
    GW_TRY(GW_ARENA_NEW(work->arena, gw_net_phased, before.phased_count + 1, &overlay->phased,
                        reterr));
    overlay->phased_count = 0;
    for (size_t at = 0; at < before.phased_count; at++)
        if (!gw_text_equal(before.phased[at].id, point->id))
            overlay->phased[overlay->phased_count++] = before.phased[at];
    if (!connection->has_phases || is_same_phases(point, &connection->phases)) return gw_ok();
    overlay->phased[overlay->phased_count] = connection->phases;
    overlay->phased[overlay->phased_count++].id = point->id;
    return gw_ok();
}

static gw_status check_meter(const gw_network_point_list *points,
                             const gw_network_connection *connection, gw_fault *reterr) {
    for (int at = 0; at < points->count; at++) {
        const gw_network_point_row *row = &points->items[at];
        const bool is_other = !gw_text_equal(row->point, connection->point);
        if (is_other && row->meter.length > 0 && gw_text_equal(row->meter, connection->link.meter))
            return gw_fail_with(reterr, GW_CODE_CONFLICT, "/meter",
                                "the meter is at the point \"%.*s\"",
                                GW_TEXT_ARGS(gw_text_part(row->point, 0, 128)));
    }
    return gw_ok();
}

static bool is_linked(const gw_network_point_list *points,
                      const gw_network_connection *connection) {
    gw_network_link link = {{"", 0}, {"", 0}};
    for (int at = 0; at < points->count; at++)
        if (gw_text_equal(points->items[at].point, connection->point))
            link = (gw_network_link){points->items[at].meter, points->items[at].party};
    return gw_text_equal(link.meter, connection->link.meter) &&
           gw_text_equal(link.party, connection->link.party);
}

static gw_status save_point(gw_network_draft *draft, const connect_work *work, gw_fault *reterr) {
    const gw_network_key key = {.network_id = work->call->network_id,
                                .version = draft->next.version};
    const gw_network_point_row row = {.point = work->connection->point,
                                      .meter = work->connection->link.meter,
                                      .party = work->connection->link.party};
    GW_TRY(gw_network_draft_save(draft, "POINT", work->ret, reterr));
    return gw_network_point_insert(draft->tx, work->arena, &key, &row, reterr);
}

static gw_status do_connect(gw_db *tx, void *context, gw_fault *reterr) {
    const connect_work *work = context;
    gw_network_draft draft;
    gw_network_point_list points;
    uint32_t at = 0;
    GW_TRY(gw_network_draft_open(tx, work->arena, work->call, &draft, reterr));
    const gw_network_key key = {.network_id = work->call->network_id,
                                .version = draft.before.at.version};
    const gw_network network = {.id = work->call->network_id, .net = draft.document_net};
    GW_TRY(gw_network_find_point(&network, work->connection->point, &at, reterr));
    GW_TRY(gw_network_load_points(tx, work->arena, &key, &points, reterr));
    GW_TRY(check_meter(&points, work->connection, reterr));
    GW_TRY(fill_phased(work, &draft.document_net.points[at], &draft.overlay, reterr));
    GW_TRY(gw_network_draft_write(&draft, reterr));
    if (!draft.is_changed && is_linked(&points, work->connection))
        return gw_network_draft_same(&draft, work->ret, reterr);
    GW_TRY(gw_network_draft_check(&draft, reterr));
    return save_point(&draft, work, reterr);
}

gw_status gw_network_connect_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                                const gw_network_connection *connection, gw_network_changed *ret,
                                gw_fault *reterr) {
    gw_network_changed made = {0};
    connect_work work = {arena, call, connection, &made};
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, do_connect, &work, reterr));
    *ret = made;
    return gw_ok();
}
