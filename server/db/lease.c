/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/lease.h"

enum { ARENA_CAP = 16 * 1024 };

static gw_status held_by_another(gw_text name, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "lease",
                        "the lease \"%.*s\" belongs to another process", GW_TEXT_ARGS(name));
}

static gw_status read_epoch(gw_row *row, int64_t *ret, gw_fault *reterr) {
    int64_t epoch = 0;
    gw_row_int64(row, "epoch", &epoch);
    GW_TRY(gw_row_end(row, reterr));
    *ret = epoch;
    return gw_ok();
}

gw_status gw_lease_take(gw_db *db, gw_text name, gw_text holder, int64_t *ret_epoch,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_args_init(&args, arena);
    gw_bind_text(&args, name);
    gw_bind_text(&args, holder);
    gw_bind_int64(&args, GW_LEASE_SECONDS);
    const gw_status status = gw_db_query_one(db, GW_QUERY_LEASE_TAKE, &args, &row, reterr);
    if (status.code == GW_CODE_NOT_FOUND) return held_by_another(name, reterr);
    GW_TRY(status);
    return read_epoch(&row, ret_epoch, reterr);
}

static void bind_lease(gw_args *args, const gw_lease *lease) {
    gw_bind_text(args, lease->name);
    gw_bind_text(args, lease->holder);
    gw_bind_int64(args, lease->epoch);
}

gw_status gw_lease_prove(gw_db *tx, const gw_lease *lease, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_args_init(&args, arena);
    bind_lease(&args, lease);
    const gw_status status = gw_db_query_one(tx, GW_QUERY_LEASE_PROVE, &args, &row, reterr);
    if (status.code == GW_CODE_NOT_FOUND) return held_by_another(lease->name, reterr);
    return status;
}

gw_status gw_lease_drop(gw_db *db, const gw_lease *lease, gw_fault *reterr) {
    gw_args args;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_args_init(&args, arena);
    bind_lease(&args, lease);
    return gw_db_exec(db, GW_QUERY_LEASE_DROP, &args, NULL, reterr);
}
