/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/archive.h"

#include "server/node/keep.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 1024, NAME_SIZE = 64, SCHEDULES_MOST = 64 };

struct gw_archive {
    gw_networks *networks;
    char clearances[PATH_SIZE];
};

gw_status gw_archive_open(gw_arena *arena, const char *directory, const char *trusted,
                          gw_archive **ret, gw_fault *reterr) {
    char path[PATH_SIZE];
    gw_archive *archive = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_archive, 1, &archive, reterr));
    const int length =
        snprintf(archive->clearances, sizeof archive->clearances, "%s/clearances", directory);
    if (length < 0 || (size_t)length >= sizeof archive->clearances)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "path", "the path is too long");
    (void)snprintf(path, sizeof path, "%s/networks", directory);
    GW_TRY(gw_keep_prepare(archive->clearances, reterr));
    GW_TRY(gw_networks_open(arena, path, trusted, &archive->networks, reterr));
    *ret = archive;
    return gw_ok();
}

static void name_of(gw_uuid check_id, char name[NAME_SIZE]) {
    char text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(check_id, text);
    (void)snprintf(name, NAME_SIZE, "%s.json", text);
}

typedef struct recalled {
    const gw_archive *archive;
    gw_arena *arena;
    gw_core_clearance *items;
    size_t count;
} recalled;

/* A check that this node has not signed is no fault: it is not in the list. */
static gw_status add_schedule(recalled *list, gw_uuid check_id, gw_fault *reterr) {
    char name[NAME_SIZE];
    gw_bytes bytes = {NULL, 0};
    for (size_t at = 0; at < list->count; at++)
        if (gw_uuid_equal(list->items[at].check_id, check_id)) return gw_ok();
    if (list->count == SCHEDULES_MOST) return gw_ok();
    name_of(check_id, name);
    const gw_keep_wish wish = {list->archive->clearances, name, GW_CORE_MAX_BYTES};
    const gw_status found = gw_keep_load(list->arena, &wish, &bytes, reterr);
    if (found.code == GW_CODE_NOT_FOUND) return gw_ok();
    GW_TRY(found);
    GW_TRY(gw_core_read_clearance(list->arena, bytes, &list->items[list->count], reterr));
    list->count++;
    return gw_ok();
}

static gw_status recall_schedules(const gw_archive *archive, gw_arena *arena,
                                  const gw_core_clearance *core, gw_judge_grid *ret,
                                  gw_fault *reterr) {
    recalled list = {.archive = archive, .arena = arena};
    GW_TRY(GW_ARENA_NEW(arena, gw_core_clearance, SCHEDULES_MOST, &list.items, reterr));
    for (size_t at = 0; at < core->item_count; at++) {
        if (core->items[at].effect != GW_FLOW_ITEM_WITHIN_SCHEDULE) continue;
        GW_TRY(add_schedule(&list, core->items[at].seller_schedule.check_id, reterr));
        GW_TRY(add_schedule(&list, core->items[at].buyer_schedule.check_id, reterr));
    }
    ret->schedules = list.items;
    ret->schedule_count = list.count;
    return gw_ok();
}

/* The operator's own document decides whether bytes are good enough. */
static gw_status accept(const gw_archive *archive, gw_arena *arena, const gw_core_network *named,
                        gw_bytes network, gw_judge_grid *grid, gw_fault *reterr) {
    gw_fault fault = {0};
    if ((uint64_t)named->document_bytes >= network.length) {
        grid->refusal = GW_TEXT("the network is shorter than its document");
        return gw_ok();
    }
    const gw_bytes document = {network.at, (size_t)named->document_bytes};
    const gw_status trusted =
        gw_networks_trust(archive->networks, arena, named->id, document, &fault);
    if (gw_is_ok(trusted)) {
        grid->network = network;
        return gw_ok();
    }
    if (trusted.code == GW_CODE_NOT_FOUND) {
        grid->refusal = GW_TEXT("this node's operator has given no document of the network");
        return gw_ok();
    }
    return gw_text_copy(arena, gw_text_from_c(fault.message), &grid->refusal, reterr);
}

gw_status gw_archive_recall(const gw_archive *archive, gw_arena *arena,
                            const gw_core_clearance *core, gw_judge_grid *ret, gw_fault *reterr) {
    gw_judge_grid grid = {0};
    gw_bytes network = {NULL, 0};
    GW_TRY(gw_networks_find_pin(archive->networks, arena, core->network.id, &grid.pin, reterr));
    GW_TRY(recall_schedules(archive, arena, core, &grid, reterr));
    const gw_status found =
        gw_networks_load(archive->networks, arena, core->network.hash, &network, reterr);
    if (found.code != GW_CODE_NOT_FOUND) {
        GW_TRY(found);
        GW_TRY(accept(archive, arena, &core->network, network, &grid, reterr));
    }
    *ret = grid;
    return gw_ok();
}

gw_status gw_archive_take(const gw_archive *archive, gw_arena *arena, const gw_core_network *named,
                          gw_bytes network, gw_judge_grid *grid, gw_fault *reterr) {
    const gw_status saved = gw_networks_save(archive->networks, named->hash, network, reterr);
    if (saved.code == GW_CODE_MISMATCH) {
        grid->refusal = GW_TEXT("the gateway sent a network that does not have its hash");
        return gw_ok();
    }
    GW_TRY(saved);
    return accept(archive, arena, named, network, grid, reterr);
}

gw_status gw_archive_keep(const gw_archive *archive, gw_arena *arena, gw_bytes core,
                          gw_fault *reterr) {
    char name[NAME_SIZE];
    gw_core_clearance clearance = {0};
    GW_TRY(gw_core_read_clearance(arena, core, &clearance, reterr));
    GW_TRY(gw_networks_pin(archive->networks, arena, &clearance.network, reterr));
    name_of(clearance.check_id, name);
    return gw_keep_save(archive->clearances, name, core, reterr);
}
