/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/register_store.h"

#include "server/db/event_log.h"

#include <stdio.h>

typedef struct save_work {
    const gw_register_write *write;
    gw_saved saved;
} save_work;

static gw_status compare(gw_db *tx, const gw_register_write *write, gw_fault *reterr) {
    gw_row row;
    bool same = false;
    GW_TRY(gw_db_query_one(tx, write->is_same, write->args, &row, reterr));
    gw_row_flag(&row, "same", &same);
    GW_TRY(gw_row_end(&row, reterr));
    if (same) return gw_ok();
    char subject[96];
    (void)snprintf(subject, sizeof subject, "%.*s", GW_TEXT_ARGS(write->subject));
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_CONFLICT, subject,
                                "%.*s \"%.*s\" exists with other content",
                                GW_TEXT_ARGS(write->entity), GW_TEXT_ARGS(write->subject)),
                   "The register is not overwritten. Read what is there and choose another id.");
}

static gw_status append(gw_db *tx, const gw_register_write *write, gw_fault *reterr) {
    char type[64];
    int64_t seq = 0;
    (void)snprintf(type, sizeof type, "%.*s.registered", GW_TEXT_ARGS(write->entity));
    const gw_event_entry entry = {.at = write->now,
                                  .entity = write->entity,
                                  .type = gw_text_from_c(type),
                                  .subject = write->subject,
                                  .party = write->party,
                                  .body = write->body};
    return gw_event_append(tx, write->args->arena, &entry, &seq, reterr);
}

static gw_status save(gw_db *tx, void *context, gw_fault *reterr) {
    save_work *work = context;
    int64_t affected = 0;
    GW_TRY(gw_db_exec(tx, work->write->insert, work->write->args, &affected, reterr));
    work->saved = affected > 0 ? GW_SAVED_NEW : GW_SAVED_SAME;
    if (work->saved == GW_SAVED_SAME) return compare(tx, work->write, reterr);
    return append(tx, work->write, reterr);
}

gw_status gw_register_save(gw_db *db, const gw_register_write *write, gw_saved *ret,
                           gw_fault *reterr) {
    save_work work = {.write = write};
    GW_TRY(gw_db_transact(db, GW_ISOLATION_READ_COMMITTED, save, &work, reterr));
    *ret = work.saved;
    return gw_ok();
}

gw_status gw_register_missing(gw_status status, const char *entity, gw_text id, gw_fault *reterr) {
    if (status.code != GW_CODE_NOT_FOUND) return status;
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no %s \"%.*s\" here", entity,
                        GW_TEXT_ARGS(id));
}
